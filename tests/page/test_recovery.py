"""The line is lost, the server restarts, an answer is late: it is said, and the question is sent again by itself."""

import time
from itertools import count

import pytest

from bot.web.guard import Settings
from bot.web.launch import served
from tests.page.conftest import answered, ask, free_port

KYMRIAH = "What is Kymriah used for?"
SOON = 5  # seconds
CALL = "**/gradio_api/call/turn*"
AWAY = [3, pytest.param(60, marks=pytest.mark.slow)]  # seconds offline
names = count()


def offline(open_page):
    """A page whose context nobody else uses, as all its pages go offline together."""
    page = open_page(user_agent=f"offline {next(names)}")
    page.context.set_offline(True)
    return page


def test_a_refusal_is_said_with_the_helpline_and_can_be_tried_again(open_page):
    page = open_page()
    page.route(CALL, lambda route: route.fulfill(status=503, body='{"detail": "Queue is full"}'))
    turn = ask(page, KYMRIAH)
    failed = turn.locator(".card.failed")
    assert "did not work" in failed.inner_text()
    assert failed.locator("a[href='tel:18889393333']").is_visible()
    assert failed.locator("a[href='tel:911']").is_visible()
    page.unroute(CALL)
    turn.locator(".again").click()
    assert answered(page, 1).locator(".card.answered").count() == 1


@pytest.mark.parametrize("path", ["turn", "turn/*"])
def test_a_request_that_breaks_is_sent_again_once(open_page, path):
    page = open_page()
    broken = []

    def once(route) -> None:
        broken.append(route)
        route.abort() if len(broken) == 1 else route.continue_()

    page.route(f"**/gradio_api/call/{path}", once)
    page.locator("#question").fill(KYMRIAH)
    page.keyboard.press("Enter")
    page.locator(".turn .card.answered").wait_for()
    assert len(broken) == 2
    assert page.locator(".turn").count() == 1
    page.unroute_all()
    page.route(f"**/gradio_api/call/{path}", lambda route: route.abort())
    page.locator("#question").fill(KYMRIAH)
    page.keyboard.press("Enter")
    page.locator(".turn .notice", has_text="did not work").wait_for()


@pytest.mark.parametrize("away", AWAY)
def test_after_a_time_offline_the_answer_is_there_soon(open_page, away):
    page = offline(open_page)
    turn = ask(page, KYMRIAH)
    assert "You seem to be offline" in turn.locator(".card.failed").inner_text()
    second = page.locator(".turn").nth(1)
    page.locator("#question").fill("What should my child eat?")
    page.keyboard.press("Enter")
    second.locator(".card.failed").wait_for(timeout=SOON * 1000)  # it waits for the one before, and says so
    page.locator("#question").fill("half typed")
    time.sleep(away)
    page.context.set_offline(False)
    turn.locator(".card.answered").wait_for(timeout=SOON * 1000)
    second.locator(".card.not_covered").wait_for(timeout=SOON * 1000)
    assert page.locator(".card.failed").count() == 0
    assert page.locator(".turn").count() == 2
    assert page.locator("#question").input_value() == "half typed"


def test_after_a_restart_the_answer_is_there_soon_and_the_conversation_goes_on(open_page, index, examples):
    port = free_port()
    settings = Settings(rate="1000/minute")
    demo, url = served(index, examples, settings, port=port)
    page = open_page(url)
    ask(page, KYMRIAH)
    demo.close(verbose=False)
    turn = ask(page, "and in young adults?")
    assert "cannot be reached" in turn.locator(".card.failed").inner_text()
    turn.locator(".again").click()  # tried at once; it is still away
    demo, _ = served(index, examples, settings, port=port)
    try:
        turn.locator(".card.answered").wait_for(timeout=SOON * 1000)
        assert "Kymriah" in turn.locator("blockquote").first.inner_text()  # what was asked before is still known
    finally:
        demo.close(verbose=False)


def test_what_is_late_is_said_within_five_seconds(open_page):
    page = open_page()
    held = []
    page.route(CALL, lambda route: held.append(route))
    page.locator("#question").fill(KYMRIAH)
    page.keyboard.press("Enter")
    page.get_by_text("This takes longer than usual").first.wait_for(timeout=SOON * 1000)
    assert page.locator(".card.failed a[href='tel:18889393333']").is_visible()
    held[0].continue_()
    answered(page).locator(".card.answered").wait_for()
    assert page.locator(".card.failed").count() == 0


def test_leaving_asks_first_and_a_call_does_not(open_page):
    page = open_page()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#question").fill("What is")
    page.reload()
    assert asked == []
    ask(page, KYMRIAH)
    page.evaluate("document.querySelector('.contact a').addEventListener('click', (e) => e.preventDefault())")
    page.locator(".contact a").first.click()
    prevented = "!dispatchEvent(new Event('beforeunload', {cancelable: true}))"
    assert not page.evaluate(prevented)
    page.wait_for_timeout(2100)
    assert page.evaluate(prevented)
    page.reload()
    assert asked == ["beforeunload"]
