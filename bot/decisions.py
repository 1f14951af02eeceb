"""Every bar that decides what is shown, in one place, each with its source."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bars:
    """Probabilities and shares between 0 and 1. Given to `ask` as a value, so that a benchmark can move one."""

    answered: float = 0.40  # P(the first passage answers); chosen by cross-validation on the first 469 questions
    answered_without_examples: float = 0.60  # the same for a document without examples; MedQuAD benchmark
    related: float = 0.45  # P(the first passage is at least the nearest statement); the same cross-validation
    urgent: float = 0.35  # P(somebody is in danger): missing one is worse than a needless hand-off
    urgent_alone: float = 0.60  # from here on nothing but the hand-off is shown
    more: float = 0.50  # a further passage needs this share of the first one's score
    equal: float = 0.97  # from this share on neither is better, and the document's order decides
    passages: int = 3  # at most; the record's own limit


BARS = Bars()
