"""An answer as values: passages, parts and notices. Only a renderer joins them into text or HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.words import other_language, words
from corpus import Document, Passage, Role, Span

OTHER_LANGUAGES = "other_languages"  # the notice that is said in the reader's own language, by its code


class Outcome(StrEnum):
    ANSWERED = "answered"  # the first passage answers
    RELATED = "related"  # the document says something near, shown as that
    NOT_COVERED = "not_covered"  # nothing is shown


@dataclass(frozen=True, slots=True)
class Quotation:
    """A passage that is shown, the spans in it that answer, and how well it ranks."""

    passage: Passage
    highlights: tuple[Span, ...]
    score: float

    def record(self) -> dict[str, Any]:
        passage = self.passage
        return {
            "document": passage.document.name,
            "sha256": passage.document.sha256,
            "start": passage.span.start,
            "end": passage.span.end,
            "text": passage.text,
            "headings": passage.heading_path,
            "highlights": [[span.start, span.end] for span in self.highlights],
            "score": round(self.score, 4),
        }


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence of the bot's own that applies: its key in the words files, and what fills its blanks."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: str, document: Document) -> str:
        if self.key == OTHER_LANGUAGES:
            return other_language(self.values["language"])
        own = words(language)
        values = {name: own.topic(value) if name == "topic" else value for name, value in self.values.items()}
        return own(self.key, document, **values)

    def spoken(self, language: str) -> str:
        """The language that its text is in."""
        return self.values["language"] if self.key == OTHER_LANGUAGES else language


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one ask of the message. `quotations` are places in the answer's own.

    `meanings` are names that a word of it may have meant, for the reader to choose from.
    """

    text: str
    outcome: Outcome
    quotations: tuple[int, ...] = ()
    topic: str = ""
    unknown_names: tuple[str, ...] = ()
    meanings: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "outcome": self.outcome.value,
            "passages": list(self.quotations),
            "topic": self.topic,
            "unknown_names": list(self.unknown_names),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to one message.

    `document` is the one that answers, or else the nearest: its disclaimer and contact stand below.
    `language` is that of the notices. `confidence` is the calibrated P(the first passage answers).
    """

    question: str
    outcome: Outcome
    urgent: bool
    confidence: float
    document: Document
    language: str = "en"
    quotations: tuple[Quotation, ...] = ()
    parts: tuple[Part, ...] = ()
    notices: tuple[Notice, ...] = ()
    id: str | int | float | None = None

    @property
    def disclaimer(self) -> str:
        return self.document.quoted_role(Role.DISCLAIMER)

    @property
    def contact(self) -> str:
        return self.document.quoted_role(Role.CONTACT)

    def said(self, notices: Sequence[Notice] | None = None) -> str:
        """The notices' sentences, joined by blanks."""
        chosen = self.notices if notices is None else notices
        return " ".join(notice.text(self.language, self.document) for notice in chosen)

    def record(self) -> dict[str, Any]:
        """The same for `batch`, `ask --json` and the HTTP API."""
        return {
            "id": self.id,
            "question": self.question,
            "outcome": self.outcome.value,
            "urgent": self.urgent,
            "confidence": self.confidence,
            "passages": [quotation.record() for quotation in self.quotations],
            "parts": [part.record() for part in self.parts],
            "notice": self.said(),
            "disclaimer": self.disclaimer,
            "contact": self.contact,
        }
