"""The figures, worked out by hand on a handful of answers."""

import pytest

from bot.answer import Answer, Outcome, Quotation
from bot.evaluation.cross_validation import key, shuffled
from bot.evaluation.evaluate import promised
from bot.evaluation.metrics import Row, calibration_error, compute, exact_interval, highlight_f1, is_hit, reliability
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
    assert found["false_answer"] == 1 / 2  # of two: the emergency that got its hand-off is judged by that alone
    assert found["partial_as_answer"] == 1 / 2
    assert found["partial_gold_related"] == 1 / 2
    assert found["urgent_recall"] == 1
    assert found["urgent_false_alarm"] == 1 / 8
    assert found["auroc"] == pytest.approx((2 + 2 + 1 + 1) / 8)
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


def test_an_exact_interval_by_hand() -> None:
    # None of 10: 1 - .025 ** (1 / 10) = .3085; 1 of 2 leaves 1 - (1 - .025) ** .5 = .0126 to .9874.
    assert exact_interval(0, 10) == (0, pytest.approx(1 - 0.025**0.1))
    assert exact_interval(10, 10) == (pytest.approx(0.025**0.1), 1)
    assert exact_interval(1, 2) == (pytest.approx(1 - 0.975**0.5), pytest.approx(0.975**0.5))


def test_the_promise_is_judged_by_its_exact_interval() -> None:
    answered, refused = row("out", "answered", 0.9), row("out", "not_covered", 0.1)
    assert promised([refused] * 200).endswith("0 of 200, 0.0% (95% exact binomial: 0.0% to 1.8%): held here, in general"
                                              " it is shown to hold")  # fmt: skip
    assert "did not hold here, in general it is broken" in promised([answered] * 30 + [refused] * 70)
    assert "cannot be told from so few" in promised([refused] * 10)
    assert "has none to judge it by" in promised([row("answer", "answered", 0.9)])


def test_questions_are_the_same_by_their_words() -> None:
    same = [Example(text, "out") for text in ("What is it?", "what is it", "  WHAT, is it ?!", "What is it.")]
    assert len({key(example) for example in same}) == 1
    assert key(Example("what is it", "out", history=("Kymriah",))) != key(same[0])
    assert key(Example("what was it", "out")) != key(same[0])


def test_a_learning_curve_learns_from_what_is_a_documents_own_and_not_judged() -> None:
    own = [Example(f"question {n}", "out", document="d") for n in range(9)]
    kept = shuffled([*own, Example("anyone's", "out")], {key(own[3])})
    assert sorted(example.question for example in kept) == sorted(e.question for e in own if e is not own[3])
    assert kept == shuffled([*own, Example("anyone's", "out")], {key(own[3])})
