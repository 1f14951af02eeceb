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


def fit(
    features: NDArray[np.floating],
    right: NDArray[np.bool_],
    strength: float = 1.0,
    prior: Logistic | None = None,
    scale: Array | None = None,
    rows: Array | None = None,
) -> Logistic:
    """The most probable weights for `features` (n, f) and what should have come out (n,), both classes present.

    Each weight, for a feature divided by its `scale`, is drawn towards that of `prior` (towards 0 without one)
    with `strength`: maximum a posteriori with a Gaussian prior (Bishop, Pattern Recognition and Machine
    Learning, 2006, 4.5.1). `rows` weigh the examples. Raises ValueError when one class is missing.
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

    found = minimize(loss, np.append(start, bias), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    weights = found[:-1] / spread
    return Logistic(weights, float(found[-1] - weights @ middle))
