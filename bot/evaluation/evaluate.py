"""python -m bot evaluate FILE: how good the answers to labelled questions are, or what rings in a set of statements."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.ask import answer_from
from bot.evaluation import metrics, statements
from bot.evaluation.cross_validation import findings_left_out, learning_curve, progress
from bot.evaluation.metrics import Figure, Row
from corpus import CorpusError, Example
from corpus.questions import IGNORED, read_lines, read_question_file
from index import build
from index.judging.promise import PROMISE
from index.search import Findings

JUDGING = {"parts", "answered", "position", "lang", "term", "register", "danger"}  # what a judged set also says
CURVE = ("right_first", "right_first_at_5pc_false", "false_answer", "answered_but_wrong", "auroc")


def evaluate(
    file: Path,
    report: Path | None = None,
    *,
    misses: int = 20,
    folds: int = 5,
    withhold: bool = False,
    curve: Path | None = None,
) -> int:
    """Prints the figures, and writes them, with the plots, to the folder `report`. With `curve`, only the learning
    curve is measured, and its plot is written there."""
    if any(read_lines(file, statements.is_statement)):
        figures, lines = _rings(file, misses)
    elif curve:
        figures, lines = _curve(file, curve)
    else:
        examples, learned = read(file), build.read(build.CORPUS)[1]
        findings = findings_left_out(examples, build.load(), learned, folds, withhold=withhold)
        found = _rows(examples, findings)
        figures, lines = _answers(file, found, misses)
        if report:
            report.mkdir(parents=True, exist_ok=True)
            metrics.plot_reliability(found, report / "reliability.svg")
            metrics.plot_risk_coverage(found, report / "risk-coverage.svg")
    print("\n".join(lines))
    if report:
        report.mkdir(parents=True, exist_ok=True)
        (report / "figures.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (report / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def read(file: Path) -> list[Example]:
    """A judged set may say more of its questions than an example does. A file that is not named after a document is
    read as questions about the first one. Raises CorpusError, by file and line."""
    documents, _, _ = build.read(build.CORPUS)
    document = next((d for d in documents if d.stem == file.stem), documents[0])
    examples = read_question_file(file, document, IGNORED | JUDGING)
    if not examples:
        raise CorpusError("is empty; expected a question a line", file)
    return examples


def _rows(examples: Sequence[Example], found: Sequence[Findings]) -> list[Row]:
    answers = [answer_from(findings, example.question) for example, findings in zip(examples, found, strict=True)]
    return metrics.rows(examples, answers)


def _answers(file: Path, found: Sequence[Row], misses: int) -> tuple[dict[str, Figure], list[str]]:
    figures = metrics.figures(found)
    lines = [f"{len(found)} questions of {file.name}", *_table(figures), "", promised(found), "", *by_kind(found)]
    firm = [row for row in found if not row.example.boundary]
    if firm and len(firm) < len(found):
        left = len(found) - len(firm)
        lines += ["", f"without the {left} that could be labelled otherwise", *_table(metrics.figures(firm))]
    return figures, [*lines, "", f"the {misses} worst misses", *worst(found, misses)]


def _rings(file: Path, misses: int) -> tuple[dict[str, Figure], list[str]]:
    said = statements.read(file)
    index = build.load()
    rang = [index.look_up(statement.text).heard.urgent for statement in progress(said, "Listening")]
    figures = statements.figures(said, rang)
    wrong = [statement for statement, rung in zip(said, rang, strict=True) if rung != statement.danger]
    shown = [f"  {'danger' if one.danger else 'calm':8s} {one.group:20s} {one.text[:100]!r}" for one in wrong[:misses]]
    head = f"{len(said)} statements of {file.name}"
    return figures, [head, *_table(figures), "", f"{len(wrong)} misses, of which", *shown]


def _curve(file: Path, plot: Path) -> tuple[dict[str, Figure], list[str]]:
    examples, learned = read(file), build.read(build.CORPUS)[1]
    points = []
    for size, findings in learning_curve(examples, build.load(), learned):
        points.append((size, metrics.figures(_rows(examples, findings))))
    plot.parent.mkdir(parents=True, exist_ok=True)
    metrics.plot_curve(points, CURVE[:3], plot)
    figures = {f"{name}, {size} examples": at[name] for name in CURVE for size, at in points if name in at}
    head = f"learning curve on {len(examples)} questions of {file.name}"
    return figures, [head, *_table(figures)]


def _table(figures: Mapping[str, Figure]) -> list[str]:
    """Every figure that some question is about, with its 95% interval."""
    width = max(map(len, figures), default=0)
    return [f"  {name:{width}s} {value:.3f}  ({low:.3f} to {high:.3f})" for name, (value, low, high) in figures.items()]


def promised(found: Sequence[Row]) -> str:
    """Whether at most the promised share of what a document does not answer was answered."""
    out = metrics.refused(found)
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
