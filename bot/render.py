"""An answer as text for a terminal. Document text is never reworded, trimmed or reflowed."""

import textwrap

from bot.answer import Answer, Quotation
from bot.words import words

HEADINGS = " › "
BOLD, MARK, PLAIN = "\x1b[1m", "\x1b[7m", "\x1b[0m"


def as_text(answer: Answer, colour: bool = False) -> str:
    """Danger and the outcome, the notices wrapped, every quotation as it stands in the document, under its headings.

    `colour`: for a terminal, which shows the outcome in bold and what answers in reverse.
    """
    own = words(answer.language)
    heads = [own("danger.badge")] if answer.urgent else []
    if answer.quotations or not answer.urgent:
        heads.append(own(f"{answer.outcome.value}.badge"))
    head = " · ".join(heads)
    blocks = [f"{BOLD}{head}{PLAIN}" if colour else head]
    blocks += [textwrap.fill(answer.said(), 88)] if answer.notices else []
    for quotation in answer.quotations:
        text = marked(quotation) if colour else quotation.passage.text
        blocks += [HEADINGS.join(quotation.passage.heading_path), text]
    blocks += ["—", answer.disclaimer, answer.contact]
    return "\n\n".join(block for block in blocks if block)


def marked(quotation: Quotation) -> str:
    """The passage with the spans that answer in reverse."""
    document, at, end = quotation.passage.document, quotation.passage.span.start, quotation.passage.span.end
    shown = ""
    for span in quotation.highlights:
        shown += f"{document.text[at : span.start]}{MARK}{document.slice(span)}{PLAIN}"
        at = span.end
    return shown + document.text[at:end]
