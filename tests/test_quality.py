"""The bars, on questions that nothing here learns from. They are wide of what was measured
(docs/measured.md), so that a failure means that something broke, not that it is Tuesday."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.ask import answer_from
from bot.evaluation import metrics, statements
from bot.evaluation.cross_validation import key
from bot.evaluation.evaluate import read
from bot.evaluation.metrics import Row
from corpus.questions import QUESTIONS, question_files, read_question_file
from index.judging.listener import read_lessons
from index.judging.promise import PROMISE
from index.reading.text import words
from index.search import Index

pytestmark = pytest.mark.slow
QUESTIONS_APART = Path(__file__).parent / "questions"
APART = QUESTIONS_APART / "apart"
SETS = ("stories", "two_part", "chain", "speech", "premise", "foreign_company", "names")
STATEMENTS = (
    *("danger.jsonl", "danger_fresh.jsonl", "danger_third.jsonl", "danger_fourth.jsonl", "danger_fifth.jsonl"),
    "feelings.jsonl",
)
Judged = Callable[[str], list[Row]]


@pytest.fixture(scope="module")
def judged(index: Index) -> Judged:
    def judge(name: str) -> list[Row]:
        examples = read(next(QUESTIONS_APART.rglob(name)))
        found = (index.look_up(example.question, example.history) for example in examples)
        answers = [answer_from(findings, example.question) for example, findings in zip(examples, found, strict=True)]
        return metrics.rows(examples, answers)

    return judge


def test_no_judging_question_is_learned_from() -> None:
    learned = {key(e) for path in question_files(QUESTIONS) for e in read_question_file(path)}
    files = [path for path in QUESTIONS_APART.rglob("*.jsonl") if path.name not in STATEMENTS]
    judging = {key(e) for path in files for e in read(path)}
    assert not learned & judging
    messages = {tuple(words(message.text)) for message in read_lessons()}
    said = {tuple(words(one.text)) for name in STATEMENTS for one in statements.read(APART / name)}
    assert not messages & (said | {one[-1] for one in judging})


def test_the_right_passage_comes_first_and_the_rest_is_refused(judged: Judged) -> None:
    found = metrics.compute(judged("held-out.jsonl"))
    assert found["right_first"] >= 0.88
    assert found["right_first_at_5pc_false"] >= 0.88
    assert found["auroc"] >= 0.975
    assert found["false_answer"] <= PROMISE.false_answers
    assert found["answered_but_wrong"] <= 0.04
    assert found["partial_as_answer"] <= 0.20
    assert found["highlight_f1"] >= 0.80
    assert found["calibration_error"] <= 0.05


def test_danger_is_heard_and_its_look_alikes_are_not(judged: Judged) -> None:
    found = metrics.compute(judged("held-out-urgent.jsonl"))
    assert found["urgent_recall"] >= 0.95
    assert found["urgent_false_alarm"] <= 0.05


def test_what_people_search_for_elsewhere_is_not_answered(judged: Judged) -> None:
    found = metrics.compute(judged("health-searches.jsonl"))
    assert found["false_answer"] <= 0.003
    assert found["urgent_false_alarm"] <= 0.01


@pytest.mark.parametrize("name", SETS)
def test_the_promise_is_not_shown_to_be_broken_by_unusual_messages(judged: Judged, name: str) -> None:
    """These sets are small and hard: what is asserted is that their exact interval reaches the promise."""
    out = [row for row in judged(f"{name}.jsonl") if row.example.label == "out" and not row.example.urgent]
    low, _ = metrics.exact_interval(sum(row.answered for row in out), len(out))
    assert low <= PROMISE.false_answers, [row.example.question[:80] for row in out if row.answered]


def test_danger_is_heard_in_every_group_and_calm_messages_do_not_ring(index: Index) -> None:
    said = statements.read(APART / "danger.jsonl")
    found = statements.figures(said, [index.look_up(one.text).heard.urgent for one in said])
    assert found["urgent_recall"][0] >= 0.85
    assert found["urgent_false_alarm"][0] <= 0.15
    assert all(share > 0 for name, (share, *_) in found.items() if name.startswith("urgent_recall"))


def test_feelings_do_not_ring(index: Index) -> None:
    said = statements.read(APART / "feelings.jsonl")
    rung = [one.text for one in said if index.look_up(one.text).heard.urgent]
    assert len(rung) / len(said) <= 0.10, rung
