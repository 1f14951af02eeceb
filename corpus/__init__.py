"""Documents as they stand on disk: spans, passages, headings, example questions.

Read in this order: `errors`, `document` (what a passage is), `outline` (how a text becomes
passages), `sentences`, `reader` (files and sidecars), `questions`, `vocabulary`.
Nothing here knows a vector, a score or a sentence of the bot.
"""

from corpus.document import Document, Heading, Passage, Role, Section, Span
from corpus.errors import CorpusError
from corpus.questions import Example, read_examples
from corpus.reader import DOCUMENTS, read_document, read_documents

__all__ = [
    "DOCUMENTS",
    "CorpusError",
    "Document",
    "Example",
    "Heading",
    "Passage",
    "Role",
    "Section",
    "Span",
    "read_document",
    "read_documents",
    "read_examples",
]
