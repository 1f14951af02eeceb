"""Every sentence of the bot's own by situation, in all languages, for a clinician to review."""

import textwrap
from collections.abc import Iterator

from bot.words import CRISIS_NUMBER, EMERGENCY_NUMBER, LANGUAGES, other_languages, words

WIDTH = 100
HEAD = (
    "Everything that the bot says of its own, in the order in which people meet it; all else is quoted.",
    f"{{emergency}} is {EMERGENCY_NUMBER} and {{crisis}} is {CRISIS_NUMBER}: set CHATBOT_EMERGENCY_NUMBER and "
    "CHATBOT_CRISIS_NUMBER for your region. Other {blanks} are filled in from the document and the answer.",
)


def review() -> Iterator[str]:
    """Lines: each table, in it each key, under it the sentence in each language."""
    for paragraph in HEAD:
        yield from textwrap.wrap(paragraph, WIDTH)
    for table, rows in words(LANGUAGES[0]).tables.items():
        yield from ("", f"[{table}]")
        for key in rows:
            yield f"  {key}"
            for language in LANGUAGES:
                yield from _sentence(language, words(language).tables[table][key])
    yield from ("", "[other languages]")
    for code, sentence in other_languages().items():
        yield from _sentence(code, sentence)


def _sentence(language: str, sentence: str) -> Iterator[str]:
    label = f"    {language:<5} "
    yield from textwrap.wrap(sentence or "(nothing)", WIDTH, initial_indent=label, subsequent_indent=" " * len(label))
