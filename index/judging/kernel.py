"""What example questions teach: kernel ridge regression, solved exactly.

One solve gives every class at once, and leave-one-out predictions for free, so that whatever is
fitted on top of these scores can be fitted on scores of questions that were held out.

Two texts are alike by meaning and by wording:

    k(a, b) = exp(-GAMMA (1 - cos(a, b))) + WORDING tfidf(a) · tfidf(b)

Formulas: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), eq. 2.25 for the
prediction and eq. 5.12 for leaving one out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from scipy.linalg import lapack
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

GAMMA = 2.5
WORDING = 0.6
RIDGE = 0.1  # the share of an example's target that may be noise
BUCKETS = 2**18

# Stateless, so that nothing but the weights below needs storing.
_words = HashingVectorizer(
    n_features=BUCKETS, ngram_range=(1, 2), strip_accents="unicode", alternate_sign=False, norm=None
)


@dataclass(frozen=True, slots=True)
class KernelRidge:
    """`vectors` (n, d) and `wording` (n, BUCKETS) of the examples, `weights` (n, classes)."""

    vectors: np.ndarray
    wording: sparse.csr_matrix
    idf: np.ndarray
    weights: np.ndarray

    def predict(self, vector: np.ndarray, text: str) -> np.ndarray:
        """Scores of shape (classes,), near 1 for a class whose examples this text resembles."""
        alike = np.exp(-GAMMA * (1 - self.vectors @ vector))
        alike += WORDING * (self.wording @ _tfidf([text], self.idf).T).toarray()[:, 0]
        return alike.astype(np.float32) @ self.weights

    def arrays(self) -> dict[str, np.ndarray]:
        """Plain arrays from which `from_arrays` makes the same again."""
        wording = self.wording
        return {
            "vectors": self.vectors,
            "weights": self.weights,
            "idf": self.idf,
            "wording_data": wording.data,
            "wording_indices": wording.indices,
            "wording_indptr": wording.indptr,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> "KernelRidge":
        wording = sparse.csr_matrix(
            (arrays["wording_data"], arrays["wording_indices"], arrays["wording_indptr"]),
            shape=(len(arrays["vectors"]), BUCKETS),
        )
        return cls(arrays["vectors"], wording, arrays["idf"], arrays["weights"])


def fit(vectors: np.ndarray, texts: Sequence[str], targets: np.ndarray) -> tuple[KernelRidge, np.ndarray]:
    """The fitted model, and each example's scores when it is left out, both of `targets`' shape."""
    counts = _words.transform(texts)
    idf = TfidfTransformer(sublinear_tf=True).fit(counts).idf_.astype(np.float32)
    wording = _tfidf(texts, idf)
    gram = vectors @ vectors.T  # filled in place: for thousands of examples it takes most of the memory
    gram -= 1
    gram *= GAMMA
    np.exp(gram, out=gram)
    alike = (wording @ wording.T).tocoo()
    gram[alike.row, alike.col] += WORDING * alike.data
    gram[np.diag_indices_from(gram)] += RIDGE
    factor, failed = lapack.spotrf(gram.T, lower=True, clean=True, overwrite_a=True)  # symmetric: .T is free
    if failed:
        raise ValueError("the kernel matrix is not positive definite; is RIDGE 0, or a vector not a number?")
    weights, _ = lapack.spotrs(factor, targets.astype(np.float32), lower=True)
    # The diagonal of the inverse is all that leaving one out needs of it.
    root, _ = lapack.strtri(factor, lower=True, overwrite_c=True)
    left_out = targets - weights / np.einsum("ij,ij->j", root, root)[:, None]
    return KernelRidge(vectors, wording, idf, weights), left_out


def _tfidf(texts: Sequence[str], idf: np.ndarray) -> sparse.csr_matrix:
    transformer = TfidfTransformer(sublinear_tf=True)
    transformer.idf_ = idf
    return transformer.transform(_words.transform(texts)).astype(np.float32).tocsr()
