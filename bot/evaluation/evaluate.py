"""python -m bot evaluate FILE: how good the answers to labelled questions are."""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.ask import answer_from
from bot.evaluation import metrics
from bot.evaluation.cross_validation import findings_left_out
from bot.evaluation.metrics import Row
from corpus.questions import read_question_file
from index import build


def evaluate(
    file: Path, report: Path | None = None, *, misses: int = 20, folds: int = 5, withhold: bool = False
) -> int:
    found = judged(file, folds, withhold=withhold)
    lines = [f"{len(found)} questions of {file.name}", *_table(found), "", *by_kind(found)]
    firm = [row for row in found if not row.example.boundary]
    if len(firm) < len(found):
        lines += ["", f"without the {len(found) - len(firm)} that could be labelled otherwise", *_table(firm)]
    lines += ["", f"the {misses} worst misses", *worst(found, misses)]
    print("\n".join(lines))
    if report:
        report.mkdir(parents=True, exist_ok=True)
        (report / "figures.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (report / "figures.json").write_text(json.dumps(metrics.compute(found), indent=1) + "\n", encoding="utf-8")
        metrics.plot_reliability(found, report / "reliability.svg")
        metrics.plot_risk_coverage(found, report / "risk-coverage.svg")
    return 0


def judged(file: Path, folds: int = 5, *, withhold: bool = False) -> list[Row]:
    """Each question of `file` with its answer, by an index that did not learn from it.

    A file that is not named after a document is read as questions about the first one.
    """
    documents, _, _ = build.read(build.CORPUS)
    document = next((d for d in documents if d.name.rpartition(".")[0] == file.stem), documents[0])
    examples = read_question_file(file, document)
    found = findings_left_out(examples, folds, withhold=withhold)
    answers = [answer_from(findings, example.question) for example, findings in zip(examples, found, strict=True)]
    return metrics.rows(examples, answers)


def _table(found: Sequence[Row]) -> list[str]:
    values, spread = metrics.compute(found), metrics.intervals(found)
    return [
        f"  {name:26s} {value:.3f}  ({spread[name][0]:.3f} to {spread[name][1]:.3f})"
        for name, value in values.items()
        if not np.isnan(value) and name in spread
    ]


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
