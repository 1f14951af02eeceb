"""What people do with the page: ask, tap, follow a link, print, vote, embed; staff; French."""

import re
from urllib.parse import quote

import httpx
import pytest

from bot.ask import ask as ask_index
from bot.web.coverage import covered, refused, tapped
from bot.web.page import View, hits_within
from corpus import Role
from corpus.questions import holds
from tests.page.conftest import answered, ask, until

KYMRIAH = "What is Kymriah used for?"
PRINTED = "#log :is(h2, .path, blockquote, figcaption, .disclaimer .verbatim)"


def test_a_conversation_keeps_every_turn_and_shows_the_newest(open_page):
    page = open_page(width=390, height=844)
    first = ask(page, KYMRIAH)
    quoted = first.locator("blockquote").first.inner_text()
    second = ask(page, "What should my child eat?")
    assert [t.locator("h2").inner_text() for t in page.locator(".turn").all()] == [KYMRIAH, "What should my child eat?"]
    assert first.locator("blockquote").first.inner_text() == quoted
    assert second.locator(".card.not_covered").count() == 1
    assert second.locator("blockquote").count() == 0
    until(page, "document.querySelectorAll('.turn')[1].getBoundingClientRect().top < 400")
    box = second.bounding_box()
    assert 0 <= box["y"] < 844
    assert page.locator("#box textarea").input_value() == ""


def test_a_follow_up_is_read_with_the_question_before(open_page):
    page = open_page()
    ask(page, KYMRIAH)
    turn = ask(page, "and in young adults?")
    assert "Kymriah" in turn.locator("blockquote").first.inner_text()


@pytest.mark.parametrize(
    ("question", "css", "said"),
    [
        (KYMRIAH, "answered", "Quoted from the document"),
        ("What dose of vincristine will my child get?", "related", "Not an answer. The nearest words in the document"),
        ("What should my child eat?", "not_covered", "Not in this document"),
    ],
)
def test_outcomes_differ_in_words_and_line_not_only_in_colour(open_page, question, css, said):
    page = open_page()
    card = ask(page, question).locator(f".card.{css}")
    assert card.locator(".badge").inner_text().startswith(said) or said in card.locator(".badge").inner_text()
    border = card.evaluate("e => getComputedStyle(e).borderInlineStartStyle")
    assert border == {"answered": "solid", "related": "dashed", "not_covered": "double"}[css]
    assert (
        card.locator(".disclaimer .first").inner_text().startswith("The information that the Canadian Cancer Society")
    )
    assert card.locator(".disclaimer .contact a").get_attribute("href") == "tel:18889393333"


def test_danger_comes_first_and_large(open_page):
    page = open_page(width=390, height=844)
    turn = ask(page, "my son is on chemo and has a fever of 39.5")
    first = turn.locator(".card > :first-child")
    assert first.get_attribute("class") == "urgent"
    assert "911" in first.inner_text()
    assert first.locator("a[href='tel:911']").bounding_box()["y"] < 844
    assert first.locator(".first").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > 20


def test_a_fragment_asks_and_is_taken_out_of_the_address(open_page, site):
    page = open_page(f"{site.url}#q={quote(KYMRIAH)}")
    turn = answered(page)
    assert turn.locator("h2").inner_text() == KYMRIAH
    assert page.url == site.url
    page.evaluate("location.hash = 'q=' + encodeURIComponent('What should my child eat?')")
    assert answered(page, 1).locator(".card.not_covered").count() == 1
    assert page.url == site.url
    assert page.evaluate("history.length") <= 3


def test_the_link_of_a_question_opens_with_it(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    question = f"{KYMRIAH} & + 100% #1"
    ask(page, question).locator(".link").click()
    page.get_by_text("Copied").first.wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert "?" not in link.partition("#")[0]
    assert answered(open_page(link)).locator("h2").inner_text() == question


def test_print_loses_nothing(open_page):
    page = open_page()
    ask(page, "which drugs are in reinduction")
    ask(page, "What dose of vincristine will my child get?")
    wanted = page.locator(PRINTED).count()
    page.emulate_media(media="print")
    report = """(printed) => {
      const parts = [...document.querySelectorAll(printed)];
      const seen = (e) => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().height;
      const hidden = parts.filter((e) => !seen(e));
      const log = document.querySelector('#log');
      const around = [...document.querySelectorAll('body, body *')].filter((e) => e.contains(log));
      const clipped = around.filter((e) => !['visible', 'clip'].includes(getComputedStyle(e).overflowY));
      const shown = ['#ask', '.bar', '.tools', '.after'].filter((s) => document.querySelector(s).checkVisibility());
      return [parts.length, hidden.map((e) => e.className), clipped.map((e) => e.className), shown];
    }"""
    assert page.evaluate(report, PRINTED) == [wanted, [], [], []]  # by style alone
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(report, PRINTED) == [wanted, [], [], []]  # and with every fold opened
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".turn details[open]:not(.after)").count() == 0
    page.emulate_media(media="screen")
    page.locator(".turn details.whole summary").first.click()
    page.emulate_media(media="print")
    assert page.locator(".turn .section").first.is_visible()
    assert not page.locator(".turn .section .here").first.is_visible()  # it is printed above
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="Letter")))
    assert pages >= 3


def test_the_map_comes_from_the_corpus(open_page, index, examples):
    page = open_page()
    here = page.locator("#below .in[data-in=en]")
    sections = covered(index.documents, examples, "en")
    assert here.locator(".sections h3").all_inner_texts() == [s.heading for s in sections]
    taught = [s for s in sections if any(p.role is not Role.REFERENCE for p in s.section.passages)]
    assert here.locator(".sections .ask").count() == 2 * len(taught) == 2 * len(sections) - 2
    for language in ("en", "fr"):
        offered = page.locator(f"#below .in[data-in={language}] .sections .ask").all_text_contents()
        assert len(offered) == len({question.lower() for question in offered})
    assert here.locator(".cannot li").all_inner_texts() == refused(examples, "en")
    assert len(refused(examples, "en")) > 10
    french = page.locator("#below .in[data-in=fr]")
    assert french.locator(".sections .ask").count() == 2 * len(taught)
    assert french.locator(".cannot li").all_text_contents() == refused(examples, "fr")
    here.locator(".sections .ask").nth(7).click()
    assert answered(page).locator(".card.answered").count() == 1


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_question_to_tap_is_answered_from_its_section(index, examples, language):
    sections = covered(index.documents, examples, language)
    assert len(tapped(sections)) == 6
    offered = [question for section in sections for question in section.candidates]
    assert len(offered) == len(set(offered)) == 31  # as many in both languages, each chosen by somebody
    wrong = []
    for section in sections:
        for question in section.candidates:
            answer = ask_index(index, question)
            inside = answer.quotations and answer.quotations[0].passage in section.section.passages
            if answer.outcome != "answered" or not inside:
                wrong.append((section.heading, question, answer.outcome))
    assert wrong == []


def test_staff_see_ranks_and_move_by_keys(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    assert not page.locator(".staff-panel").first.is_visible()
    page.locator(".in:not([hidden]) .staff-switch").press("Enter")
    assert page.locator(".in:not([hidden]) .staff-panel").is_visible()
    turn = ask(page, KYMRIAH)
    listed = turn.locator(".ranked li")
    assert listed.count() == 10
    assert re.search(r"Rank 1 · Score [\d.]+ · Offsets 4118–4421", listed.first.inner_text())
    assert "Confidence 0.9" in turn.locator(".confidence").inner_text()
    page.keyboard.press("Escape")
    for key, start in (("n", None), ("n", None), ("p", None)):
        page.keyboard.press(key)
        start = page.evaluate("document.activeElement.closest('figure.quote').dataset.start")
    page.keyboard.press("c")
    page.get_by_text("Copied").first.wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert (
        copied.split("\n\n")[1]
        == page.evaluate("document.activeElement.querySelector('blockquote').textContent").split("\n\n")[0]
    )
    assert start == page.evaluate("document.activeElement.dataset.start")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    assert page.locator("#box textarea").input_value() == ""


def test_keys_do_nothing_for_families(open_page):
    page = open_page()
    turn = ask(page, KYMRIAH)
    assert turn.locator(".ranked, .confidence").count() == 0
    assert not turn.locator(".facts").first.is_visible()
    turn.locator("summary").first.focus()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_staff_can_look_in_one_section(open_page, index):
    page = open_page()
    page.locator(".in:not([hidden]) .staff-switch").click()
    ask(page, KYMRIAH)
    page.locator(".in:not([hidden]) .within").select_option(label="Radiation therapy")
    page.locator(".in:not([hidden]) .repeat").click()
    turn = answered(page, 1)
    paths = turn.locator(".ranked .path").all_inner_texts()
    assert paths
    assert {path.rpartition(" › ")[2] for path in paths} == {"Radiation therapy"}


def test_a_filter_keeps_the_order_of_the_ranking(index):
    findings = index.look_up(KYMRIAH)
    document = index.documents[0]
    section = next(s for s in document.sections if s.headings[-1].text == "Targeted therapy")
    kept = hits_within(findings, (document.name, str(section.span.start)))
    [ranked] = [judged.hits for judged in findings.asks]
    assert kept == [h for h in ranked if holds(h.passage, h.passage.span) and h.passage in section.passages]
    assert hits_within(findings, (document.name,)) == list(ranked)
    assert hits_within(findings, ("elsewhere.txt",)) == []


@pytest.mark.parametrize("sent", [None, 5, "x", [], {"number": "1", "language": 7, "within": "x", "staff": 1}])
def test_settings_from_a_stranger_are_the_defaults(sent):
    assert View.of(sent) == View()


def test_french(open_page):
    page = open_page(locale="fr-CA")
    assert page.locator("#send").inner_text() == "Demander"
    assert page.locator(".in:not([hidden]) .promise").inner_text().startswith("Posez une question")
    assert page.locator("#box textarea").get_attribute("aria-label") == "Votre question"
    turn = ask(page, KYMRIAH)
    assert turn.locator(".note").inner_text() == "Les passages cités sont en anglais, la langue du document."
    assert "Cité du document" in turn.locator(".badge").inner_text()
    page.locator(".language[data-language=en]").click()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert ask(page, KYMRIAH).locator(".note").count() == 0


def test_a_french_question_gets_a_french_card(open_page):
    turn = ask(open_page(), "Quels sont les effets secondaires de la greffe?")
    assert turn.locator(".card").get_attribute("lang") == "fr"
    assert turn.locator(".notice").first.inner_text().startswith("Cette page ne")


def test_a_vote_counts_and_says_so(open_page, site):
    page = open_page()
    turn = ask(page, KYMRIAH)
    turn.locator(".down").click()
    page.get_by_text("Thank you. Your vote was counted.").wait_for()
    assert turn.locator(".up, .down").count() == 0
    assert httpx.post(site.url + "vote/sideways").status_code == 404


@pytest.mark.parametrize("width", [320, 1280])
def test_it_works_in_a_frame_of_an_allowed_site(open_page, site, width):
    page = open_page(f"{site.embedder}/?page={quote(site.url)}", width=width, wait=False)
    frame = page.frame_locator("iframe")
    frame.locator("body.ready").wait_for()
    frame.locator("#box textarea").fill(KYMRIAH)
    frame.locator("#send").click()
    frame.locator(".card.answered blockquote").first.wait_for()
    inner = page.frames[1]
    assert inner.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert inner.evaluate("innerWidth") == width
    frame.locator(".copy").first.click()
    frame.get_by_text("Copied").first.wait_for()


def test_no_other_site_can_frame_it(open_page, site):
    page = open_page("about:blank", wait=False)
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(f"{site.stranger}/?page={quote(site.url)}")
    for _ in range(100):
        if page.frames[1].url.startswith("chrome-error:"):
            break
        page.wait_for_timeout(50)
    assert page.frames[1].url.startswith("chrome-error:")
    assert page.frame_locator("iframe").locator("#box").count() == 0


def test_contact_lines_are_quoted_whole(open_page, index):
    turn = ask(open_page(), "What should my child eat?")
    assert turn.locator(".contact").all_inner_texts() == [p.text for p in index.documents[0].with_role(Role.CONTACT)]
