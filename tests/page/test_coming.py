"""The page is up before its index is: an early question is told so, and answered when it can be."""

import threading

import httpx
import pytest

from bot.web import page as module
from bot.web.coming import Coming
from bot.web.guard import Settings
from bot.web.launch import served
from tests.page.conftest import free_port

KYMRIAH = "What is Kymriah used for?"


@pytest.fixture
def early(index, examples, monkeypatch):
    """(address, what lets the index arrive)."""
    monkeypatch.setattr(module, "HOLD", 0.1)
    arrives = threading.Event()

    def make():
        arrives.wait(60)
        return index

    demo, url = served(Coming(index.documents, make), examples, Settings(rate="1000/minute"), port=free_port())
    yield url, arrives
    arrives.set()
    demo.close(verbose=False)


def test_a_reader_who_is_early_is_told_so_and_answered_by_itself(open_page, early) -> None:
    url, arrives = early
    page = open_page(url)
    assert "What this page covers" in page.content()
    page.locator("#question").fill(KYMRIAH)
    page.keyboard.press("Enter")
    told = page.locator(".turn .card.failed")
    told.wait_for()
    assert "still reading" in told.inner_text()
    assert told.locator("a[href='tel:911']").is_visible()
    assert not told.locator(".again").count()
    arrives.set()
    page.locator(".turn .card.answered").wait_for()
    assert page.locator(".turn").count() == 1
    assert not told.count()


def test_a_program_that_is_early_is_told_so(early) -> None:
    url, arrives = early

    def asked() -> str:
        event = httpx.post(f"{url}gradio_api/call/ask", json={"data": [KYMRIAH, []]}).json()["event_id"]
        return httpx.get(f"{url}gradio_api/call/ask/{event}", timeout=20).text

    assert module.NOT_YET in asked()
    arrives.set()
    assert any('"outcome": "answered"' in asked() for _ in range(50))


def test_what_goes_wrong_in_the_making_is_raised_to_who_waits() -> None:
    def broken():
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        Coming([], broken).within()
