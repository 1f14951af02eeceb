"""Bars that are promised, not chosen: computed at build from questions that were left out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Promise:
    """Shares that are promised with `confidence`, or hold on what was left out.

    `false_answers`: of the questions that a document does not answer, at most this share is answered;
    `false_answers_without_examples` the same for a document without examples of its own, over questions that were
    made to be hard to refuse. `false_alarms`: of calm messages that were written to sound like danger, whatever
    their length, this share rings; of ordinary questions far fewer do. A danger that is not heard costs more than an
    alarm: at 7% more of the hard emergencies were missed than the tests allow.
    """

    false_answers: float = 0.03
    false_answers_without_examples: float = 0.06
    confidence: float = 0.95
    false_alarms: float = 0.085


PROMISE = Promise()


def answering_bar(refused: Sequence[float] | NDArray[np.floating], most: float, confidence: float) -> float | None:
    """The lowest bar on P(answers) at which the share of `refused` questions that pass is at most `most`, with
    `confidence`; None when there are too few of them to promise that.

    Learn-then-test (Angelopoulos and others 2021, arXiv:2110.01052): bars are tested from the strictest down, each
    against the exact binomial bound (Clopper and Pearson 1934), until one fails.

    With no error seen, 99 questions show "at most 3%" with 95% confidence: .97 ** 99 < .05.
    """
    from scipy.stats import binom  # only the build needs it

    ranked = np.sort(np.asarray(refused, np.float64))[::-1]
    allowed = -1
    while allowed + 1 < len(ranked) and binom.cdf(allowed + 1, len(ranked), most) <= 1 - confidence:
        allowed += 1
    if allowed < 0:
        return None
    return float(np.nextafter(ranked[allowed], 1.0))


def alarm_bar(lengths: NDArray[np.integer], calm: NDArray[np.floating], most: float) -> tuple[float, float]:
    """(base, slope): the share `most` of `calm` messages, each left out, is louder than base + slope · log(length),
    since the loudest of many windows is louder by chance; without any message none rings.

    Quantile regression (Koenker and Bassett 1978).
    """
    if not len(calm):
        return np.inf, 0.0
    from sklearn.linear_model import QuantileRegressor  # only `python -m index fit` needs it

    found = QuantileRegressor(quantile=1 - most, alpha=0).fit(np.log(lengths)[:, None], calm)
    return float(found.intercept_), float(found.coef_[0])
