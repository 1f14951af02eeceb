"""The FAISS index over unit vectors: a score is a cosine.

Few rows are searched one by one, which is exact. Many are parted into cells around centres (k-means), and
only the cells near the question are searched; how many, is found by comparing with exact search when the
index is built. Where that would be more than a quarter of them, search stays exact.
"""

from itertools import takewhile
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
EXACT = 16_384  # rows up to which exact search takes a millisecond or two
CELLS = 64  # searched at the least: with fewer, a collection full of near doubles ranks worse (MedQuAD)
NEAREST = 100  # rows to find
RECALL = 0.95  # the share of them that must be; for real questions it is .99 then, and 1.00 of the ten nearest
HALF = 1e-3  # what half precision may change in a cosine
CHECKED = 200  # questions to compare on
MOVED = 0.6  # how far from a row a question is made: cosine .86, as of real ones with what is nearest to them


def build(vectors: Vectors) -> Any:
    """`vectors` has shape (rows, d), float32, rows of length 1."""
    if vectors.ndim != 2 or not len(vectors):
        raise ValueError(f"vectors have shape {vectors.shape}; expected (rows, d) with at least one row")
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    if len(vectors) > EXACT:
        found = _in_cells(vectors)
        if found is not None:
            return found
    exact = faiss.IndexFlatIP(vectors.shape[1])
    exact.add(vectors)
    return exact


def search(index: Any, vector: Vectors, count: int) -> tuple[Vectors, Rows]:
    """The `count` nearest rows: (cosines, row numbers), best first, equal cosines by row number."""
    scores, rows = index.search(vector[None].astype(np.float32), min(count, index.ntotal))
    found = rows[0] >= 0  # fewer than `count` when the cells that were searched hold fewer
    order = np.lexsort((rows[0][found], -scores[0][found]))
    return scores[0][found][order], rows[0][found][order]


def _in_cells(vectors: Vectors) -> Any | None:
    """The approximate index, with half the bytes; None when it would not be worth it."""
    rows, d = vectors.shape
    cells = int(2 * rows**0.5)
    centres = faiss.IndexFlatIP(d)
    half = faiss.ScalarQuantizer.QT_fp16
    index = faiss.IndexIVFScalarQuantizer(centres, d, cells, half, faiss.METRIC_INNER_PRODUCT, False)
    index.cp.spherical = True
    index.cp.max_points_per_centroid = 64
    index.train(vectors)
    index.add(vectors)
    index.make_direct_map()  # to give single rows back
    questions = _like_questions(vectors)
    wanted = faiss.knn(questions, vectors, NEAREST, metric=faiss.METRIC_INNER_PRODUCT)[0]
    for nprobe in takewhile(lambda n: n <= cells // 4, (CELLS * 2**power for power in range(10))):
        index.nprobe = nprobe
        if _recall(index.search(questions, NEAREST)[0], wanted) >= RECALL:
            return index
    return None


def _like_questions(vectors: Vectors) -> Vectors:
    """Some rows, moved away from themselves as far as a question is from what is nearest to it."""
    random = np.random.default_rng(0)
    some = vectors[random.choice(len(vectors), CHECKED, replace=False)]
    noise = random.normal(size=some.shape).astype(np.float32)
    moved = some + MOVED * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    unit: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return unit


def _recall(found: Vectors, wanted: Vectors) -> float:
    """How many are as near as the last that is wanted: by cosine, since many texts stand there more than once."""
    return float(np.mean(found >= wanted[:, -1:] - HALF))


def write(index: Any, path: Path) -> None:
    # Through Python's own files: any path works on any system, and a full disk is an OSError.
    path.write_bytes(faiss.serialize_index(index).tobytes())


def read(path: Path) -> Any:
    return faiss.deserialize_index(np.frombuffer(path.read_bytes(), dtype=np.uint8))
