"""What a card looks like for answers of several parts, for feelings, in danger, and after many turns."""

from types import SimpleNamespace

import pytest

from bot.answer import Answer, Notice, Outcome, Part, Quotation
from bot.web.card import Beside, announcement, card
from bot.web.guard import Settings
from bot.web.launch import served
from bot.words import words
from corpus import Role
from tests.page.conftest import ask, free_port
from tests.page.test_access import RULES, Axe

KYMRIAH = "What is Kymriah used for?"
PARTS = "What is reinduction & <b>what</b> does it cost? Is vinblastine safe?"
HELLO, THANKS, FEAR = "hello", "thanks", "I am so scared"
SPANISH, WHICH, DANGER = "¿Qué es la leucemia?", "What is cymria?", "he drank the bleach, I want to die"
TALLEST = 16_000  # px of nineteen turns on a phone; they were 32,000
NINETEEN = (
    *(KYMRIAH, "Can a relapse affect the brain?", "What is BMT?", "What is targeted therapy?"),
    *("What is immunotherapy?", "What are clinical trials for?", "which drugs are in reinduction"),
    *("What should my child eat?", "How does CAR T work?", "Who can be a donor?", "What does refractory mean?"),
    *("What dose of vincristine will my child get?", "Will she lose her hair?", "Can we go to school?"),
    *("What is imatinib for?", "when is radiation used", "What is the standard treatment?"),
    *("How much does it cost?", "Is a transplant possible after a second relapse?"),
)


def answers(document) -> dict[str, Answer]:
    body = [passage for passage in document.passages if passage.role is Role.BODY]
    shown = tuple(Quotation(passage, passage.units[:1], 1.0) for passage in body[:2])

    def made(question: str, outcome: Outcome, notices=(), parts=(), shown=(), language="en", urgent=False) -> Answer:
        return Answer(question, outcome, urgent, 0.5, document, language, shown, parts, tuple(notices))

    parts = (
        Part("What is reinduction & <b>what</b>", Outcome.ANSWERED, (0,)),
        Part("does it cost?", Outcome.NOT_COVERED, topic="cost"),
        Part("Is vinblastine safe?", Outcome.NOT_COVERED, unknown_names=("vinblastine", "x<y")),
        Part("And the nearest?", Outcome.RELATED, (1,)),
        Part("And this?", Outcome.NOT_COVERED),
    )
    refused = [Notice("not_covered.topic", {"topic": "cost"}), Notice("hand_on.helpline")]
    meant = Part(WHICH, Outcome.NOT_COVERED, meanings=("Kymriah", "imatinib"))
    all_made = [
        made(PARTS, Outcome.ANSWERED, [Notice("names.searched_for", {"words": "reinduction"}), *refused], parts, shown),
        made(HELLO, Outcome.NOT_COVERED, [Notice("feelings.hello")]),
        made(THANKS, Outcome.NOT_COVERED, [Notice("feelings.thanks")]),
        made(FEAR, Outcome.NOT_COVERED, [Notice("feelings.fear"), Notice("hand_on.helpline")]),
        made(SPANISH, Outcome.NOT_COVERED, [Notice("other_languages", {"language": "ar"})]),
        made(WHICH, Outcome.NOT_COVERED, [], (meant,)),
        made(DANGER, Outcome.NOT_COVERED, [Notice("danger.handoff")], urgent=True),
    ]
    return {answer.question: answer for answer in all_made}


@pytest.fixture(scope="module")
def prepared(index, examples):
    """A site that knows these answers only, and says hello to all else."""
    known = answers(index.documents[0])

    def answer(index, question, history, view, following) -> dict:
        made = known.get(question, known[HELLO])
        beside = Beside(following=following.after(made), first=made.document.name not in view.seen)
        turn = {"number": view.number, "html": card(made, beside), "said": announcement(made)}
        return turn | {"language": made.language, "urgent": made.urgent}

    stand_in = SimpleNamespace(documents=index.documents, look_up=lambda question: None)
    demo, url = served(stand_in, examples, Settings(rate="1000/minute"), port=free_port(), answer=answer)
    yield url
    demo.close(verbose=False)


def test_each_part_stands_under_its_own_words_with_its_passage_or_its_refusal(open_page, prepared, index):
    turn = ask(open_page(prepared, width=390, height=844), PARTS)
    parts = turn.locator(".part")
    asked = [part.text for part in answers(index.documents[0])[PARTS].parts]
    assert [h.evaluate("e => e.textContent") for h in parts.locator("h3.asked").all()] == asked
    assert parts.nth(0).locator("blockquote").count() == 1
    assert "This page does not cover costs or coverage." in parts.nth(1).inner_text()
    assert "This page does not mention vinblastine or x<y." in parts.nth(2).inner_text()
    assert "Not an answer" in parts.nth(3).inner_text()
    assert parts.nth(3).locator("blockquote").count() == 1
    assert "This page does not answer this: “And this?”" in parts.nth(4).inner_text()
    borders = [part.evaluate("e => getComputedStyle(e).borderInlineStartStyle") for part in parts.all()]
    assert borders == ["solid", "double", "double", "dashed", "double"]
    assert turn.inner_text().count("costs or coverage") == 1  # said in its part, and not again
    assert turn.inner_text().count("Searched for: reinduction.") == 1
    assert turn.locator(".handoff a").count() == 1
    assert turn.locator(".disclaimer").count() == 1


def test_names_that_may_be_meant_are_tapped(open_page, prepared):
    page = open_page(prepared)
    turn = ask(page, WHICH)
    assert "Did you mean Kymriah or imatinib?" in turn.inner_text()
    turn.locator(".meanings button").first.click()
    asked = page.locator(".turn").nth(1).locator("h2")
    asked.wait_for()
    assert asked.inner_text() == "What does this page say about Kymriah?"


@pytest.mark.parametrize("question", [HELLO, THANKS, FEAR])
def test_greetings_and_feelings_get_a_line(open_page, prepared, question):
    turn = ask(open_page(prepared), question)
    assert turn.locator(".card, .badge, .disclaimer, .after").count() == 0
    assert turn.locator(".line").count() == 1
    assert turn.locator(".handoff a").count() == (question == FEAR)
    assert turn.locator(".next .ask").count() == (3 if question == HELLO else 0)


def test_another_language_is_spoken_as_what_it_is(open_page, prepared):
    said = ask(open_page(prepared), SPANISH).locator(".notice")
    assert (said.get_attribute("lang"), said.get_attribute("dir")) == ("ar", "auto")
    assert "الإنجليزية" in said.inner_text()


def test_in_danger_the_emergency_number_is_the_largest_thing(open_page, prepared):
    page = open_page(prepared, width=390, height=844)
    turn = ask(page, DANGER)
    sizes = turn.locator("*").evaluate_all(
        """all => all.filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
          .map((e) => [parseFloat(getComputedStyle(e).fontSize), e.textContent.trim()]).sort((a, b) => b[0] - a[0])"""
    )
    assert sizes[0][1] == "Call 911"
    assert sizes[0][0] > 1.25 * sizes[1][0]
    call, crisis = (turn.locator(f"a[href='tel:{number}']").bounding_box() for number in ("911", "988"))
    assert call["width"] * call["height"] > crisis["width"] * crisis["height"]
    assert turn.locator(".call").all_inner_texts() == [
        *("Call 911", "Poison centre: call 1-844-764-7669", "Crisis line: call or text 988")
    ]


def test_axe_finds_nothing_in_parts_lines_and_danger(open_page, prepared):
    page = open_page(prepared, width=390, height=844)
    for question in (PARTS, WHICH, FEAR, HELLO, SPANISH, DANGER):
        ask(page, question)
    page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for violation in Axe().run(page, options=RULES).response["violations"]:
            found[scheme, violation["id"]] = [node["html"][:200] for node in violation["nodes"][:3]]
    assert found == {}


def test_questions_to_tap_follow_and_none_was_asked(open_page):
    page = open_page()
    seen: list[str] = []
    turn = ask(page, KYMRIAH)
    for number in range(1, 6):
        offered = turn.locator(".next .ask").all_inner_texts()
        assert 0 < len(offered) <= 3
        assert not {q.lower() for q in offered} & {q.lower() for q in [KYMRIAH, *seen]}
        assert page.locator(".next").count() == 1  # the newest answer's only
        seen.append(offered[0])
        turn.locator(".next .ask").first.click()
        turn = page.locator(".turn").nth(number)
        turn.locator(".card").wait_for()
        assert turn.locator(".card.answered").count() == 1


def test_the_disclaimer_is_whole_once_and_then_one_tap_away(open_page, index):
    page = open_page(width=390, height=844)
    whole = index.documents[0].quoted_role(Role.DISCLAIMER)
    first, second = ask(page, KYMRIAH), ask(page, "What is BMT?")
    assert first.locator(".disclaimer .first").evaluate("e => e.textContent") == whole
    assert first.locator(".disclaimer details").count() == 0
    start = second.locator(".disclaimer .first").inner_text()
    assert whole.startswith(start)
    assert start.endswith(".")
    assert len(start) < len(whole) / 2
    assert not second.locator(".disclaimer .rest").is_visible()
    second.locator(".disclaimer summary").click()
    assert start + second.locator(".disclaimer .rest").evaluate("e => e.textContent") == whole


def test_nineteen_turns_are_short_on_a_phone(open_page):
    page = open_page(width=390, height=844)
    for question in NINETEEN:
        ask(page, question)
    assert page.locator(".turn").count() == 19
    heights = page.locator(".turn").evaluate_all("all => all.map((e) => Math.round(e.offsetHeight))")
    tall = page.locator("#log").evaluate("e => e.offsetHeight")
    print(f"{tall} px, the first ten {sum(heights[:10])} px: {heights}")
    assert tall <= TALLEST
    assert sum(heights[:10]) <= TALLEST / 19 * 10


def test_words_for_names_are_in_both_languages():
    assert words("fr")("names.ask", name="Kymriah") == "Que dit cette page sur Kymriah?"
