"""From a text to its passages: split where the document does.

Sections by heading, passages by block, a list never apart from its lead-in, nothing cut inside
a sentence. Passages and headings together cover every non-blank character, in order, without
overlap; `_check_cover` holds that for every document that is read. Time grows with the length of the
text and no faster, whatever the text: no pattern here may try a place twice.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from corpus.document import Block, Heading, Role, Span
from corpus.errors import CorpusError
from corpus.sentences import BULLET, lines, list_items, sentences, trimmed
from corpus.sidecar import SuppliedHeading

LONGEST = 1000  # code points; about what the encoder reads (256 word blocks) before it cuts off
WHOLE_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
MARKDOWN_HEADING = re.compile(r"(#{1,6})[ \t]+")
FENCE = re.compile(r"[ \t]*(```|~~~)")
ENDS_A_SENTENCE = re.compile(r"[.:;,!?…][\"'”’)]*$")
CONTACT = re.compile(
    r"\+?\d[\d\s().-]{7,}\d|©|\(c\)\s*\d{4}|(?<!\S)\S[^\s@]*@\S+\.\w",  # an address is looked for once a word
    re.IGNORECASE,
)
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
    end = len(text.rstrip())
    for block in _merged_lists(text, _runs(text, markdown)):
        if block.start in places:
            extra = places.pop(block.start)
            path = _under(path, Heading(extra.text, extra.level))
            headings.append(path[-1])
        heading = _heading(text, block, markdown=markdown, first=not headings and not blocks)
        if heading and not markdown and block.end == end:
            heading = None  # a heading has something under it
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
    for run in _non_blank(text):
        if not markdown:
            words = text[run.start : run.end]
            block = trimmed(text, run.start + len(words) - len(words.lstrip("\ufeff")), run.end)
            blocks += [block] if block else []
            continue
        group: Span | None = None
        for line in lines(text, run):
            if FENCE.match(text, line.start, line.end):
                fenced = not fenced
            start = line.start + (text[line.start] == "\ufeff")
            line = Span(start, line.end)
            if not fenced and _marked(text[line.start : line.end]):
                blocks += [group] if group else []
                blocks.append(line)
                group = None
            else:
                group = Span(group.start if group else line.start, line.end)
        blocks += [group] if group else []
    return blocks


def _non_blank(text: str) -> Iterator[Span]:
    """Runs of lines that hold more than blanks, up to and with the last one's line end."""
    start: int | None = None
    for line in WHOLE_LINE.finditer(text):
        if line.group().replace("\ufeff", "").strip():
            start = line.start() if start is None else start
        elif start is not None:
            yield Span(start, line.start())
            start = None
    if start is not None:
        yield Span(start, len(text))


def _marked(line: str) -> tuple[int, str] | None:
    """Level and words of a Markdown heading: "## Storage ##" -> (2, "Storage")."""
    match = MARKDOWN_HEADING.match(line)
    if not match or "\n" in line:
        return None
    return len(match[1]), line[match.end() :].rstrip(" \t").rstrip("#").rstrip(" \t")


def _is_list(text: str, block: Span) -> bool:
    return bool(BULLET.match(text, block.start, block.end))


def _merged_lists(text: str, blocks: list[Span]) -> list[Span]:
    """Joins a list with the lead-in before it, and with its items that stand after blank lines."""
    merged: list[Span] = []
    items = 0  # of the last one, a lead-in counted
    for block in blocks:
        last = merged[-1] if merged else None
        bulleted = sum(bool(BULLET.match(text, line.start, line.end)) for line in lines(text, block))
        if last and _is_list(text, block):
            lead_in = text[last.end - 1] == ":" and not _is_list(text, last)
            if lead_in or items > 1 or _is_list(text, last):
                merged[-1] = Span(last.start, block.end)
                items += bulleted
                continue
        merged.append(block)
        items = len(list_items(text, block))
    return merged


def _heading(text: str, block: Span, *, markdown: bool, first: bool) -> Heading | None:
    words = text[block.start : block.end]
    if markdown:
        marked = _marked(words)
        return Heading(marked[1], marked[0], block) if marked else None
    is_one_short_line = "\n" not in words and "\r" not in words and len(words) <= 100
    if not is_one_short_line or _is_list(text, block) or ENDS_A_SENTENCE.search(words) or CONTACT.search(words):
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
            return [Block(span, role, path, (item,)) for span, item in zip(spans, items, strict=True) if span]
        return [Block(block, role, path, tuple(items))]
    words = text[block.start : block.end]
    short = len(words) <= 200 and not ENDS_A_SENTENCE.search(words)
    if role is not Role.REFERENCE and short and CONTACT.search(words):
        return [Block(block, Role.CONTACT, path, (block,))]
    return _paragraph(text, sentences(text, block, language), role, path)


def _section_role(path: tuple[Heading, ...]) -> Role:
    roles = (_role_named_by(heading.text) for heading in reversed(path[1:] or path))
    return next((role for role in roles if role), Role.BODY)


@lru_cache(maxsize=64)  # asked for each passage under it
def _role_named_by(heading: str) -> Role | None:
    return next((role for role, pattern in SECTION_ROLES if pattern.search(heading)), None)


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
