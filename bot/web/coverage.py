"""What the documents cover, and what they do not: both read off the corpus, nothing kept twice."""

import functools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from bot.words import words
from corpus import Document, Example, Role, Section, read_examples
from corpus.questions import holds
from index.reading import language as reading

CHOSEN = {"en": "tap-en", "fr": "tap-fr"}  # kinds of the questions to tap that somebody chose, by their language
SHORTEST, LONGEST = 12, 60  # characters of an example question: enough to say, short enough to tap
TAPPED = 6  # example questions on the first screen
PER_SECTION = 2
ONLY_IN_AN_ANSWER = {"other_drugs", "brand_name"}  # topics whose name points at the question


@dataclass(frozen=True, slots=True)
class Covered:
    """A section and the example questions to tap there."""

    document: Document
    section: Section
    fit: tuple[Example, ...]  # the best first

    @property
    def candidates(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(example.question for example in self.fit))

    @property
    def questions(self) -> tuple[str, ...]:
        return self.candidates[:PER_SECTION]

    @property
    def heading(self) -> str:
        return self.section.headings[-1].shown


def known_questions(documents: Sequence[Document], corpus: Path) -> list[Example]:
    """What was chosen to be tapped, and the example questions. Raises CorpusError."""
    return [e for part in ("suggestions", "questions") for e in read_examples(documents, corpus / part)]


def covered(documents: Sequence[Document], examples: Sequence[Example], language: str) -> list[Covered]:
    """Every section that answers questions, in order, with its questions in `language`, none of them twice."""
    found: list[Covered] = []
    used: set[str] = set()
    for document in documents:
        own = [e for e in examples if e.document == document.name]
        chosen = [e for e in own if e.kind == CHOSEN[language]]
        own = chosen or [e for e in own if _fit(e) and _language(e.question) == language]
        for section in document.sections:
            if any(passage.role is not Role.LINK_STUB for passage in section.passages):
                about = [e for e in own if _about(document, section, e) and _plain(e.question) not in used]
                used |= {_plain(example.question) for example in about}
                found.append(Covered(document, section, tuple(about if chosen else _best_first(section, about))))
    return found


def tapped(sections: Iterable[Covered]) -> list[str]:
    """The first screen's questions: the best of each section, then the next of each."""
    rows = [s.candidates for s in sections if any(p.role is Role.BODY for p in s.section.passages)]
    return list(dict.fromkeys(q for rank in zip_longest(*rows) for q in rank if q))[:TAPPED]


def refused(examples: Iterable[Example], language: str) -> list[str]:
    """The topics that the documents' example questions refuse, most asked first."""
    topics = Counter(e.topic for e in examples if e.label == "out" and e.document)
    names = [words(language).topic(t) for t, _ in topics.most_common() if t not in ONLY_IN_AN_ANSWER]
    return [name for name in names if name]


def _fit(example: Example) -> bool:
    return (
        example.label == "answer"
        and not (example.history or example.boundary or example.need == "all")
        and SHORTEST <= len(example.question) <= LONGEST
        and example.question[0].isupper()
        and example.question.endswith("?")
        and example.question.count("?") == 1
    )


@functools.cache
def _language(question: str) -> str:
    return reading.of(question, frozenset(), frozenset())


def _best_first(section: Section, about: Iterable[Example]) -> list[Example]:
    """Those that name the section first, then the shortest, each about other words of it."""
    named = _stems(section.headings[-1].text)
    fit = sorted(about, key=lambda e: (-len(named & _stems(e.question)), len(e.question), e.question))
    first = {e.gold[0]: e for e in reversed(fit)}  # the best of each quote
    return sorted(fit, key=lambda e: first[e.gold[0]] is not e)


def _about(document: Document, section: Section, example: Example) -> bool:
    """Whether the first of its quotes, and most of the rest, lie in this section."""
    spans = example.gold_spans(document)
    inside = [any(holds(passage, span) for passage in section.passages) for span in spans]
    about_sources = any(
        holds(p, span) for p in section.passages if p.role is Role.REFERENCE for span in spans[:1]
    )  # few parents would tap "Is there a WebMD article in your references?"
    return bool(inside) and inside[0] and 2 * sum(inside) > len(inside) and not about_sources


def _plain(question: str) -> str:
    """The same for two spellings of one question."""
    return re.sub(r"\W+", " ", question).strip().lower()


def _stems(text: str) -> set[str]:
    """Beginnings of the longer words: enough to see that a question names a section."""
    return {word[:7].lower() for word in re.findall(r"\w{5,}", text)}
