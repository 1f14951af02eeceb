"""Everybody can use the page: axe-core, keyboard, zoom, small screens, screen readers."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.page.conftest import answered, ask, until

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
ANSWERED = "What is Kymriah used for?"
RELATED = "What dose of vincristine will my child get?"
REFUSED = "What should my child eat?"
URGENT = "my son is on chemo and has a fever of 39.5"
LOOKS = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
}


def open_all(page):
    page.locator(".in:not([hidden]) .staff-switch").click()
    ask(page, ANSWERED)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


STATES = {  # name: what to do, and what must then be there
    "start": (lambda page: None, ".start"),
    "answered": (lambda page: ask(page, ANSWERED), ".card.answered"),
    "related": (lambda page: ask(page, RELATED), ".card.related"),
    "refused": (lambda page: ask(page, REFUSED), ".card.not_covered"),
    "urgent": (lambda page: ask(page, URGENT), ".card .urgent"),
    "everything open": (open_all, ".ranked[open]"),
}


def test_axe_finds_nothing(open_page):
    page = open_page()
    found, looked = {}, 0
    for state, (reach, mark) in STATES.items():
        page.evaluate("document.querySelector('#log').replaceChildren()")
        reach(page)
        page.locator(mark).first.wait_for()
        for look, media in LOOKS.items():
            page.emulate_media(**media)
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 844})
                for violation in Axe().run(page, options=RULES).response["violations"]:
                    found[state, look, width, violation["id"]] = [node["html"][:200] for node in violation["nodes"][:3]]
                looked += 1
    assert found == {}
    assert looked == 36


def test_axe_can_fail(open_page):
    page = open_page()
    page.evaluate(
        "document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"data:,\"><button></button>')"
    )
    assert {v["id"] for v in Axe().run(page, options=RULES).response["violations"]} >= {"image-alt", "button-name"}


@pytest.mark.parametrize("locale", ["en-CA", "fr-CA"])
def test_the_first_screen_of_a_phone_holds_all_one_needs(open_page, locale):
    page = open_page(width=390, height=844, locale=locale)
    shown = page.locator(".in:not([hidden])")
    for part in (".promise", ".whose", "a[href='tel:18889393333']", ".start .ask >> nth=5"):
        box = shown.locator(part).first.bounding_box()
        top = page.locator("#ask").bounding_box()["y"]
        assert 0 <= box["y"] <= top - box["height"], part
    assert shown.locator(".start .ask").count() == 6
    field = page.locator("#ask").bounding_box()
    assert field["y"] + field["height"] <= 844
    assert "Canadian Cancer Society" in shown.locator(".whose").inner_text()
    assert ("not affiliated" if locale == "en-CA" else "pas affiliée") in shown.locator(".whose").inner_text()


def test_text_is_large_and_targets_are_generous(open_page):
    page = open_page(width=390, height=844)
    open_all(page)
    small = page.evaluate("""() => {
      const seen = (e) => e.checkVisibility({visibilityProperty: true}) && !e.closest('.unseen');
      const texts = [...document.querySelectorAll('#intro *, #talk *, #ask *, #below *')].filter((e) =>
        seen(e) && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()));
      const targets = [...document.querySelectorAll('button, a, summary, textarea, select')].filter(seen);
      return {
        texts: texts.filter((e) => parseFloat(getComputedStyle(e).fontSize) < 18).map((e) => e.outerHTML.slice(0, 80)),
        targets: targets.filter((e) => { const r = e.getBoundingClientRect(); return r.height < 44 || r.width < 44; })
          .map((e) => e.outerHTML.slice(0, 80)),
        looked: [texts.length, targets.length],
      };
    }""")
    assert small["texts"] == small["targets"] == []
    assert min(small["looked"]) > 20


@pytest.mark.parametrize(("width", "zoom"), [(320, 1), (390, 1), (640, 2), (1280, 2)])
def test_nothing_scrolls_sideways(open_page, width, zoom):
    """200% zoom halves the viewport that the page sees."""
    page = open_page(width=width // zoom, height=800 // zoom, device_scale_factor=zoom)
    ask(page, "which drugs are in reinduction")
    ask(page, "x" * 1500)
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide = page.evaluate("""() => [...document.querySelectorAll('#intro *, #talk *, #ask *, #below *')]
      .filter((e) => e.checkVisibility() && !e.closest('.unseen') && e.getBoundingClientRect().right > innerWidth + 1)
      .map((e) => e.outerHTML.slice(0, 80))""")
    assert wide == []


def focused(page) -> dict:
    return page.evaluate("""() => {
      const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
      return {tag: e.tagName, css: e.className, id: e.id, text: e.textContent.slice(0, 60),
        ring: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2, top: r.top, bottom: r.bottom,
        covered: e.closest('#ask') ? false : r.bottom > document.querySelector('#ask').getBoundingClientRect().top + 1};
    }""")


def test_the_keyboard_alone_does_everything(open_page):
    page = open_page(height=900, permissions=["clipboard-read", "clipboard-write"])
    page.locator("#box textarea").focus()
    page.keyboard.type("What is Kymriah used for?")
    page.keyboard.press("Enter")
    turn = answered(page)
    assert focused(page)["tag"] == "TEXTAREA"  # ready for the next question
    seen = []
    for _ in range(12):  # backwards from the box, through the card
        page.keyboard.press("Shift+Tab")
        now = focused(page)
        assert now["ring"], now
        assert not now["covered"], now
        assert now["tag"] != "BODY"
        seen.append(now["css"] or now["tag"])
        if "copy" in now["css"]:
            break
    assert {"printer", "link", "up", "down", "copy", "SUMMARY"} <= set(seen)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # "Read the whole section"
    assert turn.locator("details.whole").get_attribute("open") is not None
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")  # "Copy with source"
    turn.locator(".copy", has_text="Copied").wait_for()


def test_focus_is_never_lost(open_page):
    page = open_page()
    page.locator(".in:not([hidden]) .start .ask").first.press("Enter")
    answered(page)
    assert focused(page)["tag"] == "H2"
    assert focused(page)["ring"]
    page.locator(".turn .up").press("Enter")
    page.get_by_text("Thank you. Your vote was counted.").wait_for()
    assert focused(page)["tag"] == "SPAN"


def test_a_new_answer_is_announced_once(open_page):
    page = open_page()
    page.evaluate("""() => {
      window.said = [];
      for (const region of document.querySelectorAll('[aria-live], [role=status], [role=alert], [role=log]'))
        new MutationObserver((records) => records.forEach((record) => record.addedNodes.forEach((node) =>
          node.textContent.trim() && window.said.push([region.id, node.textContent])
        ))).observe(region, {childList: true, subtree: true});
    }""")
    ask(page, ANSWERED)
    until(page, "window.said.length > 0")
    ask(page, URGENT)
    until(page, "window.said.length > 1")
    page.wait_for_timeout(300)
    said = page.evaluate("window.said")
    assert [region for region, _ in said] == ["status", "alert"]
    assert said[0][1].startswith("Answer from the document, under [Immunotherapy]: Tisagenlecleucel (Kymriah)")
    assert "call 911" in said[1][1]


def test_motion_is_reduced_when_asked(open_page):
    page = open_page(reduced_motion="reduce")
    page.evaluate("document.querySelector('#log').innerHTML = '<p class=pending>…</p>'")
    still = "getComputedStyle(document.querySelector('.pending'), '::before').animationName"
    assert page.evaluate(still) == "none"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(still) == "breathe"


def test_languages_are_marked(open_page):
    page = open_page(locale="fr-CA")
    turn = ask(page, "C'est quoi la réinduction?")
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert turn.locator(".card").get_attribute("lang") == "fr"
    quoted = turn.locator("blockquote, .path, .section, .disclaimer .verbatim, figcaption")
    assert quoted.evaluate_all("all => all.map((e) => e.closest('[lang]').lang)") == ["en"] * quoted.count()
    assert quoted.count() >= 5
