"""Every sentence of the bot's own by situation, in all languages, for a clinician to review."""

import textwrap
from collections.abc import Iterator

from bot.danger import named
from bot.words import CRISIS_NUMBER, EMERGENCY_NUMBER, LANGUAGES, POISON_NUMBER, other_languages, words

WIDTH = 100
HEAD = (
    "Everything that the bot says of its own, in the order in which people meet it; all else is quoted.",
    f"{{emergency}} is {EMERGENCY_NUMBER}, {{crisis}} is {CRISIS_NUMBER}, and the poison centre is "
    f"{POISON_NUMBER or 'not set'}: set CHATBOT_EMERGENCY_NUMBER, CHATBOT_CRISIS_NUMBER and CHATBOT_POISON_NUMBER for "
    "your region. Other {blanks} are filled in from the document and the answer.",
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
    yield from ("", "[words that choose the number under the emergency number]")
    for kind, texts in named().items():
        yield from _sentence(kind, ", ".join(texts))


def _sentence(language: str, sentence: str) -> Iterator[str]:
    label = f"    {language:<7} "
    wrapped = textwrap.TextWrapper(
        WIDTH, initial_indent=label, subsequent_indent=" " * len(label), break_on_hyphens=False
    )
    yield from wrapped.wrap(sentence or "(nothing)")
