"""What the documents cover, and what they do not: both read off the corpus, nothing kept twice."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.words import words
from corpus import Document, Example, Role, Section
from corpus.questions import holds

SHORTEST, LONGEST = 12, 60  # characters of an example question: enough to say, short enough to tap
ASKS = re.compile(
    r"(What|How|When|Which|Who|Why|Can|Does|Do|Is|Are|Qu|Quel|Quelle|Quels|Quelles|C'est quoi|Comment|Quand"
    r"|Pourquoi|Est-ce|À quoi|Où|Peut-on|Y a-t-il|Combien|Un|Une|Le|La|Les)\b"
)
KINDS = {"en": ("plain_parent", "yes_no", "ESL", "teen", "grandparent"), "fr": ("french",)}
FIRST_KIND = "plain_parent"
TAPPED = 6  # example questions on the first screen
PER_SECTION = 2
ONLY_IN_AN_ANSWER = {"other_drugs", "brand_name"}  # topics whose name points at the question
CHOICE = 12  # of the best questions of a section, the first that fits a line is tapped
ONE_LINE = 34  # characters that fit one line of a phone


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


def covered(documents: Sequence[Document], examples: Sequence[Example], language: str) -> list[Covered]:
    """Every section that answers questions, in order, with its questions in `language`, none of them twice."""
    found: list[Covered] = []
    used: set[str] = set()
    for document in documents:
        own = [e for e in examples if e.document == document.name and _fit(e, language)]
        for section in document.sections:
            if any(passage.role is not Role.LINK_STUB for passage in section.passages):
                fit = [e for e in _questions(document, section, own) if _plain(e.question) not in used]
                used |= {_plain(example.question) for example in fit}
                found.append(Covered(document, section, tuple(fit)))
    return found


def tapped(sections: Iterable[Covered]) -> list[str]:
    """The first screen's questions: one from each section, then the shortest of the rest."""
    body = [s for s in sections if any(p.role is Role.BODY for p in s.section.passages)]
    best = [s.candidates[:CHOICE] for s in body]
    fits = [next((q for q in row if len(q) <= ONE_LINE), min(row, key=len)) for row in best if row]
    rest = sorted((q for row in best for q in row), key=len)
    return list(dict.fromkeys([*fits, *rest]))[:TAPPED]


def refused(examples: Iterable[Example], language: str) -> list[str]:
    """The topics that the documents' example questions refuse, most asked first."""
    topics = Counter(e.topic for e in examples if e.label == "out" and e.document)
    names = [words(language).topic(t) for t, _ in topics.most_common() if t not in ONLY_IN_AN_ANSWER]
    return [name for name in names if name]


def _fit(example: Example, language: str) -> bool:
    return (
        example.label == "answer"
        and example.kind in KINDS[language]
        and not (example.history or example.boundary or example.need == "all")
        and SHORTEST <= len(example.question) <= LONGEST
        and bool(ASKS.match(example.question))
        and example.question.endswith("?")
        and example.question.count("?") == 1
    )


def _questions(document: Document, section: Section, examples: Iterable[Example]) -> tuple[Example, ...]:
    """Those that name the section first, then the shortest, each about other words of it."""
    named = _stems(section.headings[-1].text)
    fit = [e for e in examples if _about(document, section, e)]
    fit.sort(key=lambda e: (e.kind != FIRST_KIND, -len(named & _stems(e.question)), len(e.question), e.question))
    first = {e.gold[0]: e for e in reversed(fit)}  # the best of each quote
    other_words = [e for e in fit if first[e.gold[0]] is e]
    return (*other_words, *(e for e in fit if first[e.gold[0]] is not e))


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
