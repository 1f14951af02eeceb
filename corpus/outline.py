"""From a text to its passages: split where the document does.

Sections by heading, passages by block, a list never apart from its lead-in, nothing cut inside
a sentence. Passages and headings together cover every non-blank character, in order, without
overlap; `Outline.check` holds that for every document that is read.
"""

import re
from collections.abc import Sequence

from corpus.document import Block, Heading, Role, Span
from corpus.errors import CorpusError
from corpus.sentences import BULLET, lines, list_items, sentences, trimmed
from corpus.sidecar import SuppliedHeading

LONGEST = 1000  # code points; about what the encoder reads (256 word blocks) before it cuts off
BLOCK = re.compile(r"(?:[^\r\n]*[^\s\ufeff][^\r\n]*(?:\r\n|\n|\r|\Z))+")
MARKDOWN_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
FENCE = re.compile(r"[ \t]*(```|~~~)")
ENDS_A_SENTENCE = re.compile(r"[.:;,!?…][\"'”’)]*$")
CONTACT = re.compile(r"(?:\+?\d[\d\s().-]{7,}\d|©|\(c\)\s*\d{4}|\S+@\S+\.\w+)", re.IGNORECASE)
STUB = re.compile(r"(?:find out|learn|read) more\b|en savoir plus\b|pour en savoir plus\b", re.IGNORECASE)
SECTION_ROLES = (
    (Role.DISCLAIMER, re.compile(r"disclaimer|avertissement|avis (?:médical|de non)|mise en garde", re.IGNORECASE)),
    (
        Role.REFERENCE,
        re.compile(
            r"\breferences?\b|^sources?$|bibliograph|\bréférences?\b|expert review|révision par des experts",
            re.IGNORECASE,
        ),
    ),
)


def outline(
    text: str, *, markdown: bool, language: str = "en", supplied: Sequence[SuppliedHeading] = ()
) -> tuple[list[Heading], list[Block]]:
    """The headings and passages of `text`, in order.

    Raises CorpusError when a supplied heading has no place, or when a character would be lost.
    """
    places = {_place(text, heading): heading for heading in supplied}
    headings: list[Heading] = []
    blocks: list[Block] = []
    path: tuple[Heading, ...] = ()
    for block in _merged_lists(text, _runs(text, markdown)):
        if block.start in places:
            extra = places.pop(block.start)
            path = _under(path, Heading(extra.text, extra.level))
            headings.append(path[-1])
        heading = _heading(text, block, markdown=markdown, first=not headings and not blocks)
        if heading:
            path = _under(path, heading)
            headings.append(heading)
        else:
            blocks += _passages(text, block, path, language)
    if places:
        lost = next(iter(places.values()))
        raise CorpusError(f"supplied heading {lost.text!r}: {lost.before!r} does not start a block")
    _check_cover(text, headings, blocks)
    return headings, blocks


def _place(text: str, heading: SuppliedHeading) -> int:
    if text.count(heading.before) != 1:
        raise CorpusError(
            f"supplied heading {heading.text!r}: expected its text {heading.before!r} once, "
            f"found it {text.count(heading.before)} times"
        )
    return text.index(heading.before)


def _under(path: tuple[Heading, ...], heading: Heading) -> tuple[Heading, ...]:
    return (*(h for h in path if h.level < heading.level), heading)


def _runs(text: str, markdown: bool) -> list[Span]:
    """Runs of non-blank lines; in Markdown a heading line is a run of its own."""
    blocks: list[Span] = []
    fenced = False
    for run in BLOCK.finditer(text):
        if not markdown:
            start = run.start() + len(run.group()) - len(run.group().lstrip("\ufeff"))
            blocks.append(trimmed(text, start, run.end()))
            continue
        group: Span | None = None
        for line in lines(text, Span(run.start(), run.end())):
            if FENCE.match(text, line.start, line.end):
                fenced = not fenced
            start = line.start + (text[line.start] == "\ufeff")
            line = Span(start, line.end)
            if not fenced and MARKDOWN_HEADING.match(text[line.start : line.end]):
                blocks += [group] if group else []
                blocks.append(line)
                group = None
            else:
                group = Span(group.start if group else line.start, line.end)
        blocks += [group] if group else []
    return blocks


def _is_list(text: str, block: Span) -> bool:
    return bool(BULLET.match(text, block.start, block.end))


def _merged_lists(text: str, blocks: list[Span]) -> list[Span]:
    """Joins a list with the lead-in before it, and with its items that stand after blank lines."""
    merged: list[Span] = []
    for block in blocks:
        last = merged[-1] if merged else None
        if last and _is_list(text, block):
            lead_in = text[last.start : last.end].rstrip().endswith(":") and not _is_list(text, last)
            continued = len(list_items(text, last)) > 1 or _is_list(text, last)
            if lead_in or continued:
                merged[-1] = Span(last.start, block.end)
                continue
        merged.append(block)
    return merged


def _heading(text: str, block: Span, *, markdown: bool, first: bool) -> Heading | None:
    words = text[block.start : block.end]
    if markdown:
        match = MARKDOWN_HEADING.match(words)
        return Heading(match[2], len(match[1]), block) if match else None
    is_one_short_line = "\n" not in words and "\r" not in words and len(words) <= 100
    if (
        not is_one_short_line
        or _is_list(text, block)
        or ENDS_A_SENTENCE.search(words)
        or CONTACT.search(words)
        or block.end == len(text.rstrip())  # a heading has something under it
    ):
        return None
    return Heading(words, 1 if first else 2, block)


def _passages(text: str, block: Span, path: tuple[Heading, ...], language: str) -> list[Block]:
    role = _section_role(path)
    # A list without lead-in starts with its bullet; with one, an item follows the lead-in.
    has_items = any(BULLET.match(text, line.start, line.end) for line in lines(text, block))
    if has_items:
        items = list_items(text, block)
        if role is Role.REFERENCE:  # one passage an entry, bullet left outside the words but covered
            starts = [line.start for line in lines(text, block) if BULLET.match(text, line.start, line.end)]
            ends = [*starts[1:], block.end]
            if items[0].start == block.start:
                starts, ends = [block.start, *starts], [starts[0], *ends]
            spans = [trimmed(text, start, end) for start, end in zip(starts, ends, strict=True)]
            return [Block(span, role, path, (item,)) for span, item in zip(spans, items, strict=True)]
        return [Block(block, role, path, tuple(items))]
    words = text[block.start : block.end]
    short = len(words) <= 200 and not ENDS_A_SENTENCE.search(words)
    if role is not Role.REFERENCE and short and CONTACT.search(words):
        return [Block(block, Role.CONTACT, path, (block,))]
    return _paragraph(text, sentences(text, block, language), role, path)


def _section_role(path: tuple[Heading, ...]) -> Role:
    for heading in reversed(path[1:] or path):
        for role, pattern in SECTION_ROLES:
            if pattern.search(heading.text):
                return role
    return Role.BODY


def _paragraph(text: str, units: list[Span], role: Role, path: tuple[Heading, ...]) -> list[Block]:
    """Groups sentences: link stubs apart, and a paragraph beyond LONGEST parted between sentences."""
    groups: list[tuple[Role, list[Span]]] = []
    for unit in units:
        kind = Role.LINK_STUB if role is Role.BODY and STUB.match(text, unit.start, unit.end) else role
        fits = groups and groups[-1][0] is kind and unit.end - groups[-1][1][0].start <= LONGEST
        if fits:
            groups[-1][1].append(unit)
        else:
            groups.append((kind, [unit]))
    return [Block(Span(group[0].start, group[-1].end), kind, path, tuple(group)) for kind, group in groups]


def _check_cover(text: str, headings: list[Heading], blocks: list[Block]) -> None:
    spans = sorted([h.span for h in headings if h.span] + [piece.span for piece in blocks])
    at = 0
    for span in [*spans, Span(len(text), len(text) + 1)]:
        if span.start < at or text[at : span.start].strip(" \t\r\n\f\v\ufeff\u00a0").strip():
            raise CorpusError(f"the outline loses or repeats text near offset {at}: {text[at : at + 40]!r}")
        at = span.end
