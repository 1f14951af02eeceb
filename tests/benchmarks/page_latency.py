"""python tests/benchmarks/page_latency.py: from Enter to the answer on the screen, in a real Chromium.

Twice: the page as it is, and the same page with an answer that is ready made. The second time is
the share of Gradio's queue, the browser and the drawing; the rest is the search.
"""

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import Page, sync_playwright

from bot.web.coverage import known_questions
from bot.web.following import Following
from bot.web.guard import Settings
from bot.web.launch import served
from bot.web.page import View, answer
from index import build
from tests.page.conftest import FLAGS, chromium, free_port

ROUNDS = 30
QUESTIONS = (
    "What is Kymriah used for?",
    "which drugs are in reinduction",
    "What should my child eat?",
    "What dose of vincristine will my child get?",
    "What does refractory mean?",
)
TIMED = """async (question) => {
  const box = document.querySelector("#box textarea"), log = document.querySelector("#log");
  log.replaceChildren();
  box.focus();
  box.value = question;
  box.dispatchEvent(new Event("input", {bubbles: true}));
  await new Promise((done) => setTimeout(done, 100));
  const drawn = new Promise((done) => new MutationObserver((_, watch) => {
    if (!log.querySelector(".card")) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now())));  // after the frame is drawn
  }).observe(log, {childList: true, subtree: true}));
  const started = performance.now();
  box.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
  return (await drawn) - started;
}"""  # fmt: skip


def measured(page: Page, url: str) -> list[float]:
    page.goto(url)
    page.wait_for_selector("body.ready")
    page.evaluate(TIMED, QUESTIONS[0])  # not counted: what is loaded once
    return [page.evaluate(TIMED, QUESTIONS[n % len(QUESTIONS)]) for n in range(ROUNDS)]


def main() -> int:
    index = build.load()
    examples = known_questions(index.documents, build.CORPUS)
    following = Following(index.documents, examples)
    ready = {question: answer(index, question, [], View(), following) for question in QUESTIONS}

    def constant(index, question, history, view, following) -> dict:
        return ready[question] | {"number": view.number}

    medians = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        for name, answers in (("the page", answer), ("with a ready-made answer", constant)):
            demo, url = served(index, examples, Settings(rate="1000/minute"), port=free_port(), answer=answers)
            times = measured(browser.new_page(), url)
            medians[name] = statistics.median(times)
            slowest = sorted(times)[int(0.95 * ROUNDS)]
            print(f"{name}: median {medians[name]:.0f} ms of {ROUNDS}, 95th percentile {slowest:.0f} ms")
            demo.close(verbose=False)
        browser.close()
    whole, rest = medians.values()
    print(f"share that is not ours: {rest:.0f} ms, {100 * rest / whole:.0f}%")
    return 0


if __name__ == "__main__":
    sys.exit(main())
