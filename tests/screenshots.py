"""python -m tests.screenshots FOLDER: the page in every state that a reader meets, as PNG."""

import argparse
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bot.web.coverage import known_questions
from bot.web.guard import Settings
from bot.web.launch import served
from index import build
from tests.page.conftest import FLAGS, ask, chromium, free_port

LAPTOP, PHONE, SMALL = (1280, 900), (390, 844), (320, 640)


def staff(page: Page) -> None:
    page.locator(".in:not([hidden]) .staff-switch").click()
    ask(page, "What is Kymriah used for?")


def covered(page: Page) -> None:
    page.locator(".in:not([hidden]) .map").evaluate("e => e.scrollIntoView()")


def opened(page: Page) -> None:
    turn = ask(page, "What is Kymriah used for?")
    turn.locator("details.whole summary").first.click()
    turn.locator("details.whole").first.evaluate("e => e.scrollIntoView()")


def offline(page: Page) -> None:
    page.context.set_offline(True)
    ask(page, "What is Kymriah used for?")


def after_another(page: Page) -> None:
    ask(page, "What is Kymriah used for?")
    ask(page, "What is a stem cell transplant?")


def asked(question: str):
    return lambda page: ask(page, question)


SHOTS = {  # name: window, options of the browser, what to do first
    "start": (LAPTOP, {}, None),
    "start-phone": (PHONE, {}, None),
    "start-phone-dark": (PHONE, {"color_scheme": "dark"}, None),
    "start-320": (SMALL, {}, None),
    "answer": (LAPTOP, {}, asked("What is Kymriah used for?")),
    "answer-phone": (PHONE, {}, asked("What is Kymriah used for?")),
    "answer-phone-dark": (PHONE, {"color_scheme": "dark"}, asked("which drugs are in reinduction")),
    "answer-open": (PHONE, {}, opened),
    "related": (PHONE, {}, asked("What dose of vincristine will my child get?")),
    "refusal": (PHONE, {}, asked("What should my child eat?")),
    "urgent": (PHONE, {}, asked("my son is on chemo and has a fever of 39.5")),
    "urgent-dark": (PHONE, {"color_scheme": "dark"}, asked("my son is on chemo and has a fever of 39.5")),
    "urgent-poison": (PHONE, {}, asked("my little one drank bleach, what do I do")),
    "urgent-despair": (PHONE, {}, asked("I can't go on, I want to die")),
    "parts": (PHONE, {}, asked("What is Kymriah, what does it cost, and is vinblastine safe?")),
    "hello": (PHONE, {}, asked("hello")),
    "scared": (PHONE, {}, asked("I am so scared")),
    "second": (PHONE, {}, after_another),
    "offline": (PHONE, {}, offline),
    "staff": (LAPTOP, {}, staff),
    "map": (LAPTOP, {}, covered),
    "map-phone": (PHONE, {}, covered),
    "french": (PHONE, {"locale": "fr-CA"}, None),
    "french-answer": (PHONE, {"locale": "fr-CA"}, asked("C'est quoi, l'immunothérapie?")),
    "forced-colours": (PHONE, {"forced_colors": "active"}, asked("What dose of vincristine will my child get?")),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=list(SHOTS), choices=list(SHOTS), metavar="NAME")
    asked_for = parser.parse_args()
    asked_for.folder.mkdir(parents=True, exist_ok=True)
    index = build.load()
    examples = known_questions(index.documents, build.CORPUS)
    demo, url = served(index, examples, Settings(rate="1000/minute"), port=free_port())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        for name in asked_for.only:
            (width, height), options, act = SHOTS[name]
            options = {"reduced_motion": "reduce", "locale": "en-CA", **options}
            context = browser.new_context(viewport={"width": width, "height": height}, **options)
            page = context.new_page()
            page.goto(url)
            page.wait_for_selector("body.ready")
            if act:
                act(page)
            page.wait_for_timeout(300)
            page.screenshot(path=asked_for.folder / f"{name}.png")
            context.close()
            print(asked_for.folder / f"{name}.png")
        browser.close()
    demo.close(verbose=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
