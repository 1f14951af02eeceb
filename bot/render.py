"""An answer as text, and quotations as HTML. Document text is escaped, never reworded, trimmed or reflowed."""

import textwrap
from html import escape

from bot.ask import Answer, ShownPassage

HEADINGS = " › "


def as_text(answer: Answer) -> str:
    """For a terminal: the notice wrapped, every quotation exactly as it stands in the document."""
    blocks = [textwrap.fill(answer.notice, 88)] if answer.notice else []
    for passage in answer.passages:
        blocks += [HEADINGS.join(passage.headings), passage.text]
    blocks += ["—", answer.disclaimer, answer.contact]
    return "\n\n".join(block for block in blocks if block)


def escaped(text: str) -> str:
    """HTML whose text content is `text`, code point for code point, on one line.

    Line ends become references, so that no Markdown reader takes them for its own.
    """
    return escape(text).replace("\r", "&#13;").replace("\n", "&#10;")


def quotation(passage: ShownPassage) -> str:
    """The passage in a <blockquote>, its answering parts in <mark>."""
    at, parts = passage.start, []
    for start, end in passage.highlights:
        parts.append(escaped(passage.text[at - passage.start : start - passage.start]))
        parts.append(f"<mark>{escaped(passage.text[start - passage.start : end - passage.start])}</mark>")
        at = end
    parts.append(escaped(passage.text[at - passage.start :]))
    return f'<blockquote class="passage">{"".join(parts)}</blockquote>'
