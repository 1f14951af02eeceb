"""python -m index fit: learns the judge's general weights from many documents, and writes judge.json.

The documents and their questions stand in corpus/general/documents, each judged with none, with some and with
all of its other questions to remember, so that trust in memory grows with what there is to remember. The
program's own document takes no part. The same files give the same numbers.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from corpus import Document, Example, read_document
from corpus.questions import read_question_file
from corpus.vocabulary import Vocabulary
from index.judging import calibration, judge, memory
from index.judging.calibration import Array, Logistic
from index.judging.features import ANSWERING, RANKING
from index.judging.judge import WEIGHTS, Evidence, Judge, Weights
from index.judging.listener import GENERAL
from index.judging.memory import Memory, gold_passages

FOLDER = GENERAL / "documents"
PULL = 4.0  # towards 0, of the answering weights; chosen by leaving one document out
RANK_PULL = 0.5
REMEMBERS = len(RANKING) - 2  # the ranking features from here on speak of memory


@dataclass(frozen=True)
class Case:
    """One question against its document: what there is to judge by, and what would have been right."""

    document: str
    example: Example
    judge: Judge
    evidence: Evidence
    gold: "np.ndarray[tuple[int], np.dtype[np.bool_]]"


def documents(folder: Path = FOLDER) -> Iterator[tuple[Document, list[Example]]]:
    """Each document that has a question file beside it. Raises CorpusError by file and line."""
    for path in sorted([*folder.glob("*.txt"), *folder.glob("*.md")]):
        questions = path.with_suffix(".jsonl")
        if questions.exists():
            document = read_document(path, require_disclaimer=False)
            yield document, read_question_file(questions, document)


def fit(cases: Sequence[Case], pull: float = PULL) -> Weights:
    """The weights that make the gold passages first, and the two probabilities right, over all `cases`."""
    rank = _fit_ranking(cases)
    draft = Weights(rank, Logistic(np.zeros(len(ANSWERING)), 0.0), Logistic(np.zeros(len(ANSWERING)), 0.0), np.ones(1))
    rows, right, near = [], [], []
    for case in cases:
        judging = replace(case.judge, weights=draft)
        scores = judging.ranked(case.evidence)
        hit = bool(case.gold[int(np.argmax(scores))])
        rows.append(judging.read(case.evidence, scores))
        right.append(hit and case.example.label == "answer")
        near.append(hit)
    x = np.array(rows, np.float64)
    scale = x.std(axis=0) + 1e-3
    answers = calibration.fit(x, np.array(right), pull, scale=scale)
    return Weights(rank, answers, calibration.fit(x, np.array(near), pull, scale=scale), scale)


def _fit_ranking(cases: Sequence[Case]) -> Array:
    """Conditional logit over the passages of each answerable question (McFadden 1974), several of which may be gold."""
    from scipy.optimize import minimize

    from index.judging import features

    tables, golds = [], []
    for case in cases:
        if case.example.label == "answer" and case.gold.any():
            own = case.judge
            tables.append(
                features.ranking(
                    case.evidence.asked, case.evidence.table, own.lexicon, own.passages, case.evidence.memory
                ).astype(np.float64)
            )
            golds.append(case.gold)
    spread = np.concatenate(tables).std(axis=0) + 1e-3
    tables = [table / spread for table in tables]

    def loss(weights: Array) -> tuple[float, Array]:
        value, slope = RANK_PULL * float(weights @ weights), 2 * RANK_PULL * weights
        for table, gold in zip(tables, golds, strict=True):
            scores = table @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            right = chances * gold
            total = right.sum() + 1e-12
            value -= np.log(total)
            slope = slope - table.T @ (right / total - chances)
        return value, slope

    found = minimize(loss, np.zeros(tables[0].shape[1]), jac=True, method="L-BFGS-B").x
    return np.asarray(found / spread, np.float64)


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


__all__ = ["Case", "Judge", "Memory", "Vocabulary", "documents", "fit", "gold_passages", "judge", "memory", "write"]
