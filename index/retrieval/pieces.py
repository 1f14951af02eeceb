"""The word pieces of all passages, in 8 bits, and how alike those of a question are to them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.retrieval.cosines import Among, EightBits, among, in_eight_bits, unrounded
from index.retrieval.encoder import Vectors

ROWS = "pieces.npy"
SCALES = "piece_scales.npy"
ENDS = "piece_ends.npy"
GRAPH = "pieces.onnx"
FILES = (ROWS, SCALES, ENDS, GRAPH)
FEW = 400  # up to this many passages each is compared with every question; beyond, only the candidates are
Bytes = NDArray[np.uint8]
Rows = NDArray[np.int64]


class Pieces:
    """Passage i has the rows from `starts[i]` to `ends[i]`."""

    def __init__(self, rows: Bytes, scales: Vectors, starts: Rows, ends: Rows, graph: bytes) -> None:
        """`rows` (pieces, d), which may be memory-mapped, and their `scales` (pieces,): see `cosines.rounded`; `graph`:
        see `graph_of`. Raises EncoderError for a graph that is none."""
        self.rows, self.scales = np.asarray(rows), scales  # a plain array is cut faster than a memory map
        self.starts, self.ends = starts, ends
        self._all = EightBits(graph) if len(ends) <= FEW else None
        self._some = None if self._all else Among(graph)

    def best_matches(self, tokens: Vectors, passages: Rows) -> Vectors:
        """The best cosine of each of `tokens` (m, d) in each of `passages`, (m, passages)."""
        if self._some is None:
            assert self._all
            return best_matches(self._all(tokens).T, self.starts)[:, passages]
        spans = [slice(start, end) for start, end in zip(self.starts[passages], self.ends[passages], strict=True)]
        rows = np.concatenate([self.rows[span] for span in spans])
        scales = np.concatenate([self.scales[span] for span in spans])
        return best_matches(self._some(rows, scales, tokens), starts_of(np.cumsum([s.stop - s.start for s in spans])))


def read(folder: Path) -> Pieces:
    rows = np.load(folder / ROWS, mmap_mode="r", allow_pickle=False)
    scales, ends = (np.load(folder / name, allow_pickle=False) for name in (SCALES, ENDS))
    return Pieces(rows, scales, starts_of(ends), ends, (folder / GRAPH).read_bytes())


def graph_of(rows: Bytes, scales: Vectors, passages: int) -> bytes:
    """The ONNX graph that compares: with all rows at once where passages are few, which is fastest, or else with those
    that it is given."""
    return in_eight_bits(unrounded(rows, scales)) if passages <= FEW else among(rows.shape[1])


def starts_of(ends: Rows) -> Rows:
    return np.concatenate([[0], ends[:-1]]).astype(np.int64)


def best_matches(cosines: Vectors, starts: Rows) -> Vectors:
    """The best cosine of each word piece of the question in each passage, (word pieces, passages), of all `cosines`
    (word pieces of the passages, word pieces of the question), where a passage's stand from its start on.

    Their mean is late interaction.
    """
    best: Vectors = np.maximum.reduceat(cosines, starts, axis=0).T
    return best
