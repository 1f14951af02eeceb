"""How alike texts are in their words: tf-idf over words, pairs of words and runs of letters in them.

Smooth idf, sublinear tf, rows of length 1 (Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008,
6.4.1).
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.reading.text import words

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

GRAM = 4
BLOCK = 512  # rows of a matrix that are filled at once


def terms(text: str) -> Counter[str]:
    """Words, pairs of neighbouring words, and runs of GRAM letters in them (for typos), folded, with their counts."""
    found = words(text)
    pairs = [f"{a} {b}" for a, b in pairwise(found)]
    padded = [f"_{word}_" for word in found]
    grams = [word[i : i + GRAM] for word in padded for i in range(max(1, len(word) - GRAM + 1))]
    return Counter([*found, *pairs, *(f"#{gram}" for gram in grams)])


@dataclass(frozen=True)
class Terms:
    """The terms that some texts have, each with its `idf`; `rarest` is the idf of a term that is unknown."""

    vocabulary: tuple[str, ...]
    idf: Floats
    rarest: float

    @cached_property
    def _known(self) -> dict[str, tuple[int, float]]:
        return {term: (i, idf) for i, (term, idf) in enumerate(zip(self.vocabulary, self.idf.tolist(), strict=True))}

    def weighed(self, found: Counter[str]) -> list[tuple[int, float]]:
        """(row, tf-idf) of the known terms of a text, scaled so that all its terms together have length 1: what is
        unknown counts as the rarest, so that one known word in foreign company weighs little."""
        squares = 0.0
        known: list[tuple[int, float]] = []
        for term, count in found.items():
            row, idf = self._known.get(term, (-1, self.rarest))
            value = (1 + math.log(count)) * idf
            squares += value * value
            if row >= 0:
                known.append((row, value))
        length = squares**0.5 or 1.0
        return [(row, value / length) for row, value in known]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Plain arrays from which `from_arrays` makes the same again."""
        vocabulary = np.frombuffer("\n".join(self.vocabulary).encode("utf-8"), np.uint8)
        return {"vocabulary": vocabulary, "idf": self.idf, "rarest": np.array(self.rarest)}

    @classmethod
    def from_arrays(cls, arrays: Any) -> "Terms":
        vocabulary = tuple(arrays["vocabulary"].tobytes().decode("utf-8").split("\n"))
        return cls(vocabulary, arrays["idf"].astype(np.float32), float(arrays["rarest"]))


@dataclass(frozen=True)
class Wording:
    """Some texts as an inverted index: `texts[starts[i]:starts[i + 1]]` hold term i of `terms`, with `values` (tf-idf,
    rows of length 1)."""

    terms: Terms
    starts: Integers
    texts: Integers
    values: Floats

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Wording":
        counts = [terms(text) for text in texts]
        n = len(counts)
        frequency = Counter(term for found in counts for term in found)
        vocabulary = tuple(sorted(frequency)) or ("",)
        idf = np.array([np.log((1 + n) / (1 + frequency[term])) + 1 for term in vocabulary], np.float32)
        known = Terms(vocabulary, idf, float(idf.max()))
        postings: list[list[tuple[int, float]]] = [[] for _ in vocabulary]
        for text, found in enumerate(counts):
            for i, value in known.weighed(found):
                postings[i].append((text, value))
        starts = np.cumsum([0, *(len(row) for row in postings)]).astype(np.int64)
        holding = np.array([text for row in postings for text, _ in row], np.int64)
        return cls(known, starts, holding, np.array([value for row in postings for _, value in row], np.float32))

    def add(self, alike: Floats, text: str, weight: float) -> None:
        """Adds `weight` times the products of the tf-idf of `text` with that of each text to `alike` (texts,)."""
        for i, value in self.terms.weighed(terms(text)):
            span = slice(self.starts[i], self.starts[i + 1])
            alike[self.texts[span]] += weight * value * self.values[span]

    def matrix(self, count: int) -> Any:
        """The tf-idf of the `count` texts as a sparse matrix (texts, terms)."""
        from scipy import sparse  # only the build needs it

        shape = (count, len(self.terms.vocabulary))
        return sparse.csc_matrix((self.values, self.texts, self.starts), shape=shape).tocsr()


def add_products(alike: Floats, rows: Any, weight: float) -> None:
    """Adds `weight` times the products between all texts, whose tf-idf are the sparse `rows`, to `alike`."""
    columns = rows.T.tocsc()
    for at in range(0, len(alike), BLOCK):
        alike[at : at + BLOCK] += weight * (rows[at : at + BLOCK] @ columns).toarray()
