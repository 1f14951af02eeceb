"""What examples teach: kernel ridge regression, solved exactly.

One solve gives every class at once, and leave-one-out predictions for free, so that whatever is
fitted on top of these scores can be fitted on scores of questions that were held out.

Two texts are alike by meaning and by wording:

    k(a, b) = exp(-GAMMA (1 - cos(a, b))) + WORDING tfidf(a) · tfidf(b)

Formulas: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), eq. 2.25 for the
prediction and eq. 5.12 for leaving one out. Fitting needs scipy; predicting does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.judging.wording import Floats, Integers, Terms, Wording, add_products, terms
from index.retrieval.cosines import Cosines, EightBits, Exact, as_served

GAMMA = 2.5
WORDING = 1.0
RIDGE = 0.1  # the share of an example's target that may be noise
JITTER = 1e-4  # keeps landmarks that are alike apart
COLUMNS = 4096  # of a matrix that are factored at once
NEAREST = 5  # examples whose likeness says how far memory reaches


@dataclass(frozen=True, slots=True)
class Prediction:
    """`scores` (m, classes): near 1 for a class whose examples this text resembles, near 0 where none is like it.

    `reach` (m,): the mean likeness of the NEAREST examples, 0 where nothing is remembered.
    """

    scores: Floats
    reach: Floats


@dataclass(frozen=True)
class KernelRidge:
    """`cosines` with the n examples, their `wording`, and their `weights` (n, classes)."""

    cosines: Cosines
    wording: Wording
    weights: Floats

    def alike(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """k of shape (m, n)."""
        found = _meaning(self.cosines(vectors))
        for row, text in zip(found, texts, strict=True):
            self.wording.add(row, text, WORDING)
        return found

    def predict(self, vectors: Floats, texts: Sequence[str]) -> Prediction:
        """`vectors` (m, d), `texts` the same m as read."""
        alike = self.alike(vectors, texts)
        return Prediction(alike @ self.weights, reach_of(alike))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Plain arrays from which `from_arrays` makes the same again."""
        return {
            "cosines": np.frombuffer(self.cosines.graph(), np.uint8),
            **self.wording.terms.arrays(),
            "weights": self.weights,
            "starts": self.wording.starts,
            "examples": self.wording.texts.astype(np.int32),
            "values": self.wording.values,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "KernelRidge":
        wording = Wording(
            Terms.from_arrays(arrays),
            arrays["starts"].astype(np.int64),
            arrays["examples"].astype(np.int64),
            arrays["values"].astype(np.float32),
        )
        return cls(EightBits(arrays["cosines"].tobytes()), wording, arrays["weights"].astype(np.float32))


@dataclass(frozen=True)
class Folded:
    """The same without its examples: what they weigh is folded into fewer numbers.

    `weights` (terms, classes), in half precision, of the `terms` that more than one example has; landmarks stand for
    all examples in meaning: `cosines` with them, and their `shares` (landmarks, classes).
    """

    cosines: Cosines
    shares: Floats
    terms: Terms
    weights: NDArray[np.float16]

    def predict(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """Scores (m, classes), as those of the KernelRidge."""
        scores: Floats = _meaning(self.cosines(vectors)) @ self.shares
        for row, text in zip(scores, texts, strict=True):
            known = self.terms.weighed(terms(text))
            if known:
                rows, values = zip(*known, strict=True)
                row += np.array(values, np.float32) @ self.weights[list(rows)].astype(np.float32)
        return scores

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Plain arrays from which `from_arrays` makes the same again."""
        return {
            "cosines": np.frombuffer(self.cosines.graph(), np.uint8),
            "shares": self.shares,
            **self.terms.arrays(),
            "idf": self.terms.idf.astype(np.float16),
            "weights": self.weights,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "Folded":
        cosines, terms = EightBits(arrays["cosines"].tobytes()), Terms.from_arrays(arrays)
        return cls(cosines, arrays["shares"].astype(np.float32), terms, arrays["weights"].astype(np.float16))


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
    wording = Wording.of(texts)
    gram = _meaning(vectors @ vectors.T)
    add_products(gram, wording.matrix(len(vectors)), WORDING)
    np.fill_diagonal(gram, 0)
    reach = reach_of(gram)
    factor, weights = _solved(gram, targets)
    # Of the inverse, leaving one out needs the diagonal.
    root, _ = lapack.strtri(factor, lower=True, overwrite_c=True)
    left_out = targets - weights / np.einsum("ij,ij->j", root, root)[:, None]
    return KernelRidge(Exact(vectors), wording, weights), Prediction(left_out.astype(np.float32), reach)


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
    wording = Wording.of(texts)
    columns = wording.matrix(len(vectors))
    landmarks = vectors[np.sort(np.random.default_rng(0).permutation(len(vectors))[:most])]
    together = _meaning(landmarks @ landmarks.T).astype(np.float64)
    root = np.linalg.cholesky(together + JITTER * np.eye(len(landmarks)))
    seen = solve_triangular(root, _meaning(landmarks @ vectors.T), lower=True).T.astype(np.float32)
    shares, of_terms, left_out = [], [], []
    for rows, targets in tasks:
        gram = seen[rows] @ seen[rows].T
        add_products(gram, columns[rows], WORDING)
        factor, weights = _solved(gram, targets)
        shares.append(solve_triangular(root, seen[rows].T @ weights, lower=True, trans="T").astype(np.float32))
        of_terms.append(columns[rows].T @ weights)
        left_out.append(targets - _residuals(factor, weights, groups[rows]))
    kept = np.flatnonzero(np.diff(wording.starts) > 1)
    all_terms = wording.terms
    known = Terms(tuple(all_terms.vocabulary[i] for i in kept), all_terms.idf[kept], all_terms.rarest)
    weighed = np.hstack(of_terms)[kept].astype(np.float16)
    return Folded(Exact(landmarks), np.hstack(shares), known, weighed), left_out


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
    try:
        factor = _factor(gram.T)  # symmetric: .T is free
    except np.linalg.LinAlgError as e:
        raise ValueError("the kernel matrix is not positive definite; is RIDGE 0, or a vector not a number?") from e
    weights, _ = lapack.spotrs(factor, targets.astype(np.float32), lower=True)
    return factor, np.ascontiguousarray(weights)


def _factor(gram: Floats) -> Floats:
    """The lower Cholesky factor, in place, a block of columns after the other (Golub and Van Loan, Matrix Computations,
    4.2.9): LAPACK's own crashes at 42,000 rows now and then. Raises LinAlgError."""
    from scipy.linalg import solve_triangular

    for at in range(0, len(gram), COLUMNS):
        end = at + COLUMNS
        gram[at:, at:end] -= gram[at:, :at] @ gram[at:end, :at].T
        corner = gram[at:end, at:end] = np.linalg.cholesky(gram[at:end, at:end])
        gram[end:, at:end] = solve_triangular(corner, gram[end:, at:end].T, lower=True).T
        gram[:at, at:end] = 0
    return gram


def _meaning(cosines: Floats) -> Floats:
    """The first half of k; in place, as between all examples it takes most of the memory."""
    cosines -= 1
    cosines *= GAMMA
    return np.exp(cosines, out=cosines)
