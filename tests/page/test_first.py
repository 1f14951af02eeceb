"""The first response, before and without script; small windows; long messages; several documents; provenance."""

import re
import subprocess
from types import SimpleNamespace

import httpx
import pytest

from bot.answer import Answer, Outcome, Quotation
from bot.web.card import Beside, card
from bot.web.guard import Settings
from bot.web.launch import served
from bot.web.shell import LONGEST
from corpus import read_document
from tests.page.conftest import ask, free_port
from tests.page.test_access import RULES, Axe
from tests.small import TEXT

KYMRIAH = "What is Kymriah used for?"
MOST_TRANSFERRED = 200_000  # bytes
FIRST_SCREEN = 1500  # ms on a slow line
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


def test_the_first_response_holds_what_helps_without_script(site, index):
    got = httpx.get(site.url)
    document = index.documents[0]
    head, _, body = got.text.partition("</head>")
    for wanted in ("tel:18889393333", "tel:911", document.title, "What this page covers", "Radiation therapy"):
        assert wanted in body.partition("<script>")[0]
    assert "does not replace your relationship with your doctor" in body.partition("<script>")[0]
    assert f"<title>{document.title}</title>" in head
    assert 'property="og:description" content="Ask in your own words.' in head
    assert 'property="og:image" content="/icon.png"' in head
    for path, signature in (("icon.png", b"\x89PNG"), ("icon.svg", b"<svg")):
        assert httpx.get(site.url + path).content.startswith(signature)
    assert "gradio" not in (head + body.partition("<script>")[0]).lower()
    assert re.findall(r"https?://[^\"' ]+", head) == []


def test_without_script_it_reads_as_a_page(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url)
    for css in ("h1", ".lines a >> nth=0", "noscript p", ".standing .disclaimer >> nth=0", ".sections >> nth=0"):
        assert page.locator(css).first.is_visible(), css
    assert not page.locator("#ask").is_visible()  # it would do nothing
    context.close()


def test_the_first_load_is_small_and_the_first_screen_early(browser, site):
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(site.url)
    page.wait_for_selector("body.ready")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    page.wait_for_timeout(500)
    context.close()
    print(f"{sum(sizes):,} bytes, first screen after {painted:.0f} ms")
    assert 5_000 < sum(sizes) <= MOST_TRANSFERRED
    assert painted <= FIRST_SCREEN


def test_a_long_message_is_counted_and_never_cut(open_page):
    page = open_page()
    page.locator("#question").fill("x" * int(0.79 * LONGEST))
    assert not page.locator("#counter").is_visible()
    page.locator("#question").fill("x" * int(0.8 * LONGEST))
    assert page.locator("#counter").inner_text() == f"{int(0.8 * LONGEST):,} of {LONGEST:,} characters"
    long = "He is fine. " * (LONGEST // 12 + 2) + "He is not breathing."
    page.locator("#question").fill(long)
    assert f"Only the first {LONGEST:,} will be read" in page.locator("#counter").inner_text()
    turn = ask(page, long)
    assert turn.locator("h2").evaluate("e => e.textContent") == long.strip()
    assert f"Only the first {LONGEST:,} characters were read" in turn.inner_text()
    assert not page.locator("#counter").is_visible()


@pytest.mark.parametrize(("width", "height"), [(640, 400), (320, 256), (844, 390), (320, 480)])
def test_the_box_is_within_reach_in_small_windows(open_page, width, height):
    """200% and 400% zoom of a small laptop, a landscape phone, a small frame."""
    page = open_page(width=width, height=height)
    ask(page, KYMRIAH)
    for top in (0, 600, 100_000):
        page.evaluate(f"scrollTo(0, {top})")
        box = page.locator("#question").bounding_box()
        assert box["y"] >= 0 or top == 100_000
        assert box["y"] + box["height"] <= height or top == 0
    page.evaluate("scrollTo(0, 0)")
    bar = page.locator("#ask").bounding_box()
    assert bar["y"] + bar["height"] <= height
    assert bar["height"] <= height / 3
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_asking_in_a_frame_does_not_scroll_the_page_around_it(open_page, site):
    page = open_page("about:blank", wait=False)
    page.goto(f"{site.embedder}/?page={site.url}")
    page.evaluate("document.body.prepend(Object.assign(document.createElement('div'), {style: 'height: 3000px'}))")
    frame = page.frame_locator("iframe")
    frame.locator("body.ready").wait_for()
    frame.locator("#question").fill(KYMRIAH)
    page.evaluate("scrollTo(0, 2600)")
    frame.locator("#question").evaluate("e => e.form.requestSubmit()")
    frame.locator(".card.answered").wait_for()
    page.wait_for_timeout(500)
    assert page.evaluate("scrollY") == 2600


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """Eight documents; whatever is asked, the last one answers."""
    folder = tmp_path_factory.mktemp("several")
    for number in range(8):
        path = folder / f"it's-{number}.txt"
        path.write_text(TEXT.replace("Snails\n", f"Snails {number}\n", 1).replace("555-123-456", f"555-123-45{number}"))
        path.with_suffix(".toml").write_text(
            f'title = "Snails {number}"\npublisher = "Snail Society"\nyear = 2020\nlink = "https://snails.example/{number}"\n'
            "last_reviewed = 2020-01-02\nnext_review = 2022-01-02\n"
        )
    documents = [read_document(path) for path in sorted(folder.glob("*.txt"))]
    passage = documents[-1].passages[0]

    def answer(index, question, history, view, following) -> dict:
        shown = (Quotation(passage, passage.units[:1], 1.0),)
        made = Answer(question, Outcome.ANSWERED, False, 1.0, documents[-1], view.language, shown)
        first = made.document.name not in view.seen
        html = card(made, Beside(first=first, several=True))
        return {"number": view.number, "html": html, "said": "", "language": "en", "urgent": False}

    stand_in = SimpleNamespace(documents=documents, look_up=lambda question: None)
    demo, url = served(stand_in, [], Settings(rate="1000/minute"), port=free_port(), answer=answer)
    yield SimpleNamespace(url=url, documents=documents, folder=folder, passage=passage)
    demo.close(verbose=False)


def test_several_documents_are_counted_found_and_named(open_page, several):
    page = open_page(several.url, width=390, height=844)
    here = page.locator("#intro .in:not([hidden])")
    assert "these 8 documents" in here.locator("h1").inner_text()
    assert here.locator(".titles li:visible").count() == 8
    here.locator(".finder").fill("snails 3")
    assert here.locator(".titles li:visible").all_inner_texts() == [
        "Snails 3. Snail Society, 2020. Helpline 555-123-4537"
    ]
    here.locator(".finder").fill("")
    turn = ask(page, "What eats snails?")
    assert turn.locator(".disclaimer .of").inner_text() == "Snails 7"
    assert "555-123-4577" in turn.locator(".contact").inner_text()
    assert turn.locator(".disclaimer .first").inner_text() == "This is no advice about snails."
    page.locator(".in:not([hidden]) .staff-switch").click()
    assert page.locator(".in:not([hidden]) .within option").count() > 8
    page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    found = {
        v["id"]: [n["html"][:160] for n in v["nodes"][:3]]
        for v in Axe().run(page, options=RULES).response["violations"]
    }
    assert found == {}


def test_provenance_is_said_and_can_be_proved_by_a_command(open_page, several):
    turn = ask(open_page(several.url), "What eats snails?")
    said = " ".join(turn.locator(".provenance").all_inner_texts())
    assert "Last reviewed: 2020-01-02." in said
    assert "was to be reviewed by 2022-01-02. It may be out of date." in said
    assert turn.locator(".provenance a").get_attribute("href") == "https://snails.example/7"
    assert turn.locator(".provenance a").get_attribute("rel") == "noopener noreferrer"
    turn.locator(".whole > summary").click()
    turn.locator(".proof > summary").click()
    command = turn.locator(".proof pre").inner_text()
    shown = subprocess.run(command, shell=True, cwd=several.folder, capture_output=True, text=True, check=True).stdout
    assert shown == f"{several.documents[-1].sha256}\n{several.passage.text}\n"
