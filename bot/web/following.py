"""What to ask next: example questions about the same passages, then about the next section."""

from collections.abc import Sequence
from itertools import zip_longest

from bot.answer import Answer, Quotation
from bot.web.coverage import Covered, covered, tapped
from bot.words import LANGUAGES
from corpus import Document, Example
from corpus.questions import holds

OFFERED = 8  # more than are shown: the reader's page leaves out those that were asked
GREETED = "feelings.hello"

Asks = tuple[tuple[str, str], ...]  # questions to tap: (language, question)


class Following:
    """Made once from the examples; asked with every answer."""

    def __init__(self, documents: Sequence[Document], examples: Sequence[Example]) -> None:
        self._covered = {language: covered(documents, examples, language) for language in LANGUAGES}

    def after(self, answer: Answer) -> Asks:
        """The best first. None in danger or after a refusal: a reader at a dead end wants a person."""
        sections = self._covered[answer.language]
        if answer.urgent:
            return ()
        if answer.quotations:
            found = _near(answer.quotations, sections) or _near(answer.quotations, self._covered["en"])
        elif any(notice.key == GREETED for notice in answer.notices):
            found = tapped(sections)
        else:
            found = []
        french = {question for section in self._covered["fr"] for question in section.candidates}
        asks = [("fr" if question in french else "en", question) for question in found if question != answer.question]
        return tuple(dict.fromkeys(asks))[:OFFERED]


def _near(shown: Sequence[Quotation], sections: Sequence[Covered]) -> list[str]:
    """Two of the section that answered for each one of the section after it."""
    passage = shown[0].passage
    here = next((i for i, s in enumerate(sections) if passage in s.section.passages), None)
    if here is None:
        return []
    own = [e.question for e in sections[here].fit if not _answered(e, shown)]
    rest = sections[here + 1 : here + 2]
    after = [q for section in rest if section.document is passage.document for q in section.candidates]
    rows = zip_longest(own[::2], own[1::2], after)
    return [question for row in rows for question in row if question]


def _answered(example: Example, shown: Sequence[Quotation]) -> bool:
    """Whether its quote is marked already: the answer would be the same again."""
    first = shown[0]
    document = first.passage.document
    return any(
        holds(first.passage, span) and any(span.start < h.end and h.start < span.end for h in first.highlights)
        for span in example.gold_spans(document)[:1]
    )
