"""What is decided on given findings: the outcome, what is shown of each ask, and what is said. No index is needed."""

import pytest

from bot.answer import Outcome
from bot.ask import answer_from, decide
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


def judged(document, *scored, answers: float = 0.9, near: float = 0.9, topic: str = "", **read) -> JudgedAsk:
    hits = tuple(Hit(passage, score, passage.units[:1]) for passage, score in scored)
    asked = ReadAsk("what is it", ("what is it",), **read)
    return JudgedAsk(asked, document, hits, answers, near, bar=0.7, topic=topic)


def test_every_passage_can_be_shown_and_stays_the_documents(document, passages) -> None:
    for passage in passages:
        answer = answer_from(findings(document, judged(document, (passage, 1.0))), "x")
        assert answer.outcome is Outcome.ANSWERED
        check([document], answer.record())


def test_the_bar_decides_and_a_name_that_is_not_known_is_never_answered(document, passages) -> None:
    passage = passages[0]
    at = {answers: decide(judged(document, (passage, 1.0), answers=answers, near=0.5)) for answers in (0.69, 0.7, 1.0)}
    assert at == {0.69: Outcome.RELATED, 0.7: Outcome.ANSWERED, 1.0: Outcome.ANSWERED}
    assert decide(judged(document, (passage, 1.0), answers=0.1, near=0.1)) is Outcome.NOT_COVERED
    assert decide(judged(document, answers=1.0, near=1.0)) is Outcome.NOT_COVERED  # nothing to show
    for read in ({"unknown": ("x",)}, {"ambiguous": (("x", ("y", "z")),)}):
        assert decide(judged(document, (passage, 1.0), answers=1.0, **read)) is not Outcome.ANSWERED


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
