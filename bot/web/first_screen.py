"""The parts of the page that stand before any question: first screen, map, staff panel.

Each is made once per interface language; the script shows one of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.web.card import disclaimer
from bot.web.coverage import PER_SECTION, Covered, covered, refused, tapped
from bot.web.html import Own, own_words, render
from bot.web.source import ContactLine, contact_lines, helpline, provenance, source
from bot.words import EMERGENCY_NUMBER, LANGUAGES
from corpus import Document, Example

KEYS = {
    "/": "staff.key_box",
    "Esc": "staff.key_leave",
    "n": "staff.key_next",
    "p": "staff.key_previous",
    "c": "staff.key_copy",
}
FEW = 6  # documents that can be looked through without a search
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
    groups: tuple[tuple[Document, tuple[tuple[Covered, Asks], ...]], ...]  # the sections of each document
    refused: tuple[str, ...]

    @property
    def promise(self) -> str:
        return promise(self.documents, self.language)

    def helpline(self, document: Document | None) -> ContactLine | None:
        """Each beside the document whose it is: another ward's number helps nobody."""
        return helpline(document) if document else None

    @property
    def supplied(self) -> bool:
        """Whether a heading stands in square brackets."""
        return any(s.section.headings[-1].span is None for _, sections in self.groups for s, _ in sections)

    @property
    def standing(self) -> list[tuple[Document, Own, tuple[str, str], list[ContactLine], list[str]]]:
        """What each document says of itself."""
        return [
            (d, own_words(self.language, d), disclaimer(d), contact_lines(d), provenance(d, self.language))
            for d in self.documents
        ]


def screens(documents: Sequence[Document], examples: Sequence[Example]) -> list[Screen]:
    """One for each interface language."""
    return [_screen(language, tuple(documents), examples) for language in LANGUAGES]


def intro(screens: Sequence[Screen]) -> Markup:
    """Languages and staff switch, then the title, the promise, whose words, six questions, helpline."""
    return render("first_screen.html", screens=screens, source=source, emergency=EMERGENCY_NUMBER, few=FEW)


def below(screens: Sequence[Screen]) -> Markup:
    """Staff panel, map, and what each document says of itself."""
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
    with_asks = [(s, _asks(s, spare, language)) for s, spare in zip(sections, english, strict=True)]
    return Screen(
        language=language,
        own=own_words(language, document),
        documents=documents,
        document=document,
        tapped=tuple((language, question) for question in tapped(sections)),
        groups=tuple((d, tuple(pair for pair in with_asks if pair[0].document is d)) for d in documents),
        refused=tuple(refused(examples, language)),
    )


def _asks(section: Covered, english: Covered, language: str) -> Asks:
    """Questions to tap, and English ones where the corpus has too few of the language."""
    own = [(language, question) for question in section.questions]
    spare = [("en", question) for question in english.questions] if language != "en" else []
    return tuple([*own, *spare][:PER_SECTION])
