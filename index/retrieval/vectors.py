"""The FAISS index: exact inner products over unit vectors, so a score is a cosine."""

from pathlib import Path

import faiss
import numpy as np


def build(vectors: np.ndarray) -> faiss.Index:
    """`vectors` has shape (rows, d), float32, rows of length 1."""
    if vectors.ndim != 2 or not len(vectors):
        raise ValueError(f"vectors have shape {vectors.shape}; expected (rows, d) with at least one row")
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return index


def search(index: faiss.Index, vector: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The `count` nearest rows: (cosines, row numbers), best first, equal cosines by row number."""
    scores, rows = index.search(vector[None].astype(np.float32), min(count, index.ntotal))
    order = np.lexsort((rows[0], -scores[0]))
    return scores[0][order], rows[0][order]


def write(index: faiss.Index, path: Path) -> None:
    # Through Python's own files: any path works on any system, and a full disk is an OSError.
    path.write_bytes(faiss.serialize_index(index).tobytes())


def read(path: Path) -> faiss.Index:
    return faiss.deserialize_index(np.frombuffer(path.read_bytes(), dtype=np.uint8))
