"""Starts the server: every option of Gradio's that bears on privacy or safety, in one place."""

from collections.abc import Callable, Sequence

import gradio as gr

from bot.web.guard import LARGEST_BODY, Settings, WithoutOrigin, middleware
from bot.web.page import Turn, answer, head, page
from corpus import Example
from index.search import Index

MOST_WAITING = 64  # questions in the queue; one more is refused at once
FONTS = ["system-ui", "sans-serif"]


def served(
    index: Index,
    examples: Sequence[Example],
    settings: Settings,
    host: str = "127.0.0.1",
    port: int | None = None,
    answer: Callable[..., Turn] = answer,
) -> tuple[gr.Blocks, str]:
    """Serves the page in a thread of its own; returns it, to be closed, and its address."""
    index.look_up("What is this about?")  # what is loaded lazily is loaded now, not by the first reader
    demo = page(index, list(examples), answer)
    demo.queue(max_size=MOST_WAITING)
    app, address, _ = demo.launch(
        server_name=host,
        server_port=port,
        theme=gr.themes.Base(font=FONTS, font_mono=["ui-monospace", "monospace"]),
        head=head(index.documents),
        app_kwargs={"middleware": middleware(settings), "docs_url": None, "redoc_url": None, "openapi_url": None},
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
    assert app.middleware_stack  # was built when the server started
    app.middleware_stack = WithoutOrigin(app.middleware_stack)  # Gradio puts its own layers around ours
    return demo, address
