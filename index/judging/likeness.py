"""A document without example questions: alike or not is all there is to go by, so go carefully."""

from dataclasses import dataclass

import numpy as np

from index.judging.calibration import Logistic
from index.retrieval.similarity import DENSE, LATE

# What tests/benchmarks/medquad.py prints: fitted on MedQuAD and on the questions about recurrent
# ALL, half and half. It stands here since a corpus without examples has nothing to fit it on.
GATE = Logistic(np.array([6.75, 2.57, 7.04]), -6.34)


@dataclass(frozen=True, slots=True)
class Judgement:
    order: np.ndarray
    scores: np.ndarray
    answers: float


def judge(table: np.ndarray) -> Judgement:
    """`table` has shape (passages, 3): the similarities of the passages that may answer."""
    scores = table[:, LATE]
    return Judgement(np.argsort(-scores, kind="stable"), scores, GATE(features(table, scores)))


def features(table: np.ndarray, scores: np.ndarray) -> np.ndarray:
    first = int(np.argmax(scores))
    ranked = -np.sort(-scores)
    lead = ranked[0] - ranked[1] if len(ranked) > 1 else 0.0
    return np.array([table[first, LATE], table[first, DENSE], lead])
