"""The vectors of all passages on disk, where each text is encoded once.

`vectors.faiss` has a row for each passage, then one for each of their units (sentences, list items), in
order; `texts.npy` the digest of each row's text. What an earlier index encoded with the same encoder is
taken over from it, so that a changed document costs no more than what changed in it.

The word pieces of passages are most of the bytes, so those of many are stored in 8 bits: a row is scaled until
its largest number is 127, and its length, which is 1, scales it back. Those of few are stored in half precision, and
stand beside that in `pieces.onnx`, which compares all of them with what is asked (`cosines`).
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import Passage
from index.retrieval import vectors
from index.retrieval.cosines import EightBits, in_eight_bits
from index.retrieval.encoder import Encoded, Encoder, Vectors

VECTORS = "vectors.faiss"
TEXTS = "texts.npy"
TOKENS = "tokens.npy"
TOKEN_ENDS = "token_ends.npy"
FILES = (VECTORS, TEXTS, TOKENS, TOKEN_ENDS)
PIECE_GRAPH = "pieces.onnx"  # the word pieces of few passages, ready to be compared with
FEW = 400  # up to this many passages each is compared with every question; beyond, only the candidates are
Stored = NDArray[Any]  # int8 or float16
Progress = Callable[[Iterator[Encoded], int, str], Iterator[Encoded]]


def in_context(passage: Passage) -> str:
    """What is encoded for a passage: never shown, so headings may stand before it."""
    return f"{' › '.join(heading.text for heading in passage.headings)}: {passage.text}"


def to_stored(tokens: Vectors, many: bool) -> Stored:
    """Rows of length 1 in fewer bits, which `to_units` makes rows of length 1 again."""
    if not many:
        return tokens.astype(np.float16)
    scaled: Stored = np.rint(tokens * (127 / np.abs(tokens).max(axis=1, keepdims=True))).astype(np.int8)
    return scaled


def to_units(stored: Stored) -> Vectors:
    rows = stored.astype(np.float32)
    if stored.dtype == np.int8:
        rows /= lengths(rows)[:, None]
    return rows


def lengths(rows: Vectors) -> Vectors:
    found: Vectors = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return found


def write(folder: Path, passages: Sequence[Passage], encoder: Encoder, before: Path | None, progress: Progress) -> None:
    """Encodes `passages` and their units into `folder`; what `before` holds of them is taken over."""
    wholes = [in_context(passage) for passage in passages]
    units = [passage.document.slice(unit) for passage in passages for unit in passage.units]
    keys = [_key(encoder, text) for text in (*wholes, *units)]
    known = _Known(before, many=len(passages) > FEW)
    rows = [_write_tokens(folder, wholes, keys, known, encoder, progress)]
    new = {key: unit for key, unit in zip(keys[len(wholes) :], units, strict=True) if key not in known.rows}
    encoded = progress(encoder.encode(list(new.values())), len(new), "sentences")
    made = {key: one.sentence for key, one in zip(new, encoded, strict=True)}
    rows += [made[key] if key in made else known.vectors[known.rows[key]] for key in keys[len(wholes) :]]
    vectors.write(vectors.build(np.vstack(rows)), folder / VECTORS)
    np.save(folder / TEXTS, np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1))
    if not known.many:
        (folder / PIECE_GRAPH).write_bytes(in_eight_bits(to_units(read_tokens(folder)[0])))


def read_tokens(folder: Path) -> tuple[Stored, NDArray[np.int64]]:
    """The word pieces of all passages, on disk until they are looked at, and where each passage's end."""
    tokens: Stored = np.load(folder / TOKENS, mmap_mode="r", allow_pickle=False)
    ends: NDArray[np.int64] = np.load(folder / TOKEN_ENDS, allow_pickle=False)
    return tokens, ends


def read_pieces(folder: Path) -> EightBits | None:
    """How alike the word pieces of few passages are to others; None where there are many."""
    path = folder / PIECE_GRAPH
    return EightBits(path.read_bytes()) if path.is_file() else None


class _Known:
    """What an earlier index holds: `passages` and `rows` find, by the digest of a text, its row. `many`: how word
    pieces must be stored; in another form they are not taken over."""

    def __init__(self, folder: Path | None, many: bool) -> None:
        self.many = many
        self.kind = np.dtype(np.int8 if many else np.float16)
        self.passages: dict[bytes, int] = {}
        self.rows: dict[bytes, int] = {}
        if folder is None or not (folder / TEXTS).is_file():
            return
        index = vectors.read(folder / VECTORS)
        self.vectors: Vectors = index.reconstruct_n(0, index.ntotal)
        self.tokens, self.ends = read_tokens(folder)
        keys = [bytes(key) for key in np.load(folder / TEXTS, allow_pickle=False)]
        self.rows = {key: row for row, key in enumerate(keys)}
        if self.tokens.dtype == self.kind:
            self.passages = {key: row for row, key in enumerate(keys[: len(self.ends)])}

    def pieces(self, row: int) -> Stored:
        return self.tokens[self.ends[row - 1] if row else 0 : self.ends[row]]


def _write_tokens(
    folder: Path, wholes: Sequence[str], keys: Sequence[bytes], known: _Known, encoder: Encoder, progress: Progress
) -> Vectors:
    """The sentence vectors of the passages; their word pieces go to the disk one passage after the other."""
    new = [whole for whole, key in zip(wholes, keys, strict=False) if key not in known.passages]
    encoded = iter(progress(encoder.encode(new), len(new), "passages"))
    rows, counts = [], []
    with (folder / TOKENS).open("wb") as file:
        header = {"descr": np.lib.format.dtype_to_descr(known.kind), "fortran_order": False, "shape": (0, 0)}
        np.lib.format.write_array_header_1_0(file, header)
        first = file.tell()
        for key in keys[: len(wholes)]:
            if key in known.passages:
                row = known.passages[key]
                rows.append(known.vectors[row])
                pieces = known.pieces(row)
            else:
                one = next(encoded)
                rows.append(one.sentence)
                pieces = to_stored(one.tokens, known.many)
            file.write(pieces.tobytes())
            counts.append(len(pieces))
        file.seek(0)  # numpy leaves room in the header for a longer array
        np.lib.format.write_array_header_1_0(file, {**header, "shape": (sum(counts), rows[0].shape[0])})
        if file.tell() != first:
            raise AssertionError(f"{TOKENS}: the header grew over the array")
    np.save(folder / TOKEN_ENDS, np.cumsum(counts))
    return np.array(rows)


def _key(encoder: Encoder, text: str) -> bytes:
    return hashlib.sha256(f"{encoder.fingerprint}\n{text}".encode("utf-8", "replace")).digest()[:16]
