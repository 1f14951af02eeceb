"""What people ask, and what they are told; the record of an answer, its shape and its invariants."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.__main__ import main
from bot.answer import Outcome
from bot.ask import ask
from bot.batch import answer_line, batch
from bot.words import LANGUAGES, words
from corpus.questions import EMERGENCY, TOPICS
from index.reading.names import list_of_medicines
from index.reading.reader import LONGEST
from index.reading.text import words as words_of
from tests.bot.test_quoted import check_record
from tests.strategies import text

FIELDS = ["id", "question", "outcome", "urgent", "confidence", "passages", "parts", "notice", "disclaimer", "contact"]
OUTCOMES = {"answered", "related", "not_covered"}


def check(documents, record: dict) -> None:
    """What holds for every answer, whatever was asked."""
    assert list(record) == FIELDS
    assert record["outcome"] in OUTCOMES
    assert 0 <= record["confidence"] <= 1
    assert (record["outcome"] == "not_covered") == (record["passages"] == [])
    assert len(record["passages"]) <= 3
    texts = {document.name: document for document in documents}
    for passage in record["passages"]:
        document = texts[passage["document"]]
        assert passage["text"] == document.text[passage["start"] : passage["end"]]
        assert passage["sha256"] == document.sha256
        assert not passage["text"].startswith("Find out more")
        at = passage["start"]
        for start, end in passage["highlights"]:
            assert at <= start < end <= passage["end"]
            at = end
    if record["outcome"] != "answered":
        assert record["notice"]
    assert any(record["disclaimer"] in document.text for document in documents)
    assert record["contact"] == "1-888-939-3333 | | © 2024 Canadian Cancer Society"
    json.dumps(record, ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize(
    ("question", "outcome", "words"),
    [
        ("What is Kymriah used for?", "answered", "Tisagenlecleucel (Kymriah)"),
        ("wat is kimriah for", "answered", "Tisagenlecleucel (Kymriah)"),
        ("Comment le blinatumomab est-il administré?", "answered", "intravenous infusion"),
        ("What dose of vincristine will my 5 year old get?", "related", "vincristine (Oncovin)"),
        ("What is the phone number?", "answered", "1-888-939-3333"),
        ("Which source for Kymriah?", "answered", "Regulatory Decision Summary - Kymriah"),
    ],
)
def test_questions_and_the_passage_that_must_come_first(index, question, outcome, words) -> None:
    answer = ask(index, question)
    check(index.documents, answer.record())
    assert answer.outcome == outcome
    assert words in answer.quotations[0].passage.text


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What should my child eat during chemo?", "food and drink"),
        ("What are the side effects of vincristine?", "side effects"),
        ("How much does Kymriah cost?", "cost"),
        ("Combien coûte Kymriah?", "les coûts"),
        ("Will she be able to go to school?", "school"),
        ("Who won the hockey game?", "does not answer"),
    ],
)
def test_a_refusal_names_its_topic(index, question, words) -> None:
    answer = ask(index, question)
    assert answer.outcome == "not_covered"
    assert words in answer.said()


@pytest.mark.parametrize(
    ("question", "urgent"),
    [
        ("My son is on chemo and has a fever of 39.5, what do I do?", True),
        ("i dont want to live anymore", True),
        ("Elle ne respire plus bien depuis la piqûre, ses lèvres sont bleues", True),
        ("is blinatumomab given for fever", False),
        ("What is an overdose of information?", False),
        pytest.param(
            "I can't breathe when I think of it. What does refractory mean?",
            False,
            marks=pytest.mark.xfail(strict=True, reason="words of danger, meant of fear, beside a question"),
        ),
    ],
)
def test_danger_comes_first_and_only_danger_rings(index, question, urgent) -> None:
    answer = ask(index, question)
    assert answer.urgent == urgent
    assert answer.said().startswith(("If someone may be in danger", "Si quelqu'un est peut-être en danger")) == urgent


def test_a_follow_up_has_its_subject_and_a_new_topic_is_not_polluted(index) -> None:
    history = ["What is blinatumomab?"]
    assert "intravenous infusion" in ask(index, "And how is it given?", history).quotations[0].passage.text
    assert ask(index, "thanks. what is the capital of France?", history).outcome == "not_covered"
    assert "Kymriah" in ask(index, "Who can get Kymriah?", ["When is radiation used?"]).quotations[0].passage.text
    assert ask(index, "How much does it cost?", history).outcome == "not_covered"


@pytest.mark.parametrize(
    "question",
    [
        "",
        " \n",
        "???",
        "😢😢",
        "\x00\x07",
        "\ud800",
        "<script>alert(1)</script>",
        "ما هو العلاج؟",
        "什么是难治性白血病",
        "\u202eabc",
        "|" * 500,
    ],
)
def test_no_question_breaks_it_and_each_gets_a_sentence(index, question) -> None:
    record = ask(index, question).record()
    check(index.documents, record)
    assert record["notice"] or record["passages"]


def test_a_very_long_message_is_read_from_its_start_and_that_is_said(index) -> None:
    answer = ask(index, "What is Kymriah used for? " + "x " * LONGEST)
    assert f"{LONGEST:,} characters" in answer.said()
    check(index.documents, answer.record())


@given(text | st.text(max_size=300), st.lists(text, max_size=3))
def test_whatever_is_asked_is_read_and_answered(index, question, history) -> None:
    answer = ask(index, question, history)
    check(index.documents, answer.record())
    check_record(answer)


FRAMES = (
    "What is {}?",
    "What is {} used for?",
    "Is {} given for childhood ALL that has come back?",
    "How is {} given?",
    "Can my child have {} before a stem cell transplant?",
    "{} chemotherapy relapse",
)


def test_no_medicine_that_the_document_does_not_hold_is_ever_answered(index) -> None:
    """What people are told of one medicine must not be what is written of another."""
    held = {word for document in index.documents for word in words_of(document.text)}
    same = list_of_medicines()  # another spelling of a name that the document holds is that name
    outside = sorted(name for name in same if name not in held and same[name] not in held)
    drawn = np.random.default_rng(0).choice(outside, 300, replace=False).tolist()
    questions = [frame.format(name) for name in drawn for frame in FRAMES]
    answered = [question for question in questions if ask(index, question).outcome is Outcome.ANSWERED]
    assert answered == []


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("nonsense", "line 7: is not JSON"),
        ("[1]", "expected a JSON object, found list"),
        ("{}", 'lacks "question"'),
        ('{"id": "a", "question": 5}', "question has value 5; expected a valid string"),
        ('{"id": "a", "question": null}', "question has value None; expected a valid string"),
        ('{"id": "a", "question": "x", "history": "y"}', "history has value 'y'; expected a valid list"),
        ('{"id": "a", "question": "x", "history": [1]}', "history.0 has value 1; expected a valid string"),
        ("[" * 100_000, "line 7: "),
    ],
)
def test_a_bad_line_gets_an_error_in_its_place(index, line, error) -> None:
    record = answer_line(index, line, 7)
    assert set(record) == {"id", "error"}
    assert error in record["error"]
    assert record["id"] == ("a" if '"a"' in line else None)


def test_a_batch_keeps_order_and_goes_on_after_bad_lines(index) -> None:
    lines = ['{"id": "1", "question": "What is Kymriah?"}\n', "bad\n", "\n", '{"id": "2", "question": "hello"}\n']
    records = [json.loads(line) for line in batch(index, lines)]
    assert [record["id"] for record in records] == ["1", None, "2"]
    assert "error" in records[1]
    check(index.documents, records[0])
    check(index.documents, records[2])


def test_every_topic_has_words_in_every_language_or_none() -> None:
    unnamed = {"other_health", "off_topic", "small_talk", "gibberish", "attack", "definition", "procedure",
               "mechanism", "group", "comparison", "other", "personal_advice", EMERGENCY}  # fmt: skip
    for language in LANGUAGES:
        assert set(words(language).tables["topics"]) == set(TOPICS) - unnamed


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_sentences_give_no_advice_and_no_promise(language) -> None:
    text = " ".join(sentence for _, sentence in words(language).sentences()).lower()
    for forbidden in (
        "you should",
        "do not worry",
        "will be fine",
        "we promise",
        "guarantee",
        "vous devriez",
        "ne vous inquiétez",
    ):
        assert forbidden not in text


@pytest.mark.parametrize("arguments", [["sing"], [], ["evaluate"]])
def test_a_wrong_command_exits_2_and_says_how_to_call(arguments, capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: python -m bot" in capsys.readouterr().err


def test_a_missing_file_is_named(capsys) -> None:
    assert main(["evaluate", "nowhere.jsonl"]) == 1
    assert "nowhere.jsonl: cannot be read" in capsys.readouterr().err


def test_the_commands_work_from_a_shell_with_the_network_off(index) -> None:
    lines = b'{"id": "1", "question": "What is Kymriah?"}\n\xff\xfe\n{"id": "2", "question": "\\ud800"}\n'
    offline = (
        ["unshare", "--net"]
        if subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode == 0
        else []
    )
    done = subprocess.run(
        [*offline, sys.executable, "-m", "bot", "batch"], input=lines, capture_output=True, check=True
    )
    records = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    assert [record["id"] for record in records] == ["1", None, "2"]
    check(index.documents, records[0])
