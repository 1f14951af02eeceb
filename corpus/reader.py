"""Documents from disk, byte for byte, each with the sidecar that says whose it is.

`documents/NAME.txt` is plain text and `documents/NAME.md` Markdown; `documents/NAME.toml`, if it
is there, holds `title`, `publisher`, `year`, `language`, `link` and `[[headings]]` (supplied ones).
"""

import hashlib
import tomllib
from pathlib import Path

from corpus.document import Document, Heading, Passage, Role
from corpus.errors import CorpusError
from corpus.outline import SuppliedHeading, outline

DOCUMENTS = Path(__file__).parent / "documents"
SUFFIXES = {".txt": False, ".md": True}  # suffix -> is Markdown
SIDECAR_FIELDS = {"title", "publisher", "year", "language", "link", "headings"}


def read_documents(folder: Path = DOCUMENTS) -> list[Document]:
    """Every document of `folder`, by name. Raises CorpusError naming the folder or file."""
    if not folder.is_dir():
        raise CorpusError(f"{folder}: expected a folder with documents (.txt or .md)")
    paths = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    if not paths:
        raise CorpusError(f"{folder}: expected at least one document (.txt or .md), found none")
    return [read_document(path) for path in paths]


def read_document(path: Path, *, require_disclaimer: bool = True) -> Document:
    """One document. `require_disclaimer=False` is for measuring on texts that have none."""
    raw = _read(path)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as e:
        raise CorpusError(f"{path}: byte {e.start} is not UTF-8; expected a UTF-8 text") from e
    if not text.strip().strip("\ufeff"):
        raise CorpusError(f"{path}: is empty; expected a text")
    about = _sidecar(path.with_suffix(".toml"))
    language = about.get("language", "en")
    try:
        headings, pieces = outline(
            text,
            markdown=SUFFIXES[path.suffix],
            language=language,
            supplied=tuple(_supplied(entry, path.with_suffix(".toml")) for entry in about.get("headings", [])),
        )
    except CorpusError as e:
        raise CorpusError(f"{path}: {e}") from e
    first = next((heading.text for heading in headings if heading.span), None)
    title = about.get("title") or first or path.stem
    document = Document(
        name=path.name,
        text=text,
        sha256=hashlib.sha256(raw).hexdigest(),
        title=title,
        publisher=about.get("publisher", ""),
        year=str(about.get("year", "")),
        language=language,
        link=about.get("link", ""),
        headings=tuple(headings),
    )
    # A document without any heading is shown under its title, as supplied words.
    fallback = (Heading(title, 1),)
    passages = (Passage(document, p.span, p.role, p.headings or fallback, p.units) for p in pieces)
    object.__setattr__(document, "passages", tuple(passages))  # the one cycle: a passage knows its document
    if require_disclaimer and not document.with_role(Role.DISCLAIMER):
        raise CorpusError(f"{path}: has no disclaimer; expected a section whose heading says 'disclaimer'")
    if not document.with_role(Role.BODY):
        raise CorpusError(f"{path}: has no text to quote; expected at least one paragraph under a heading")
    return document


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        raise CorpusError(f"{path}: cannot be read ({e.strerror}); expected a document") from e


def _sidecar(path: Path) -> dict:
    if not path.exists():
        return {}
    try:
        about = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise CorpusError(f"{path}: is not valid TOML ({e})") from e
    for key, value in about.items():
        if key not in SIDECAR_FIELDS:
            raise CorpusError(f"{path}: unknown field {key!r}; expected one of {', '.join(sorted(SIDECAR_FIELDS))}")
        wanted = list if key == "headings" else (int, str) if key == "year" else str
        if not isinstance(value, wanted):
            raise CorpusError(f"{path}: {key} has value {value!r}; expected {'tables' if wanted is list else 'text'}")
    return about


def _supplied(entry: dict, path: Path) -> SuppliedHeading:
    try:
        return SuppliedHeading(**entry)
    except TypeError as e:
        raise CorpusError(f"{path}: a [[headings]] entry has {entry!r}; expected text, before and level") from e
