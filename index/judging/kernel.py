"""What examples teach: kernel ridge regression, solved exactly.

One solve gives every class at once, and leave-one-out predictions for free, so that whatever is
fitted on top of these scores can be fitted on scores of questions that were held out.

Two texts are alike by meaning and by wording:

    k(a, b) = exp(-GAMMA (1 - cos(a, b))) + WORDING tfidf(a) · tfidf(b)

Formulas: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), eq. 2.25 for the
prediction and eq. 5.12 for leaving one out. Fitting needs scipy; predicting does not.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.reading.text import words
from index.retrieval.cosines import Cosines, EightBits, Exact, as_served

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Wording = tuple[tuple[str, ...], Floats, Integers, Integers, Floats]  # an inverted index, as KernelRidge has it

GAMMA = 2.5
WORDING = 1.0
GRAM = 4
BLOCK = 512  # rows of the kernel matrix that are filled at once
RIDGE = 0.1  # the share of an example's target that may be noise
JITTER = 1e-4  # keeps landmarks that are alike apart
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
    """`cosines` with the n examples, their `weights` (n, classes), and their wording as an inverted index:
    for term i of `vocabulary`, `examples[starts[i]:starts[i + 1]]` hold it with `values` (tf-idf, rows of length 1)."""

    cosines: Cosines
    weights: Floats
    vocabulary: tuple[str, ...]
    idf: Floats
    starts: Integers
    examples: Integers
    values: Floats

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {term: i for i, term in enumerate(self.vocabulary)}

    @cached_property
    def _idf(self) -> list[float]:
        return list(map(float, self.idf))

    @cached_property
    def _rarest(self) -> float:
        return max(self._idf)

    def alike(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """k of shape (m, n)."""
        found = _meaning(self.cosines(vectors))
        for row, text in zip(found, texts, strict=True):
            for i, value in _weighed(terms(text), self._rows, self._idf, self._rarest):
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
            "cosines": np.frombuffer(self.cosines.graph(), np.uint8),
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
            EightBits(arrays["cosines"].tobytes()),
            arrays["weights"].astype(np.float32),
            vocabulary,
            arrays["idf"].astype(np.float32),
            arrays["starts"].astype(np.int64),
            arrays["examples"].astype(np.int64),
            arrays["values"].astype(np.float32),
        )


@dataclass(frozen=True)
class Folded:
    """The same without its examples: what they weigh is folded into fewer numbers.

    `weights` (terms, classes), in half precision, of the wording, but for terms of a single example; landmarks stand
    for all examples in meaning: `cosines` with them, and their `shares` (landmarks, classes). `rarest` is the idf of a
    term that is unknown.
    """

    cosines: Cosines
    shares: Floats
    vocabulary: tuple[str, ...]
    idf: Floats
    weights: NDArray[np.float16]
    rarest: float

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {term: i for i, term in enumerate(self.vocabulary)}

    @cached_property
    def _idf(self) -> list[float]:
        return list(map(float, self.idf))

    def predict(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """Scores (m, classes), as those of the KernelRidge."""
        scores: Floats = _meaning(self.cosines(vectors)) @ self.shares
        for row, text in zip(scores, texts, strict=True):
            known = _weighed(terms(text), self._rows, self._idf, self.rarest)
            if known:
                rows, values = zip(*known, strict=True)
                row += np.array(values, np.float32) @ self.weights[list(rows)].astype(np.float32)
        return scores

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Plain arrays from which `from_arrays` makes the same again."""
        return {
            "cosines": np.frombuffer(self.cosines.graph(), np.uint8),
            "shares": self.shares,
            "vocabulary": np.frombuffer("\n".join(self.vocabulary).encode("utf-8"), np.uint8),
            "idf": self.idf.astype(np.float16),
            "weights": self.weights,
            "rarest": np.array(self.rarest),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "Folded":
        floats = {name: arrays[name].astype(np.float32) for name in ("shares", "idf")}
        cosines = EightBits(arrays["cosines"].tobytes())
        vocabulary = tuple(arrays["vocabulary"].tobytes().decode("utf-8").split("\n"))
        weights = arrays["weights"].astype(np.float16)
        return cls(cosines, vocabulary=vocabulary, weights=weights, rarest=float(arrays["rarest"]), **floats)


def reach_of(alike: Floats) -> Floats:
    """The mean of the NEAREST largest values of each row; absent examples count as 0."""
    if not alike.shape[1]:
        return np.zeros(len(alike), np.float32)
    most = min(NEAREST, alike.shape[1])
    nearest = -np.partition(-alike, most - 1, axis=1)[:, :most]
    reach: Floats = (nearest.sum(axis=1) / NEAREST).astype(np.float32)
    return reach


def fit(vectors: Floats, texts: Sequence[str], targets: Floats) -> tuple[KernelRidge, Prediction]:
    """The fitted model, and what it predicts for each example when that is left out.

    `targets` (n, classes). Raises ValueError when a vector is not a number.
    """
    from scipy.linalg import lapack  # only the build needs it

    vectors = as_served(vectors)
    wording = _inverted([terms(text) for text in texts])
    gram = _meaning(vectors @ vectors.T)
    _add_wording(gram, _columns(wording, len(vectors)))
    np.fill_diagonal(gram, 0)
    reach = reach_of(gram)
    factor, weights = _solved(gram, targets)
    # Of the inverse, leaving one out needs the diagonal.
    root, _ = lapack.strtri(factor, lower=True, overwrite_c=True)
    left_out = targets - weights / np.einsum("ij,ij->j", root, root)[:, None]
    return KernelRidge(Exact(vectors), weights, *wording), Prediction(left_out.astype(np.float32), reach)


def fit_folded(
    vectors: Floats, texts: Sequence[str], tasks: Sequence[tuple[Integers, Floats]], groups: Integers, most: int
) -> tuple[Folded, list[Floats]]:
    """The same, folded, and for each task what it predicts for its examples, their whole group left out.

    A task is the rows of the examples that it is learned from and their targets (rows, classes); the classes of all
    tasks stand beside one another in what is folded. `groups[i]` is the group of example i. There are at most so many
    landmarks, drawn from the examples, and meaning counts as far as it passes through them (Nyström: Williams,
    Seeger, NIPS 2000). Raises ValueError when a vector is not a number.
    """
    from scipy.linalg import solve_triangular  # only `python -m index fit` needs it

    vectors = vectors.astype(np.float16).astype(np.float32)
    vocabulary, idf, starts, *_ = wording = _inverted([terms(text) for text in texts])
    columns = _columns(wording, len(vectors))
    landmarks = vectors[np.sort(np.random.default_rng(0).permutation(len(vectors))[:most])]
    together = _meaning(landmarks @ landmarks.T).astype(np.float64)
    root = np.linalg.cholesky(together + JITTER * np.eye(len(landmarks)))
    seen = solve_triangular(root, _meaning(landmarks @ vectors.T), lower=True).T.astype(np.float32)
    shares, of_terms, left_out = [], [], []
    for rows, targets in tasks:
        gram = seen[rows] @ seen[rows].T
        _add_wording(gram, columns[rows])
        factor, weights = _solved(gram, targets)
        shares.append(solve_triangular(root, seen[rows].T @ weights, lower=True, trans="T").astype(np.float32))
        of_terms.append(columns[rows].T @ weights)
        left_out.append(targets - _residuals(factor, weights, groups[rows]))
    kept = np.flatnonzero(np.diff(starts) > 1)
    known = tuple(vocabulary[i] for i in kept)
    weighed = np.hstack(of_terms)[kept].astype(np.float16)
    return Folded(Exact(landmarks), np.hstack(shares), known, idf[kept], weighed, float(idf.max())), left_out


def _residuals(factor: Floats, weights: Floats, groups: Integers) -> Floats:
    """Targets less what is predicted for each group without it: for its rows g and the inverse C of the gram matrix,
    C[g, g]⁻¹ weights[g], which is eq. 5.12 for more than one example. `factor` is used up."""
    from scipy.linalg import lapack

    root, _ = lapack.strtri(factor, lower=True, overwrite_c=True)  # C = rootᵀ root
    found = np.empty_like(weights)
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        some = root[rows[0] :, rows]  # above it there are only zeros
        found[rows] = np.linalg.solve(some.T @ some, weights[rows])
    return found


def _solved(gram: Floats, targets: Floats) -> tuple[Floats, Floats]:
    """(the lower Cholesky factor of the gram matrix with its ridge, the weights of the examples); `gram` is used up."""
    from scipy.linalg import lapack

    np.fill_diagonal(gram, 1 + WORDING + RIDGE)
    factor, failed = lapack.spotrf(gram.T, lower=True, clean=True, overwrite_a=True)  # symmetric: .T is free
    if failed:
        raise ValueError("the kernel matrix is not positive definite; is RIDGE 0, or a vector not a number?")
    weights, _ = lapack.spotrs(factor, targets.astype(np.float32), lower=True)
    return factor, np.ascontiguousarray(weights)


def _meaning(cosines: Floats) -> Floats:
    """The first half of k; in place, as between all examples it takes most of the memory."""
    cosines -= 1
    cosines *= GAMMA
    return np.exp(cosines, out=cosines)


def _add_wording(gram: Floats, rows: Any) -> None:
    """Adds the second half of k between all examples to `gram`; `rows` (n, terms) is sparse."""
    columns = rows.T.tocsc()
    for at in range(0, len(gram), BLOCK):
        gram[at : at + BLOCK] += WORDING * (rows[at : at + BLOCK] @ columns).toarray()


def _columns(wording: Wording, count: int) -> Any:
    """The wording of `count` examples as a sparse matrix (examples, terms)."""
    from scipy import sparse

    vocabulary, _, starts, examples, values = wording
    return sparse.csc_matrix((values, examples, starts), shape=(count, len(vocabulary))).tocsr()


def _inverted(counts: Sequence[Counter[str]]) -> Wording:
    """(vocabulary, idf, starts, examples, values) of some texts' terms: smooth idf, sublinear tf, rows of length 1
    (Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, 6.4.1)."""
    n = len(counts)
    frequency = Counter(term for found in counts for term in found)
    vocabulary = tuple(sorted(frequency)) or ("",)
    rows = {term: i for i, term in enumerate(vocabulary)}
    idf = np.array([np.log((1 + n) / (1 + frequency[term])) + 1 for term in vocabulary], np.float32)
    postings: list[list[tuple[int, float]]] = [[] for _ in vocabulary]
    weights, rarest = idf.tolist(), float(idf.max())
    for example, found in enumerate(counts):
        for i, value in _weighed(found, rows, weights, rarest):
            postings[i].append((example, value))
    starts = np.cumsum([0, *(len(row) for row in postings)]).astype(np.int64)
    examples = np.array([example for row in postings for example, _ in row], np.int64)
    values = np.array([value for row in postings for _, value in row], np.float32)
    return vocabulary, idf, starts, examples, values


def _weighed(found: Counter[str], rows: dict[str, int], idf: Sequence[float], rarest: float) -> list[tuple[int, float]]:
    """(row, tf-idf) of the known terms of a text, scaled so that all its terms together have length 1: what is
    unknown counts as the rarest, so that one known word in foreign company weighs little."""
    squares = 0.0
    known: list[tuple[int, float]] = []
    for term, count in found.items():
        row = rows.get(term)
        value = (1 + math.log(count)) * (rarest if row is None else idf[row])
        squares += value * value
        if row is not None:
            known.append((row, value))
    length = squares**0.5 or 1.0
    return [(row, value / length) for row, value in known]
