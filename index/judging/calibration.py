"""From features to calibrated probabilities: logistic regressions, each a line of numbers that can be read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Logistic:
    """P = 1 / (1 + exp(-(weights · features + bias))); `weights` has shape (features,)."""

    weights: Array
    bias: float

    def __call__(self, features: NDArray[np.floating]) -> float:
        return float(1 / (1 + np.exp(-np.clip(features @ self.weights + self.bias, -30, 30))))

    def row(self) -> Array:
        """Weights and bias in one line, as they are stored."""
        return np.append(self.weights, self.bias)

    @classmethod
    def of(cls, row: Sequence[float] | Array) -> "Logistic":
        return cls(np.asarray(row[:-1], np.float64), float(row[-1]))


def fit_ranking(
    tables: Sequence[Array],
    golds: Sequence[NDArray[np.bool_]],
    strength: float,
    prior: Array | None = None,
    signs: Sequence[int] | None = None,
    rows: Array | None = None,
) -> Array:
    """Weights (features,) that put a gold row of each table first; `tables[i]` has shape (passages, features) and
    `golds[i]` says which of its rows are gold, several of which may be.

    Conditional logit (McFadden 1974), drawn towards `prior` (towards 0 without one) with `strength`. `signs`
    and `rows`: as in `fit`, a row for each table.
    """
    from scipy.optimize import minimize  # only the build needs it

    spread = np.concatenate(tables).std(axis=0) + 1e-3
    scaled = [table / spread for table in tables]
    start = np.zeros(len(spread)) if prior is None else prior * spread
    share = np.ones(len(tables)) if rows is None else rows

    def loss(weights: Array) -> tuple[float, Array]:
        pull = weights - start
        value, slope = 0.5 * strength * float(pull @ pull), strength * pull
        for table, gold, weight in zip(scaled, golds, share, strict=True):
            scores = table @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            right = chances * gold
            total = right.sum() + 1e-12
            value -= weight * np.log(total)
            slope = slope - weight * (table.T @ (right / total - chances))
        return value, slope

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=_bounds(signs, len(start))).x
    return np.asarray(found / spread, np.float64)


def fit(
    features: NDArray[np.floating],
    right: NDArray[np.bool_],
    strength: float = 1.0,
    prior: Logistic | None = None,
    scale: Array | None = None,
    rows: Array | None = None,
    signs: Sequence[int] | None = None,
) -> Logistic:
    """The most probable weights for `features` (n, f) and what should have come out (n,), both classes present.

    Each weight, for a feature divided by its `scale`, is drawn towards that of `prior` (towards 0 without one)
    with `strength`: maximum a posteriori with a Gaussian prior (Bishop, Pattern Recognition and Machine
    Learning, 2006, 4.5.1). `rows` weigh the examples. `signs` (f,): 1 for a weight that may not be negative,
    -1 for one that may not be positive, 0 for a free one: what speaks for an answer never speaks against it.
    Raises ValueError when one class is missing.
    """
    from scipy.optimize import minimize  # only the build needs it

    if right.all() or not right.any():
        raise ValueError(f"{len(right)} examples, all of one class; expected both")
    spread = features.std(axis=0) + 1e-6 if scale is None else scale
    middle = features.mean(axis=0)
    x = (features - middle) / spread
    sign = np.where(right, 1.0, -1.0)
    weight = np.ones(len(x)) if rows is None else rows
    start = np.zeros(x.shape[1]) if prior is None else prior.weights * spread
    bias = 0.0 if prior is None else prior.bias + float(prior.weights @ middle)

    def loss(v: Array) -> tuple[float, Array]:
        margin = sign * (x @ v[:-1] + v[-1])
        pull = v[:-1] - start
        slope = -weight * sign / (1 + np.exp(np.clip(margin, -30, 30)))
        value = float((weight * np.logaddexp(0, -margin)).sum() + 0.5 * strength * pull @ pull)
        return value, np.append(x.T @ slope + strength * pull, slope.sum())

    bounds = [*_bounds(signs, len(start)), (None, None)]
    found = minimize(
        loss, np.append(start, bias), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}
    ).x
    weights = found[:-1] / spread
    return Logistic(weights, float(found[-1] - weights @ middle))


def _bounds(signs: Sequence[int] | None, size: int) -> list[tuple[float | None, float | None]]:
    return [(0.0 if sign > 0 else None, 0.0 if sign < 0 else None) for sign in signs or [0] * size]
