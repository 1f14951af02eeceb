"""python tests/benchmarks/page_latency.py: from Enter to the answer on the screen, in a real Chromium.

Twice: the page as it is, and the same page with an answer that is ready made. The second time is
the share of Gradio's queue, the browser and the drawing; the rest is the search. It may make the page at most
MOST times as slow: what a reader waits for should not be us. Exits with 1 above that.
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
from index.retrieval.threads import one_question_at_a_time
from tests.page.conftest import FLAGS, chromium, free_port

ROUNDS = 30
MOST = 1.6
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


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    page.wait_for_selector("body.ready")
    page.evaluate(TIMED, QUESTIONS[0])  # not counted: what is loaded once
    return page


def main() -> int:
    index = build.load()
    one_question_at_a_time()  # as app.py does
    examples = known_questions(index.documents, build.CORPUS)
    following = Following(index.documents, examples)
    ready = {question: answer(index, question, [], View(), following) for question in QUESTIONS}

    def constant(index, question, history, view, following) -> dict:
        return ready[question] | {"number": view.number}

    names = {"the page": answer, "with a ready-made answer": constant}
    times: dict[str, list[float]] = {name: [] for name in names}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        settings, served_at = Settings(rate="1000/minute"), {}
        for name, answers in names.items():
            served_at[name] = served(index, examples, settings, port=free_port(), answer=answers)
        pages = {name: opened(browser.new_page(), url) for name, (_, url) in served_at.items()}
        for n in range(ROUNDS):  # in turn, so that what else the machine does slows both
            for name, page in pages.items():
                page.bring_to_front()
                times[name].append(page.evaluate(TIMED, QUESTIONS[n % len(QUESTIONS)]))
        browser.close()
    for demo, _ in served_at.values():
        demo.close(verbose=False)
    for name, taken in times.items():
        slowest = sorted(taken)[int(0.95 * ROUNDS)]
        print(f"{name}: median {statistics.median(taken):.0f} ms of {ROUNDS}, 95th percentile {slowest:.0f} ms")
    whole, rest = map(statistics.median, times.values())
    print(f"{whole / rest:.2f} times as long as with a ready-made answer (at most {MOST})")
    return int(whole / rest > MOST)


if __name__ == "__main__":
    sys.exit(main())
