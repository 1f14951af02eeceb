"""What examples teach: kernel ridge regression, solved exactly.

One solve gives every class at once, and leave-one-out predictions for free, so that whatever is
fitted on top of these scores can be fitted on scores of questions that were held out.

Two texts are alike by meaning and by wording:

    k(a, b) = exp(-GAMMA (1 - cos(a, b))) + WORDING tfidf(a) · tfidf(b)

Formulas: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), eq. 2.25 for the
prediction and eq. 5.12 for leaving one out. Fitting needs scipy; predicting does not.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.reading.text import words

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

GAMMA = 2.5
WORDING = 1.0
GRAM = 4
BLOCK = 512  # rows of the kernel matrix that are filled at once
RIDGE = 0.1  # the share of an example's target that may be noise
NEAREST = 5  # examples whose likeness says how far memory reaches


@dataclass(frozen=True, slots=True)
class Prediction:
    """`scores` (m, classes): near 1 for a class whose examples this text resembles, near 0 where none is like it.

    `reach` (m,): the mean likeness of the NEAREST examples, 0 where nothing is remembered.
    """

    scores: Floats
    reach: Floats


def terms(text: str) -> Counter[str]:
    """Words, pairs of neighbouring words, and runs of GRAM letters in them (for typos), folded, with their counts."""
    found = words(text)
    pairs = [f"{a} {b}" for a, b in pairwise(found)]
    padded = [f"_{word}_" for word in found]
    grams = [word[i : i + GRAM] for word in padded for i in range(max(1, len(word) - GRAM + 1))]
    return Counter([*found, *pairs, *(f"#{gram}" for gram in grams)])


@dataclass(frozen=True)
class KernelRidge:
    """`vectors` (n, d) of the examples, `weights` (n, classes), and their wording as an inverted index:
    for term i of `vocabulary`, `examples[starts[i]:starts[i + 1]]` hold it with `values` (tf-idf, rows of length 1)."""

    vectors: Floats
    weights: Floats
    vocabulary: tuple[str, ...]
    idf: Floats
    starts: Integers
    examples: Integers
    values: Floats

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {term: i for i, term in enumerate(self.vocabulary)}

    def alike(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """k of shape (m, n)."""
        found: Floats = np.exp(-GAMMA * (1 - vectors @ self.vectors.T)).astype(np.float32)
        for row, text in zip(found, texts, strict=True):
            for i, value in _weighed(terms(text), self._rows, self.idf):
                span = slice(self.starts[i], self.starts[i + 1])
                row[self.examples[span]] += WORDING * value * self.values[span]
        return found

    def predict(self, vectors: Floats, texts: Sequence[str]) -> Prediction:
        """`vectors` (m, d), `texts` the same m as read."""
        alike = self.alike(vectors, texts)
        return Prediction(alike @ self.weights, reach_of(alike))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Plain arrays from which `from_arrays` makes the same again."""
        return {
            "vectors": self.vectors.astype(np.float16),
            "weights": self.weights,
            "vocabulary": np.frombuffer("\n".join(self.vocabulary).encode("utf-8"), np.uint8),
            "idf": self.idf,
            "starts": self.starts,
            "examples": self.examples.astype(np.int32),
            "values": self.values,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[np.generic]]) -> "KernelRidge":
        vocabulary = tuple(arrays["vocabulary"].tobytes().decode("utf-8").split("\n"))
        return cls(
            arrays["vectors"].astype(np.float32),
            arrays["weights"].astype(np.float32),
            vocabulary,
            arrays["idf"].astype(np.float32),
            arrays["starts"].astype(np.int64),
            arrays["examples"].astype(np.int64),
            arrays["values"].astype(np.float32),
        )


def reach_of(alike: Floats) -> Floats:
    """The mean of the NEAREST largest values of each row; absent examples count as 0."""
    if not alike.shape[1]:
        return np.zeros(len(alike), np.float32)
    most = min(NEAREST, alike.shape[1])
    nearest = -np.partition(-alike, most - 1, axis=1)[:, :most]
    reach: Floats = (nearest.sum(axis=1) / NEAREST).astype(np.float32)
    return reach


def fit(
    vectors: Floats,
    texts: Sequence[str],
    targets: Floats,
    groups: Sequence[int] | None = None,
    leave_out: bool = True,
) -> tuple[KernelRidge, Prediction]:
    """The fitted model, and what it predicts for each example when it, or its whole group, is left out.

    `targets` (n, classes). `groups` (n,): examples of one number are left out together, as sentences of one
    message must be; `leave_out=False` saves that half of the work. Raises ValueError when a vector is not a number.
    """
    from scipy.linalg import lapack  # only the build needs it

    vectors = vectors.astype(np.float16).astype(np.float32)  # as they are stored
    vocabulary, idf, starts, examples, values = _inverted([terms(text) for text in texts])
    model = KernelRidge(vectors, np.zeros_like(targets, np.float32), vocabulary, idf, starts, examples, values)
    gram = _gram(model)
    np.fill_diagonal(gram, 0)
    reach = reach_of(gram)
    np.fill_diagonal(gram, 1 + WORDING + RIDGE)
    factor, failed = lapack.spotrf(gram.T, lower=True, clean=True, overwrite_a=True)  # symmetric: .T is free
    if failed:
        raise ValueError("the kernel matrix is not positive definite; is RIDGE 0, or a vector not a number?")
    weights, _ = lapack.spotrs(factor, targets.astype(np.float32), lower=True)
    fitted = KernelRidge(vectors, np.ascontiguousarray(weights), vocabulary, idf, starts, examples, values)
    if not leave_out:
        return fitted, Prediction(np.zeros_like(targets, np.float32), reach)
    # Of the inverse, leaving a group out needs its diagonal block: its diagonal, for one that stands alone.
    root, _ = lapack.strtri(factor, lower=True, overwrite_c=True)
    left_out = targets - weights / np.einsum("ij,ij->j", root, root)[:, None]
    for rows in _together(groups):
        block = root[:, rows].T @ root[:, rows]
        left_out[rows] = targets[rows] - np.linalg.solve(block, weights[rows])
    return fitted, Prediction(left_out.astype(np.float32), reach)


def _together(groups: Sequence[int] | None) -> list[list[int]]:
    """The rows of each group of more than one."""
    members: dict[int, list[int]] = {}
    for row, group in enumerate(groups if groups is not None else ()):
        members.setdefault(group, []).append(row)
    return [rows for rows in members.values() if len(rows) > 1]


def _gram(model: KernelRidge) -> Floats:
    """k between all examples, (n, n); filled in place, as it takes most of the memory."""
    from scipy import sparse

    n = len(model.vectors)
    gram = model.vectors @ model.vectors.T
    gram -= 1
    gram *= GAMMA
    np.exp(gram, out=gram)
    wording = sparse.csc_matrix((model.values, model.examples, model.starts), shape=(n, len(model.vocabulary)))
    rows = wording.tocsr()
    for at in range(0, n, BLOCK):
        gram[at : at + BLOCK] += WORDING * (rows[at : at + BLOCK] @ wording.T).toarray()
    return gram


def _inverted(counts: Sequence[Counter[str]]) -> tuple[tuple[str, ...], Floats, Integers, Integers, Floats]:
    """(vocabulary, idf, starts, examples, values) of some texts' terms: smooth idf, sublinear tf, rows of length 1
    (Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, 6.4.1)."""
    n = len(counts)
    frequency = Counter(term for found in counts for term in found)
    vocabulary = tuple(sorted(frequency)) or ("",)
    rows = {term: i for i, term in enumerate(vocabulary)}
    idf = np.array([np.log((1 + n) / (1 + frequency[term])) + 1 for term in vocabulary], np.float32)
    postings: list[list[tuple[int, float]]] = [[] for _ in vocabulary]
    for example, found in enumerate(counts):
        for i, value in _weighed(found, rows, idf):
            postings[i].append((example, value))
    starts = np.cumsum([0, *(len(row) for row in postings)]).astype(np.int64)
    examples = np.array([example for row in postings for example, _ in row], np.int64)
    values = np.array([value for row in postings for _, value in row], np.float32)
    return vocabulary, idf, starts, examples, values


def _weighed(found: Counter[str], rows: dict[str, int], idf: Floats) -> Iterable[tuple[int, float]]:
    """(row, tf-idf) of the known terms of a text, scaled so that all its terms together have length 1: what is
    unknown counts as the rarest, so that one known word in foreign company weighs little."""
    rarest = float(idf.max())
    squares = 0.0
    known: list[tuple[int, float]] = []
    for term, count in found.items():
        row = rows.get(term)
        value = (1 + float(np.log(count))) * (rarest if row is None else float(idf[row]))
        squares += value * value
        if row is not None:
            known.append((row, value))
    length = squares**0.5 or 1.0
    return [(row, value / length) for row, value in known]
