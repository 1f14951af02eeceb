"""Where a stretch of text may be marked or, when it is too long, parted: at its sentences."""

import re
from collections.abc import Iterator

import sentencex

from corpus.document import Span

# Line ends as they come in files; text.splitlines would also cut at form feeds and the like.
LINE = re.compile(r"[^\r\n]+")
LINE_END = re.compile(r"[\r\n]")
WINDOW = 10_000  # code points that are split into sentences at once; a longer paragraph is rare
BULLET = re.compile(r"\s*(?:[•◦▪‣·*+–—-]|\d{1,3}[.)]|[a-z][.)])\s+(?=\S)")


def trimmed(text: str, start: int, end: int) -> Span | None:
    """[start, end) without blanks at its ends; None when only blanks are left."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return Span(start + left, start + len(piece.rstrip())) if piece.strip() else None


def lines(text: str, span: Span) -> list[Span]:
    found = (trimmed(text, m.start(), m.end()) for m in LINE.finditer(text, span.start, span.end))
    return [line for line in found if line]


def sentences(text: str, span: Span, language: str) -> list[Span]:
    """The sentences of `span`; line ends inside a paragraph do not end a sentence."""
    # The splitter treats a line end as a hard break, so it sees blanks in their place.
    piece = LINE_END.sub(" ", text[span.start : span.end])
    found = (trimmed(text, span.start + start, span.start + end) for start, end in _bounds(piece, language))
    return [sentence for sentence in found if sentence]


def _bounds(piece: str, language: str) -> Iterator[tuple[int, int]]:
    """The splitter takes the square of a text's length over unpaired quotes, so it reads WINDOW at a time.

    A window's last sentence may go on, so the next one starts with it.
    """
    at = 0
    while at < len(piece):
        window = piece[at : at + WINDOW]
        found = [(b["start_index"], b["end_index"]) for b in sentencex.get_sentence_boundaries(language, window)]
        is_last = at + WINDOW >= len(piece)
        kept = found if is_last or len(found) < 2 else found[:-1]
        yield from ((at + start, at + end) for start, end in kept)
        at += len(window) if is_last or len(found) < 2 else found[-1][0]


def list_items(text: str, span: Span) -> list[Span]:
    """Each item of a list without its bullet; a line that starts no item continues the last one.

    A lead-in before the first bullet is an item of its own.
    """
    items: list[Span] = []
    for line in lines(text, span):
        bullet = BULLET.match(text, line.start, line.end)
        if bullet or not items:
            items.append(Span(bullet.end() if bullet else line.start, line.end))
        else:
            items[-1] = Span(items[-1].start, line.end)
    return items
