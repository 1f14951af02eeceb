"""The answer card: one answer as HTML, safe to insert as it stands.

Everything that comes from a document or a reader is escaped, and every quotation keeps its text
content, code point for code point. The words around it come from `wording`.
"""

import re
from collections.abc import Sequence

from bot import wording
from bot.ask import Answer, ShownPassage
from bot.render import HEADINGS, escaped, quotation
from corpus import Document, Passage, Role
from index.search import Index

PHONE = re.compile(r"\+?\d[\d\s().-]{6,}\d")
BADGES = {"answered": ("✓", "answered"), "related": ("≈", "related_badge"), "not_covered": ("∅", "not_covered_badge")}


def card(
    index: Index, answer: Answer, language: str, ranked: Sequence[ShownPassage] = (), *, staff: bool = False
) -> str:
    """The whole card. `ranked` are the passages that staff asked to see beside the answer."""
    documents = {document.name: document for document in index.documents}
    about = documents[answer.passages[0].document] if answer.passages else index.documents[0]
    words = wording.wording(language).page
    parts = [f'<div class="card {answer.outcome}" lang="{language}" data-confidence="{answer.confidence}">']
    if answer.urgent:
        parts.append(_urgent(language))
    notice = answer.notice.removeprefix(wording.urgent(language)).strip() if answer.urgent else answer.notice
    if not (answer.urgent and answer.outcome == "not_covered"):
        parts.append(_badge(answer, words))
    if notice:
        parts.append(f'<p class="notice">{escaped(notice)}</p>')
    if answer.passages and about.language != language and wording.wording(language).english_only:
        parts.append(f'<p class="note">{escaped(wording.wording(language).english_only)}</p>')
    if answer.outcome != "answered":
        parts.append(_handoff(about, words))
    figures = [figure(documents[p.document], p, language, i) for i, p in enumerate(answer.passages, start=1)]
    parts += figures[:1]
    if figures[1:]:
        more = escaped(words["more"].format(count=len(figures) - 1))
        parts.append(f'<details class="more"><summary>{more}</summary>{"".join(figures[1:])}</details>')
    if staff:
        parts.append(_staff(answer, documents, ranked, language))
    parts.append(_disclaimer(about, language))
    parts.append(_tools(words, language))
    return "".join([*parts, "</div>"])


def announcement(answer: Answer, language: str) -> str:
    """What a screen reader says once, when the answer has come."""
    words = wording.wording(language).page
    said = [answer.notice] if answer.notice else []
    if answer.passages:
        first = answer.passages[0]
        said += [words[f"said_{answer.outcome}"].format(heading=first.headings[-1]), first.text]
    elif not answer.urgent:
        said.insert(0, words["said_not_covered"])
    return " ".join(said)


def figure(document: Document, passage: ShownPassage, language: str, rank: int) -> str:
    """One quotation under its headings, with its source and what can be done with it."""
    words = wording.wording(language).page
    facts = {
        words["rank"].format(rank=rank): "",
        words["score"]: f"{passage.score:.4f}",
        words["offsets"]: f"{passage.start}–{passage.end}",
    }
    shown = " · ".join(f"{name} {value}".strip() for name, value in facts.items())
    return (
        f'<figure class="quote" tabindex="-1" data-start="{passage.start}" data-end="{passage.end}">'
        f'<h3 class="path" lang="{document.language}">{escaped(HEADINGS.join(passage.headings))}</h3>'
        f'<p class="facts">{escaped(shown)}</p>'
        f'<div class="words" lang="{document.language}">{quotation(passage)}</div>'
        f'<figcaption lang="{document.language}">{escaped(source(document, language))}</figcaption>'
        f'<div class="tools"><button type="button" class="copy">{escaped(words["copy"])}</button></div>'
        f"{_whole_section(document, passage, words)}</figure>"
    )


def source(document: Document, language: str) -> str:
    named = [document.title, ", ".join(part for part in (document.publisher, document.year) if part)]
    return ". ".join(part for part in named if part) + "."


def helpline(document: Document) -> tuple[str, str]:
    """The first telephone number of the document's contact lines: as printed, and as dialled."""
    for passage in document.with_role(Role.CONTACT):
        if found := PHONE.search(passage.text):
            return found.group(), re.sub(r"[^\d+]", "", found.group())
    return "", ""


def _badge(answer: Answer, words: dict[str, str]) -> str:
    sign, name = BADGES[answer.outcome]
    key = f'<span class="key">{escaped(words["answered_key"])}</span>' if answer.outcome == "answered" else ""
    return (
        f'<p class="badge"><span class="sign" aria-hidden="true">{sign}</span> <b>{escaped(words[name])}</b> {key}</p>'
    )


def _urgent(language: str) -> str:
    words = wording.wording(language).page
    numbers = ((words["call"], wording.EMERGENCY_NUMBER), (words["crisis"], wording.CRISIS_NUMBER))
    calls = "".join(
        f'<a class="call" href="tel:{escaped(number)}">{escaped(text.format(number=number))}</a>'
        for text, number in numbers
    )
    return (
        f'<div class="urgent"><p class="badge"><span class="sign" aria-hidden="true">!</span> '
        f"<b>{escaped(words['urgent_badge'])}</b></p>"
        f'<p class="calls">{calls}</p><p class="first">{escaped(wording.urgent(language))}</p></div>'
    )


def _handoff(document: Document, words: dict[str, str]) -> str:
    shown, dialled = helpline(document)
    link = f'<a href="tel:{dialled}">{escaped(words["helpline"])} <b>{escaped(shown)}</b></a>'
    return f'<p class="handoff">{link}</p>' if shown else ""


def _whole_section(document: Document, passage: ShownPassage, words: dict[str, str]) -> str:
    span = document.section_of(_passage(document, passage)).span
    before, after = document.text[span.start : passage.start], document.text[passage.end : span.end]
    return (
        f'<details class="whole"><summary>{escaped(words["section"])}</summary>'
        f'<div class="section verbatim" lang="{document.language}">{escaped(before)}'
        f'<mark class="here">{escaped(passage.text)}</mark>{escaped(after)}</div></details>'
    )


def _passage(document: Document, shown: ShownPassage) -> Passage:
    return next(p for p in document.passages if (p.span.start, p.span.end) == (shown.start, shown.end))


def _staff(answer: Answer, documents: dict[str, Document], ranked: Sequence[ShownPassage], language: str) -> str:
    words = wording.wording(language).page
    listed = "".join(f"<li>{figure(documents[p.document], p, language, i)}</li>" for i, p in enumerate(ranked, start=1))
    count = escaped(words["ranked"].format(count=len(ranked)))
    return (
        f'<p class="confidence">{escaped(words["confidence"])} {answer.confidence:.4f} · {answer.outcome}</p>'
        f'<details class="ranked" open><summary>{count}</summary><ol>{listed}</ol></details>'
    )


def _disclaimer(document: Document, language: str) -> str:
    """The document's own words: first paragraph in view, the rest one click away."""
    words = wording.wording(language).page
    first, *rest = document.with_role(Role.DISCLAIMER)
    folded = ""
    if rest:
        text = document.text[first.span.end : rest[-1].span.end]
        folded = (
            f"<details><summary>{escaped(words['disclaimer_rest'])}</summary>"
            f'<div class="verbatim rest" lang="{document.language}">{escaped(text)}</div></details>'
        )
    contacts = "".join(
        f'<p class="label">{escaped(words["contact"])}</p>'
        f'<p class="verbatim contact" lang="{document.language}">{_dialled(passage.text)}</p>'
        for passage in document.with_role(Role.CONTACT)
    )
    return (
        f'<div class="disclaimer"><p class="label">{escaped(words["disclaimer"])}</p>'
        f'<div class="verbatim first" lang="{document.language}">{escaped(first.text)}</div>{folded}{contacts}</div>'
    )


def _dialled(text: str) -> str:
    found = PHONE.search(text)
    if not found:
        return escaped(text)
    number = re.sub(r"[^\d+]", "", found.group())
    link = f'<a href="tel:{number}">{escaped(found.group())}</a>'
    return f"{escaped(text[: found.start()])}{link}{escaped(text[found.end() :])}"


def _tools(words: dict[str, str], language: str) -> str:
    def button(css: str, name: str) -> str:
        return f'<button type="button" class="{css}">{escaped(words[name])}</button>'

    return (
        f'<div class="after" lang="{language}"><span class="vote" role="group" aria-label="{escaped(words["vote"])}">'
        f"<span>{escaped(words['vote'])}</span> {button('up', 'yes')} {button('down', 'no')}"
        f"<small>{escaped(words['vote_privacy'])}</small></span>"
        f"<span class='share'>{button('link', 'link')} {button('printer', 'print')}</span></div>"
    )
