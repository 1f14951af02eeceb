"""What is decided on given findings: the outcome, what is shown of each ask, and what is said. No index is needed."""

from dataclasses import replace

import pytest

from bot.answer import Outcome
from bot.ask import answer_from, decide
from bot.decisions import BARS, Bars
from corpus import Document, Passage, Role, read_documents
from index.judging.listener import Heard
from index.reading.reader import Message, ReadAsk
from index.search import QUIET, Findings, Hit, JudgedAsk
from tests.bot.test_ask import check


@pytest.fixture(scope="module")
def document() -> Document:
    return read_documents()[0]


@pytest.fixture(scope="module")
def passages(document) -> list[Passage]:
    return [passage for passage in document.passages if passage.role is not Role.LINK_STUB]


def findings(document, *judged: JudgedAsk, text: str = "what", heard: Heard = QUIET) -> Findings:
    return Findings(Message(text, asks=tuple(one.ask for one in judged)), document, heard, judged)


def judged(document, *scored, answers=0.9, near=0.9, topic="", text="what is it", **read) -> JudgedAsk:
    hits = tuple(Hit(passage, score, passage.units[:1]) for passage, score in scored)
    asked = ReadAsk(text, (text,), **read)
    return JudgedAsk(asked, document, hits, answers, near, bar=0.7, topic=topic)


def test_every_passage_can_be_shown_and_stays_the_documents(document, passages) -> None:
    for passage in passages:
        answer = answer_from(findings(document, judged(document, (passage, 1.0))), "x")
        assert answer.outcome is Outcome.ANSWERED
        check([document], answer.record())


def test_the_bar_decides_and_a_name_that_is_not_known_is_never_answered(document, passages) -> None:
    passage = passages[0]
    at = {answers: decide(judged(document, (passage, 1.0), answers=answers, near=0.5)) for answers in (0.69, 0.7, 1.0)}
    assert decide(judged(document, (passage, 1.0), answers=0.1, near=BARS.related)) is Outcome.RELATED
    assert decide(judged(document, (passage, 1.0), answers=0.1, near=0.5), Bars(related=0.6)) is Outcome.NOT_COVERED
    assert at == {0.69: Outcome.RELATED, 0.7: Outcome.ANSWERED, 1.0: Outcome.ANSWERED}
    assert decide(judged(document, (passage, 1.0), answers=0.1, near=0.1)) is Outcome.NOT_COVERED
    assert decide(judged(document, answers=1.0, near=1.0)) is Outcome.NOT_COVERED  # nothing to show
    for read in ({"unknown": ("x",)}, {"ambiguous": (("x", ("y", "z")),)}):
        assert decide(judged(document, (passage, 1.0), answers=1.0, **read)) is not Outcome.ANSWERED


def test_another_document_that_could_answer_is_named_once_and_only_beside_an_answer(document, passages) -> None:
    title = "Stem cell transplants"
    other = replace(document, about=document.about.model_copy(update={"title": title}))
    hit = (passages[0], 1.0)
    both = replace(judged(document, hit), others=(other, other, document))
    answer = answer_from(findings(document, both, both), "x")
    assert [notice.values for notice in answer.notices if notice.key == "answered.also"] == [{"titles": title}]
    assert title in answer.said()
    refused = replace(judged(document, hit, answers=0.1), others=(other,))
    assert "answered.also" not in [notice.key for notice in answer_from(findings(document, refused), "x").notices]


def test_no_more_than_three_passages_are_shown_each_once_and_weak_ones_are_left_out(document, passages) -> None:
    strong = judged(document, *((passage, 1.0) for passage in passages[:6]))
    weak = judged(document, (passages[0], 1.0), (passages[1], 0.1))
    assert len(answer_from(findings(document, strong), "x").quotations) == 3
    assert [q.passage for q in answer_from(findings(document, weak), "x").quotations] == [passages[0]]
    twice = answer_from(findings(document, weak, weak), "x")
    assert [q.passage for q in twice.quotations] == [passages[0]]
    assert [part.quotations for part in twice.parts] == [(0,), (0,)]


def test_each_part_says_what_became_of_it(document, passages) -> None:
    passage = passages[0]
    cost = judged(document, (passage, 1.0), answers=0.1, near=0.1, topic="cost")
    name = judged(document, (passage, 1.0), answers=0.9, unknown=("vinblastine",))
    answer = answer_from(findings(document, judged(document, (passage, 1.0)), cost, name), "x")
    assert answer.outcome is Outcome.ANSWERED
    assert [part.outcome.value for part in answer.parts] == ["answered", "not_covered", "not_covered"]
    assert "vinblastine" in answer.said()
    assert [part.unknown_names for part in answer.parts] == [(), (), ("vinblastine",)]


def test_danger_is_said_first_whatever_is_answered(document, passages) -> None:
    passage = passages[0]
    loud = Heard(True, 1.0, {"fear": 0.0, "asks": 1.0})
    for one in (judged(document, (passage, 1.0)), judged(document, (passage, 1.0), answers=0.0, near=0.0)):
        answer = answer_from(findings(document, one, heard=loud), "x")
        assert answer.urgent
        assert answer.notices[0].key == "danger.handoff"


@pytest.mark.parametrize(
    ("spoken", "chosen", "language"),
    [("en", None, "en"), ("fr", None, "fr"), ("ar", None, "en"), ("en", "fr", "fr")],
)
def test_an_answer_keeps_what_was_asked_and_speaks_a_language_of_ours(document, passages, spoken, chosen, language):
    found = findings(document, judged(document, (passages[0], 1.0), answers=0.912345))
    answer = answer_from(replace(found, message=replace(found.message, language=spoken)), "x", 7, chosen)
    assert (answer.question, answer.id, answer.confidence, answer.language) == ("x", 7, 0.9123, language)
    assert answer_from(findings(document), "x").confidence == 0.0


def test_bars_that_are_given_are_used(document, passages) -> None:
    near = findings(document, judged(document, (passages[0], 1.0), answers=0.1, near=0.5))
    assert answer_from(near, "x").outcome is Outcome.RELATED
    assert answer_from(near, "x", bars=Bars(related=0.6)).outcome is Outcome.NOT_COVERED


def test_answers_are_shown_before_what_is_near_and_a_further_passage_must_be_as_good(document, passages) -> None:
    near = judged(document, (passages[0], 1.0), answers=0.1)
    more = judged(document, (passages[1], 1.0), (passages[2], BARS.more), (passages[3], BARS.more - 0.01))
    both = answer_from(findings(document, near, more), "x")
    assert [q.passage for q in both.quotations] == [passages[1], passages[2]]
    four = answer_from(findings(document, *(judged(document, (passage, 1.0)) for passage in passages[:4])), "x")
    assert [q.passage for q in four.quotations] == passages[:3]
    assert [part.quotations for part in four.parts] == [(0,), (1,), (2,), ()]
    assert four.parts[3].outcome is Outcome.NOT_COVERED
    half = judged(document, (passages[0], 0.5), (passages[1], 0.5 * BARS.more))
    assert len(answer_from(findings(document, half), "x").quotations) == 2


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ({"topic": "cost"}, True),
        ({"topic": "cost", "text": "It was long"}, False),  # it only looks like an ask
        ({"topic": "other_health"}, False),  # a topic without words
        ({"text": "It was long", "unknown": ("vinblastine",)}, True),
    ],
)
def test_beside_an_answer_a_refusal_is_said_only_when_it_has_something_to_name(document, passages, read, said) -> None:
    refused = judged(document, (passages[1], 1.0), answers=0.1, near=0.1, **read)
    answer = answer_from(findings(document, judged(document, (passages[0], 1.0)), refused), "x")
    assert len(answer.parts) == 1 + said
    assert len(answer_from(findings(document, refused), "x").parts) == 1  # alone it is said in any case


STRONG, FAINT = BARS.feeling, BARS.feeling - 0.01


@pytest.mark.parametrize(
    ("feelings", "ask", "keys"),
    [
        ({"fear": STRONG}, None, ["feelings.fear", "hand_on.helpline"]),
        ({"thanks": 0.2, "fear": 0.3}, None, ["feelings.fear", "hand_on.helpline"]),
        ({"ok": 0.2, "thanks": 0.3}, None, ["feelings.thanks"]),  # nobody is handed on for thanks
        ({"fear": FAINT}, None, ["feelings.told", "hand_on.helpline"]),
        ({"fear": 0.4, "asks": 0.5}, None, ["feelings.told", "hand_on.helpline"]),
        ({"fear": FAINT}, {"answers": 0.1, "near": 0.1}, ["not_covered.notice", "hand_on.helpline"]),
        ({}, None, ["feelings.told", "hand_on.helpline"]),
        ({"fear": 0.5, "asks": 0.5}, None, ["feelings.fear", "hand_on.helpline"]),
        ({"fear": 0.9}, {"answers": 0.9}, []),  # a question is answered
        ({"fear": 0.9}, {"answers": 0.9, "text": "It was long"}, ["feelings.fear", "hand_on.helpline"]),
        ({"fear": 0.9}, {"answers": 0.1}, ["feelings.fear", "hand_on.helpline"]),
        ({"fear": FAINT}, {"answers": 0.1, "topic": "small_talk"}, ["feelings.hello"]),
        ({"fear": FAINT}, {"answers": 0.1, "topic": "attack"}, ["feelings.attack"]),
        ({"fear": FAINT}, {"answers": 0.9, "topic": "attack", "text": "It was long"}, []),
        ({}, {"answers": 0.9}, []),
    ],
)
def test_a_feeling_is_answered_where_no_question_is(document, passages, feelings, ask, keys) -> None:
    asks = [judged(document, (passages[0], 1.0), **ask)] if ask else []
    answer = answer_from(findings(document, *asks, heard=Heard(False, 0.0, feelings)), "x")
    assert [notice.key for notice in answer.notices] == keys


def test_in_danger_no_feeling_is_talked_about(document) -> None:
    answer = answer_from(findings(document, heard=Heard(True, 1.0, {"fear": 0.9})), "x")
    assert [notice.key for notice in answer.notices] == ["danger.handoff"]


def test_the_document_that_answers_stands_below_and_not_the_nearest(document, passages) -> None:
    found = findings(document, judged(document, (passages[0], 1.0)))
    assert answer_from(replace(found, document=replace(document, name="other.txt")), "x").document is document


def test_two_topics_are_no_small_talk(document, passages) -> None:
    asks = [judged(document, (passages[0], 1.0), near=0.1, answers=0.1, topic=t) for t in ("small_talk", "cost")]
    answer = answer_from(findings(document, *asks, heard=Heard(False, 0.0, {"fear": FAINT})), "x")
    assert not [notice for notice in answer.notices if notice.key.startswith("feelings")]


REFUSED = {"answers": 0.1, "near": 0.1}


@pytest.mark.parametrize(
    ("message", "asks", "said"),
    [
        ({"text": "?!"}, [], [("message.no_question", {})]),
        ({"unread": 5}, [{}], [("message.too_long", {"limit": "20,000"})]),
        ({"language": "ar"}, [{}], [("other_languages", {"language": "ar"}), ("hand_on.helpline", {})]),
        ({"repairs": (("a", "b"), ("c", "d"), ("e", "b"))}, [{}], [("names.searched_for", {"words": "b, d"})]),
        ({}, [REFUSED], [("not_covered.notice", {}), ("hand_on.helpline", {})]),
        ({}, [REFUSED | {"topic": "cost"}], [("not_covered.topic", {"topic": "cost"}), ("hand_on.helpline", {})]),
        ({}, [{"answers": 0.1}], [("related.notice", {})]),
        ({}, [{"unknown": ("x", "y")}], [("names.unknown", {"names": "x, y"}), ("related.notice", {})]),
        (
            {},
            [{"ambiguous": (("x", ("y", "z")), ("x", ("z",)))}],
            [("names.which", {"names": "y, z"}), ("related.notice", {})],
        ),
        (
            {},
            [REFUSED, REFUSED | {"text": "and it?"}],
            [
                ("not_covered.part", {"words": "what is it"}),
                ("not_covered.part", {"words": "and it?"}),
                ("hand_on.helpline", {}),
            ],
        ),
    ],
)
def test_what_is_said_of_it(document, passages, message, asks, said) -> None:
    found = findings(document, *(judged(document, (passages[0], 1.0), **ask) for ask in asks))
    found = replace(found, message=replace(found.message, **message))
    assert [(notice.key, notice.values) for notice in answer_from(found, "x").notices] == said
    urgent = replace(found, heard=Heard(True, 1.0, {}))
    keys = [notice.key for notice in answer_from(urgent, "x").notices]
    assert keys[0] == "danger.handoff"
    assert not {"names.searched_for", "feelings.fear"} & set(keys)


def test_where_a_document_names_no_line_to_call_the_team_is_named(document) -> None:
    blocks = tuple(block for block in document.blocks if block.role is not Role.CONTACT)
    answer = answer_from(findings(replace(document, blocks=blocks)), "x")
    assert [notice.key for notice in answer.notices] == ["feelings.told", "hand_on.team"]
