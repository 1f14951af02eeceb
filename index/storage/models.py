"""What was fitted, as plain arrays on disk: the listener, and a judge for each document."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from corpus import Document
from index.judging import judge
from index.judging.calibration import Logistic
from index.judging.features import TopicMap
from index.judging.judge import Judge
from index.judging.kernel import Floats, KernelRidge
from index.judging.listener import GENERAL, Listener
from index.judging.memory import Memory
from index.storage.store import JUDGE, LISTENER, TOPICS, digest, read_arrays

KEY = "key"


def put_listener(
    fresh: Path, known: Sequence[Path | None], fingerprint: str, learn: Callable[[], Listener]
) -> Listener:
    """The listener in `fresh`: taken over from a `known` folder that learned the same with the same encoder."""
    lessons = [digest(GENERAL / name) for name in ("statements.jsonl", "topics.jsonl")]
    code = [digest(Path(judge.__file__).with_name(f"{name}.py")) for name in ("listener", "kernel", "promise")]
    key = json.dumps([fingerprint, *lessons, *code])
    for folder in known:
        path = folder / LISTENER if folder else None
        if path and path.is_file() and _key(path) == key:
            (fresh / LISTENER).write_bytes(path.read_bytes())
            return read_listener(fresh)
    learned = learn()
    arrays = {f"statements_{name}": array for name, array in learned.statements.arrays().items()}
    arrays |= {f"topics_{name}": array for name, array in learned.topics.arrays().items()}
    arrays |= {"rings_from": np.array(learned.rings_from), KEY: np.frombuffer(key.encode(), np.uint8)}
    np.savez(fresh / LISTENER, **arrays)  # type: ignore[arg-type]
    return read_listener(fresh)


def read_listener(folder: Path) -> Listener:
    arrays = read_arrays(folder / LISTENER)
    parts = {
        part: KernelRidge.from_arrays(
            {name.removeprefix(f"{part}_"): array for name, array in arrays.items() if name.startswith(f"{part}_")}
        )
        for part in ("statements", "topics")
    }
    few, many = map(float, arrays["rings_from"])
    return Listener(parts["topics"], parts["statements"], (few, many))


def read_topics(before: Path | None, fresh: Path, texts: Sequence[str]) -> dict[str, Floats]:
    """The topics of those of `texts` that `before` holds, told by the listener that `fresh` has too."""
    path = before / TOPICS if before else None
    if path is None or not path.is_file():
        return {}
    arrays = read_arrays(path)
    rows = {bytes(key): row for key, row in zip(arrays["texts"], arrays["topics"], strict=True)}
    listener = digest(fresh / LISTENER)
    found = ((text, rows.get(_text_key(listener, text))) for text in texts)
    return {text: row for text, row in found if row is not None}


def write_topics(fresh: Path, topics: Mapping[str, Floats]) -> None:
    listener = digest(fresh / LISTENER)
    keys = np.frombuffer(b"".join(_text_key(listener, text) for text in topics), np.uint8)
    np.savez(fresh / TOPICS, texts=keys.reshape(len(topics), -1), topics=np.array(list(topics.values())))


def _text_key(listener: str, text: str) -> bytes:
    return hashlib.sha256(f"{listener}\n{text}".encode("utf-8", "replace")).digest()[:16]


def _key(path: Path) -> str:
    return read_arrays(path).get(KEY, np.zeros(0, np.uint8)).tobytes().decode("utf-8", "replace")


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
