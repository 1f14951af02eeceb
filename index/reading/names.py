"""The names in a message: each is one that the documents hold, an accepted word for one, a typo of one, or unknown.

Vincristine and vinblastine mixed up is a known deadly error, so a name is repaired only when no other
name is as near, and one that the documents do not hold is said to be unknown, however like another it looks.
"""

import functools
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import jellyfish
import wordninja
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein

from index.reading.subjects import NAME, TERM
from index.reading.text import FUNCTION_WORDS, WORD, dictionary, folded, is_word, rarity, strangeness, words

MEDICINES = Path(__file__).parents[2] / "corpus" / "general" / "medicines.txt"
SHORTEST = 5  # letters of a name
MOST_LOOKED_UP = 60  # words of one message that are compared with the list
SHORTEST_HEARD = 6  # letters of a word that no dictionary has and that sounds like a medicine
SPOKEN = 6  # words at most that one name is heard as
ALIKE = 0.80  # Jaro-Winkler similarity from which a run of words that sounds like a name is one
SURE = 5  # sounds of a name that is heard in three words or more, all its sounds and no other, spelt very differently
SPELT_ALIKE = 0.65  # the same as ALIKE then: "docks a rube a sin"
SOUNDS_SAME = 0.75  # the same where a shorter run has all sounds of the name: "rye lays"
STRANGE = 0.68  # of one of its words at least: "into the wall" and "one cousin" are just what they say
LONG = 8  # letters from which an everyday word of the documents may be heard as several
HALF = 0.62  # share of its letters that must stand where the name has them
TELLING = 0.62  # rarity from which a word of the documents says what they are about: "therapy", "trials", "refractory"
FRENCH_JOINTS = frozenset("de du des le la les et est un une au aux".split())  # noqa: SIM905  ("étapes de")
# Ends of international nonproprietary names (WHO, "The use of stems", 2018) that no everyday word has.
MEDICINE = re.compile(
    r"(?:mab|tinib|ciclib|leucel|rubicin|platin|taxel|limus|parib|rafenib|lisib|zomib|degib|stinib|cillin|floxacin|"
    r"conazole|cyclovir|gliptin|gliflozin|glutide|sartan|vastatin|setron|pitant|grastim|dronate|parin|xaban|triptan|"
    r"azepam|azolam|curonium|bactam|penem|pegase|pargase|stim|kinra|cept|cog alfa|tide|tagene|temcel|parvovec)$"
)


@dataclass(frozen=True, slots=True)
class Named:
    """What the names in a text came to. `text` has every repair made.

    `unknown` are names that no document holds, as typed; `ambiguous` are those that are as near to one
    name as to another, with what they may mean; `repairs` are (as typed, as read), names only.
    """

    text: str
    unknown: tuple[str, ...] = ()
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...] = ()
    repairs: tuple[tuple[str, str], ...] = ()


class Spellings:
    """Names among which the nearest are looked for, parted by their first letters, since there are 20,000 of them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._all = frozenset(names)
        self._by_first: dict[str, list[str]] = {}
        self._by_rest: dict[str, list[str]] = {}
        for name in sorted(self._all):
            self._by_first.setdefault(name[0], []).append(name)
            self._by_rest.setdefault(name[1:], []).append(name)

    def near(self, word: str, most: int) -> list[tuple[str, int]]:
        """The three nearest within `most` edits (optimal string alignment, a sixth of the time of Damerau and
        Levenshtein's), nearest first; a first letter may be wrong only in one-edit typos."""
        slips = {*self._by_rest.get(word[1:], ()), *self._by_rest.get(word, ()), word[1:], word[1] + word[0] + word[2:]}
        others = sorted(name for name in slips & self._all if name[0] != word[0])
        found = process.extract(
            word, [*self._by_first.get(word[0], ()), *others], scorer=OSA.distance, score_cutoff=most, limit=3
        )
        return [(name, int(distance)) for name, distance, _ in found]


class Names:
    """`documents` are the words that the documents hold, folded, `body` those of them that are no sources;
    `accepted` are words that stand for some of those."""

    def __init__(
        self,
        documents: Iterable[str],
        accepted: Iterable[str] = (),
        body: Iterable[str] | None = None,
    ) -> None:
        self._held = frozenset(documents)
        spoken = self._held if body is None else frozenset(body)
        self._spoken = spoken
        self._accepted = frozenset(accepted)
        substances = list_of_medicines()
        self._medicines = frozenset(substances)
        self.held_names = tuple(sorted(w for w in self._held if _spelt(w) and (not is_word(w) or w in self._medicines)))
        self._held_set = frozenset(self.held_names)
        # Another spelling of a name that the documents hold is that name: "mitozantrone".
        self._spellings = {
            name: same
            for name, same in substances.items()
            if same in self._held
            and (OSA.distance(name, same) <= _allowed(name) or jellyfish.metaphone(name) == jellyfish.metaphone(same))
        }
        others = self._medicines - self._held - self._spellings.keys()
        self._others = Spellings(others)
        self._other_set = others
        self._other_sounds = {sound for name in others if len(sound := jellyfish.metaphone(name)) >= SURE}
        names = frozenset(self.held_names)
        heard = [w for w in spoken if w in names or (_spelt(w) and len(w) >= LONG)]
        self._sounds: dict[str, list[tuple[str, str]]] = {}  # by the first letter or sound: one is heard right
        for name in sorted(heard):
            sound = jellyfish.metaphone(name)
            for first in {name[0], sound[:1]}:
                self._sounds.setdefault(first, []).append((name, sound))
        # Words of the documents that are no names, for typos such as "transplent".
        self._ordinary_set = frozenset(w for w in self._held if is_word(w))
        self._ordinary = Spellings(w for w in self._held if _spelt(w) and is_word(w, ("en",)))
        self._names = Spellings(self.held_names)

    def read(self, text: str) -> Named:
        """Repairs what is surely meant, and tells what is not known."""
        unknown: list[str] = []
        ambiguous: list[tuple[str, tuple[str, ...]]] = []
        repairs: list[tuple[str, str]] = []
        looked_up = 0
        out: list[str] = []
        at = 0
        for match in WORD.finditer(text):
            typed = match.group()
            word = folded(typed)
            word = word[:-2] if word.endswith("'s") else word
            if self._is_fine(word):
                continue
            if word in self._spellings:
                out += [text[at : match.start()], self._spellings[word]]
                at = match.end()
                continue
            if word in self._other_set or self._plural_of_other(word):
                unknown.append(typed)
                continue
            if is_word(word) or not _spelt(word) or looked_up >= MOST_LOOKED_UP:
                # Two names in one word: "vincristine-vinblastine".
                unknown += [part for part in re.split(r"['-]", word) if part in self._other_set and part != word]
                continue
            looked_up += 1
            meant, names = self._nearest(word)
            if meant:
                out += [text[at : match.start()], meant]
                at = match.end()
                if meant in self.held_names:  # a slip in an everyday word is mended without a word
                    repairs.append((typed, meant))
            elif names:
                ambiguous.append((typed, names))
            elif self._is_a_name(typed, word, text[: match.start()]):
                unknown.append(typed)
        unique = tuple(dict.fromkeys(unknown))
        text, heard = self._heard("".join([*out, text[at:]]))
        spoken = {part for typed, _ in heard for part in folded(typed).split()}
        unique = tuple(name for name in unique if folded(name) not in spoken)
        return Named(text, unique, tuple(ambiguous), (*repairs, *heard))

    def says(self, word: str) -> int:
        """How much a folded word says of a subject: a name, a term of the documents, or neither."""
        if word in self._held_set or word in self._spellings or word in self._other_set:
            return NAME
        return TERM if word in self._spoken and rarity(word) >= TELLING else 0

    def strange(self, subject: str) -> tuple[str, ...]:
        """What "it" stands for where a subject says nothing of the documents: words that nobody knows."""
        found = words(subject)
        if any(self.says(word) or (self._is_fine(word) and rarity(word) >= TELLING) for word in found):
            return ()
        return tuple(
            w for w in found if _spelt(w) and not self._is_fine(w) and not is_word(w) and _typo_distance(w) > 1
        )

    def _is_fine(self, word: str) -> bool:
        return word in self._held or word in self._accepted or word in FUNCTION_WORDS or word.rstrip("s") in self._held

    def _plural_of_other(self, word: str) -> bool:
        return word.endswith("s") and word[:-1] in self._other_set and not is_word(word)

    def _nearest(self, word: str) -> tuple[str, tuple[str, ...]]:
        """(what a word that is no word must mean, or ""; what it may mean when that is not sure)."""
        held = self._names.near(word, _allowed(word))
        other = self._others.near(word, _allowed(word))
        everyday = _typo_distance(word)
        near = held[0][1] if held else 99
        if held and near < (other[0][1] if other else 99):
            best = [name for name, distance in held if distance == near]
            if everyday <= 1 and near > 1:
                return "", ()  # a slip in an everyday word lies nearer
            return (best[0], ()) if len(best) == 1 else ("", tuple(best))
        if held and other and near == other[0][1]:
            return "", tuple([name for name, d in held if d == near] + [n for n, d in other if d == near][:1])
        ordinary = self._ordinary.near(word, 1 if len(word) < 8 else 2)
        nearer = ordinary and other and ordinary[0][1] < other[0][1]
        if other and (other[0][1] <= 1 or len(word) >= 8) and everyday > 1 and not nearer:
            return "", ()
        if len(word) >= 2 * SHORTEST and (split := self._split(word)):
            return split, ()
        if ordinary and (len(ordinary) == 1 or ordinary[0][1] < ordinary[1][1]):
            return ordinary[0][0], ()
        return "", ()

    def _split(self, word: str) -> str:
        """A run-together word as words of the documents: "bonemarrowtransplant" → "bone marrow transplant"."""
        parts = wordninja.split(word)
        known = all(part in self._held or part in self._accepted or len(part) == 1 for part in parts)
        return " ".join(parts) if known and 2 <= len(parts) <= 5 else ""

    def _is_a_name(self, typed: str, word: str, before: str) -> bool:
        """Whether a word that nobody knows is a name: it ends like a medicine, or it is written like a name."""
        if MEDICINE.search(word) or (len(word) >= 7 and self._others.near(word, 1)):
            return True
        if len(word) >= SHORTEST_HEARD and jellyfish.metaphone(word) in self._other_sounds:  # "nelarabeen"
            return _typo_distance(word) > 1 and not self._ordinary.near(word, 2)
        inside = bool(before.strip()) and before.rstrip()[-1:] not in ".?!:\n"
        return typed[0].isupper() and typed[1:].islower() and inside and _typo_distance(word) > 1

    def _heard(self, text: str) -> tuple[str, list[tuple[str, str]]]:
        """Runs of words that sound like a name of the documents, joined: "rye lays" → "rylaze"."""
        found = [(m.start(), m.end(), folded(m.group())) for m in WORD.finditer(text)]
        itself = [self._stands_for_itself(word) for _, _, word in found]
        repairs: list[tuple[str, str]] = []
        out: list[str] = []
        at = i = 0
        while i < len(found) and self._sounds:
            reach = 0  # words from here on that may be one name: blanks between them, no comma or slash
            while (
                reach < min(SPOKEN, len(found) - i)
                and not itself[i + reach]
                and (not reach or text[found[i + reach - 1][1] : found[i + reach][0]] == " ")
            ):
                reach += 1
            sizes = range(reach, 1, -1)
            heard = ((n, self._sounds_like([word for _, _, word in found[i : i + n]])) for n in sizes)
            size, name = next(((n, name) for n, name in heard if name), (1, ""))
            if name:
                start, end = found[i][0], found[i + size - 1][1]
                out += [text[at:start], name]
                repairs.append((text[start:end], name))
                at = end
            i += size
        return "".join([*out, text[at:]]), repairs

    def _stands_for_itself(self, word: str) -> bool:
        """Whether it is no part of a name taken down by ear: a word that is understood."""
        return word in FRENCH_JOINTS or (word in self._held and _telling(word))

    def _sounds_like(self, run: Sequence[str]) -> str:
        """The name that such words, of which there are two or more, sound like together, or ""."""
        joined = "".join(run)
        if not joined.isalpha() or not SHORTEST <= len(joined) <= 22:
            return ""
        understood = any(w in self._accepted for w in run if _telling(w))
        strange = max((strangeness(w) for w in run if w not in FUNCTION_WORDS and len(w) > 1), default=0) >= STRANGE
        if len(run) < 3 and (understood or not strange):
            return ""  # two words that say something as they stand
        key = jellyfish.metaphone(joined)
        hits = []
        firsts = (self._sounds.get(first, ()) for first in (joined[0], key[:1]))
        for name, sound in dict.fromkeys(itertools.chain.from_iterable(firsts)):
            alike = JaroWinkler.similarity(joined, name)
            ordinary = name in self._ordinary_set
            allowed = 0 if ordinary else 1 if len(sound) < 7 else 2
            same = key.replace("Y", "") == sound.replace("Y", "") and not ordinary
            if same and len(run) >= 3 and len(key) >= SURE:
                heard = alike >= SPELT_ALIKE
            elif understood or not strange or joined[0] != name[0]:
                heard = False
            elif same:
                heard = alike >= SOUNDS_SAME
            else:
                heard = (
                    Levenshtein.distance(key, sound, score_cutoff=allowed) <= allowed
                    and alike >= ALIKE
                    and Levenshtein.normalized_similarity(joined, name) >= HALF
                )
            if heard:
                hits.append((alike, name))
        hits.sort(reverse=True)
        return hits[0][1] if len(hits) == 1 or (hits and hits[0][0] > hits[1][0] + 0.05) else ""


def _telling(word: str) -> bool:
    return len(word) > 3 and word not in FUNCTION_WORDS


def _spelt(word: str) -> bool:
    return len(word) >= SHORTEST and word.isalpha()


def _allowed(word: str) -> int:
    """Edits after which a word of this length may still be a typo."""
    return 1 + (len(word) >= 6) + (len(word) >= 9)


@functools.lru_cache(maxsize=20_000)
def _typo_distance(word: str) -> int:
    """1 when an everyday English or French word is one edit away, else 99."""
    speller = dictionary("en")
    return 1 if any(
        found and max(float(d.word_usage_frequency(w)) for w in found) > 1e-6
        for d in (speller, dictionary("fr"))
        if (found := d.known(d.edit_distance_1(word)))
    ) else 99  # fmt: skip


@functools.cache
def list_of_medicines() -> dict[str, str]:
    """Some 20,000 names, each with the substance's own name, or "". The file says where they come from."""
    lines = MEDICINES.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(" ") for line in lines if line and not line.startswith("#"))
    return {name: same for name, _, same in pairs}
