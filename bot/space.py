"""python -m bot space FOLDER: a folder that is ready to be pushed as a Hugging Face Space.

It holds the code, the documents, the built index with its encoder, and the few requirements that
answering has. Nothing is built when it starts: a wake takes seconds, and where the weights are not
installed a stale index is refused.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from index import build
from index.errors import StorageError
from index.storage import store

ROOT = Path(__file__).parent.parent
LISTED = "space-files.json"  # what was written, by digest: only these files are ever replaced
LARGE = 10 * 1024 * 1024  # bytes: above, a Space takes a file only through Git LFS
OF_A_CORPUS = ("documents", "questions", "suggestions")
ONLY_LEARNED_FROM = ("statements.jsonl",)  # by python -m index fit
TOLERATED = {".git", ".gitignore", ".DS_Store"}
ATTRIBUTES = """# Bytes are checked by digest, so no line ending may be changed.
* -text
*.onnx filter=lfs diff=lfs merge=lfs -text
*.npz filter=lfs diff=lfs merge=lfs -text
*.npy filter=lfs diff=lfs merge=lfs -text
*.faiss filter=lfs diff=lfs merge=lfs -text
"""
README = """
Answers questions with passages of its document, word for word, and says so when the document does not
answer. There is no language model, and no question leaves the machine.

Made by `python -m bot space`: code, document, built index and encoder, checked by digest at every start.
Nothing is built here. To change the document or the examples, change them where this was made, and make
it again.

This is not medical advice. The document is its publisher's; ask for their permission before you publish it.
"""


def write_space(folder: Path, say: Callable[[str], None] = build.say) -> None:
    """Fills `folder`, new, empty or made by this before; a repository's .git in it is left alone.

    Raises StorageError naming what stands in the way, and whatever building raises.
    """
    before = _listed(folder)
    if build.verify():
        build.build(say=say)
    for path in before:
        path.unlink()
    for parent in sorted({path.parent for path in before}, reverse=True):  # a generation's folder, when it is empty
        if not any(parent.iterdir()):
            parent.rmdir()
    try:
        _copy(folder)
        files = {path.relative_to(folder).as_posix(): _digest(path) for path in _files(folder)}
        (folder / LISTED).write_text(json.dumps(files, indent=1) + "\n", encoding="utf-8")
    except OSError as e:
        raise StorageError(f"{e.filename or folder}: cannot be written ({e.strerror})") from e
    _check(folder)
    _say_sizes(folder, say)


def _copy(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    code = shutil.ignore_patterns("__pycache__", "built", *OF_A_CORPUS, *ONLY_LEARNED_FROM, ".*")
    for room in ("bot", "corpus", "index"):
        shutil.copytree(ROOT / room, folder / room, ignore=code, dirs_exist_ok=True)
    for part in OF_A_CORPUS:
        if (build.CORPUS / part).is_dir():
            shutil.copytree(build.CORPUS / part, folder / "corpus" / part, dirs_exist_ok=True)
    if (build.CORPUS / "vocabulary.toml").is_file():
        shutil.copy(build.CORPUS / "vocabulary.toml", folder / "corpus")
    store.copy_to_serve(build.BUILT, folder / "index" / "built")
    for name in ("app.py", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    shutil.copy(ROOT / "requirements-serve.txt", folder / "requirements.txt")
    (folder / ".gitattributes").write_text(ATTRIBUTES, encoding="utf-8")
    (folder / "README.md").write_text(f"{_front_matter()}{README}", encoding="utf-8")


def _front_matter() -> str:
    """That of the project's README, with the version of Gradio that the requirements name."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    requirements = (ROOT / "requirements-serve.txt").read_text(encoding="utf-8")
    front = re.match(r"---\n.*?\n---\n", readme, re.DOTALL)
    gradio = re.search(r"^gradio==(\S+)", requirements, re.MULTILINE)
    if not front or not gradio:
        raise StorageError("README.md has no front matter, or requirements-serve.txt no gradio; expected both")
    return re.sub(r"(?m)^sdk_version:.*$", f"sdk_version: {gradio[1]}", front[0])


def _listed(folder: Path) -> list[Path]:
    """The files that an earlier run wrote. Raises StorageError for a file in `folder` that none wrote."""
    if folder.exists() and not folder.is_dir():
        raise StorageError(f"{folder}: is a file; expected a new or empty folder")
    if not folder.exists():
        return []
    try:
        listed = dict(json.loads((folder / LISTED).read_text(encoding="utf-8")))
    except FileNotFoundError:
        listed = {}
    except (OSError, ValueError, TypeError) as e:
        raise StorageError(f"{folder / LISTED}: cannot be read ({e}); expected the list of an earlier run") from e
    found = list(_files(folder))
    for path in found:
        if path.relative_to(folder).as_posix() not in listed:
            raise StorageError(f"{path}: was not written by an earlier run; expected a new or empty folder")
    return found


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        ours = parts[0] not in TOLERATED and "__pycache__" not in parts and parts != (LISTED,)
        if ours and (path.is_symlink() or not path.is_dir()):
            yield path


def _check(folder: Path) -> None:
    """The folder's own code checks the folder's own files, as it will when it starts."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CHATBOT_")}
    done = subprocess.run(
        [sys.executable, "-m", "index", "verify"],
        cwd=folder,
        env={**clean, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise StorageError(f"{folder}: does not verify: {(done.stderr or done.stdout).strip()[-500:]}")


def _say_sizes(folder: Path, say: Callable[[str], None]) -> None:
    sizes = {path: path.stat().st_size for path in _files(folder)}
    say(f"Wrote {folder}: {len(sizes)} files, {sum(sizes.values()) / 1e6:.1f} MB; it verifies and never builds.")
    large = [path for path, size in sizes.items() if size > LARGE]
    if large:
        say("Over 10 MB, so they need Git LFS (.gitattributes is set for it; run: git lfs install):")
    for path in large:
        say(f"  {sizes[path] / 1e6:6.1f} MB  {path.relative_to(folder).as_posix()}")
    say("Try it:   pip install -r requirements.txt && python app.py    (in that folder)")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
