"""An answer as text for a terminal. Document text is never reworded, trimmed or reflowed."""

import textwrap

from bot.answer import Answer

HEADINGS = " › "


def as_text(answer: Answer) -> str:
    """The notices wrapped, every quotation exactly as it stands in the document, under its headings."""
    blocks = [textwrap.fill(answer.said(), 88)] if answer.notices else []
    for quotation in answer.quotations:
        blocks += [HEADINGS.join(quotation.passage.heading_path), quotation.passage.text]
    blocks += ["—", answer.disclaimer, answer.contact]
    return "\n\n".join(block for block in blocks if block)
