"""The vectors of all passages on disk, where each text is encoded once.

`vectors.faiss` has a row for each passage, then one for each of their units (sentences, list items), in
order; `texts.npy` the digest of each row's text. What an earlier index encoded with the same encoder is
taken over from it, so that a changed document costs no more than what changed in it.

The word pieces of passages, in 8 bits, are most of the bytes (`pieces`).
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from corpus import Passage
from index.retrieval import pieces, vectors
from index.retrieval.cosines import rounded
from index.retrieval.encoder import Encoded, Encoder, Vectors

VECTORS = "vectors.faiss"
TEXTS = "texts.npy"
FILES = (VECTORS, TEXTS, *pieces.FILES)
Progress = Callable[[Iterator[Encoded], int, str], Iterator[Encoded]]


def in_context(passage: Passage) -> str:
    """What is encoded for a passage: never shown, so headings may stand before it."""
    return f"{' › '.join(heading.text for heading in passage.headings)}: {passage.text}"


def write(folder: Path, passages: Sequence[Passage], encoder: Encoder, before: Path | None, progress: Progress) -> None:
    """Encodes `passages` and their units into `folder`; what `before` holds of them is taken over."""
    wholes = [in_context(passage) for passage in passages]
    units = [passage.document.slice(unit) for passage in passages for unit in passage.units]
    keys = [_key(encoder, text) for text in (*wholes, *units)]
    known = _Known(before)
    rows = [_write_pieces(folder, wholes, keys, known, encoder, progress)]
    new = {key: unit for key, unit in zip(keys[len(wholes) :], units, strict=True) if key not in known.rows}
    encoded = progress(encoder.encode(list(new.values())), len(new), "sentences")
    made = {key: one.sentence for key, one in zip(new, encoded, strict=True)}
    rows += [made[key] if key in made else known.vectors[known.rows[key]] for key in keys[len(wholes) :]]
    vectors.write(vectors.build(np.vstack(rows)), folder / VECTORS)
    np.save(folder / TEXTS, np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1))


class _Known:
    """What an earlier index holds: `passages` and `rows` find, by the digest of a text, its row."""

    def __init__(self, folder: Path | None) -> None:
        self.passages: dict[bytes, int] = {}
        self.rows: dict[bytes, int] = {}
        if folder is None or not all((folder / name).is_file() for name in FILES):
            return
        index = vectors.read(folder / VECTORS)
        self.vectors: Vectors = index.reconstruct_n(0, index.ntotal)
        self.pieces = pieces.read(folder)
        keys = [bytes(key) for key in np.load(folder / TEXTS, allow_pickle=False)]
        self.rows = {key: row for row, key in enumerate(keys)}
        self.passages = {key: row for row, key in enumerate(keys[: len(self.pieces.ends)])}


def _write_pieces(
    folder: Path, wholes: Sequence[str], keys: Sequence[bytes], known: _Known, encoder: Encoder, progress: Progress
) -> Vectors:
    """The sentence vectors of the passages; their word pieces go to the disk one passage after the other."""
    new = [whole for whole, key in zip(wholes, keys, strict=False) if key not in known.passages]
    encoded = iter(progress(encoder.encode(new), len(new), "passages"))
    rows, scales, counts = [], [], []
    with (folder / pieces.ROWS).open("wb") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": (0, 0)}
        np.lib.format.write_array_header_1_0(file, header)
        first = file.tell()
        for key in keys[: len(wholes)]:
            if key in known.passages:
                row = known.passages[key]
                span = slice(known.pieces.starts[row], known.pieces.ends[row])
                rows.append(known.vectors[row])
                stored, scale = known.pieces.rows[span], known.pieces.scales[span]
            else:
                one = next(encoded)
                rows.append(one.sentence)
                columns, scale = rounded(one.tokens.T)
                stored = columns.T
            file.write(stored.tobytes())
            counts.append(len(stored))
            scales.append(scale)
        file.seek(0)  # numpy leaves room in the header for a longer array
        np.lib.format.write_array_header_1_0(file, {**header, "shape": (sum(counts), rows[0].shape[0])})
        if file.tell() != first:
            raise AssertionError(f"{pieces.ROWS}: the header grew over the array")
    np.save(folder / pieces.SCALES, np.concatenate(scales))
    np.save(folder / pieces.ENDS, np.cumsum(counts))
    all_rows = np.load(folder / pieces.ROWS, mmap_mode="r", allow_pickle=False)
    (folder / pieces.GRAPH).write_bytes(pieces.graph_of(all_rows, np.concatenate(scales), len(counts)))
    return np.array(rows)


def _key(encoder: Encoder, text: str) -> bytes:
    return hashlib.sha256(f"{encoder.fingerprint}\n{text}".encode("utf-8", "replace")).digest()[:16]
