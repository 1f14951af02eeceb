"""A document without example questions: alike or not is all there is to go by, so go carefully."""

from dataclasses import dataclass

import numpy as np

from index.gate import Gate
from index.signals import LATE, LEXICAL, SENTENCE

# Fitted by tests/benchmarks/untaught.py; said again here because a corpus of one's own has no
# labelled questions to fit them on.
GATE = Gate(np.array([9.0, 7.0, 4.0, 0.5]), -12.5)


@dataclass(frozen=True, slots=True)
class Guess:
    order: np.ndarray
    scores: np.ndarray
    answers: float


def judge(table: np.ndarray) -> Guess:
    """`table` has shape (passages, 4): the signals of the passages that may answer."""
    scores = table[:, SENTENCE] + table[:, LATE]
    return Guess(np.argsort(-scores, kind="stable"), scores, GATE(features(table, scores)))


def features(table: np.ndarray, scores: np.ndarray) -> np.ndarray:
    first = int(np.argmax(scores))
    ranked = -np.sort(-scores)
    lead = ranked[0] - ranked[1] if len(ranked) > 1 else 0.0
    return np.array([table[first, LATE], table[first, SENTENCE], lead, table[first, LEXICAL]])
