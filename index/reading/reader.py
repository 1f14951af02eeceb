"""A question as it is read: cleaned, typos repaired, other words for the document's words.

What is shown to the reader is never changed; only what is encoded and looked up is.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from anyascii import anyascii
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from corpus.vocabulary import Vocabulary

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*\+?|[^\W_]")
TAG = re.compile(r"<[^<>]{0,500}>")
LONGEST = 2000  # code points that are read; the rest of a longer question is not
TURNS = 2  # "and if he is allergic to it?" rarely reaches further back
COMMON = 3  # an example word counts as known from this many uses on
STRONGEST = 4.0  # no single word decides a language by more than this log ratio
UNACCENTED = 2.0
PRIOR = 1.5  # of English: a word or two that both languages share is no evidence
SHORTEST_REPAIRED = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` is the question as it is encoded, `context` the same after the turns it may lean on.

    `repairs` are the typos mended on the way, (as typed, as read).
    """

    text: str
    context: str
    language: str = "en"
    repairs: tuple[tuple[str, str], ...] = ()


class Reader:
    """Reads questions against the words of the documents and of the example questions."""

    def __init__(self, vocabulary: Vocabulary, documents: Iterable[str], examples: Iterable[str]) -> None:
        self._abbreviations = _phrases(vocabulary.abbreviations)
        self._french = _phrases(vocabulary.french)
        in_documents = {word for text in documents for word in _words(text)}
        counts = Counter(word for text in examples for word in set(_words(text)))
        self._names = sorted(word for word in in_documents if _repairable(word) and not _is_word(word))
        # Drug names are spelt alike in both languages, so they say nothing about which one it is.
        medicines = vocabulary.medicines | set(self._names)
        self._french_words = {
            word for word, value in vocabulary.french.items() if word != value and not medicines & set(_words(value))
        } - in_documents
        keys = [*vocabulary.abbreviations, *vocabulary.french]
        self._known = in_documents | vocabulary.medicines | {word for key in keys for word in _words(key)}
        # A misspelling that many examples share is no word, so the dictionary must have it as well.
        ordinary = in_documents | {word for word, count in counts.items() if count >= COMMON}
        self._words = sorted(word for word in ordinary if _repairable(word) and _is_word(word, "en"))

    def read(self, question: str, history: Sequence[str] = ()) -> Reading:
        """`history`: earlier questions, oldest first; the last TURNS of them may be leant on."""
        text = clean(question)
        language = self._language(text)
        text, repairs = self._repair(text)
        text = self._gloss(text, language) or text
        before = [self.read(turn).text for turn in history[-TURNS:]]
        return Reading(text, " ".join([*before, text]), language, repairs)

    def _language(self, text: str) -> str:
        """Which of the two languages uses these words more: a sum of log ratios of frequencies."""
        evidence = 0.0
        for word in dict.fromkeys(word for _, _, word in _parts(text)):
            if word in self._names:
                continue
            ratio = math.log(_frequency(word, "fr") / _frequency(word, "en"))
            # The French dictionary has accents, which people leave out; the vocabulary has none.
            unaccented = _folded(word) in self._french_words and not _is_word(word)
            evidence += UNACCENTED if unaccented else max(-STRONGEST, min(STRONGEST, ratio))
        return "fr" if evidence > PRIOR else "en"

    def _gloss(self, text: str, language: str) -> str:
        if language == "fr":
            text = _replace(re.sub(r"['-]", " ", _folded(text)), self._french)
        return _replace(text, self._abbreviations)

    def _repair(self, text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        repairs = []

        def mend(match: re.Match) -> str:
            word = match.group()
            better = self._nearest(_folded(word))
            if not better:
                return word
            repairs.append((word, better))
            return better

        return WORD.sub(mend, text), tuple(repairs)

    def _nearest(self, word: str) -> str | None:
        """The one word that a misspelt word must mean, or None."""
        if not _repairable(word) or word in self._known or _is_word(word):
            return None
        for candidates, lengths in ((self._names, (6, 9)), (self._words, (8, 11))):
            allowed = 1 + sum(len(word) >= length for length in lengths)
            found = process.extract(word, candidates, scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=2)
            same_start = [hit for hit in found if hit[0][0] == word[0] or hit[1] == 1]
            if same_start and (len(same_start) == 1 or same_start[0][1] < same_start[1][1]):
                return same_start[0][0]
        return None


def clean(question: str) -> str:
    """Control characters, mark-up and odd blanks out; letters in their compatibility form."""
    text = question[:LONGEST].encode("utf-8", "replace").decode("utf-8")
    text = TAG.sub(" ", unicodedata.normalize("NFKC", text)).replace("’", "'")
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn") else c for c in text)
    return " ".join(text.split())


def has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _repairable(word: str) -> bool:
    return len(word) >= SHORTEST_REPAIRED and word.isalpha()


def _folded(text: str) -> str:
    """Lower case without accents: é → e, œ → oe."""
    return anyascii(text).lower()


def _words(text: str) -> list[str]:
    return [_folded(word) for word in WORD.findall(text)]


def _parts(text: str) -> list[tuple[int, int, str]]:
    """Spans of the smallest pieces that a vocabulary key is made of: l'enfant → l ' enfant."""
    return [(m.start(), m.end(), m.group().lower()) for m in re.finditer(r"[^\W_]+|[+/]", text)]


def _phrases(table: dict[str, str]) -> dict[tuple[str, ...], str]:
    return {tuple(part for _, _, part in _parts(key)): value for key, value in table.items()}


def _replace(text: str, phrases: dict[tuple[str, ...], str]) -> str:
    """Each longest run of pieces that is a key, in place."""
    if not phrases:
        return text
    parts = _parts(text)
    longest = max(map(len, phrases))
    out, at, i = [], 0, 0
    while i < len(parts):
        for size in range(min(longest, len(parts) - i), 0, -1):
            key = tuple(part for _, _, part in parts[i : i + size])
            if key in phrases:
                out += [text[at : parts[i][0]], phrases[key]]
                at = parts[i + size - 1][1]
                i += size
                break
        else:
            i += 1
    return " ".join("".join([*out, text[at:]]).split())


@cache
def _dictionary(language: str):
    from spellchecker import SpellChecker

    return SpellChecker(language=language)


def _frequency(word: str, language: str) -> float:
    """Share of this word among all words of the language; a little for one that it lacks."""
    return max(_dictionary(language).word_usage_frequency(word), 1e-7)


@cache
def _is_word(word: str, language: str = "") -> bool:
    return any(word in _dictionary(name) for name in ([language] if language else ["en", "fr"]))
