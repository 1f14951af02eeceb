"""The page, served once, and a real Chromium. Locally a test without Chromium is skipped; in CI it fails."""

import functools
import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bot.web.coverage import known_questions
from bot.web.guard import Settings
from bot.web.launch import served
from corpus import Example
from index import build
from index.search import Index

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
)
SECRET = "kymriahsecret"  # in a question: must turn up nowhere else
ROOT = Path(__file__).parents[2]
SAMPLE = Path(__file__).parent / "sample"
PATIENCE = 20_000  # ms: other work may share the machine


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@dataclass(frozen=True)
class Site:
    url: str
    embedder: str = ""
    stranger: str = ""


@pytest.fixture(scope="session")
def examples(index: Index) -> list[Example]:
    return known_questions(index.documents, build.CORPUS)


@pytest.fixture(scope="session")
def embedder() -> Iterator[int]:
    """A server of somebody else's pages: 127.0.0.1 is the allowed origin, localhost the refused one."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(SAMPLE))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def site(index: Index, examples: list[Example], embedder: int) -> Iterator[Site]:
    allowed = f"http://127.0.0.1:{embedder}"
    demo, url = served(index, examples, Settings(embedders=(allowed,), rate="1000/minute"), port=free_port())
    yield Site(url, allowed, f"http://localhost:{embedder}")
    demo.close(verbose=False)


@pytest.fixture(scope="session", autouse=True)
def space(index: Index) -> Iterator[str]:
    """app.py itself, as a Space runs it; it starts while the other tests run."""
    port = free_port()
    env = os.environ | {"SYSTEM": "spaces", "SPACE_ID": "someone/something", "CHATBOT_HOST": "127.0.0.1"}
    env |= {"CHATBOT_PORT": str(port), "CHATBOT_RATE": "500/minute"}
    run = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    yield f"http://127.0.0.1:{port}/"
    run.terminate()
    assert SECRET not in run.communicate(timeout=20)[0].decode()


def ready(url: str, patience: float = 60) -> str:
    """Waits until the server at `url` answers."""
    until = time.monotonic() + patience
    while True:
        try:
            if httpx.get(f"{url}healthz").status_code == 200:
                return url
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def chromium() -> str | None:
    given = os.environ.get("CHROMIUM")
    return given or next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if not path:
        reason = "Chromium is not installed; set CHROMIUM to its path"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """One for each set of options, so that the script files are fetched once."""
    made: dict[str, BrowserContext] = {}
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def open_page(browser: Browser, site: Site, contexts: dict[str, BrowserContext]) -> Iterator[Callable[..., Page]]:
    """Opens the page, on a laptop unless told; errors of its scripts fail the test."""
    pages: list[Page] = []
    errors: list[str] = []

    def opened(url: str = site.url, width: int = 1280, height: int = 800, wait: bool = True, **options) -> Page:
        options = {"reduced_motion": "reduce", "locale": "en-CA"} | options
        key = repr(sorted(options.items()))
        if key not in contexts:
            contexts[key] = browser.new_context(**options)
        page = contexts[key].new_page()
        page.set_viewport_size({"width": width, "height": height})
        pages.append(page)
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        if wait:
            page.wait_for_selector("body.ready")
        return page

    yield opened
    for page in pages:
        page.close()
    assert not errors


def ask(page: Page, question: str):
    """Types and sends; returns the new turn."""
    turns = page.locator(".turn").count()
    page.locator("#box textarea").fill(question)
    page.keyboard.press("Enter")
    return answered(page, turns)


def until(page: Page, expression: str) -> None:
    """Waits for it to be true. Playwright's own way needs eval, which the page's policy forbids."""
    for _ in range(PATIENCE // 50):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(expression)


def answered(page: Page, turns: int = 0):
    turn = page.locator(".turn").nth(turns)
    turn.locator(".card:not(.failed), .line").or_(turn.locator(".again")).first.wait_for()
    return turn
