"""HTML from templates that escape by themselves, and the bot's own sentences for them."""

from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.web.quotation import escaped
from bot.words import words
from corpus import Document

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["escaped"] = escaped  # for a document's words: their line ends must survive


class Own(Protocol):
    """`own("table.key", blank=…)`: a sentence of the bot's own."""

    def __call__(self, key: str, **values: object) -> str: ...


def own_words(language: str, document: Document | None = None) -> Own:
    """The sentences in `language`, about `document` if there is one that they are about."""

    def own(key: str, **values: object) -> str:
        return words(language)(key, document, **values)

    return own


def render(template: str, **values: object) -> Markup:
    return Markup(TEMPLATES.get_template(template).render(values))
