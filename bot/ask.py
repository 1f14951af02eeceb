"""A question in, an answer out: decide, on calibrated probability, what may be shown.

`answered`: the first passage answers. `related`: it is the nearest statement, shown as such.
`not_covered`: nothing is shown, and the notice says what the document does not cover.
`urgent` comes on top of any of them.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from bot import wording
from corpus import Document, Role, Span
from index.reading.reader import LONGEST, has_words
from index.search import Findings, Hit, Index

ANSWERED_FROM = 0.40  # P(the first passage answers)
LIKENESS_ANSWERED_FROM = 0.60  # the same where no example questions have been given: go carefully
RELATED_FROM = 0.45  # P(the first passage is at least the nearest statement)
URGENT_FROM = 0.35  # P(somebody is in danger now): missing one is worse than a needless hand-off
URGENT_ALONE_FROM = 0.6  # from here on nothing but the hand-off is shown
MORE_FROM = 0.5  # a further passage needs this share of the first one's score
EQUAL_FROM = 0.97  # from this share on, neither is better
MOST_PASSAGES = 3


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """One passage of an answer: `text` is the document's [start, end), `highlights` lie within."""

    document: str
    sha256: str
    start: int
    end: int
    text: str
    headings: list[str]
    highlights: list[list[int]]
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The record of an answer, the same for `batch`, `ask --json`, the HTTP API and the page."""

    id: str | None
    question: str
    outcome: str
    urgent: bool
    confidence: float
    passages: list[ShownPassage] = field(default_factory=list)
    notice: str = ""
    disclaimer: str = ""
    contact: str = ""

    def record(self) -> dict:
        return asdict(self)


def ask(index: Index, question: str, history: Sequence[str] = (), id: str | None = None) -> Answer:
    """Any text is a question; one without words is `not_covered`, with a notice that says so."""
    question = question.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate can be shown nowhere
    return answer_from(index.look_up(question, history), index.documents, question, id)


def answer_from(
    findings: Findings,
    documents: Sequence[Document],
    question: str,
    id: str | None = None,
    language: str | None = None,
) -> Answer:
    """The answer that `findings` allow. `language` is the notice's, the question's own if not given."""
    urgent = findings.urgent >= URGENT_FROM
    outcome = "not_covered" if findings.urgent >= URGENT_ALONE_FROM else decide(findings)
    hits = [] if outcome == "not_covered" else chosen(findings)
    document = hits[0].passage.document if hits else documents[0]
    return Answer(
        id=id,
        question=question,
        outcome=outcome,
        urgent=urgent,
        confidence=round(findings.answers, 4),
        passages=[shown(hit) for hit in hits],
        notice=_notice(findings, outcome, urgent, question, language or findings.reading.language),
        disclaimer=quoted_role(document, Role.DISCLAIMER),
        contact=quoted_role(document, Role.CONTACT),
    )


def decide(findings: Findings) -> str:
    bar = ANSWERED_FROM if findings.from_examples else LIKENESS_ANSWERED_FROM
    if findings.hits and findings.answers >= bar:
        return "answered"
    if findings.hits and findings.near >= RELATED_FROM:
        return "related"
    return "not_covered"


def chosen(findings: Findings) -> list[Hit]:
    """The first passage, and further ones that score nearly as much.

    Best first; those that are as good as the best stand in the order of the document.
    """
    best = findings.hits[0].score
    hits = [hit for hit in findings.hits[:MOST_PASSAGES] if hit.score >= MORE_FROM * best]
    equal = [hit for hit in hits if hit.score >= EQUAL_FROM * best]
    return sorted(equal, key=lambda hit: hit.passage.key) + hits[len(equal) :]


def shown(hit: Hit) -> ShownPassage:
    passage = hit.passage
    return ShownPassage(
        document=passage.document.name,
        sha256=passage.document.sha256,
        start=passage.span.start,
        end=passage.span.end,
        text=passage.text,
        headings=passage.heading_path,
        highlights=[[span.start, span.end] for span in hit.highlights],
        score=round(hit.score, 4),
    )


def quoted_role(document: Document, role: Role) -> str:
    """All of a document's passages of one role, as one stretch of its text."""
    passages = document.with_role(role)
    if not passages:
        return ""
    return document.slice(Span(passages[0].span.start, passages[-1].span.end))


def _notice(findings: Findings, outcome: str, urgent: bool, question: str, language: str) -> str:
    words = wording.wording(language)
    parts = [wording.urgent(language)] if urgent else []
    if not has_words(findings.reading.text):
        return words.no_question
    if len(question) > LONGEST:
        parts.append(words.too_long.format(limit=f"{LONGEST:,}"))
    if findings.reading.repairs:
        repaired = ", ".join(dict.fromkeys(better for _, better in findings.reading.repairs))
        parts.append(words.searched_for.format(words=repaired))
    if outcome == "related":
        parts.append(words.related)
    elif outcome == "not_covered" and not urgent:
        topic = words.topics.get(findings.topic)
        if findings.topic == "small_talk":
            parts.append(words.small_talk)
        else:
            parts.append(words.not_covered_topic.format(topic=topic) if topic else words.not_covered)
    return " ".join(parts)
