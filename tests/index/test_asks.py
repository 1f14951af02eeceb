"""What a message asks, and what each ask is about when it does not say so itself."""

import pytest

from index.reading.asks import asks_of
from index.reading.subjects import NAME, TERM


@pytest.mark.parametrize(
    ("text", "history", "asks"),
    [
        ("What is Kymriah?", [], [("What is Kymriah?", "")]),
        ("transplant criteria", [], [("transplant criteria", "")]),
        ("hello", [], [("hello", "")]),
        ("Kymriah. what is it", [], [("Kymriah. what is it", "")]),
        (
            "What is Kymriah and how much does it cost?",
            [],
            [("What is Kymriah", ""), ("how much does it cost?", "kymriah: how much does it cost?")],
        ),
        (
            "And how is it given?",
            ["What is blinatumomab?"],
            [("And how is it given?", "blinatumomab: And how is it given?")],
        ),
        (
            "Tell me what remission means; is it the same as a cure?",
            [],
            [("Tell me what remission means", ""),
             ("is it the same as a cure?", "remission: is it the same as a cure?")],
        ),
        ("Why did the leukemia relapse? Who may have a stem cell transplant?", [],
         [("Why did the leukemia relapse?", ""), ("Who may have a stem cell transplant?", "")]),
        ("Dans quels cas fait-on une greffe ?", [], [("Dans quels cas fait-on une greffe ?", "")]),
        (
            "My son is six. He likes trains and dogs. We live in a small town near the lake. His sister plays the"
            " piano. They both go to the school on the hill. We had rain.",
            [],
            [],
        ),
    ],
)  # fmt: skip
def test_the_asks_of_a_message(text, history, asks) -> None:
    assert [(ask.text, ask.leaning) for ask in asks_of(text, history)] == asks


def test_it_stands_for_the_name_of_its_own_sentence_before_one_of_the_story() -> None:
    story = "She is to have lisinopril. What is it? And what is nelarabine and what does it cost?"
    *_, ask = asks_of(story, (), lambda word: NAME * (word in ("lisinopril", "nelarabine")))
    assert (ask.text, ask.named) == ("what does it cost?", "nelarabine: what does it cost?")


STORY = (
    "We keep a list of new words on the fridge. On Monday they spoke of a remission that did not hold. He asked me if"
    " he can have the red bicycle. My mother does not know what to cook. The lift was broken again. What does it mean?"
)


def _says(word: str) -> int:
    return {"nelarabine": NAME, "remission": TERM, "trials": TERM, "clinical": TERM}.get(word, 0)


def test_in_a_story_with_a_question_what_it_only_tells_of_asking_is_no_ask() -> None:
    [ask] = asks_of(STORY, (), _says)
    assert ask.text == "What does it mean?"
    assert "remission: What does it mean?" in ask.readings  # the term told last, four sentences before


def test_a_wish_to_know_is_an_ask_beside_a_question() -> None:
    asks = asks_of(f"I'd like to know whether he can go to school with a remission like that. {STORY}", (), _says)
    assert [ask.text[:10] for ask in asks] == ["I'd like t", "What does "]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("The caller is a sister of twenty who has raised him since their mother went, and she was composed and had a"
         " list. She wants to know whether it is given to boys. I used to teach French, so it is new to me.",
         ["She wants to know whether it is given to boys."]),
        ("so my daughter had a rash from the one they gave her on monday and the nurse with the long hair said another"
         " name and i did not catch it do they give that one instead you know",
         ["do they give that one instead"]),
        ("bonjour mon fils est revenu à l'hôpital lundi passé euh va-t-on refaire la chimio du début ou bien la même je"
         " sais pas comment ça se dit dans votre document merci beaucoup là", ["va-t-on refaire la chimio"]),
        ("if it only came back in his testicle will they do radiation there and would he still be able to have a son",
         ["will they do radiation there", "would he still be able"]),
        ("Est-ce qu'il y a un groupe de parents et aussi, la nelarabine c'est le nom de quel produit",
         ["un groupe de parents", "de quel produit"]),
        ("My neighbour watches every step of it from the window with her tea. His dad drags his feet and wants"
         " to know what for. So we drove home the long way and had soup. Who may have a transplant?",
         ["Who may have a transplant?"]),
        ("My mother tells me of her day. She said so did he, and I told her that the good news is that the lift works"
         " again. The soup was warm and the bus was late. We sat by the window and looked at the snow.", []),
    ],
)  # fmt: skip
def test_an_ask_is_known_by_its_turned_verb_or_by_whom_it_is_passed_on_from(text, asks) -> None:
    found = asks_of(text, (), _says)
    assert len(found) == len(asks)
    assert all(part in ask.text for part, ask in zip(asks, found, strict=True))


def test_who_writes_more_than_a_line_and_asks_in_no_part_of_it_asks_nothing() -> None:
    assert asks_of("The word on the sheet was relapse. I folded it behind my bus pass and drove the whole round.") == []
    assert asks_of("I am nineteen and they said no transplant for my lungs. am i too old for the other one") != []
    assert asks_of("Relapse. That was the word.") != []


def test_the_first_one_is_the_first_that_was_named_though_its_turn_said_it() -> None:
    turns = ["is nelarabine given when it comes back", "and trials?"]
    *_, ask = asks_of("Does the first one have another name?", turns, _says)
    assert ask.leaning.startswith("nelarabine: ")


@pytest.mark.parametrize("verdict", ["C'est exact ?", "Right?", "Is that right?", "that's true?"])
def test_a_verdict_is_asked_of_all_that_was_said_before_it(verdict) -> None:
    told = "I was told that a relapse is never treated with the same drugs again."
    *_, ask = asks_of(f"{told} {verdict}", (), _says)
    assert ask.readings == (told,)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Would a transplant be possible for that, and if so how many weeks would she be in hospital?",
         ["Would a transplant be possible for that", "if so how many weeks would she be in hospital?"]),
        ("Of the children who have a transplant because it came back early, how many are well five years later?",
         ["Of the children who have a transplant because it came back early, how many are well five years later?"]),
        ("and if it is the T-cell kind that came back, is the transplant an option there",
         ["and if it is the T-cell kind that came back, is the transplant an option there"]),
        ("Two things please: for which kind is blinatumomab meant, and what if we miss a visit?",
         ["Two things please: for which kind is blinatumomab meant", "what if we miss a visit?"]),
        ("if its the T-cell kind that came back, is a transplant used, and if so how many weeks is she in hospital",
         ["if its the T-cell kind that came back, is a transplant used", "if so how many weeks is she in hospital"]),
        ("do they put it through his arm or what", ["do they put it through his arm or what"]),
        ("They say it is a trial, what does that mean and how long is it?",
         ["what does that mean", "how long is it?"]),
    ],
)  # fmt: skip
def test_a_part_that_says_of_whom_asks_nothing_and_one_under_a_condition_does(text, asks) -> None:
    assert [ask.text for ask in asks_of(text)] == asks


def test_it_stands_for_no_term_before_another_question() -> None:
    text = "They spoke of a remission. Is there a vaccine for her cousins at home? May I ask about that?"
    *_, last = asks_of(text, (), _says)
    assert not any(reading.startswith("remission") for reading in last.readings)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("Nelarabine hurts the feet of small children, is that right", None),  # one ask, read whole
        ("We talked for an hour about it all. Nelarabine is for those who relapse. Did I get that right?",
         "Nelarabine is for those who relapse."),
    ],
)  # fmt: skip
def test_whether_something_said_is_so_is_asked_of_all_that_was_said(text, reading) -> None:
    [ask] = asks_of(text, (), _says)
    assert ask.readings == (reading or text,)


def test_a_turn_between_leaves_the_subject_readable_without_it() -> None:
    turns = ["what about clinical trials", "are they only in big cities", "sorry, I was interrupted"]
    [ask] = asks_of("what do they look into", turns, _says)
    assert {"clinical trials big cities: what do they look into", "clinical trials: what do they look into"} == set(
        ask.readings
    )


@pytest.mark.parametrize(("text", "about_it"), [("is the little one ok?", False), ("and this one?", True)])
def test_a_little_one_is_a_child_and_points_to_no_subject(text, about_it) -> None:
    [ask] = asks_of(text, ["What is vinblastine?"])
    assert ask.about_it == about_it


TOLD = ["what is nelarabine for", "how is it given", "and stem cell transplants?"]


@pytest.mark.parametrize(
    ("history", "text", "subject"),
    [
        (TOLD, "the first one, can adults have it", "nelarabine"),
        (TOLD, "and does the first thing I asked about hurt", "nelarabine"),
        (TOLD, "what about the second one?", "stem cell transplants"),
        (TOLD, "and the other one?", "nelarabine"),
        (TOLD, "and the third one?", "stem cell transplants"),  # so many did not come up: the last one stays
        (["C'est quoi la nelarabine?", "Et la greffe?"], "Le premier, c'est pour qui?", "nelarabine"),
        (["what does nelarabine cost"], "Leave the money. Who may have it?", "nelarabine"),
    ],
)
def test_a_subject_is_named_by_its_place_in_the_talk(history, text, subject) -> None:
    [ask] = asks_of(text, history, lambda word: NAME * (word == "nelarabine"))
    assert ask.leaning.partition(":")[0] == subject
