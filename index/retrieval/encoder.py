"""Text in; from one forward pass a sentence vector and the vectors of its word pieces out.

There are two graphs. One reads passages, as its weights always did. The other reads what people write: its
upper layers were drawn (`index.retrieval.tuning`) to where the passages that answer stand. Only that one serves.

What serves is an ONNX graph made from sentence-transformers weights by `index.retrieval.export`, run
by onnxruntime: the same vectors in a fraction of the time, and neither torch nor transformers is
imported to answer.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.errors import EncoderError
from index.retrieval.threads import session

Vectors = NDArray[np.float32]
GRAPH = "questions.onnx"
PASSAGE_GRAPH = "passages.onnx"  # only a build reads it
TOKENIZER = "tokenizer.json"
AGREEMENT = "agreement.json"  # how close the export came to sentence-transformers
FILES = (GRAPH, PASSAGE_GRAPH, TOKENIZER, AGREEMENT)
PIECES = 512  # word pieces in one forward pass, padding included: with more, they leave the processor's cache
WINDOW = 1024  # texts sorted by length together


@dataclass(frozen=True, slots=True)
class Encoded:
    """`sentence` has shape (d,), `tokens` (word pieces, d); every row has length 1.

    Marker pieces are left out. A text without a single piece has its sentence vector for one.
    """

    sentence: Vectors
    tokens: Vectors


class Encoder(Protocol):
    """Two encoders with the same `fingerprint` give the same vectors. `longest`, in word pieces with
    markers, is how much of a text is read."""

    @property
    def name(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def longest(self) -> int: ...
    def encode(self, texts: Sequence[str]) -> Iterator[Encoded]:
        """One Encoded a text, in order."""
        ...


class OnnxEncoder:
    """The encoder that `folder` holds, exported: of questions, or of passages by `file`.

    Raises EncoderError when a file is missing or broken.
    """

    def __init__(self, folder: Path, name: str = "", file: str = GRAPH) -> None:
        self.name = name or folder.name
        try:
            graph, tokenizer = (folder / file).read_bytes(), (folder / TOKENIZER).read_text(encoding="utf-8")
            self._session = session(graph)
            self._tokenizer = Tokenizer.from_str(tokenizer)
            self.longest: int = (self._tokenizer.truncation or {})["max_length"]
        except Exception as e:  # onnxruntime and tokenizers raise errors of no common kind
            raise EncoderError(f"{folder}: holds no encoder ({e}); run: python -m index build") from e
        self.fingerprint = hashlib.sha256(graph + tokenizer.encode()).hexdigest()

    def encode(self, texts: Sequence[str]) -> Iterator[Encoded]:
        """One Encoded a text, in order; word pieces beyond the longest are not read."""
        for at in range(0, len(texts), WINDOW):
            read = self._tokenizer.encode_batch(list(texts[at : at + WINDOW]))
            done: dict[int, Encoded] = {}
            for batch in batches([len(text.ids) for text in read], PIECES):
                done |= zip(batch, self._encode_batch([read[i] for i in batch]), strict=True)
            yield from (done[i] for i in range(len(read)))

    def _encode_batch(self, read: Sequence[Encoding]) -> Iterator[Encoded]:
        ids = np.zeros((len(read), max(len(text.ids) for text in read)), np.int64)
        mask = np.zeros_like(ids)
        for row, text in enumerate(read):
            ids[row, : len(text.ids)] = text.ids
            mask[row, : len(text.ids)] = 1
        sentences, tokens = self._session.run(["sentence", "tokens"], {"ids": ids, "mask": mask})
        for text, sentence, pieces in zip(read, sentences, tokens, strict=True):
            words = np.flatnonzero(np.array(text.special_tokens_mask) == 0)
            yield Encoded(sentence.copy(), pieces[words] if len(words) else sentence[None].copy())


def batches(lengths: Sequence[int], pieces: int) -> Iterator[list[int]]:
    """Texts of like length together, shortest first, so that little is computed for padding, and few where they are
    long: `pieces` at most in one batch, padding included."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[i] > pieces:  # all are padded to the longest, which is this one
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
