"""A question in, an answer out: decide, on calibrated probability, what may be shown."""

from collections.abc import Sequence

from bot.answer import Answer, Notice, Outcome, Part, Quotation
from bot.decisions import BARS, Bars
from bot.words import words
from corpus import Role
from index.reading.reader import LONGEST, has_words
from index.search import Findings, Hit, Index


def ask(
    index: Index,
    question: str,
    history: Sequence[str] = (),
    id: str | int | float | None = None,
    language: str | None = None,
    bars: Bars = BARS,
) -> Answer:
    """Any text is a question; one without words is not covered, with a notice that says so."""
    question = question.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate can be shown nowhere
    return answer_from(index.look_up(question, history), question, id, language, bars)


def answer_from(
    findings: Findings,
    question: str,
    id: str | int | float | None = None,
    language: str | None = None,
    bars: Bars = BARS,
) -> Answer:
    """The answer that `findings` allow. `language` is the notices', the question's own if not given."""
    urgent = findings.urgent >= bars.urgent
    outcome = Outcome.NOT_COVERED if findings.urgent >= bars.urgent_alone else decide(findings, bars)
    hits = [] if outcome is Outcome.NOT_COVERED else chosen(findings, bars)
    quotations = tuple(Quotation(hit.passage, hit.highlights, hit.score) for hit in hits)
    part = Part(findings.reading.text, outcome, tuple(range(len(hits))), findings.topic)
    return Answer(
        question=question,
        outcome=outcome,
        urgent=urgent,
        confidence=round(findings.answers, 4),
        document=hits[0].passage.document if hits else findings.document,
        language=language or findings.reading.language,
        quotations=quotations,
        parts=(part,),
        notices=tuple(_notices(findings, outcome, urgent, question)),
        id=id,
    )


def decide(findings: Findings, bars: Bars = BARS) -> Outcome:
    bar = bars.answered if findings.from_examples else bars.answered_without_examples
    if findings.hits and findings.answers >= bar:
        return Outcome.ANSWERED
    if findings.hits and findings.near >= bars.related:
        return Outcome.RELATED
    return Outcome.NOT_COVERED


def chosen(findings: Findings, bars: Bars = BARS) -> list[Hit]:
    """The first passage, and further ones that score nearly as much.

    Best first; those that are as good as the best stand in the order of the document.
    """
    best = findings.hits[0].score
    hits = [hit for hit in findings.hits[: bars.passages] if hit.score >= bars.more * best]
    equal = [hit for hit in hits if hit.score >= bars.equal * best]
    return sorted(equal, key=lambda hit: hit.passage.key) + hits[len(equal) :]


def _notices(findings: Findings, outcome: Outcome, urgent: bool, question: str) -> list[Notice]:
    """What is said, in the order in which it is read: danger before all else."""
    said = [Notice("danger.handoff")] if urgent else []
    if not has_words(findings.reading.text):
        return [*said, Notice("message.no_question")]
    if len(question) > LONGEST:
        said.append(Notice("message.too_long", {"limit": f"{LONGEST:,}"}))
    if findings.reading.repairs:
        repaired = ", ".join(dict.fromkeys(better for _, better in findings.reading.repairs))
        said.append(Notice("names.searched_for", {"words": repaired}))
    if outcome is Outcome.RELATED:
        said.append(Notice("related.notice"))
    elif outcome is Outcome.NOT_COVERED and not urgent:
        said += _refusal(findings)
    return said


def _refusal(findings: Findings) -> list[Notice]:
    if findings.topic == "small_talk":
        return [Notice("feelings.hello")]
    # The topic is kept by name: its words are the language's, which only the renderer knows.
    named = words("en").topic(findings.topic)
    refused = Notice("not_covered.topic", {"topic": findings.topic}) if named else Notice("not_covered.notice")
    has_helpline = bool(findings.document.with_role(Role.CONTACT))
    return [refused, Notice("hand_on.helpline" if has_helpline else "hand_on.team")]
