"""Documents from disk, byte for byte, each with the sidecar that says whose it is.

`documents/NAME.txt` is plain text and `documents/NAME.md` Markdown; `sidecar` says what
`documents/NAME.toml` may hold.
"""

import hashlib
from itertools import pairwise
from pathlib import Path

from corpus.document import Document, Role
from corpus.errors import CorpusError
from corpus.outline import outline
from corpus.sidecar import read_sidecar

DOCUMENTS = Path(__file__).parent / "documents"
SUFFIXES = {".txt": False, ".md": True}  # suffix -> is Markdown


def read_documents(folder: Path = DOCUMENTS) -> list[Document]:
    """Every document of `folder`, by name. Raises CorpusError naming the folder or file."""
    if not folder.is_dir():
        raise CorpusError("expected a folder with documents (.txt or .md)", folder)
    paths = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    if not paths:
        raise CorpusError("expected at least one document (.txt or .md), found none", folder)
    for one, other in pairwise(paths):
        if one.stem == other.stem:
            # They would share a sidecar and a question file, whose quotes are of one of them only.
            raise CorpusError(f"has the same stem as {one.name}; expected one document of each name", other)
    return [read_document(path) for path in paths]


def read_document(path: Path, *, require_disclaimer: bool = True) -> Document:
    """One document. `require_disclaimer=False` is for measuring on texts that have none."""
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
    except OSError as e:
        raise CorpusError(f"cannot be read ({e.strerror}); expected a document", path) from e
    except UnicodeDecodeError as e:
        raise CorpusError(f"byte {e.start} is not UTF-8; expected a UTF-8 text", path) from e
    if not text.strip().strip("\ufeff"):
        raise CorpusError("is empty; expected a text", path)
    about = read_sidecar(path.with_suffix(".toml"))
    try:
        headings, blocks = outline(
            text, markdown=SUFFIXES[path.suffix], language=about.language, supplied=about.headings
        )
    except CorpusError as e:
        raise CorpusError(e.message, path) from e
    document = Document(path.name, text, hashlib.sha256(raw).hexdigest(), about, tuple(blocks), tuple(headings))
    if require_disclaimer and not document.with_role(Role.DISCLAIMER):
        raise CorpusError("has no disclaimer; expected a section whose heading says 'disclaimer'", path)
    if not document.with_role(Role.BODY):
        raise CorpusError("has no text to quote; expected at least one paragraph under a heading", path)
    return document
