"""A message as it is read: its language, its asks, the names in them, typos repaired, other words for the documents'.

What is shown to the reader is never changed; only what is encoded and looked up is.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.vocabulary import Vocabulary
from index.reading import language
from index.reading.asks import TURNS, Ask, asks_of
from index.reading.names import Names
from index.reading.text import LONGEST, clean, folded, has_words, phrases, pieces, replaced, words

# "Is it the same as Kymriah?" is about what "it" stands for.
COMPARES = re.compile(
    r"\b(?:same as|like|unlike|than|versus|vs|different from|difference|instead of|with|pareil|comme|différen\w+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ReadAsk:
    """An ask, ready to be looked up.

    `text` is what the person wrote, `readings` what is encoded: alone, and with what it leans on, of which
    the one that is judged surest wins. `unknown` names are in no document; `ambiguous` are as near to one
    name as to another.
    """

    text: str
    readings: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is the whole message, cleaned; `repairs` are typos in names, (as typed, as read).

    `unread` counts the code points after LONGEST.
    """

    text: str
    language: str = "en"
    asks: tuple[ReadAsk, ...] = ()
    repairs: tuple[tuple[str, str], ...] = ()
    unread: int = 0


class Reader:
    """Reads messages against the words of the documents; knows nothing of what they mean."""

    def __init__(self, vocabulary: Vocabulary, documents: Iterable[str], body: Iterable[str] | None = None) -> None:
        """`documents` are their texts, `body` the same without sources (all of them if not given)."""
        texts = list(documents)
        held = _held(texts)
        self._abbreviations = phrases(vocabulary.abbreviations)
        self._french = phrases(vocabulary.french)
        # A word is accepted for what the documents hold: a medicine that stands for itself alone is unknown here.
        pairs = [*vocabulary.abbreviations.items(), *vocabulary.french.items()]
        accepted = {word for key, value in pairs if held & set(words(value)) for word in words(key)}
        self.names = Names(held, accepted, body=_held(body) if body is not None else held)
        names = frozenset(self.names.held_names)
        self._names = names
        # Drug names are spelt alike in both languages, so they say nothing about which one it is.
        self._french_words = (
            frozenset(
                word for word, value in vocabulary.french.items() if word != value and not names & set(words(value))
            )
            - held
        )

    def read(self, question: str, history: Sequence[str] = ()) -> Message:
        """`history`: earlier messages, oldest first."""
        text = clean(question)
        spoken = language.of(text, self._names, self._french_words)
        if not has_words(text):
            return Message(text, spoken)
        found = asks_of(text, [clean(turn) for turn in history[-TURNS:]], self.names.says)
        read = [self._read(ask, spoken) for ask in found]
        repairs = tuple(dict.fromkeys(repair for _, mended in read for repair in mended))
        return Message(text, spoken, tuple(ask for ask, _ in read), repairs, max(0, len(question) - LONGEST))

    def plain(self, text: str) -> str:
        """One text as it is encoded: repaired, with the documents' words for other words."""
        text = clean(text).replace("\n", " ")
        return self._gloss(self.names.read(text).text, language.of(text, self._names, self._french_words))

    def _read(self, ask: Ask, spoken: str) -> tuple[ReadAsk, tuple[tuple[str, str], ...]]:
        """What "it" stands for is asked about too: "She is to have lisinopril. What is it?" names lisinopril."""
        readings = []
        own = self.names.read(ask.text)
        names_one = bool(self._names & set(words(own.text)))  # "how do they give Kymriah" stands alone
        about_it = ask.about_it and (not names_one or bool(COMPARES.search(ask.text)))
        unknown, ambiguous = own.unknown, own.ambiguous
        for reading in dict.fromkeys((ask.text, *ask.readings) if names_one else ask.readings):
            named = own if reading == ask.text else self.names.read(reading)
            readings.append(self._gloss(named.text, spoken) or named.text)
            if about_it and reading in (ask.leaning, ask.named):
                unknown += named.unknown or self.names.strange(named.text.partition(":")[0])
                ambiguous += named.ambiguous
        unique = tuple(dict.fromkeys(readings))
        return ReadAsk(ask.text, unique, tuple(dict.fromkeys(unknown)), tuple(dict.fromkeys(ambiguous))), own.repairs

    def _gloss(self, text: str, spoken: str) -> str:
        if spoken == "fr":
            text = replaced(re.sub(r"['-]", " ", folded(text)), self._french)
        return replaced(text, self._abbreviations)


def _held(texts: Iterable[str]) -> frozenset[str]:
    """All words of some texts, folded, whole and in pieces: "T-cell" gives t-cell, t and cell."""
    return frozenset(word for text in texts for word in (*words(text), *(p for _, _, p in pieces(folded(text)))))
