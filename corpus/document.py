"""A document, and the spans of it that can be shown.

A passage is a pair of offsets, never a string of its own: its text is cut from the document
each time, so altered text cannot be represented. All offsets count code points of the decoded
file, from 0, end exclusive.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from corpus.sidecar import Sidecar


class Role(StrEnum):
    """What a passage is for, and so what it may answer."""

    BODY = "body"  # answers questions about the subject
    REFERENCE = "reference"  # answers questions about sources
    DISCLAIMER = "disclaimer"  # stands under every answer; answers "is this advice?"
    CONTACT = "contact"  # stands under every answer; answers "which number do I call?"
    LINK_STUB = "link stub"  # "Find out more about …" without its link: never an answer


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Code points [start, end) of one document."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"span [{self.start}, {self.end}): expected 0 <= start < end")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading line. `span` is None when the sidecar supplied it, as its source had lost it."""

    text: str
    level: int
    span: Span | None = None

    @property
    def shown(self) -> str:
        """Words as quoted; supplied words stand in square brackets, as cataloguers write them."""
        return self.text if self.span else f"[{self.text}]"


@dataclass(frozen=True, slots=True)
class Block:
    """A passage before it belongs to a document: where it stands, what it is for, what is above it.

    `units` are its sentences or list items, in order: what a highlight can mark.
    `headings` is the path of headings above it, outermost first.
    """

    span: Span
    role: Role
    headings: tuple[Heading, ...]
    units: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A block of a document that is shown whole, or not at all."""

    document: "Document" = field(repr=False, compare=False)
    span: Span
    role: Role
    headings: tuple[Heading, ...]
    units: tuple[Span, ...]

    @property
    def text(self) -> str:
        return self.document.slice(self.span)

    @property
    def heading_path(self) -> list[str]:
        return [heading.shown for heading in self.headings]

    @property
    def key(self) -> tuple[str, int, int]:
        return (self.document.name, self.span.start, self.span.end)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading path and the passages directly under it."""

    headings: tuple[Heading, ...]
    passages: tuple[Passage, ...]

    @property
    def span(self) -> Span:
        """From the first to the last passage: what "read the whole section" opens."""
        return Span(self.passages[0].span.start, self.passages[-1].span.end)


@dataclass(frozen=True, eq=False)
class Document:
    """One file, decoded and nothing else, with what its sidecar says about it.

    `blocks` and `headings` are its outline, both in order; what can be derived from them is.
    """

    name: str
    text: str = field(repr=False)
    sha256: str
    about: Sidecar = field(default_factory=Sidecar, repr=False)
    blocks: tuple[Block, ...] = field(default=(), repr=False)
    headings: tuple[Heading, ...] = field(default=(), repr=False)

    @property
    def stem(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def title(self) -> str:
        first = next((heading.text for heading in self.headings if heading.span), "")
        return self.about.title or first or self.stem

    @property
    def language(self) -> str:
        return self.about.language

    def slice(self, span: Span) -> str:
        return self.text[span.start : span.end]

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """In order. One without any heading above it is shown under the title, as supplied words."""
        fallback = (Heading(self.title, 1),)
        return tuple(Passage(self, b.span, b.role, b.headings or fallback, b.units) for b in self.blocks)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Runs of passages under the same headings, in order."""
        runs: list[list[Passage]] = []
        for passage in self.passages:
            if runs and runs[-1][-1].headings == passage.headings:
                runs[-1].append(passage)
            else:
                runs.append([passage])
        return tuple(Section(run[0].headings, tuple(run)) for run in runs)

    def with_role(self, role: Role) -> list[Passage]:
        return [passage for passage in self.passages if passage.role is role]

    def quoted_role(self, role: Role) -> str:
        """All of its passages of one role as one stretch of the text, or ""."""
        passages = self.with_role(role)
        return self.slice(Span(passages[0].span.start, passages[-1].span.end)) if passages else ""

    def section_of(self, passage: Passage) -> Section:
        return next(section for section in self.sections if passage in section.passages)
