"""What answers to labelled questions come to: the figures, their intervals, and the plots."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.answer import Answer, Outcome, Quotation
from corpus import Example

BINS = 10
RESAMPLES = 1000
Figure = tuple[float, float, float]  # a value, and the ends of its 95% interval


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled question with its answer. `first`, `any`: that passage, or some, holds a gold quote."""

    example: Example
    answer: Answer
    first: bool
    any: bool

    @property
    def answered(self) -> bool:
        return self.answer.outcome is Outcome.ANSWERED

    @property
    def handed_on(self) -> bool:
        """Whether somebody in danger got the hand-off: what is answered below it is no false answer."""
        return self.example.urgent and self.answer.urgent

    @property
    def miss(self) -> bool:
        if self.example.label == "answer":
            return not (self.answered and self.first)
        return self.answered and not self.handed_on


def rows(examples: Sequence[Example], answers: Sequence[Answer]) -> list[Row]:
    made = []
    for example, answer in zip(examples, answers, strict=True):
        hits = [is_hit(quotation, example.gold) for quotation in answer.quotations]
        made.append(Row(example, answer, bool(hits and hits[0]), any(hits)))
    return made


def is_hit(quotation: Quotation, gold: Sequence[str]) -> bool:
    shown = _plain(quotation.passage.text)
    return any(_plain(quote) in shown for quote in gold)


def _plain(text: str) -> str:
    """Up to white space and line-start bullets."""
    return " ".join(re.sub(r"(?m)^\s*[•*-]\s+", " ", text).split())


def shares(found: Sequence[Row]) -> dict[str, list[bool]]:
    """For each figure that is a share: of every question that it is about, whether it counts."""
    answer = _labelled(found, "answer")
    partial, out = _labelled(found, "partial"), refused(found)
    return {
        "right_first": [row.answered and row.first for row in answer],
        "right_shown": [row.answered and row.any for row in answer],
        "answered_but_wrong": [row.answered and not row.any for row in answer],
        "gold_in_related": [row.answer.outcome is Outcome.RELATED and row.any for row in answer],
        "refused_answerable": [row.answer.outcome is Outcome.NOT_COVERED for row in answer],
        "false_answer": [row.answered for row in out],
        "partial_as_answer": [row.answered for row in partial],
        "partial_gold_related": [row.answer.outcome is Outcome.RELATED and row.any for row in partial],
        "urgent_recall": [row.answer.urgent for row in found if row.example.urgent],
        "urgent_false_alarm": [row.answer.urgent for row in found if not row.example.urgent],
    }


def scores(found: Sequence[Row]) -> dict[str, float]:
    """The figures that are no plain share."""
    from sklearn.metrics import roc_auc_score

    answer, out = _labelled(found, "answer"), refused(found)
    both = bool(answer and out)
    return {
        "auroc": roc_auc_score(
            [1] * len(answer) + [0] * len(out), [row.answer.confidence for row in [*answer, *out]]
        ) if both else float("nan"),
        "right_first_at_3pc_false": _right_at(answer, out, 0.03) if both else float("nan"),
        "right_first_at_5pc_false": _right_at(answer, out, 0.05) if both else float("nan"),
        "highlight_f1": _mean([highlight_f1(r.answer.quotations[0], r.example.gold) for r in answer if r.first]),
        "calibration_error": calibration_error(found),
    }  # fmt: skip


def compute(found: Sequence[Row]) -> dict[str, float]:
    """Every figure; NaN where no question has the label that it is about."""
    return {name: _mean(flags) for name, flags in shares(found).items()} | scores(found)


def figures(found: Sequence[Row]) -> dict[str, Figure]:
    """Every figure that some question is about: exact intervals of shares, and of the rest 95% percentile bootstrap
    intervals (Efron and Tibshirani 1993, ch. 13)."""
    random = np.random.default_rng(0)
    drawn = [scores([found[i] for i in random.integers(len(found), size=len(found))]) for _ in range(RESAMPLES)]
    made = {name: share(flags) for name, flags in shares(found).items() if flags}
    for name, value in scores(found).items():
        if not np.isnan(value):
            low, high = np.nanpercentile([each[name] for each in drawn], [2.5, 97.5])
            made[name] = (float(value), float(low), float(high))
    return made


def share(flags: Sequence[bool]) -> Figure:
    """How many are true, with the exact interval; there must be some."""
    return (_mean(flags), *exact_interval(sum(flags), len(flags)))


def _labelled(found: Sequence[Row], label: str) -> list[Row]:
    return [row for row in found if row.example.label == label]


def refused(found: Sequence[Row]) -> list[Row]:
    """What should not be answered, less the emergencies that are judged by their hand-off alone."""
    return [row for row in _labelled(found, "out") if not row.handed_on]


def _mean(values: Sequence[float] | Sequence[bool]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _right_at(answer: Sequence[Row], out: Sequence[Row], limit: float) -> float:
    """right_first if the bar on confidence let `limit` of the out questions be answered."""
    bar = sorted((row.answer.confidence for row in out), reverse=True)[int(limit * len(out))]
    return _mean([row.first and row.answer.confidence > bar for row in answer])


def highlight_f1(quotation: Quotation, gold: Sequence[str]) -> float:
    """Best F1 over words between what is marked and a gold quote."""
    document = quotation.passage.document
    marked = Counter(word for span in quotation.highlights for word in _words(document.slice(span)))
    best = 0.0
    for quote in gold:
        wanted = Counter(_words(quote))
        common = sum((marked & wanted).values())
        if common:
            best = max(best, 2 * common / (sum(marked.values()) + sum(wanted.values())))
    return best


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def calibration_error(found: Sequence[Row]) -> float:
    """Expected calibration error over BINS equal bins (Naeini et al. 2015, AAAI, eq. 3)."""
    return sum(share * abs(said - came) for said, came, share in reliability(found))


def reliability(found: Sequence[Row]) -> list[tuple[float, float, float]]:
    """For each filled bin: mean confidence, share where the first passage answers, share of all."""
    said = np.array([row.answer.confidence for row in found])
    came = np.array([row.example.label == "answer" and row.first for row in found])
    bins = np.minimum((said * BINS).astype(int), BINS - 1)
    return [
        (float(said[bins == b].mean()), float(came[bins == b].mean()), float((bins == b).mean()))
        for b in range(BINS)
        if (bins == b).any()
    ]


def exact_interval(hits: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """Of a share, two-sided (Clopper and Pearson 1934)."""
    from scipy.stats import beta

    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, hits, of - hits + 1)) if hits else 0.0
    return low, float(beta.ppf(1 - tail, hits + 1, of - hits)) if hits < of else 1.0


def plot_reliability(found: Sequence[Row], path: Path) -> None:
    axes, save = _axes("confidence", "share where the first passage answers", "Reliability")
    points = reliability(found)
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    axes.scatter([p[0] for p in points], [p[1] for p in points], s=[20 + 400 * p[2] for p in points])
    save(path)


def plot_risk_coverage(found: Sequence[Row], path: Path) -> None:
    """Risk: the share of wrong ones among the answered, as the bar on confidence is lowered."""
    axes, save = _axes("share of all questions answered", "wrong among them", "Risk and coverage")
    ranked = sorted(found, key=lambda row: -row.answer.confidence)
    wrong = np.cumsum([not (row.example.label == "answer" and row.first) for row in ranked])
    count = np.arange(1, len(ranked) + 1)
    axes.plot(count / len(ranked), wrong / count)
    save(path)


def plot_curve(points: Sequence[tuple[int, dict[str, Figure]]], shown: Sequence[str], path: Path) -> None:
    """One line a figure over the number of example questions, on a scale that has room for none of them."""
    axes, save = _axes("example questions", "share", "Learning curve")
    for name in shown:
        at = [(size, *figures[name]) for size, figures in points if name in figures]
        [line] = axes.plot([size for size, *_ in at], [value for _, value, *_ in at], marker="o", label=name)
        axes.fill_between(
            [size for size, *_ in at], [low for *_, low, _ in at], [high for *_, high in at],
            color=line.get_color(), alpha=0.15,
        )  # fmt: skip
    axes.set_xscale("symlog", linthresh=10)
    axes.set_xlim(0, max(1, 1.1 * max(size for size, _ in points)))
    axes.legend()
    save(path)


def _axes(x: str, y: str, title: str) -> tuple[Any, Callable[[Path], None]]:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    matplotlib.rcParams["svg.hashsalt"] = "same each run"
    figure, axes = pyplot.subplots(figsize=(5, 5), layout="constrained")
    axes.set(xlabel=x, ylabel=y, title=title, xlim=(0, 1), ylim=(0, 1))

    def save(path: Path) -> None:
        figure.savefig(path, format="svg", metadata={"Date": None})
        pyplot.close(figure)

    return axes, save
