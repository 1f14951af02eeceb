"""How alike a question and each passage are, with nothing learned from examples.

A passage is read with its headings before it: in a collection, "How is it diagnosed?" is answered
by many passages and only their headings say of what. Columns, all cosines: `DENSE`
(the passage as a whole), `SENTENCE` (its best sentence or list item, without
headings), `LATE` (late interaction: the mean over the question's word pieces of the best match
among the passage's, Khattab and Zaharia 2020, doi:10.1145/3397271.3401075).
BM25 only picks candidates in a large collection: measured, it spoils the ranking.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import Document, Passage, Span
from index.retrieval import vectors
from index.retrieval.encoder import Encoded, Vectors
from index.retrieval.encodings import in_context
from index.retrieval.lexical import Lexical
from index.retrieval.pieces import FEW, Pieces

DENSE, SENTENCE, LATE = range(3)
NEAREST_ROWS = 100  # MedQuAD ranks no worse than with 150 (right first .906), in two thirds of the time
NEAREST_WORDS = 30
Rows = NDArray[np.int64]


class Similarities:
    """`rows` of the FAISS index are all passages, then all their units, in order."""

    def __init__(self, passages: Sequence[Passage], faiss_index: Any, pieces: Pieces) -> None:
        self.passages = passages
        self.unit_owner = np.array([i for i, p in enumerate(passages) for _ in p.units], dtype=np.int64)
        self._faiss = faiss_index
        self._pieces = pieces
        self._owner = np.concatenate([np.arange(len(passages)), self.unit_owner])
        rows: dict[str, list[int]] = {}
        for row, passage in enumerate(passages):
            rows.setdefault(passage.document.name, []).append(row)
        self._rows = {name: np.array(own) for name, own in rows.items()}
        many = len(passages) > FEW
        self._lexical = Lexical([in_context(p) for p in passages], passages[0].document.language) if many else None

    def table(self, text: str, encoded: Encoded) -> "Table":
        """How alike the question is to each passage. What lies further away than all that was found, or was not looked
        at, counts as just as far: a judge that knew it to be nowhere near would be too sure of the rest."""
        scores, rows = vectors.search(
            self._faiss, encoded.sentence, NEAREST_ROWS if self._lexical else len(self._owner)
        )
        table = np.full((len(self.passages), 3), scores[-1], np.float32)
        whole = rows < len(self.passages)
        table[rows[whole], DENSE] = scores[whole]
        np.maximum.at(table[:, SENTENCE], self._owner[rows[~whole]], scores[~whole])
        looked_at = np.union1d(self._owner[rows], self._nearest_by_words(text))  # all, where they are few
        best = self._pieces.best_matches(encoded.tokens, looked_at)
        late = best.mean(axis=0)
        table[:, LATE] = late.min()
        table[looked_at, LATE] = late
        return Table(table, best, looked_at)

    def rows_of(self, document: Document) -> Rows:
        """Which rows of a table belong to a document."""
        return self._rows[document.name]

    def units(self) -> Iterator[tuple[Passage, Span]]:
        """All units, in order, each with its passage."""
        return ((passage, unit) for passage in self.passages for unit in passage.units)

    def unit_vectors(self, units: Sequence[int] | Rows) -> Vectors:
        """Shape (units, d)."""
        found: Vectors = self._faiss.reconstruct_batch(np.asarray(units, np.int64) + len(self.passages))
        return found

    def unit_cosines(self, vector: Vectors, passages: Rows) -> list[Vectors]:
        """For each passage the cosine of the question with each of its units, in order."""
        firsts, ends = np.searchsorted(self.unit_owner, [passages, passages + 1])
        units = np.concatenate([np.arange(first, end) for first, end in zip(firsts, ends, strict=True)])
        return np.split(self.unit_vectors(units) @ vector, np.cumsum(ends - firsts)[:-1])

    def _nearest_by_words(self, text: str) -> Rows:
        if self._lexical is None:
            return np.array([], np.int64)
        scores = self._lexical.scores(text)
        best = np.argpartition(-scores, NEAREST_WORDS)[:NEAREST_WORDS]
        return best[scores[best] > 0]


@dataclass(frozen=True, slots=True)
class Table:
    """One question beside all passages: `scores` (passages, 3), and `best` (word pieces, looked at), the best cosine of
    each word piece of the question in each of the passages `looked_at`."""

    scores: Vectors
    best: Vectors
    looked_at: Rows

    def of(self, rows: Rows) -> tuple[Vectors, Vectors]:
        """Scores and best cosines of some passages, (rows, 3) and (word pieces, rows)."""
        at = np.minimum(np.searchsorted(self.looked_at, rows), len(self.looked_at) - 1)
        there = self.looked_at[at] == rows
        return self.scores[rows], np.where(there, self.best[:, at], np.float32(-1))
