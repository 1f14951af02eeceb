"""python -m bot evaluate FILE: how good the answers to labelled questions are."""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.ask import answer_from
from bot.evaluation import metrics
from bot.evaluation.cross_validation import findings_left_out, learning_curve
from bot.evaluation.metrics import Row
from corpus import Example
from corpus.questions import read_question_file
from index import build
from index.judging.promise import PROMISE
from index.search import Findings

CURVE = ("right_first", "false_answer", "answered_but_wrong", "auroc", "calibration_error")  # its columns


def evaluate(
    file: Path,
    report: Path | None = None,
    *,
    misses: int = 20,
    folds: int = 5,
    withhold: bool = False,
    curve: bool = False,
) -> int:
    examples = examples_of(file)
    found = _rows(examples, findings_left_out(examples, folds, withhold=withhold))
    lines = [f"{len(found)} questions of {file.name}", *_table(found), "", promised(found), "", *by_kind(found)]
    firm = [row for row in found if not row.example.boundary]
    if firm and len(firm) < len(found):
        lines += ["", f"without the {len(found) - len(firm)} that could be labelled otherwise", *_table(firm)]
    lines += ["", f"the {misses} worst misses", *worst(found, misses)]
    points = []
    if curve:
        judged_at = learning_curve(examples)
        points = [(size, metrics.compute(_rows(examples, findings))) for size, findings in judged_at]
        lines += ["", "learning curve", *_curve(points)]
    print("\n".join(lines))
    if report:
        report.mkdir(parents=True, exist_ok=True)
        (report / "figures.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (report / "figures.json").write_text(json.dumps(metrics.compute(found), indent=1) + "\n", encoding="utf-8")
        metrics.plot_reliability(found, report / "reliability.svg")
        metrics.plot_risk_coverage(found, report / "risk-coverage.svg")
        if points:
            metrics.plot_curve(points, CURVE[:3], report / "curve.svg")
    return 0


def examples_of(file: Path) -> list[Example]:
    """A file that is not named after a document is read as questions about the first one."""
    documents, _, _ = build.read(build.CORPUS)
    document = next((d for d in documents if d.stem == file.stem), documents[0])
    return read_question_file(file, document)


def judged(file: Path, folds: int = 5, *, withhold: bool = False) -> list[Row]:
    """Each question of `file` with its answer, by an index that did not learn from it."""
    examples = examples_of(file)
    return _rows(examples, findings_left_out(examples, folds, withhold=withhold))


def _rows(examples: Sequence[Example], found: Sequence[Findings]) -> list[Row]:
    answers = [answer_from(findings, example.question) for example, findings in zip(examples, found, strict=True)]
    return metrics.rows(examples, answers)


def _table(found: Sequence[Row]) -> list[str]:
    """Every figure; one that no question of the file is about is said to be that."""
    values, spread = metrics.compute(found), metrics.intervals(found)
    lines = []
    for name, value in values.items():
        if np.isnan(value) or name not in spread:
            lines.append(f"  {name:26s} —      (no such question)")
        else:
            lines.append(f"  {name:26s} {value:.3f}  ({spread[name][0]:.3f} to {spread[name][1]:.3f})")
    return lines


def promised(found: Sequence[Row]) -> str:
    """Whether at most the promised share of what a document does not answer was answered."""
    out = [row for row in found if row.example.label == "out"]
    most = PROMISE.false_answers
    if not out:
        return f"promise: at most {most:.1%} of unanswerable questions are answered; the file has none to judge it by"
    wrong = sum(row.answered for row in out)
    low, high = metrics.exact_interval(wrong, len(out))
    # Only a whole interval above the promise shows that it was broken, and one below it that it was kept.
    said = "is shown to hold" if high <= most else "is broken" if low > most else "cannot be told from so few"
    held = "held" if wrong / len(out) <= most else "did not hold"
    return (
        f"promise: at most {most:.1%} of unanswerable questions are answered; here {wrong} of {len(out)},"
        f" {wrong / len(out):.1%} (95% exact binomial: {low:.1%} to {high:.1%}): {held} here, in general it {said}"
    )


def _curve(points: Sequence[tuple[int, dict[str, float]]]) -> list[str]:
    head = "  examples  " + "  ".join(f"{name:>18s}" for name in CURVE)
    return [head, *(f"  {size:8d}  " + "  ".join(f"{at[name]:18.3f}" for name in CURVE) for size, at in points)]


def by_kind(found: Sequence[Row]) -> list[str]:
    """For every label and register: how many came out as they should."""
    kinds: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row in found:
        kinds[row.example.label, row.example.kind].append(not row.miss)
    return [f"  {label:8s} {kind:20s} {sum(good)}/{len(good)}" for (label, kind), good in sorted(kinds.items())]


def worst(found: Sequence[Row], count: int) -> list[str]:
    """Misses, the surest first: false answers by confidence, refusals by lack of it."""
    wrong = [row for row in found if row.miss]
    wrong.sort(key=lambda row: -row.answer.confidence if row.answered else row.answer.confidence - 1)
    return [
        f"  {row.example.label:8s} {row.answer.outcome:12s} {row.answer.confidence:.2f} "
        f"{' / '.join([*row.example.history, row.example.question])[:100]!r}"
        f" -> {row.answer.quotations[0].passage.text[:60] if row.answer.quotations else ''!r}"
        for row in wrong[:count]
    ]
