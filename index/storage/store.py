"""The built index on disk: which files it has, what they were built from, and whether they still match.

No pickle: arrays are .npy and .npz, lists are JSON, FAISS writes its own format. `generations` says
where the files stand and `manifest` what each must be.
"""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np

from corpus import CorpusError, Document, Passage
from index.errors import DAMAGED, StaleIndexError
from index.retrieval import encoder, encodings
from index.retrieval.weights import Weights
from index.storage.generations import current, locked, publish, refuse_foreign
from index.storage.manifest import FORMAT, MANIFEST, digest, read_manifest, wrong_files

__all__ = ["MANIFEST", "current", "digest", "locked", "publish", "refuse_foreign"]  # with what is defined below

PASSAGES = "passages.json"
TOPICS = "topics.npz"
JUDGE = "judge-{}.npz"
FOR_BUILDS = (encoder.PASSAGE_GRAPH, TOPICS)  # only the next build reads them
# Without these it is no index.
NEEDED = tuple(name for name in (*encoder.FILES, *encodings.FILES, PASSAGES) if name not in FOR_BUILDS)
CODE = Path(__file__).parents[2]
GENERAL = CODE / "corpus" / "general"


def sources(corpus: Path, weights: Weights) -> dict[str, str]:
    """Digests of all that the index is built from: name -> SHA-256, or "" for what is not here to be checked."""
    files = [*(corpus / "documents").glob("*"), *(corpus / "questions").glob("*.jsonl"), corpus / "vocabulary.toml"]
    try:
        found = {path.relative_to(corpus).as_posix(): digest(path) for path in sorted(files) if path.is_file()}
    except OSError as e:
        raise CorpusError(f"cannot be read ({e.strerror}); expected a file", Path(e.filename)) from e
    found |= {
        f"general {name}": digest(GENERAL / name) for name in ("refusals.jsonl", "topics.jsonl", "french-words.txt")
    }
    recipe = hashlib.sha256()
    code = [*(CODE / "corpus").rglob("*.py"), *(CODE / "index").rglob("*.py"), *(CODE / "index").rglob("judge.json")]
    for room in ("retrieval", "judging"):  # what `python -m index fit` learned, with judge.json
        code += (CODE / "index" / room).glob("*.npz")
    for path in sorted(code):
        recipe.update(path.read_bytes())
    return {**found, f"encoder {weights.name}": weights.sha256, "code of corpus/ and index/": recipe.hexdigest()}


def differences(folder: Path, expected: dict[str, str]) -> list[str]:
    """What does not match, by name, in words; empty when the built index may be served."""
    generation = current(folder)
    if generation is None:
        return [f"{folder}: nothing is built yet"]
    try:
        manifest = read_manifest(generation)
    except StaleIndexError as e:
        return [str(e)]
    if manifest.format != FORMAT:
        return [f"{generation / MANIFEST}: has format {manifest.format}; expected {FORMAT}"]
    built_from = manifest.built_from
    found = [f"{name}: was added since" for name in expected.keys() - built_from.keys()]
    found += [f"{name}: is gone" for name in built_from.keys() - expected.keys()]
    found += [
        f"{name}: is not what the index was built from"
        for name in expected.keys() & built_from.keys()
        if expected[name] not in (built_from[name], "")
    ]
    found += [f"{generation / MANIFEST}: does not name {name}" for name in NEEDED if name not in manifest.files]
    return sorted(found + wrong_files(generation, manifest))


def copy_to_serve(folder: Path, to: Path) -> None:
    """The index that `folder` holds, without what only builds read. Raises StaleIndexError when there is none."""
    generation = current(folder)
    if generation is None:
        raise StaleIndexError(f"{folder}: nothing is built; expected an index")
    manifest = read_manifest(generation)

    def fill(fresh: Path) -> None:
        for name in manifest.files.keys() - {*FOR_BUILDS}:
            shutil.copy(generation / name, fresh / name)

    to.mkdir(parents=True, exist_ok=True)
    publish(to, manifest.built_from, fill)


def intact(folder: Path) -> Path | None:
    """The generation that is read, if every file of it is what was built; whatever it was built from."""
    generation = current(folder)
    try:
        return generation if generation and not wrong_files(generation, read_manifest(generation)) else None
    except StaleIndexError:
        return None


def write_passages(path: Path, passages: list[Passage]) -> None:
    """One entry a passage, with the digest of its text, for `verify` to slice again."""
    rows = [{**_row(p), "sha256": _text_digest(p)} for p in passages]
    path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", encoding="utf-8")


def check_passages(path: Path, documents: list[Document]) -> list[str]:
    """Slices every passage again from the files on disk; names those that differ."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        expected = {(row["document"], row["start"], row["end"]): row["sha256"] for row in rows}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as e:
        raise StaleIndexError(f"{path}: cannot be read ({e}); run: python -m index build") from e
    actual = {p.key: _text_digest(p) for d in documents for p in d.passages}
    return [
        f"{name}: passage [{start}, {end}) is not the one that was built"
        for name, start, end in sorted(expected.keys() | actual.keys())
        if expected.get((name, start, end)) != actual.get((name, start, end))
    ]


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return dict(file)
    except DAMAGED as e:
        raise StaleIndexError(f"{path}: cannot be read ({e}); run: python -m index build") from e


def _row(passage: Passage) -> dict[str, str | int]:
    return {"document": passage.document.name, "start": passage.span.start, "end": passage.span.end}


def _text_digest(passage: Passage) -> str:
    return hashlib.sha256(passage.text.encode("utf-8")).hexdigest()
