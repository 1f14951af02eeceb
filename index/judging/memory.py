"""What the example questions of one document teach: which of its sentences answer, and which labels and topics.

With no example it says 0 of everything, at reach 0: the judge then goes by what it reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corpus import Document, Example, Passage, Role
from corpus.questions import EMERGENCY, LABELS, TOPICS, holds
from index.judging import kernel
from index.judging.features import Remembered
from index.judging.kernel import KernelRidge, Prediction
from index.judging.wording import Floats


@dataclass(frozen=True)
class Memory:
    """`model` is None where the document has no example questions; `examples` counts those that are its own."""

    document: Document
    model: KernelRidge | None = None
    examples: int = 0

    @cached_property
    def passages(self) -> list[Passage]:
        return answerable(self.document)

    @cached_property
    def owner(self) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        """The passage of each unit."""
        return np.array([i for i, p in enumerate(self.passages) for _ in p.units], np.int64)

    @cached_property
    def ends(self) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        """Where the units of each passage end."""
        return np.cumsum([len(passage.units) for passage in self.passages])

    def recall(self, vectors: Floats, texts: Sequence[str]) -> list[Remembered]:
        """One Remembered a text; `vectors` (m, d) are theirs."""
        units = len(self.owner)
        if self.model is None:
            scores = np.zeros((len(texts), units + len(LABELS) + len(TOPICS)), np.float32)
            return self.parted(Prediction(scores, np.zeros(len(texts), np.float32)), 0)
        return self.parted(self.model.predict(vectors, texts), self.examples)

    def parted(self, predicted: Prediction, examples: int) -> list[Remembered]:
        owner = self.owner
        n, passages = len(owner), len(self.passages)
        found = []
        for row, reach in zip(predicted.scores, predicted.reach, strict=True):
            units, labels, topics = np.split(row, [n, n + len(LABELS)])
            by_passage = np.bincount(owner, weights=units, minlength=passages).astype(np.float32)
            found.append(Remembered(by_passage, units, labels, topics, float(reach), examples))
        return found


def answerable(document: Document) -> list[Passage]:
    """The passages that may be shown: all but link stubs."""
    return [passage for passage in document.passages if passage.role is not Role.LINK_STUB]


def fit(
    document: Document, examples: Sequence[Example], vectors: Floats, texts: Sequence[str]
) -> tuple[Memory, list[Remembered]]:
    """Learns from `examples`, whose readings are `texts` with `vectors`; and what would be remembered of each of
    them had it been left out."""
    model, left_out = kernel.fit(vectors, texts, targets(document, examples))
    own = sum(bool(example.document) for example in examples)
    learned = Memory(document, model, own)
    return learned, learned.parted(left_out, max(0, own - 1))


def targets(document: Document, examples: Sequence[Example]) -> Floats:
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


def gold_passages(document: Document, example: Example) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which of the document's passages hold one of the example's quotes."""
    spans = example.gold_spans(document)
    return np.array([any(holds(p, span) for span in spans) for p in answerable(document)], bool)
