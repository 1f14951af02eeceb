"""The bars, on questions that nothing here learns from. They are wide of what was measured
(docs/measured.md), so that a failure means that something broke, not that it is Tuesday."""

from pathlib import Path

import pytest

from bot.ask import answer_from
from bot.evaluation import metrics
from bot.evaluation.cross_validation import key
from corpus.questions import QUESTIONS, question_files, read_question_file

pytestmark = pytest.mark.slow
APART = Path(__file__).parent / "questions"


@pytest.fixture(scope="module")
def judged(index):
    def judge(name: str) -> dict[str, float]:
        examples = read_question_file(APART / name, index.documents[0])
        found = (index.look_up(example.question, example.history) for example in examples)
        answers = [answer_from(findings, example.question) for example, findings in zip(examples, found, strict=True)]
        return metrics.compute(metrics.rows(examples, answers))

    return judge


def test_no_judging_question_is_learned_from() -> None:
    learned = {key(e) for path in question_files(QUESTIONS) for e in read_question_file(path)}
    judging = {key(e) for path in APART.glob("*.jsonl") for e in read_question_file(path)}
    assert not learned & judging


def test_the_right_passage_comes_first_and_the_rest_is_refused(judged) -> None:
    found = judged("held-out.jsonl")
    assert found["right_first"] >= 0.88
    assert found["right_first_at_5pc_false"] >= 0.88
    assert found["auroc"] >= 0.975
    assert found["false_answer"] <= 0.04
    assert found["answered_but_wrong"] <= 0.04
    assert found["partial_as_answer"] <= 0.20
    assert found["highlight_f1"] >= 0.80
    assert found["calibration_error"] <= 0.05


def test_danger_is_heard_and_its_look_alikes_are_not(judged) -> None:
    found = judged("held-out-urgent.jsonl")
    assert found["urgent_recall"] >= 0.95
    assert found["urgent_false_alarm"] <= 0.05


def test_what_people_search_for_elsewhere_is_not_answered(judged) -> None:
    found = judged("health-searches.jsonl")
    assert found["false_answer"] <= 0.003
    assert found["urgent_false_alarm"] <= 0.01
