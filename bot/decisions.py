"""Every bar that decides what is shown, in one place, each with its source."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bars:
    """Probabilities and shares between 0 and 1. Given to `ask` as a value, so that a benchmark can move one."""

    answered: float = 0.50  # P(the first passage answers), where the document's own index promises no bar
    related: float = 0.45  # P(the first passage is at least the nearest statement)
    urgent: float = 0.50  # P(somebody is in danger now)
    feeling: float = 0.12  # score of a feeling from which it is answered with its sentence
    more: float = 0.80  # a further passage needs this share of the first one's chance to rank first
    equal: float = 0.97  # from this share on neither is better, and the document's order decides
    passages: int = 3  # at most; the record's own limit


BARS = Bars()
