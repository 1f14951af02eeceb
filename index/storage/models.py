"""What a build learned, as plain arrays on disk: a judge for each document, and of what its texts speak."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from corpus import Document
from index.judging import judge
from index.judging.calibration import Logistic
from index.judging.features import TopicMap
from index.judging.judge import Judge
from index.judging.kernel import KernelRidge
from index.judging.listener import LEARNED
from index.judging.memory import Memory
from index.judging.wording import Floats
from index.retrieval.encoder import GRAPH
from index.storage.store import JUDGE, TOPICS, digest, read_arrays


def read_topics(before: Path | None, fresh: Path, texts: Sequence[str]) -> dict[str, Floats]:
    """The topics of those of `texts` that `before` holds, told by the same listener, through the same encoder."""
    path = before / TOPICS if before else None
    if path is None or not path.is_file():
        return {}
    arrays = read_arrays(path)
    rows = {bytes(key): row for key, row in zip(arrays["texts"], arrays["topics"], strict=True)}
    told_by = _told_by(fresh)
    found = ((text, rows.get(_text_key(told_by, text))) for text in texts)
    return {text: row for text, row in found if row is not None}


def write_topics(fresh: Path, topics: Mapping[str, Floats]) -> None:
    told_by = _told_by(fresh)
    keys = np.frombuffer(b"".join(_text_key(told_by, text) for text in topics), np.uint8)
    np.savez(fresh / TOPICS, texts=keys.reshape(len(topics), -1), topics=np.array(list(topics.values())))


def _told_by(fresh: Path) -> str:
    return digest(fresh / GRAPH) + digest(LEARNED)


def _text_key(told_by: str, text: str) -> bytes:
    return hashlib.sha256(f"{told_by}\n{text}".encode("utf-8", "replace")).digest()[:16]


def write_judge(folder: Path, made: Judge) -> None:
    weights = made.weights
    arrays = {
        "topic_units": made.topics.units.astype(np.float16),
        "topic_headings": made.topics.headings.astype(np.float16),
        "rank": weights.rank,
        "answers": weights.answers.row(),
        "near": weights.near.row(),
        "scale": weights.scale,
        "bar": np.array(made.bar),
    }
    if made.memory.model:
        arrays["examples"] = np.array(made.memory.examples)
        arrays |= {f"memory_{name}": array for name, array in made.memory.model.arrays().items()}
    np.savez(folder / JUDGE.format(made.document.name), **arrays)  # type: ignore[arg-type]


def read_judge(folder: Path, document: Document) -> Judge:
    arrays = read_arrays(folder / JUDGE.format(document.name))
    kept = {name.removeprefix("memory_"): a for name, a in arrays.items() if name.startswith("memory_")}
    memory = Memory(document, KernelRidge.from_arrays(kept) if kept else None, int(arrays.get("examples", 0)))
    topics = TopicMap(arrays["topic_units"].astype(np.float32), arrays["topic_headings"].astype(np.float32))
    weights = judge.Weights(
        arrays["rank"], Logistic.of(arrays["answers"]), Logistic.of(arrays["near"]), arrays["scale"]
    )
    return Judge.of(memory, topics, weights, float(arrays["bar"]))
