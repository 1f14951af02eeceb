"""How alike a question and each passage are, with nothing learned from examples.

A passage is read with its headings before it: in a collection, "How is it diagnosed?" is answered
by many passages and only their headings say of what. Columns, all cosines: `DENSE`
(the passage as a whole), `SENTENCE` (its best sentence or list item, without
headings), `LATE` (late interaction: the mean over the question's word pieces of the best match
among the passage's, Khattab and Zaharia 2020, doi:10.1145/3397271.3401075).
BM25 only picks candidates in a large collection: measured, it spoils the ranking.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from corpus import Document, Passage
from index.retrieval import vectors
from index.retrieval.encoder import Encoded
from index.retrieval.lexical import Lexical

Floats = NDArray[np.float32]
DENSE, SENTENCE, LATE = range(3)
FEW = 400  # up to this many passages each gets all its similarities; beyond, only the candidates do
NEAREST_ROWS = 300
NEAREST_WORDS = 60


def in_context(passage: Passage) -> str:
    """What is encoded for a passage: never shown, so headings may stand before it."""
    return f"{' › '.join(heading.text for heading in passage.headings)}: {passage.text}"


class Similarities:
    """`rows` of the FAISS index are all passages, then all their units, in order."""

    def __init__(
        self, passages: Sequence[Passage], faiss_index: faiss.Index, tokens: np.ndarray, ends: np.ndarray
    ) -> None:
        """`tokens` (word pieces of all passages, d) may be memory-mapped; `ends[i]` closes passage i."""
        self.passages = passages
        self.many = len(passages) > FEW
        self.unit_owner = np.array([i for i, p in enumerate(passages) for _ in p.units], dtype=np.int64)
        self._faiss = faiss_index
        self._tokens = tokens if self.many else np.asarray(tokens, dtype=np.float32)
        self._starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)
        self._ends = ends
        self._owner = np.concatenate([np.arange(len(passages)), self.unit_owner])
        names = np.array([passage.document.name for passage in passages])
        self._rows = {str(name): np.flatnonzero(names == name) for name in dict.fromkeys(names)}
        self._lexical = Lexical([in_context(p) for p in passages], passages[0].document.language) if self.many else None

    def table(self, text: str, encoded: Encoded) -> np.ndarray:
        """Shape (passages, 3); a passage that was not looked at has -1 in every column."""
        rows_wanted = NEAREST_ROWS if self.many else self._faiss.ntotal
        scores, rows = vectors.search(self._faiss, encoded.sentence, rows_wanted)
        table = np.full((len(self.passages), 3), -1.0, np.float32)
        whole = rows < len(self.passages)
        table[rows[whole], DENSE] = scores[whole]
        np.maximum.at(table[:, SENTENCE], self._owner[rows[~whole]], scores[~whole])
        if self._lexical:
            by_words = np.argsort(-self._lexical.scores(text), kind="stable")[:NEAREST_WORDS]
            for i in np.union1d(self._owner[rows], by_words):
                tokens = self._tokens[self._starts[i] : self._ends[i]].astype(np.float32)
                table[i, LATE] = late_interaction(encoded.tokens, tokens, np.array([0]))[0]
        else:
            table[:, LATE] = late_interaction(encoded.tokens, self._tokens, self._starts)
        return table

    def rows_of(self, document: Document) -> NDArray[np.int64]:
        """Which rows of a table belong to a document."""
        return self._rows[document.name]

    def matches(self, encoded: Encoded, rows: NDArray[np.int64]) -> "Matches":
        """For each of `rows`, when it is looked at: the best cosine of each word piece of the question in it."""
        return Matches(encoded, self._tokens, self._starts, self._ends, rows)

    def unit_cosines(self, vector: np.ndarray, passage: int) -> np.ndarray:
        """Cosine of the question with each unit of one passage, in order."""
        units = np.flatnonzero(self.unit_owner == passage)
        first = len(self.passages) + int(units[0])
        cosines: Floats = self._faiss.reconstruct_n(first, len(units)) @ vector
        return cosines


@dataclass(frozen=True, slots=True)
class Matches(Sequence[Floats]):
    """The best cosines of a question's word pieces in each of some passages, computed when they are asked for."""

    encoded: Encoded
    tokens: np.ndarray
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, i: int) -> Floats:  # type: ignore[override]  # no slices
        row = self.rows[i]
        passage = self.tokens[self.starts[row] : self.ends[row]].astype(np.float32)
        best: Floats = (self.encoded.tokens @ passage.T).max(axis=1)
        return best


def late_interaction(question: np.ndarray, tokens: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """One score for each passage, whose word pieces stand in `tokens` from its start on.

    The mean over the question's word pieces of the best cosine.
    """
    scores: Floats = np.maximum.reduceat(question @ tokens.T, starts, axis=1).mean(axis=0)
    return scores
