"""One document and its example questions: which passage answers, and whether any does.

The kernel scores the document's units (sentences, list items), the labels and the topics. A
passage scores the sum over its units plus a share of how alike it is without any teaching. Three
gates read the scores: does the first passage answer, is it at least the nearest statement, and is
somebody in danger now.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus import Document, Example, Role
from corpus.questions import EMERGENCY, LABELS, TOPICS, holds
from index.judging import calibration, kernel
from index.judging.calibration import Logistic
from index.retrieval.similarity import LATE, SENTENCE

LIKENESS_SHARE = 0.2  # of SENTENCE and of LATE in a passage's score
GATES = ("answers", "near", "urgent")


@dataclass(frozen=True, slots=True)
class ExampleTable:
    """Example questions, read and encoded: `vectors` (n, d), `tables` (n, passages, 3) of similarities."""

    examples: Sequence[Example]
    texts: Sequence[str]
    vectors: np.ndarray
    tables: np.ndarray

    def subset(self, rows: np.ndarray) -> "ExampleTable":
        return ExampleTable(
            [self.examples[i] for i in rows], [self.texts[i] for i in rows], self.vectors[rows], self.tables[rows]
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one question comes to. `order` lists passages best first, `scores` goes by passage."""

    order: np.ndarray
    scores: np.ndarray
    units: np.ndarray
    answers: float
    near: float
    urgent: float
    topic: str
    topic_score: float


class Memory:
    """What was learned for one document from its examples."""

    def __init__(self, document: Document, model: kernel.KernelRidge, gates: dict[str, Logistic]) -> None:
        self.document = document
        self.kernel = model
        self.gates = gates
        self.candidates = answerable(document)
        self.unit_owner = np.array([i for i, p in enumerate(self.candidates) for _ in p.units])

    @property
    def answers(self) -> bool:
        """Whether some example said what answers; else only danger and topics were learned."""
        return "answers" in self.gates

    def judge(self, text: str, vector: np.ndarray, table: np.ndarray) -> Judgement:
        """`table` holds the similarities of this document's candidates, shape (candidates, 3)."""
        return self.judgement(self.kernel.predict(vector, text), table)

    def judgement(self, scores: np.ndarray, table: np.ndarray) -> Judgement:
        units, labels, topics = np.split(scores, [len(self.unit_owner), len(self.unit_owner) + len(LABELS)])
        ranking = np.bincount(self.unit_owner, weights=units, minlength=len(self.candidates))
        ranking += LIKENESS_SHARE * (table[:, SENTENCE] + table[:, LATE])
        features = _features(units, labels, topics, ranking, table, self.unit_owner)
        topic = int(np.argmax(topics))
        return Judgement(
            order=np.argsort(-ranking, kind="stable"),
            scores=ranking,
            units=units,
            topic=TOPICS[topic],
            topic_score=float(topics[topic]),
            **{name: self.gates[name](features) if name in self.gates else 0.0 for name in GATES},
        )


def answerable(document: Document) -> list:
    return [passage for passage in document.passages if passage.role is not Role.LINK_STUB]


def fit(document: Document, learned: ExampleTable) -> Memory:
    """Kernel and gates; the gates are fitted on scores of examples that were left out."""
    model, left_out = kernel.fit(learned.vectors, learned.texts, targets(document, learned.examples))
    draft = Memory(document, model, {})
    features, first_holds = [], []
    for example, scores, table in zip(learned.examples, left_out, learned.tables, strict=True):
        n = len(draft.unit_owner)
        units, labels, topics = np.split(scores, [n, n + len(LABELS)])
        judgement = draft.judgement(scores, table)
        features.append(_features(units, labels, topics, judgement.scores, table, draft.unit_owner))
        first = draft.candidates[judgement.order[0]]
        first_holds.append(any(holds(first, span) for span in example.gold_spans(document)))
    answer = np.array([example.label == "answer" for example in learned.examples])
    urgent = np.array([example.urgent for example in learned.examples])
    wanted = {"answers": answer & first_holds, "near": np.array(first_holds), "urgent": urgent}
    gates = {
        name: calibration.fit(np.array(features), right)
        for name, right in wanted.items()
        if right.any() and not right.all()
    }
    return Memory(document, model, gates)


def targets(document: Document, examples: Sequence[Example]) -> np.ndarray:
    """One row an example: its gold units (together of length 1), its label, its topic."""
    units = [unit for passage in answerable(document) for unit in passage.units]
    rows = np.zeros((len(examples), len(units) + len(LABELS) + len(TOPICS)), np.float32)
    for row, example in zip(rows, examples, strict=True):
        if example.label == "answer":
            spans = example.gold_spans(document)
            gold = [i for i, u in enumerate(units) if any(u.start < s.end and s.start < u.end for s in spans)]
            row[gold] = len(gold) ** -0.5 if gold else 0
        row[len(units) + LABELS.index(example.label)] = 1
        topic = EMERGENCY if example.urgent else example.topic
        if topic:
            row[len(units) + len(LABELS) + TOPICS.index(topic)] = 1
    return rows


def _features(units, labels, topics, ranking, table, owner) -> np.ndarray:
    """What the gates look at, in one place for fitting and for use."""
    by_passage = np.bincount(owner, weights=units, minlength=len(table))
    first = int(np.argmax(ranking))
    best = -np.sort(-by_passage)
    late = -np.sort(-table[:, LATE])
    by_topic = -np.sort(-topics)
    return np.array(
        [
            by_passage[first],
            best[0] - best[1] if len(best) > 1 else best[0],
            np.maximum(units, 0).sum(),
            units.max(),
            *labels,
            *by_topic[:2],
            topics[TOPICS.index(EMERGENCY)],
            table[first, SENTENCE],
            table[:, SENTENCE].max(),
            table[first, LATE],
            late[0],
            late[1] if len(late) > 1 else 0.0,
        ],
        dtype=np.float64,
    )
