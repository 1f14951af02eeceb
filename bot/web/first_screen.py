"""The parts of the page that stand before any question: first screen, map, staff panel.

Each is made once per interface language; the script shows one of them.
"""

from collections.abc import Callable, Sequence

from bot import wording
from bot.render import escaped
from bot.web.card import helpline
from bot.web.coverage import PER_SECTION, Covered, covered, refused, tapped
from corpus import Example
from index.search import Index

KEYS = (("/", "key_box"), ("Esc", "key_leave"), ("n", "key_next"), ("p", "key_previous"), ("c", "key_copy"))
LEGEND = ("legend_rank", "legend_confidence", "legend_score", "legend_offsets")


def intro(index: Index, examples: Sequence[Example]) -> str:
    """Languages and staff switch, then the title, the promise, whose words, six questions, helpline."""
    switches = "".join(
        f'<button type="button" class="language" lang="{code}" data-language="{code}">{escaped(words.page["language"])}'
        "</button>"
        for code, words in wording.LANGUAGES.items()
    )
    return f'<div class="bar"><div class="languages">{switches}</div>{_each(_staff_switch)}</div>' + _each(
        lambda language: _first_screen(index, examples, language)
    )


def conversation() -> str:
    """Where the turns go. Only the two small regions beside it are read aloud, once per answer."""
    label = escaped(wording.ENGLISH.page["log"])
    return (
        f'<section id="log" aria-label="{label}"></section>'
        '<div id="status" class="unseen" role="status"></div><div id="alert" class="unseen" role="alert"></div>'
    )


def below(index: Index, examples: Sequence[Example]) -> str:
    return _each(lambda language: _staff_panel(index, examples, language) + _map(index, examples, language))


def _each(make: Callable[[str], str]) -> str:
    return "".join(
        f'<div class="in" data-in="{code}" lang="{code}"{"" if code == "en" else " hidden"}>{make(code)}</div>'
        for code in wording.LANGUAGES
    )


def _staff_switch(language: str) -> str:
    label = escaped(wording.wording(language).page["staff"])
    return f'<button type="button" class="staff-switch" role="switch" aria-checked="false">{label}</button>'


def _first_screen(index: Index, examples: Sequence[Example], language: str) -> str:
    words, document = wording.wording(language).page, index.documents[0]
    whose = words["whose"] if document.publisher and document.year else words["whose_unknown"]
    number, dialled = helpline(document)
    calls = [(words["helpline"], number, dialled)] if number else []
    calls.append((words["emergency"], wording.EMERGENCY_NUMBER, wording.EMERGENCY_NUMBER))
    links = "".join(
        f'<a href="tel:{escaped(dial)}">{escaped(name)} <b>{escaped(shown)}</b></a>' for name, shown, dial in calls
    )
    return (
        f'<header><h1 lang="{document.language}">{escaped(document.title)}</h1>'
        f'<p class="promise">{escaped(words["promise"])}</p>'
        f'<p class="whose">{escaped(whose.format(publisher=document.publisher, year=document.year))}</p>'
        f'<p class="lines">{links}</p></header>'
        f'<section class="start" aria-label="{escaped(words["try"])}"><p class="label" aria-hidden="true">'
        f"{escaped(words['try'])}</p>{_asks(tapped(_covered(index, examples, language)), language)}</section>"
    )


def _covered(index: Index, examples: Sequence[Example], language: str) -> list[Covered]:
    return covered(index.documents, examples, language)


def _asks(questions: Sequence[str], language: str, spare: Sequence[str] = ()) -> str:
    """Questions to tap, and English ones where the corpus has too few of the language."""
    shown = [(language, q) for q in questions] + [("en", q) for q in spare]
    rows = "".join(
        f'<li><button type="button" class="ask" lang="{code}">{escaped(q)}</button></li>' for code, q in shown
    )
    return f'<ul class="asks">{rows}</ul>'


def _map(index: Index, examples: Sequence[Example], language: str) -> str:
    words = wording.wording(language).page
    sections, english = _covered(index, examples, language), _covered(index, examples, "en")
    items = "".join(
        f'<li><h3 lang="{s.document.language}">{escaped(s.heading)}</h3>'
        f"{_asks(s.questions, language, e.questions[: PER_SECTION - len(s.questions)])}</li>"
        for s, e in zip(sections, english, strict=True)
    )
    supplied = any(s.section.headings[-1].span is None for s in sections)
    brackets = f'<p class="small">{escaped(words["brackets"])}</p>' if supplied else ""
    topics = "".join(f"<li>{escaped(topic)}</li>" for topic in refused(examples, language))
    return (
        f'<div class="map"><section aria-label="{escaped(words["covers"])}"><h2>{escaped(words["covers"])}</h2>'
        f'<p>{escaped(words["covers_more"])}</p><ul class="sections">{items}</ul>{brackets}</section>'
        f'<section class="cannot" aria-label="{escaped(words["cannot"])}"><h2>{escaped(words["cannot"])}</h2>'
        f"<p>{escaped(words['cannot_more'])}</p><ul>{topics}</ul></section></div>"
        f'<p class="about">{escaped(words["about"])}</p>'
    )


def _staff_panel(index: Index, examples: Sequence[Example], language: str) -> str:
    words = wording.wording(language).page
    choices = [f'<option value="">{escaped(words["everything"])}</option>']
    for document in index.documents:
        if index.documents[1:]:
            choices.append(f'<option value="{escaped(document.name)}">{escaped(document.title)}</option>')
        for section in document.sections:
            value = f"{document.name}|{section.span.start}"
            choices.append(f'<option value="{escaped(value)}">{escaped(section.headings[-1].shown)}</option>')
    keys = "".join(f"<div><dt><kbd>{key}</kbd></dt><dd>{escaped(words[name])}</dd></div>" for key, name in KEYS)
    legend = "".join(f"<li>{escaped(words[name])}</li>" for name in LEGEND)
    return (
        f'<section class="staff-panel" aria-label="{escaped(words["staff_title"])}" hidden>'
        f"<h2>{escaped(words['staff_title'])}</h2><p>{escaped(words['staff_more'])}</p>"
        f'<p class="row"><label>{escaped(words["filter"])} <select class="within" lang="{index.documents[0].language}">'
        f"{''.join(choices)}</select></label>"
        f'<button type="button" class="repeat">{escaped(words["repeat"])}</button></p>'
        f"<h3>{escaped(words['keys'])}</h3><dl>{keys}</dl><h3>{escaped(words['legend'])}</h3><ul>{legend}</ul></section>"
    )
