"""From scores to calibrated probabilities: logistic regressions on scores of held-out examples."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Logistic:
    """P = 1 / (1 + exp(-(weights · features + bias))); `weights` has shape (features,)."""

    weights: np.ndarray
    bias: float

    def __call__(self, features: np.ndarray) -> float:
        return float(1 / (1 + np.exp(-(features @ self.weights + self.bias))))


def fit(features: np.ndarray, right: np.ndarray) -> Logistic:
    """A gate from `features` (n, f) and what should have come out (n,), both classes present."""
    # Here, not above: only the build needs it.
    from sklearn.linear_model import LogisticRegression

    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    model = LogisticRegression(C=1.0, max_iter=2000).fit((features - mean) / scale, right)
    weights = model.coef_[0] / scale
    return Logistic(weights.astype(np.float64), float(model.intercept_[0] - weights @ mean))
