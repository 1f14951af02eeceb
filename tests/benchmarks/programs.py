"""python -m tests.benchmarks.programs NAME [PORT]: what `serving` times, each in a process of its own.

`ask`, `graph` and `torch` read lists of questions from standard input, a JSON list a line, and print how
long each took. `page`, `constant` and `blocks` serve at PORT. The first line of all says that it is ready.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

FIRST = "What is Kymriah used for?"


def asker() -> Callable[[str], object]:
    """The whole of an answer."""
    from bot.ask import ask
    from index import build
    from index.retrieval.threads import one_question_at_a_time

    index = build.load()
    one_question_at_a_time()
    return lambda question: ask(index, question)


def graph() -> Callable[[str], object]:
    """One forward pass of the encoder that is served."""
    from index import build
    from index.retrieval.encoder import OnnxEncoder
    from index.storage import store

    generation = store.current(build.BUILT)
    assert generation
    encoder = OnnxEncoder(generation)
    return lambda question: list(encoder.encode([question]))


def torch() -> Callable[[str], object]:
    """sentence-transformers, the same weights."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from sentence_transformers import SentenceTransformer

    from index.retrieval.weights import weights

    model = SentenceTransformer(str(weights().folder), device="cpu", local_files_only=True)
    return lambda question: model.encode(question, show_progress_bar=False)


def timed(one: Callable[[str], object]) -> None:
    one(FIRST)
    print("ready", flush=True)
    for line in sys.stdin:
        times = []
        for question in json.loads(line):
            started = time.perf_counter()
            one(question)
            times.append(time.perf_counter() - started)
        print(json.dumps(times), flush=True)


def page(port: int, constant: bool = False) -> None:
    """app.py without its limits, or the same with one answer that is ready made."""
    if constant:
        from bot.ask import ask
        from bot.web import page as module
        from index import build

        ready = ask(build.load(say=str), FIRST)
        patched: Any = module
        patched.ask = lambda index, question, history: ready
    import app

    app.main(["--port", str(port), "--rate", "1000000/minute", "--proxies", "1"])


def blocks(port: int) -> None:
    """Gradio with nothing in it."""
    import gradio

    with gradio.Blocks() as demo:
        pass
    demo.launch(server_port=port, quiet=True, prevent_thread_lock=True, ssr_mode=False)
    print("ready", flush=True)
    time.sleep(3600)


def main(name: str, port: str = "0") -> None:
    if name in ("page", "constant"):
        page(int(port), name == "constant")
    elif name == "blocks":
        blocks(int(port))
    else:
        timed({"ask": asker, "graph": graph, "torch": torch}[name]())


if __name__ == "__main__":
    main(*sys.argv[1:])
