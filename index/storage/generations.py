"""The folder of the index: generations side by side, never changed, and a pointer to the one that is read.

    built/CURRENT                      the name of the generation that is read, swapped in one step
    built/generation-0123456789abcdef/ one build, whole, with its manifest
    built/.lock                        held while something is built; readers need no lock

Nothing but these is ever written or removed. A folder that holds anything else is refused by name
before a build starts, and only generations that carry a manifest of ours are swept.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import StaleIndexError, StorageError
from index.storage.manifest import MANIFEST, Manifest, digest, files_in, read_manifest, replace, write_manifest

POINTER = "CURRENT"
LOCK = ".lock"
GENERATION = re.compile(r"generation-[0-9a-f]{16}")
TOLERATED = {".DS_Store", "Thumbs.db", "desktop.ini", "lost+found", ".gitkeep"}  # left by systems, and left alone
PATIENCE = 3600  # seconds to wait for another build


def current(folder: Path) -> Path | None:
    """The generation that is read, or None when no build was finished."""
    try:
        name = (folder / POINTER).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return folder / name if GENERATION.fullmatch(name) else None


def refuse_foreign(folder: Path) -> None:
    """Raises StorageError naming what stands at `folder`, or in it, that is not ours."""
    expected = "expected a new or empty folder, or one that the index was built in"
    try:
        if folder.is_symlink():
            raise StorageError(f"{folder}: is a link to {folder.readlink()}; {expected}")
        if not folder.exists():
            return
        if not folder.is_dir():
            raise StorageError(f"{folder}: is a file; {expected}")
        first_format = _of_first_format(folder)
        for path in sorted(folder.iterdir()):
            if not _is_ours(path) and path.name not in first_format:
                raise StorageError(f"{path}: does not belong to the index; {expected}")
    except OSError as e:
        raise StorageError(f"{folder}: cannot be read ({e.strerror}); {expected}") from e


@contextmanager
def locked(folder: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Holds the right to build in `folder`, which is made where it is missing; other builds wait.

    What abandoned builds left is swept first. Whatever the disk refuses becomes a StorageError.
    """
    refuse_foreign(folder)
    with _in_words(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            say(f"{folder}: another build is under way; waiting for it …")
            try:
                lock.acquire(timeout=PATIENCE)
            except Timeout as e:
                raise StorageError(f"{folder}: another build holds it for over {PATIENCE} s; expected its end") from e
        try:
            refuse_foreign(folder)
            sweep(folder, say)
            yield
        finally:
            lock.release()


def publish(folder: Path, built_from: dict[str, str], fill: Callable[[Path], None]) -> None:
    """Calls `fill` on a new generation and makes it the one that is read. The caller holds the lock.

    The one that was read until now stays until the next build, for those who are reading it.
    """
    fresh = folder / f"generation-{secrets.token_hex(8)}"
    fresh.mkdir()
    try:
        write_manifest(fresh, Manifest())
        fill(fresh)
        files = {path.relative_to(fresh).as_posix(): digest(path) for path in files_in(fresh)}
        write_manifest(fresh, Manifest.model_validate({"built from": built_from, "files": files}))
        replace(folder / POINTER, fresh.name)
    except BaseException:
        _remove(fresh, lambda line: None)
        raise
    for name in _of_first_format(folder):
        (folder / name).unlink(missing_ok=True)


def sweep(folder: Path, say: Callable[[str], None]) -> None:
    """Removes the generations that nobody reads any more. The caller holds the lock."""
    kept = current(folder)
    for path in sorted(folder.iterdir()):
        if path != kept and GENERATION.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
            _remove(path, say)


def _remove(generation: Path, say: Callable[[str], None]) -> None:
    """A finished generation loses the files that its manifest names; an unfinished one all.

    The manifest goes last, so that a sweep that is killed is taken up again.
    """
    born = generation / f"{MANIFEST}.new"
    try:
        if (generation / MANIFEST).exists():
            named = read_manifest(generation).files
            parts = [generation / name for name in named] if named else files_in(generation)
            for part in parts:
                if part.parent.resolve().is_relative_to(generation.resolve()):
                    part.unlink(missing_ok=True)
            for inner in sorted((path for path in generation.rglob("*") if path.is_dir()), reverse=True):
                inner.rmdir()
            if list(generation.iterdir()) == [generation / MANIFEST]:
                (generation / MANIFEST).unlink()
        elif list(generation.iterdir()) == [born]:
            born.unlink()  # killed while its manifest was being written
        generation.rmdir()
    except (OSError, StaleIndexError):  # on Windows also what is still open somewhere: it goes at the next build
        say(f"{generation}: holds what no manifest of ours names, or is in use; left as it is.")


def _is_ours(path: Path) -> bool:
    if path.is_symlink():
        return False
    if path.is_dir():
        return bool(GENERATION.fullmatch(path.name)) or path.name in TOLERATED
    return path.name in {POINTER, f"{POINTER}.new", LOCK} | TOLERATED


def _of_first_format(folder: Path) -> set[str]:
    """Names of the files that stood here side by side before there were generations."""
    try:
        manifest = read_manifest(folder)
    except StaleIndexError:
        return set()
    flat = {name for name in manifest.files if (folder / name).is_file() and not (folder / name).is_symlink()}
    return {MANIFEST, *flat} if manifest.format == 1 else set()


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as e:
        where = e.filename if isinstance(e.filename, str) else folder
        raise StorageError(
            f"{where}: nothing can be built there ({e.strerror or e}); expected room, and leave to write"
        ) from e
