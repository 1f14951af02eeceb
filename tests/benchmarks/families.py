"""python -m tests.benchmarks.families [--every N]: what each family of features buys on documents that took no part.

Every N-th document of corpus/general/documents is judged by weights learned from the others among them, with no example
of its own, once with all features and once without each family. The encoder is the one that serves, which has seen all
of them: compare the rows with one another, not with docs/measured.md.
"""

import argparse
from dataclasses import dataclass, replace

import numpy as np
from sklearn.metrics import roc_auc_score

from index import build, fit
from index.fit import Ears
from index.judging import recipe
from index.judging.features import ANSWERING, NONE, RANKING, Rivals
from index.judging.judge import Evidence, Judge
from index.judging.recipe import Case
from index.judging.wording import Floats
from index.retrieval.encoder import PASSAGE_GRAPH, OnnxEncoder
from index.storage import store

FAMILIES = {
    "late interaction": {"late", "lead_late"},
    "best sentence": {"sentence", "lead_sentence"},
    "whole passage": {"dense"},
    "margins": {"lead", "share", "lead_late", "lead_sentence"},
    "coverage by stems": {"covered", "covered_by_document", "rarest_missing", "missing", "lacking"},
    "weakest word pieces": {
        *("weakest", "weakest_three", "weakest_quarter", "weakest_anywhere", "weakest_three_anywhere", "elsewhere"),
    },
    "topics": {
        *("off_topic", "topic", "topic_in_units", "topic_in_headings", "topic_in_passage", "topic_over_passage"),
        *("topic_missing", "topic_missing_here", "topic_held", "topic_held_here"),
    },
    "length and number": {"words", "few_words", "passages", "short"},
    "kind of answer": {"starts_with_how", "number_asked", "number_held", "body"},
    "place": {"section", "neighbour"},
}


@dataclass(frozen=True)
class Without(Judge):
    """A judge that cannot read some features."""

    features: frozenset[str] = frozenset()

    def ranking(self, evidence: Evidence) -> Floats:
        return np.where([name in self.features for name in RANKING], np.float32(0), super().ranking(evidence))

    def read(self, evidence: Evidence, scores: Floats, rivals: Rivals = NONE) -> Floats:
        read = super().read(evidence, scores, rivals)
        return np.where([name in self.features for name in ANSWERING], np.float32(0), read)


def blinded(case: Case, features: set[str]) -> Case:
    return replace(case, judge=Without(**vars(case.judge), features=frozenset(features)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=3, metavar="N", help="(default %(default)s; 1: all of them)")
    every = parser.parse_args().every
    index = build.load()
    of_passages = OnnxEncoder(store.current(build.BUILT), file=PASSAGE_GRAPH)
    ears = Ears(index.encoder, of_passages, index.listener)
    cases = {
        document.name: [case for case in fit.cases_of(document, examples, ears) if not case.remembering]
        for document, examples in list(fit.documents())[::every]
    }
    print("| without | right passage first | right at 5% false | auroc |\n|---|---|---|---|")
    for name, features in {"nothing": set[str](), **FAMILIES}.items():
        seen = {document: [blinded(case, features) for case in some] for document, some in cases.items()}
        found = recipe.left_out(seen, [])
        counted = recipe.counts(found, 1.0)
        first, at = (counted[key] for key in ("right_first_before_the_bar", "right_first_at_5pc_false"))
        told = [
            (case.example.label == "answer", chance) for case, chance, _ in found if case.example.label != "partial"
        ]
        area = roc_auc_score(*zip(*told, strict=True))
        print(f"| {name} | {first[0] / first[1]:.3f} | {at[0] / at[1]:.3f} | {area:.3f} |", flush=True)


if __name__ == "__main__":
    main()
