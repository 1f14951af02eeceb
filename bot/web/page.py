"""The page that families meet: Gradio for the wiring, our own HTML for all that is read.

A question goes to the server, one card comes back and `assets/page.js` puts it under the earlier
ones. The client sends text and settings only, so it cannot forge what is shown as quoted.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # this spelling, and before Gradio is imported
import gradio as gr

from bot import wording
from bot.ask import Answer, answer_from, ask, shown
from bot.batch import MOST_HISTORY, valid
from bot.web.card import announcement, card
from bot.web.first_screen import below, conversation, intro
from corpus import Example
from index.reading.reader import LONGEST
from index.search import Findings, Index

ASSETS = Path(__file__).parent / "assets"
KEPT = 3600  # seconds that a session's earlier questions stay in memory
MOST_RANKED = 10


@dataclass(frozen=True, slots=True)
class View:
    """What a reader has set, as their browser says it: checked, since anybody can send anything."""

    number: int = 0
    language: str = "en"
    staff: bool = False
    within: tuple[str, ...] = ()

    @classmethod
    def of(cls, sent: object) -> "View":
        sent = sent if isinstance(sent, dict) else {}
        number, within = sent.get("number"), sent.get("within")
        return cls(
            number=number if isinstance(number, int) else 0,
            language="fr" if sent.get("language") == "fr" else "en",
            staff=sent.get("staff") is True,
            within=tuple(map(str, within[:2])) if isinstance(within, list) else (),
        )


def answer(index: Index, question: str, history: list[str], view: View) -> dict:
    """One turn: the card, and what a screen reader says of it."""
    question = question.encode("utf-8", "replace").decode("utf-8")
    findings = index.look_up(question, history)
    language = "fr" if "fr" in (view.language, findings.reading.language) else "en"
    record = answer_from(findings, index.documents, question, language=language)
    ranked = [shown(hit) for hit in hits_within(findings, view.within)[:MOST_RANKED]] if view.staff else []
    return {
        "number": view.number,
        "html": card(index, record, language, ranked, staff=view.staff),
        "said": announcement(record, language),
        "language": language,
        "urgent": record.urgent,
    }


def hits_within(findings: Findings, within: tuple[str, ...]) -> list:
    """Hits of one document, or of one section of it: `within` is (name,) or (name, offset)."""
    hits = list(findings.hits)
    if within:
        hits = [hit for hit in hits if hit.passage.document.name == within[0]]
    if len(within) > 1:
        hits = [h for h in hits if str(h.passage.document.section_of(h.passage).span.start) == within[1]]
    return hits


def page(index: Index, examples: list[Example], answer: Callable[..., dict] = answer) -> gr.Blocks:
    """A fresh page. `answer` is a parameter so that a benchmark can measure what is not ours."""

    def turn(question: str, sent: object, history: list[str]) -> tuple[str, list[str]]:
        made = answer(index, question, history, View.of(sent))
        return json.dumps(made, ensure_ascii=False), [*history, question[:LONGEST]][-MOST_HISTORY:]

    def api(question: str, history: list[str] | None = None) -> dict:
        """The record of an answer: passages word for word, with offsets, disclaimer and contact."""
        try:
            question, history = valid({"question": question, "history": history})
        except ValueError as e:
            return {"id": None, "error": str(e)}
        record: Answer = ask(index, question, history)
        return record.record()

    with gr.Blocks(title=index.documents[0].title, analytics_enabled=False, delete_cache=(KEPT, KEPT)) as demo:
        gr.HTML(intro(index, examples), elem_id="intro", js_on_load=None, apply_default_css=False)
        gr.HTML(conversation(), elem_id="talk", js_on_load=None, apply_default_css=False)
        history = gr.State([], time_to_live=KEPT)
        view = gr.JSON(visible=False)
        with gr.Row(elem_id="ask"):
            box = gr.Textbox(
                label=wording.ENGLISH.page["box"],
                placeholder=wording.ENGLISH.page["placeholder"],
                lines=1,
                max_lines=4,
                max_length=LONGEST,
                elem_id="box",
                scale=1,
            )
            send = gr.Button(wording.ENGLISH.page["send"], elem_id="send", scale=0, min_width=88)
        latest = gr.Textbox(visible="hidden", elem_id="latest")
        gr.HTML(below(index, examples), elem_id="below", js_on_load=None, apply_default_css=False)
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
        gr.api(api, api_name="ask", concurrency_limit=2, concurrency_id="ask")
    demo.space_id = None  # else the page calls other hosts when it runs as a Space
    return demo


def head() -> str:
    """Style and script of ours. Not through `css=`, which rewrites what stands inside `@media`."""
    words = {language: w.page for language, w in wording.LANGUAGES.items()}
    data = json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
    style, script = ((ASSETS / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return (
        f'<meta name="description" content="{escape(wording.ENGLISH.page["promise"])}">'
        f"<style>{style}</style><script>window.pageWords = {data};\n{script}</script>"
    )
