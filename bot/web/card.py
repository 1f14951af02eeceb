"""The answer card: one answer as HTML, safe to insert as it stands."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.answer import Answer, Outcome, Quotation
from bot.render import HEADINGS
from bot.web.html import own_words, render
from bot.web.quotation import quotation
from bot.web.source import contact_lines, helpline, source
from bot.words import CRISIS_NUMBER, EMERGENCY_NUMBER, LANGUAGES
from corpus import Document, Role, Span

DANGER = "danger.handoff"  # the notice that stands apart, before all else
BADGES = {  # outcome: sign, and what stands beside it
    Outcome.ANSWERED: ("✓", "answered.badge"),
    Outcome.RELATED: ("≈", "related.badge"),
    Outcome.NOT_COVERED: ("∅", "not_covered.badge"),
}
SAID = {Outcome.ANSWERED: "said.answered", Outcome.RELATED: "said.related"}


def card(answer: Answer, ranked: Sequence[Quotation] = (), *, staff: bool = False) -> Markup:
    """The whole card. `ranked` are the passages that staff asked to see beside the answer."""
    document, language = answer.document, answer.language
    own = own_words(language, document)
    sign, badge = BADGES[answer.outcome]
    return render(
        "card.html",
        own=own,
        answer=answer,
        document=document,
        danger=[notice for notice in answer.notices if notice.key == DANGER],
        notices=[notice for notice in answer.notices if notice.key != DANGER],
        numbers={"danger.call": EMERGENCY_NUMBER, "danger.crisis": CRISIS_NUMBER},
        sign=sign,
        badge=badge,
        source_language=own("message.source_language") if _in_the_other_language(answer) else "",
        helpline=helpline(document) if answer.outcome is not Outcome.ANSWERED else None,
        figures=[figure(shown, language, rank) for rank, shown in enumerate(answer.quotations, start=1)],
        ranked=[figure(shown, language, rank) for rank, shown in enumerate(ranked, start=1)],
        staff=staff,
        disclaimer=disclaimer(document),
        contact_lines=contact_lines(document),
    )


def figure(shown: Quotation, language: str, rank: int) -> Markup:
    """One quotation under its headings, with its source and what can be done with it."""
    passage, document = shown.passage, shown.passage.document
    section = document.section_of(passage).span
    return render(
        "figure.html",
        own=own_words(language, document),
        shown=shown,
        span=passage.span,
        document=document,
        rank=rank,
        path=HEADINGS.join(passage.heading_path),
        quotation=quotation(shown),
        source=source(document, language),
        before=document.text[section.start : passage.span.start],
        after=document.text[passage.span.end : section.end],
    )


def announcement(answer: Answer) -> str:
    """What a screen reader says once, when the answer has come."""
    own = own_words(answer.language, answer.document)
    said = [answer.said()] if answer.notices else []
    if answer.quotations:
        first = answer.quotations[0].passage
        said += [own(SAID[answer.outcome], heading=first.headings[-1].shown), first.text]
    elif not answer.urgent:
        said.insert(0, own("said.not_covered"))
    return " ".join(said)


def disclaimer(document: Document) -> tuple[str, str]:
    """The document's own words: the first paragraph, which is in view, and the rest, one click away."""
    passages = document.with_role(Role.DISCLAIMER)
    if not passages[1:]:
        return document.quoted_role(Role.DISCLAIMER), ""
    return passages[0].text, document.slice(Span(passages[0].span.end, passages[-1].span.end))


def _in_the_other_language(answer: Answer) -> bool:
    """Whether what is quoted is in the other one of our languages ("en-CA" is English)."""
    written = answer.document.language.partition("-")[0]
    return bool(answer.quotations) and written != answer.language and written in LANGUAGES
