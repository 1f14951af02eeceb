"""The page that families meet: Gradio for the wiring, our own HTML for all that is read.

A question goes to the server, one card comes back and `assets/page.js` puts it under the earlier
ones. The client sends text and settings only, so it cannot forge what is shown as quoted.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # this spelling, and before Gradio is imported
import gradio as gr
from gradio.block_function import BlockFunction
from gradio.events import api as register
from markupsafe import Markup

from bot.answer import Quotation
from bot.ask import answer_from, ask
from bot.request import MOST_HISTORY, RequestError, parse
from bot.web.card import announcement, card
from bot.web.first_screen import below, conversation, intro, promise, screens, title
from bot.web.html import render
from bot.words import LANGUAGES, words
from corpus import Document, Example
from index.reading.text import LONGEST
from index.search import Findings, Hit, Index

ASSETS = Path(__file__).parent / "assets"
KEPT = 3600  # seconds that a session's earlier questions stay in memory
MOST_RANKED = 10
FOR_THE_SCRIPT = ("box", "card")  # tables of the words files


@dataclass(frozen=True, slots=True)
class View:
    """What a reader has set, as their browser says it: checked, since anybody can send anything."""

    number: int = 0
    language: str = "en"
    staff: bool = False
    within: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: object) -> "View":
        sent: dict[Any, Any] = given if isinstance(given, dict) else {}
        number, within = sent.get("number"), sent.get("within")
        return cls(
            number=number if isinstance(number, int) else 0,
            language="fr" if sent.get("language") == "fr" else "en",
            staff=sent.get("staff") is True,
            within=tuple(map(str, within[:2])) if isinstance(within, list) else (),
        )


Turn = dict[str, Any]


def answer(index: Index, question: str, history: Sequence[str], view: View) -> Turn:
    """One turn: the card, and what a screen reader says of it."""
    findings = index.look_up(question, history)
    language = "fr" if "fr" in (view.language, findings.message.language) else "en"
    made = answer_from(findings, question, language=language)
    hits = hits_within(findings, view.within)[:MOST_RANKED] if view.staff else []
    ranked = [Quotation(hit.passage, hit.highlights, hit.score) for hit in hits]
    return {
        "number": view.number,
        "html": card(made, ranked, staff=view.staff),
        "said": announcement(made),
        "language": language,
        "urgent": made.urgent,
    }


def hits_within(findings: Findings, within: tuple[str, ...]) -> list[Hit]:
    """Hits of one document, or of one section of it: `within` is (name,) or (name, offset)."""
    surest = max(findings.asks, key=lambda judged: judged.answers, default=None)
    hits = list(surest.hits) if surest else []
    if within:
        hits = [hit for hit in hits if hit.passage.document.name == within[0]]
    if len(within) > 1:
        hits = [h for h in hits if str(h.passage.document.section_of(h.passage).span.start) == within[1]]
    return hits


class Blocks(gr.Blocks):
    """Gradio's; but inputs that are left out at the end are None. It would print all inputs, the question too."""

    def validate_inputs(self, block_fn: BlockFunction, inputs: list[Any]) -> None:
        inputs += [None] * (len(block_fn.inputs) - len(inputs))


def page(index: Index, examples: list[Example], answer: Callable[..., Turn] = answer) -> gr.Blocks:
    """A fresh page. `answer` is a parameter so that a benchmark can measure what is not ours."""

    def turn(question: str, sent: object, history: list[str]) -> tuple[str, list[str]]:
        asked = parse({"question": question, "history": history})
        made = answer(index, asked.question, asked.history, View.of(sent))
        return json.dumps(made, ensure_ascii=False), [*asked.history, asked.question[:LONGEST]][-MOST_HISTORY:]

    def api(question: str, history: list[str] | None = None) -> dict[str, Any]:
        """The record of an answer: passages word for word, with offsets, disclaimer and contact."""
        try:
            asked = parse({"question": question, "history": history})
        except RequestError as e:
            return {"id": None, "error": str(e)}
        return ask(index, asked.question, asked.history).record()

    own, in_languages = words("en"), screens(index.documents, examples)
    demo = Blocks(title=title(index.documents), analytics_enabled=False, delete_cache=(KEPT, KEPT))
    with demo:
        gr.HTML(intro(in_languages), elem_id="intro", js_on_load=None, apply_default_css=False)
        gr.HTML(conversation(), elem_id="talk", js_on_load=None, apply_default_css=False)
        history = gr.State([], time_to_live=KEPT)
        view = gr.JSON(visible=False)
        with gr.Row(elem_id="ask"):
            box = gr.Textbox(
                label=own("box.box"),
                placeholder=own("box.placeholder"),
                lines=1,
                max_lines=4,
                max_length=LONGEST,
                elem_id="box",
                scale=1,
            )
            send = gr.Button(own("box.send"), elem_id="send", scale=0, min_width=88)
        latest = gr.Textbox(visible="hidden", elem_id="latest")
        gr.HTML(below(in_languages), elem_id="below", js_on_load=None, apply_default_css=False)
        asked = gr.on(
            [box.submit, send.click],
            turn,
            [box, view, history],
            [latest, history],
            js="(question, view, history) => window.page.before(question)",
            show_progress="hidden",
            trigger_mode="once",
            concurrency_limit=2,
            concurrency_id="ask",
            api_visibility="private",
        )
        asked.success(None, [latest], None, js="(latest) => window.page.after(latest)", api_visibility="private")
        asked.failure(None, None, None, js="() => window.page.after('')", api_visibility="private")
        register(api, api_name="ask", concurrency_limit=2, concurrency_id="ask")
    demo.space_id = None  # else the page calls other hosts when it runs as a Space
    return demo


def head(documents: Sequence[Document]) -> str:
    """Style and script of ours. Not through `css=`, which rewrites what stands inside `@media`."""
    tables = {language: {name: words(language).tables[name] for name in FOR_THE_SCRIPT} for language in LANGUAGES}
    data = json.dumps(tables, ensure_ascii=False).replace("<", "\\u003c")
    style, script = (Markup((ASSETS / name).read_text(encoding="utf-8")) for name in ("page.css", "page.js"))
    description = promise(documents, "en")
    return render("head.html", description=description, style=style, words=Markup(data), script=script)
