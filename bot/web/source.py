"""Whose words they are: a document's source line, its contact lines and its helpline."""

import datetime
import re
from dataclasses import dataclass

from bot.web.html import own_words
from corpus import Document, Role

PHONE = re.compile(r"\+?\(?\d[\d\s().-]{6,}\d")


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A line of the document, parted at its first telephone number, if it has one."""

    before: str
    number: str = ""
    after: str = ""

    @property
    def dialled(self) -> str:
        return re.sub(r"[^\d+]", "", self.number)


def contact_lines(document: Document) -> list[ContactLine]:
    return [_parted(passage.text) for passage in document.with_role(Role.CONTACT)]


def helpline(document: Document) -> ContactLine | None:
    """The first contact line with a telephone number."""
    return next((line for line in contact_lines(document) if line.number), None)


def source(document: Document, language: str) -> str:
    """Title, publisher and year, as far as they are known."""
    about = document.about
    if about.publisher and about.year:
        return own_words(language, document)("card.source")
    return f"{'. '.join(part for part in (document.title, about.publisher, about.year) if part)}."


def provenance(document: Document, language: str, today: datetime.date | None = None) -> list[str]:
    """When the text was last reviewed and when it will be, as far as its sidecar says; and whether that is past."""
    about, own = document.about, own_words(language, document)
    said = []
    if about.last_reviewed:
        said.append(own("card.last_reviewed", date=about.last_reviewed.isoformat()))
    if about.next_review and about.next_review < (today or datetime.date.today()):
        said.append(own("card.overdue", date=about.next_review.isoformat()))
    elif about.next_review:
        said.append(own("card.next_review", date=about.next_review.isoformat()))
    return said


def _parted(text: str) -> ContactLine:
    found = PHONE.search(text)
    if not found:
        return ContactLine(text)
    return ContactLine(text[: found.start()], found.group(), text[found.end() :])
