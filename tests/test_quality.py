"""The bars, on questions that nothing here learns from. They are wide of what was measured
(docs/measured.md), so that a failure means that something broke, not that it is Tuesday."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.ask import answer_from
from bot.evaluation import metrics
from bot.evaluation.cross_validation import key
from bot.evaluation.metrics import Row
from corpus import Example
from corpus.questions import FIELDS, QUESTIONS, question_files, read_question_file
from index.judging.listener import read_lessons
from index.judging.promise import PROMISE
from index.reading.text import words
from index.search import Index

pytestmark = pytest.mark.slow
QUESTIONS_APART = Path(__file__).parent / "questions"
APART = QUESTIONS_APART / "apart"
SETS = ("stories", "two_part", "chain", "speech", "premise", "foreign_company")
Judged = Callable[[str], list[Row]]


def lines(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (APART / name).read_text(encoding="utf-8").splitlines()]


def examples_of(name: str, folder: Path) -> list[Example]:
    """The questions of a set; what else its lines hold (parts, terms) is for those who wrote it."""
    kept = [{k: v for k, v in row.items() if k in FIELDS} for row in lines(name)]
    for row in kept:
        if row["label"] == "out" and row.get("gold"):  # an emergency beside a question that the document does answer
            row["label"] = "answer"
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")
    return read_question_file(path)


@pytest.fixture(scope="module")
def judged(index: Index, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    def judge(name: str) -> list[Row]:
        if (APART / name).exists():
            examples = examples_of(name, tmp_path_factory.mktemp("apart"))
        else:
            examples = read_question_file(QUESTIONS_APART / name, index.documents[0])
        found = (index.look_up(example.question, example.history) for example in examples)
        answers = [answer_from(findings, example.question) for example, findings in zip(examples, found, strict=True)]
        return metrics.rows(examples, answers)

    return judge


def test_no_judging_question_is_learned_from(tmp_path: Path) -> None:
    learned = {key(e) for path in question_files(QUESTIONS) for e in read_question_file(path)}
    judging = {key(e) for path in QUESTIONS_APART.glob("*.jsonl") for e in read_question_file(path)}
    judging |= {key(e) for name in SETS for e in examples_of(f"{name}.jsonl", tmp_path)}
    assert not learned & judging
    lessons = {tuple(words(lesson.text)) for lesson in read_lessons()}
    asked = {tuple(words(row["text"])) for name in ("danger.jsonl", "feelings.jsonl") for row in lines(name)}
    assert not lessons & (asked | {one[-1] for one in judging})


def test_every_quote_of_a_judging_question_stands_in_the_document(index: Index, tmp_path: Path) -> None:
    text = index.documents[0].text
    assert [q for name in SETS for e in examples_of(f"{name}.jsonl", tmp_path) for q in e.gold if q not in text] == []


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
    rung = [(row, index.look_up(row["text"]).heard.urgent) for row in lines("danger.jsonl")]
    danger = [(row["group"], rings) for row, rings in rung if row["danger"]]
    calm = [rings for row, rings in rung if not row["danger"]]
    assert sum(rings for _, rings in danger) / len(danger) >= 0.85
    assert sum(calm) / len(calm) <= 0.15
    groups = {group for group, _ in danger}
    assert all(any(rings for one, rings in danger if one == group) for group in groups)


def test_feelings_do_not_ring(index: Index) -> None:
    rung = [row["text"] for row in lines("feelings.jsonl") if index.look_up(row["text"]).heard.urgent]
    assert len(rung) / len(lines("feelings.jsonl")) <= 0.10, rung
