"""How the judge's general weights are learned, from cases of many documents (`index.fit` gathers them)."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus import Example
from index.judging import calibration
from index.judging.calibration import Array, Logistic
from index.judging.features import ANSWERING, RANK_SIGNS, RANKING, SIGNS
from index.judging.judge import WEIGHTS, Evidence, Judge, Weights

LEFT_OUT = WEIGHTS.with_name("left_out.json")  # what was seen on documents that took no part
PULL = 4.0  # towards 0, of the answering weights; chosen by leaving one document out
FOLDS = 7  # of documents, left out together
RANK_PULL = 1.0


@dataclass(frozen=True)
class Case:
    """One question against its document: what there is to judge by, and what would have been right.

    `remembering` counts the examples of the document that there were to remember.
    """

    example: Example
    judge: Judge
    evidence: Evidence
    gold: NDArray[np.bool_]
    remembering: int

    def judged(self, weights: Weights) -> tuple[bool, Array]:
        """Whether the passage that ranks first is gold, and that passage's features."""
        judging = replace(self.judge, weights=weights)
        scores = judging.ranked(self.evidence)
        return bool(self.gold[int(np.argmax(scores))]), judging.read(self.evidence, scores).astype(np.float64)


def fit(cases: Sequence[Case], pull: float = PULL) -> Weights:
    """The weights that make the gold passages first, and the two probabilities right, over all `cases`.

    A document weighs at most twice as much as the usual one, however many cases it has.
    """
    count = Counter(case.judge.document.name for case in cases)
    most = 2 * float(np.median(list(count.values())))
    share = np.array([min(1.0, most / count[case.judge.document.name]) for case in cases])
    rank = _fit_ranking(cases, share)
    draft = replace(blank(), rank=rank)
    judged = [case.judged(draft) for case in cases]
    x = np.array([row for _, row in judged])
    near = np.array([hit for hit, _ in judged])
    right = near & np.array([case.example.label == "answer" for case in cases])
    scale = x.std(axis=0) + 1e-3
    answers = calibration.fit(x, right, pull, scale=scale, rows=share, signs=SIGNS)
    return Weights(rank, answers, calibration.fit(x, near, pull, scale=scale, rows=share), scale)


def blank() -> Weights:
    """Weights that say nothing yet."""
    silent = Logistic(np.zeros(len(ANSWERING)), 0.0)
    return Weights(np.zeros(len(RANKING)), silent, silent, np.ones(len(ANSWERING)))


def left_out(
    cases: Mapping[str, Sequence[Case]], always: Sequence[Case], remembering: int = 0
) -> list[tuple[Case, float, bool]]:
    """Each case of that kind, judged by weights that its document took no part in; `always` did.

    (case, P(answers), whether the first passage is gold)
    """
    found = []
    names = sorted(cases)
    for fold in range(FOLDS):
        apart = names[fold::FOLDS]
        weights = fit([*always, *(case for name in names if name not in apart for case in cases[name])])
        for case in (case for name in apart for case in cases[name] if case.remembering == remembering):
            hit, row = case.judged(weights)
            found.append((case, weights.answers(row), hit))
    return found


def counts(found: Sequence[tuple[Case, float, bool]], bar: float) -> dict[str, tuple[int, int]]:
    """How many, of how many, of the cases left out: for all of them, and for each kind of question."""
    shares: dict[str, list[bool]] = {}
    for case, chance, hit in found:
        label, kind = case.example.label, case.example.kind
        for of in ("", f", {kind}"):
            if label == "answer":
                shares.setdefault(f"right_first_before_the_bar{of}", []).append(hit)
                shares.setdefault(f"right_first{of}", []).append(hit and chance >= bar)
            else:
                name = "false_answer" if label == "out" else "partial_as_answer"
                shares.setdefault(f"{name}{of}", []).append(chance >= bar)
    refused = np.sort([chance for case, chance, _ in found if case.example.label == "out"])
    answerable = [(chance, hit) for case, chance, hit in found if case.example.label == "answer"]
    least = refused[-int(len(refused) * 0.05) - 1]  # that share of the refused lies above it
    shares["right_first_at_5pc_false"] = [hit and chance > least for chance, hit in answerable]
    order = sorted(shares, key=lambda name: ("," in name, name))
    return {name: (int(sum(shares[name])), len(shares[name])) for name in order}


def _fit_ranking(cases: Sequence[Case], share: Array) -> Array:
    some = [i for i, case in enumerate(cases) if case.example.label == "answer" and case.gold.any()]
    tables = [cases[i].judge.ranking(cases[i].evidence).astype(np.float64) for i in some]
    return calibration.fit_ranking(tables, [cases[i].gold for i in some], RANK_PULL, rows=share[some], signs=RANK_SIGNS)


def write_left_out(counted: Mapping[str, tuple[int, int]], path: Path = LEFT_OUT) -> None:
    lines = [f"{json.dumps(name)}: {json.dumps(pair)}" for name, pair in counted.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def write(weights: Weights, bar: float, cases: int, folder: Path = WEIGHTS) -> None:
    """judge.json: one line a feature, to be read by a person as well."""

    def rounded(value: float) -> float:
        return float(f"{value:.5g}")

    stored = {
        "learned from": f"{cases} cases, by python -m index fit",
        "bar": rounded(bar),
        "ranking": {name: rounded(value) for name, value in zip(RANKING, weights.rank, strict=True)},
        "bias": {"answers": rounded(weights.answers.bias), "near": rounded(weights.near.bias)},
        "answering": {
            name: {"answers": rounded(a), "near": rounded(n), "scale": rounded(s)}
            for name, a, n, s in zip(
                ANSWERING, weights.answers.weights, weights.near.weights, weights.scale, strict=True
            )
        },
    }
    lines = json.dumps(stored, indent=1, ensure_ascii=False)
    folder.write_text(lines + "\n", encoding="utf-8")
