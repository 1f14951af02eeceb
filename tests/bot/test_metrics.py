"""The figures, worked out by hand on a handful of answers."""

import pytest

from bot.answer import Answer, Outcome, Quotation
from bot.evaluation.metrics import Row, calibration_error, compute, highlight_f1, is_hit, reliability
from corpus import Document, Example, Passage, Role, Span


def quoted(text: str, highlight: tuple[int, int] | None = None, start: int = 0) -> Quotation:
    """`text` as the passage that begins at `start` of a document."""
    document = Document("d", " " * start + text, "s")
    passage = Passage(document, Span(start, start + len(text)), Role.BODY, (), ())
    return Quotation(passage, (Span(*highlight),) if highlight else (), 1.0)


def row(
    label: str, outcome: str, confidence: float, *, first: bool = False, urgent: bool = False, topic: str = ""
) -> Row:
    shown = quoted("the answer", (14, 20), start=10)
    quotations = () if outcome == "not_covered" else (shown,)
    answer = Answer("q", Outcome(outcome), urgent, confidence, shown.passage.document, quotations=quotations)
    return Row(Example("q", label, ("answer",) if label == "answer" else (), topic=topic), answer, first, first)


ROWS = [
    row("answer", "answered", 0.9, first=True),
    row("answer", "answered", 0.6),
    row("answer", "related", 0.3, first=True),
    row("answer", "not_covered", 0.2),
    row("partial", "answered", 0.7),
    row("partial", "related", 0.3, first=True),
    row("out", "answered", 0.5),
    row("out", "not_covered", 0.1, urgent=True, topic="emergency"),
    row("out", "not_covered", 0.0, urgent=True),
]


def test_each_share_by_hand() -> None:
    found = compute(ROWS)
    assert found["right_first"] == 1 / 4
    assert found["answered_but_wrong"] == 1 / 4
    assert found["gold_in_related"] == 1 / 4
    assert found["refused_answerable"] == 1 / 4
    assert found["false_answer"] == pytest.approx(1 / 3)
    assert found["partial_as_answer"] == 1 / 2
    assert found["partial_gold_related"] == 1 / 2
    assert found["urgent_recall"] == 1
    assert found["urgent_false_alarm"] == 1 / 8
    assert found["auroc"] == pytest.approx((3 + 3 + 2 + 2) / 12)
    assert found["right_first_at_5pc_false"] == 1 / 4  # the bar is the highest out, .5


def test_calibration_by_hand() -> None:
    # Bins: .0 wrong; .1 wrong; .2 wrong; .3 and .3, one right (an answer); .5, .6, .7 wrong; .9 right.
    assert calibration_error(ROWS) == pytest.approx((0 + 0.1 + 0.2 + 2 * abs(0.3 - 0.5) + 0.5 + 0.6 + 0.7 + 0.1) / 9)
    assert sum(share for _, _, share in reliability(ROWS)) == pytest.approx(1)


def test_a_hit_holds_a_gold_quote_up_to_blanks_and_bullets() -> None:
    passage = quoted("These:\n\n  • one two\n  • three")
    assert is_hit(passage, ["one  two"])
    assert is_hit(passage, ["These:\n\n  • one two\n  • three"])
    assert not is_hit(passage, ["one three"])


def test_highlight_f1_by_hand() -> None:
    passage = quoted("one two three fou", (100, 107), start=100)
    assert highlight_f1(passage, ["one"]) == pytest.approx(2 / 3)  # marked "one two": precision 1/2, recall 1
    assert highlight_f1(passage, ["five"]) == 0
