"""Starts the server: every option of Gradio's that bears on privacy or safety, in one place."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import gradio as gr
from gradio import http_server
from gradio.utils import LRUCache

from bot.web.client import KEY
from bot.web.coming import Coming
from bot.web.faults import keep_questions_out_of_logs
from bot.web.guard import LARGEST_BODY, Guard
from bot.web.home import Home
from bot.web.page import Turn, answer, page
from bot.web.server import starter
from bot.web.settings import Settings
from bot.web.shell import shell
from corpus import Example
from index.search import Index

MOST_WAITING = 64  # questions in the queue; one more is refused at once
LONG = 2_000  # characters from which a message is long
PATIENCE = 10.0  # seconds that a long message lets short ones go before it
MOST_KEPT = 256  # sessions whose answers, and whose earlier questions, are kept for them


def served(
    index: Index | Coming,
    examples: Sequence[Example],
    settings: Settings,
    host: str = "127.0.0.1",
    port: int | None = None,
    answer: Callable[..., Turn] = answer,
) -> tuple[gr.Blocks, str]:
    """Serves the page in a thread of its own; returns it, to be closed, and its address."""
    if not isinstance(index, Coming):
        index.look_up("What is this about?")  # what is loaded lazily is loaded now, not by the first reader
    demo = page(index, examples, answer)
    home = Home(shell(index.documents, examples, next(iter(settings.hosts), os.environ.get("SPACE_HOST", ""))))
    demo.queue(max_size=MOST_WAITING)
    forget_what_nobody_fetches(demo._queue)
    take_turns(demo._queue)
    keep_questions_out_of_logs()
    with guarded(settings, demo, home):
        _, address, _ = demo.launch(
            server_name=host,
            server_port=port,
            app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
            state_session_capacity=MOST_KEPT,
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            ssr_mode=False,
            show_error=False,
            run_history=False,
            enable_monitoring=False,
            footer_links=[],
            max_file_size=LARGEST_BODY,
            mcp_server=False,
            pwa=False,
        )
    return demo, address


@contextmanager
def guarded(settings: Settings, demo: gr.Blocks, home: Home) -> Iterator[None]:
    """Inside, Gradio starts our server, with the guard around all of its own layers."""
    gradios = http_server.start_server
    http_server.start_server = starter(lambda app: Guard(app, settings, demo._queue, home), settings.headers)
    try:
        yield
    finally:
        http_server.start_server = gradios


def forget_what_nobody_fetches(queue: Any) -> None:
    """Gradio keeps an answer until it is fetched, for 2,000 sessions, and the id of each for ever."""

    class Latest(LRUCache[str, Any]):
        def popitem(self, last: bool = True) -> tuple[str, Any]:
            """The oldest session that has fetched all its answers, or else the oldest."""
            session = next((one for one in self if not queue.pending_event_ids_session.get(one)), next(iter(self)))
            for event in queue.pending_event_ids_session.pop(session, ()):
                queue.event_ids_to_events.pop(event, None)
            return session, self.pop(session)

    queue.pending_messages_per_session = Latest(MOST_KEPT)
    queue.ANALYTICS_MAX_EVENTS = MOST_KEPT
    # It tells everybody who waits how long it may take, each time somebody comes; nobody here reads that.
    queue.broadcast_estimations = lambda *_, **__: None


def take_turns(queue: Any) -> None:
    """Whoever has fewest questions being answered is next, so that nobody waits for all that one client has sent; of
    those a short message before a long one, which takes fifty times as long. Only one long message is read at a time,
    so that a place is left for the short ones."""
    first_come = queue.get_events

    def fewest_first() -> Any:
        now = time.monotonic()
        active = [event for job in queue.active_jobs if job for event in job]
        answered = Counter(event.request.scope.get(KEY) for event in active)
        kept_back: list[tuple[Any, list[Any]]] = []
        for waiting in queue.event_queue_per_concurrency_id.values():
            long = {event for event in waiting.queue if is_long(event)}
            late = {event for event in long if now - event.enqueue_time < PATIENCE}
            waiting.queue.sort(key=lambda e: (answered[e.request.scope.get(KEY)], e in late, e.enqueue_time))
            if any(map(is_long, active)):
                kept_back.append((waiting, [event for event in waiting.queue if event in long]))
                waiting.queue = [event for event in waiting.queue if event not in long]
        try:
            return first_come()
        finally:
            for waiting, long_ones in kept_back:
                waiting.queue += long_ones

    queue.get_events = fewest_first


def is_long(event: Any) -> bool:
    """Whether the message of a question, with those before it, takes long to read. The guard lets nothing by that has
    no question (`calls.py`)."""
    question, *others = event.data.data
    history = others[-1] if others else None
    parts = [question, *(history if isinstance(history, list) else [])]
    return sum(len(part) for part in parts if isinstance(part, str)) > LONG
