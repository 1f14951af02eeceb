"""A quotation as HTML: its text content is the document's own slice, code point for code point."""

from html import escape

from markupsafe import Markup

from bot.answer import Quotation


def escaped(text: str) -> Markup:
    """HTML whose text content is `text`, code point for code point, on one line.

    Line ends become references, so that no Markdown reader takes them for its own.
    """
    return Markup(escape(text).replace("\r", "&#13;").replace("\n", "&#10;"))


def quotation(shown: Quotation) -> Markup:
    """The passage in a <blockquote>, its answering parts in <mark>."""
    document, span = shown.passage.document, shown.passage.span
    at, parts = span.start, []
    for highlight in shown.highlights:
        parts.append(escaped(document.text[at : highlight.start]))
        parts.append(Markup(f"<mark>{escaped(document.slice(highlight))}</mark>"))
        at = highlight.end
    parts.append(escaped(document.text[at : span.end]))
    return Markup(f'<blockquote class="passage">{"".join(parts)}</blockquote>')
