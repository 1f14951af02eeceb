"""What the page asks the server for: a question goes in, one card comes back.

Gradio does the wiring: the queue, the API and the clients that know it. What is read stands in our own
HTML (`shell`), so that it is there before any script. The client sends text and settings only, so it
cannot forge what is shown as quoted; and it sends its earlier questions along, so none is kept here.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # this spelling, and before Gradio is imported
import gradio as gr
from gradio.events import api as register

from bot.answer import Quotation
from bot.ask import answer_from, ask
from bot.decisions import BARS
from bot.request import RequestError, parse
from bot.web.card import Beside, announcement, card
from bot.web.coming import Coming
from bot.web.first_screen import title
from bot.web.following import Following
from corpus import Example
from index.search import MOST_HITS, Findings, Hit, Index

HOLD = 3  # seconds that a question waits for the index before it is told to come again
NOT_YET = "The index is still being built; ask again in a minute."
MOST_RANKED = 10
MOST_SEEN = 100  # documents whose disclaimer a reader has had whole


@dataclass(frozen=True, slots=True)
class View:
    """What a reader has set, as their browser says it: checked, since anybody can send anything.

    `seen`: names of the documents whose disclaimer stands whole on their page already.
    """

    number: int = 0
    language: str = "en"
    staff: bool = False
    within: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: object) -> "View":
        sent: dict[Any, Any] = given if isinstance(given, dict) else {}
        number, within, seen = sent.get("number"), sent.get("within"), sent.get("seen")
        return cls(
            number=number if isinstance(number, int) else 0,
            language="fr" if sent.get("language") == "fr" else "en",
            staff=sent.get("staff") is True,
            within=tuple(map(str, within[:2])) if isinstance(within, list) else (),
            seen=tuple(map(str, seen[:MOST_SEEN])) if isinstance(seen, list) else (),
        )


Turn = dict[str, Any]


def answer(index: Index, question: str, history: Sequence[str], view: View, following: Following) -> Turn:
    """One turn: the card, and what a screen reader says of it."""
    findings = index.look_up(question, history, MOST_HITS if view.staff else BARS.passages)
    # French is spoken to whoever chose it or writes it; else the question's own language is.
    made = answer_from(findings, question, language="fr" if view.language == "fr" else None)
    hits = hits_within(findings, view.within)[:MOST_RANKED] if view.staff else []
    beside = Beside(
        ranked=tuple(Quotation(hit.passage, hit.highlights, hit.score) for hit in hits),
        following=following.after(made),
        staff=view.staff,
        first=made.document.name not in view.seen,
        several=len(index.documents) > 1,
    )
    return {
        "number": view.number,
        "html": card(made, beside),
        "said": announcement(made),
        "language": made.language,
        "urgent": made.urgent,
    }


def hits_within(findings: Findings, within: tuple[str, ...]) -> list[Hit]:
    """Hits of one document, or of one section of it: `within` is (name,) or (name, offset)."""
    surest = sorted(findings.asks, key=lambda judged: -judged.answers)
    hits = list({hit.passage.key: hit for judged in surest for hit in judged.hits}.values())
    if within:
        hits = [hit for hit in hits if hit.passage.document.name == within[0]]
    if len(within) > 1:
        hits = [h for h in hits if str(h.passage.document.section_of(h.passage).span.start) == within[1]]
    return hits


def page(index: Index | Coming, examples: Sequence[Example], answer: Callable[..., Turn] = answer) -> gr.Blocks:
    """The two functions that are served. `answer` is a parameter so that a benchmark can measure what is not ours.

    While the index is on its way they say so after HOLD seconds, so that nobody who waits keeps others from asking.
    """

    def ready() -> Index | None:
        return index.within(HOLD) if isinstance(index, Coming) else index

    kept: list[Following] = []

    def following(made: Index) -> Following:
        if not kept:
            kept.append(Following(made.documents, examples))
        return kept[0]

    if not isinstance(index, Coming):
        following(index)  # now, not with the first question

    def turn(question: str, view: dict[str, Any], history: list[str] | None = None) -> dict[str, Any]:
        """What the page itself asks for."""
        try:
            asked = parse({"question": question, "history": history})
        except RequestError as e:
            return {"error": str(e)}
        made = ready()
        if made is None:
            return {"number": View.of(view).number, "coming": True}
        return answer(made, asked.question, asked.history, View.of(view), following(made))

    def api(question: str, history: list[str] | None = None) -> dict[str, Any]:
        """The record of an answer: passages word for word, with offsets, disclaimer and contact."""
        try:
            asked = parse({"question": question, "history": history})
        except RequestError as e:
            return {"id": None, "error": str(e)}
        made = ready()
        if made is None:
            return {"id": None, "error": NOT_YET}
        return ask(made, asked.question, asked.history).record()

    demo: gr.Blocks = gr.Blocks(title=title(index.documents), analytics_enabled=False)
    with demo:
        register(api, api_name="ask", concurrency_limit=2, concurrency_id="ask")
        register(turn, api_name="turn", api_visibility="undocumented", concurrency_limit=2, concurrency_id="ask")
    demo.space_id = None  # else the page calls other hosts when it runs as a Space
    return demo
