"""Every bar that decides what is shown, in one place, each with its source.

The two that matter most are promises, computed at build (`index.judging.promise`): from which P(answers) on a
passage is shown as the answer, and from which loudness on somebody may be in danger.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bars:
    """Probabilities and shares between 0 and 1. Given to `ask` as a value, so that a benchmark can move one."""

    related: float = 0.45  # P(the first passage is at least the nearest statement)
    feeling: float = 0.12  # score of a feeling from which it is answered with its sentence
    more: float = 0.80  # a further passage needs this share of the first one's chance to rank first
    passages: int = 3  # at most; the record's own limit


BARS = Bars()
