"""The parts of the page that stand before any question: first screen, map, staff panel.

Each is made once per interface language; the script shows one of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.web.coverage import PER_SECTION, Covered, covered, refused, tapped
from bot.web.html import Own, own_words, render
from bot.web.source import ContactLine, helpline, source
from bot.words import EMERGENCY_NUMBER, LANGUAGES
from corpus import Document, Example

KEYS = {
    "/": "staff.key_box",
    "Esc": "staff.key_leave",
    "n": "staff.key_next",
    "p": "staff.key_previous",
    "c": "staff.key_copy",
}
LEGEND = ("staff.legend_rank", "staff.legend_confidence", "staff.legend_score", "staff.legend_offsets")

Asks = tuple[tuple[str, str], ...]  # questions to tap: (language, question)


@dataclass(frozen=True, slots=True)
class Screen:
    """What the templates fill in, in one interface language. `document` is the only one, if there is only one."""

    language: str
    own: Own
    documents: tuple[Document, ...]
    document: Document | None
    tapped: Asks
    sections: tuple[tuple[Covered, Asks], ...]
    refused: tuple[str, ...]

    @property
    def promise(self) -> str:
        return promise(self.documents, self.language)

    @property
    def helplines(self) -> list[ContactLine]:
        """Each number once."""
        lines = [line for document in self.documents if (line := helpline(document))]
        return list({line.dialled: line for line in lines}.values())

    @property
    def supplied(self) -> bool:
        """Whether a heading stands in square brackets."""
        return any(section.section.headings[-1].span is None for section, _ in self.sections)


def screens(documents: Sequence[Document], examples: Sequence[Example]) -> list[Screen]:
    """One for each interface language."""
    return [_screen(language, tuple(documents), examples) for language in LANGUAGES]


def intro(screens: Sequence[Screen]) -> Markup:
    """Languages and staff switch, then the title, the promise, whose words, six questions, helpline."""
    return render("first_screen.html", screens=screens, source=source, emergency=EMERGENCY_NUMBER)


def conversation() -> Markup:
    """Where the turns go. Only the two small regions beside it are read aloud, once per answer."""
    return render("conversation.html", own=own_words("en"))


def below(screens: Sequence[Screen]) -> Markup:
    return render("below.html", screens=screens, keys=KEYS, legend=LEGEND)


def title(documents: Sequence[Document]) -> str:
    return " · ".join(document.title for document in documents)


def promise(documents: Sequence[Document], language: str) -> str:
    own = own_words(language)
    if len(documents) == 1:
        return own("first_screen.promise")
    return own("first_screen.promise_several", count=len(documents))


def _screen(language: str, documents: tuple[Document, ...], examples: Sequence[Example]) -> Screen:
    document = documents[0] if len(documents) == 1 else None
    sections, english = covered(documents, examples, language), covered(documents, examples, "en")
    return Screen(
        language=language,
        own=own_words(language, document),
        documents=documents,
        document=document,
        tapped=tuple((language, question) for question in tapped(sections)),
        sections=tuple((s, _asks(s, spare, language)) for s, spare in zip(sections, english, strict=True)),
        refused=tuple(refused(examples, language)),
    )


def _asks(section: Covered, english: Covered, language: str) -> Asks:
    """Questions to tap, and English ones where the corpus has too few of the language."""
    own = [(language, question) for question in section.questions]
    spare = [("en", question) for question in english.questions] if language != "en" else []
    return tuple([*own, *spare][:PER_SECTION])
