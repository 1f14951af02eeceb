"""The answer card: one answer as HTML, safe to insert as it stands."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.answer import Answer, Notice, Outcome, Part, Quotation
from bot.danger import lines
from bot.render import HEADINGS
from bot.web.html import Own, own_words, render
from bot.web.quotation import quotation
from bot.web.source import ContactLine, contact_lines, helpline, provenance, source
from bot.words import EMERGENCY_NUMBER, LANGUAGES, words
from corpus import Document, Role, Span

DANGER = "danger.handoff"  # the notice that stands apart, before all else
BADGES = {  # outcome: sign, and what stands beside it
    Outcome.ANSWERED: ("✓", "answered.badge"),
    Outcome.RELATED: ("≈", "related.badge"),
    Outcome.NOT_COVERED: ("∅", "not_covered.badge"),
}
SAID = {Outcome.ANSWERED: "said.answered", Outcome.RELATED: "said.related"}
# Tables of notices that each part says for itself, where there are several; and those that come last.
OF_A_PART, LAST = ("not_covered", "related", "names"), "hand_on"
OF_THE_MESSAGE = {"names.searched_for"}
WHICH = "names.which"


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside an answer: passages by rank for staff, and questions to tap next.

    `first`: nothing of this document was shown before, so its disclaimer stands whole. `several`:
    there are other documents, so this one is named.
    """

    ranked: Sequence[Quotation] = ()
    following: Sequence[tuple[str, str]] = ()
    staff: bool = False
    first: bool = True
    several: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A part as the template needs it. `asked` is "" for the only part, which needs no heading."""

    asked: str
    outcome: Outcome
    sentence: str
    figures: Sequence[Markup]
    meanings: tuple[str, ...]

    @property
    def sign(self) -> str:
        return BADGES[self.outcome][0]

    @property
    def badge(self) -> str:
        return BADGES[self.outcome][1]


def card(answer: Answer, beside: Beside = Beside()) -> Markup:
    """The whole card, or a line where there is nothing to quote and nobody to warn."""
    document, language = answer.document, answer.language
    own = own_words(language, document)
    several = len(answer.parts) > 1
    said = [n for n in answer.notices if n.key != DANGER and not (several and _is_of_a_part(n))]
    return render(
        "line.html" if is_line(answer) else "card.html",
        own=own,
        answer=answer,
        document=document,
        danger=[notice for notice in answer.notices if notice.key == DANGER],
        before=[notice for notice in said if not (several and _table(notice) == LAST)],
        last=[notice for notice in said if several and _table(notice) == LAST],
        emergency=EMERGENCY_NUMBER,
        lines=lines(answer.question),
        parts=_parts(answer, own),
        source_language=own("message.source_language") if _in_the_other_language(answer) else "",
        helpline=_needed_helpline(answer),
        ranked=[figure(shown, language, rank) for rank, shown in enumerate(beside.ranked, start=1)],
        beside=beside,
        disclaimer=disclaimer(document),
        contact_lines=contact_lines(document),
        provenance=provenance(document, language),
    )


def is_line(answer: Answer) -> bool:
    """A greeting or a feeling gets a sentence, and no disclaimer: nothing is quoted."""
    return not answer.urgent and not answer.quotations and any(_table(n) == "feelings" for n in answer.notices)


def figure(shown: Quotation, language: str, rank: int, level: int = 3) -> Markup:
    """One quotation under its headings, with its source and what can be done with it."""
    passage, document = shown.passage, shown.passage.document
    section = document.section_of(passage).span
    path, title = HEADINGS.join(passage.heading_path), f"{document.title}. "
    named = path.startswith(document.title) and source(document, language).startswith(title)
    return render(
        "figure.html",
        own=own_words(language, document),
        shown=shown,
        span=passage.span,
        document=document,
        file=shlex.quote(document.name),
        rank=rank,
        level=level,
        path=path,
        quotation=quotation(shown),
        title=title if named else "",  # of the source, where the heading says it already
        source=source(document, language).removeprefix(title if named else ""),
        before=document.text[section.start : passage.span.start],
        after=document.text[passage.span.end : section.end],
    )


def announcement(answer: Answer) -> str:
    """What a screen reader says once, when the answer has come."""
    own = own_words(answer.language, answer.document)
    said = [answer.said()] if answer.notices else []
    if answer.urgent:
        said += [f"{own(line.key, number=line.number)}." for line in lines(answer.question)]
    if len(answer.parts) > 1:
        said.insert(len(said) if answer.urgent else 0, own("said.parts", count=len(answer.parts)))
    if answer.quotations:
        first = answer.quotations[0].passage
        said += [own(SAID[answer.outcome], heading=first.headings[-1].shown), first.text]
    elif not answer.urgent and not is_line(answer):
        said.insert(0, own("said.not_covered"))
    return " ".join(said)


def disclaimer(document: Document) -> tuple[str, str]:
    """The document's own words: the first sentence, which is always in view, and the rest."""
    passages = document.with_role(Role.DISCLAIMER)
    if not passages:
        return "", ""
    end, last = passages[0].units[0].end, passages[-1].span.end
    return document.text[passages[0].span.start : end], document.slice(Span(end, last)) if end < last else ""


def _parts(answer: Answer, own: Own) -> list[Shown]:
    """One for each ask; what an answer without parts shows is its only one."""
    parts = answer.parts if len(answer.parts) > 1 else ()
    if not parts:
        only = answer.parts[0] if answer.parts else Part("", answer.outcome)
        asked_back = only.meanings and not any(notice.key == WHICH for notice in answer.notices)
        sentence = own(WHICH, names=_listed(only.meanings, own)) if asked_back else ""
        shown = [figure(q, answer.language, rank) for rank, q in enumerate(answer.quotations, start=1)]
        return [Shown("", answer.outcome, sentence, shown, only.meanings)]
    return [
        Shown(
            part.text,
            part.outcome,
            _sentence(part, answer, own),
            [figure(answer.quotations[i], answer.language, i + 1, level=4) for i in part.quotations],
            part.meanings,
        )
        for part in parts
    ]


def _sentence(part: Part, answer: Answer, own: Own) -> str:
    """What is said of a part: why nothing is quoted, or that what is quoted is no answer."""
    topic = words(answer.language).topic(part.topic)
    if part.outcome is Outcome.ANSWERED:
        return ""
    if part.unknown_names:
        return own("names.unknown", names=_listed(part.unknown_names, own))
    if part.meanings:
        return own(WHICH, names=_listed(part.meanings, own))
    if part.outcome is Outcome.RELATED:
        return own("related.notice")
    return own("not_covered.topic", topic=topic) if topic else own("not_covered.part", words=part.text)


def _listed(names: Sequence[str], own: Own) -> str:
    """a, b or c"""
    first = ", ".join(names[:-1])
    return f"{first} {own('names.or')} {names[-1]}" if first else names[-1]


def _table(notice: Notice) -> str:
    return notice.key.partition(".")[0]


def _is_of_a_part(notice: Notice) -> bool:
    return _table(notice) in OF_A_PART and notice.key not in OF_THE_MESSAGE


def _needed_helpline(answer: Answer) -> ContactLine | None:
    """Where something is not answered, or a person is promised."""
    handed_on = any(_table(notice) == LAST for notice in answer.notices)
    refused = not is_line(answer) and any(
        outcome is not Outcome.ANSWERED for outcome in (answer.outcome, *(part.outcome for part in answer.parts))
    )
    return helpline(answer.document) if handed_on or refused else None


def _in_the_other_language(answer: Answer) -> bool:
    """Whether what is quoted is in the other one of our languages ("en-CA" is English)."""
    written = answer.document.language.partition("-")[0]
    return bool(answer.quotations) and written != answer.language and written in LANGUAGES
