"""The built index on disk: one folder, written whole or not at all, with a manifest of digests.

No pickle: arrays are .npy and .npz, lists are JSON, FAISS writes its own format.
"""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from corpus import Document, Passage
from index.errors import StaleIndexError
from index.retrieval.weights import Weights

FORMAT = 1
MANIFEST = "manifest.json"
PASSAGES = "passages.json"
VECTORS = "vectors.faiss"
TOKENS = "tokens.npy"
TOKEN_ENDS = "token_ends.npy"
MEMORY = "memory-{}.npz"
CODE = Path(__file__).parents[2]


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sources(corpus: Path, weights: Weights) -> dict[str, str]:
    """Digests of all that the index is built from: name -> SHA-256, or "" for what is not here to be checked."""
    files = [*(corpus / "documents").glob("*"), *(corpus / "questions").glob("*.jsonl"), corpus / "vocabulary.toml"]
    found = {str(path.relative_to(corpus)): digest(path) for path in sorted(files) if path.is_file()}
    recipe = hashlib.sha256()
    for path in sorted([*(CODE / "corpus").rglob("*.py"), *(CODE / "index").rglob("*.py")]):
        recipe.update(path.read_bytes())
    return {**found, f"encoder {weights.name}": weights.sha256, "code of corpus/ and index/": recipe.hexdigest()}


def write(folder: Path, built_from: dict[str, str], fill: Callable[[Path], None]) -> None:
    """Calls `fill` on a fresh folder, adds the manifest, and puts it in the place of `folder`."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    try:
        fill(fresh)
        files = {path.name: digest(path) for path in sorted(fresh.iterdir())}
        manifest = {"format": FORMAT, "built from": built_from, "files": files}
        (fresh / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        fresh.chmod(0o755)
        with open(folder.parent / f".{folder.name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.exists():
                old = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
                os.rename(folder, old / "old")
                os.rename(fresh, folder)
                shutil.rmtree(old, ignore_errors=True)
            else:
                os.rename(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def differences(folder: Path, expected: dict[str, str]) -> list[str]:
    """What does not match, by name, in words; empty when the built index may be served."""
    path = folder / MANIFEST
    if not path.is_file():
        return [f"{folder}: nothing is built yet"]
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        built_from, files, version = manifest["built from"], manifest["files"], manifest["format"]
    except (ValueError, KeyError, TypeError):
        return [f"{path}: is not a manifest"]
    if version != FORMAT:
        return [f"{path}: has format {version!r}; expected {FORMAT}"]
    found = [f"{name}: was added since" for name in expected.keys() - built_from.keys()]
    found += [f"{name}: is gone" for name in built_from.keys() - expected.keys()]
    found += [
        f"{name}: is not what the index was built from"
        for name in expected.keys() & built_from.keys()
        if expected[name] not in (built_from[name], "")
    ]
    for name, sha256 in files.items():
        part = folder / name
        if not part.is_file():
            found.append(f"{part}: is gone")
        elif digest(part) != sha256:
            found.append(f"{part}: was changed after it was built")
    return sorted(found)


def write_passages(path: Path, passages: list[Passage]) -> None:
    """One entry a passage, with the digest of its text, for `verify` to slice again."""
    rows = [{**_row(p), "sha256": _text_digest(p)} for p in passages]
    path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", encoding="utf-8")


def check_passages(path: Path, documents: list[Document]) -> list[str]:
    """Slices every passage again from the files on disk; names those that differ."""
    expected = {(row["document"], row["start"], row["end"]): row["sha256"] for row in json.loads(path.read_text())}
    actual = {p.key: _text_digest(p) for d in documents for p in d.passages}
    return [
        f"{name}: passage [{start}, {end}) is not the one that was built"
        for name, start, end in sorted(expected.keys() | actual.keys())
        if expected.get((name, start, end)) != actual.get((name, start, end))
    ]


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as file:
            return dict(file)
    except (OSError, ValueError) as e:
        raise StaleIndexError(f"{path}: cannot be read ({e}); run: python -m index build") from e


def _row(passage: Passage) -> dict:
    return {"document": passage.document.name, "start": passage.span.start, "end": passage.span.end}


def _text_digest(passage: Passage) -> str:
    return hashlib.sha256(passage.text.encode("utf-8")).hexdigest()
