"""Builds of a few text files, quick enough to be made, killed and read hundreds of times."""

import time
from pathlib import Path

from index.storage import store
from index.storage.manifest import read_manifest, wrong_files

FILES = ("a", "b", "deep/c")


def silent(line: str) -> None:
    """Says nothing."""


def put(folder: Path, text: str, pause: float = 0) -> None:
    """A build: every file holds `text`."""

    def fill(fresh: Path) -> None:
        for name in FILES:
            (fresh / name).parent.mkdir(exist_ok=True)
            (fresh / name).write_text(text)
            time.sleep(pause)

    with store.locked(folder, silent):
        store.publish(folder, {"text": text}, fill)


def got(folder: Path) -> str:
    """What is read; fails when it is not whole."""
    generation = store.current(folder)
    manifest = read_manifest(generation)
    assert wrong_files(generation, manifest) == []
    texts = {(generation / name).read_text() for name in FILES}
    assert texts == {manifest.built_from["text"]}
    return texts.pop()
