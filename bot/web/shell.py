"""The page as one file: all that stands before any question, with its style, its words and its script.

It is the whole first response, so title, numbers, disclaimer and map are there without any script.
"""

import json
from collections.abc import Sequence

from markupsafe import Markup

from bot.web.first_screen import below, intro, promise, screens, title
from bot.web.home import ASSETS
from bot.web.html import own_words, render
from bot.words import LANGUAGES, words
from corpus import Document, Example
from index.reading.text import LONGEST

SCRIPTS = ("base.js", "talk.js", "tools.js", "start.js")  # one scope, in this order
STYLES = ("page.css", "print.css")
FOR_THE_SCRIPT = ("box", "card", "answered", "names")  # tables of the words files


def shell(documents: Sequence[Document], examples: Sequence[Example], host: str = "") -> str:
    """`host`: the name that this server goes by, if it is known: previews want a whole address."""
    in_languages = screens(documents, examples)
    return render(
        "page.html",
        own=own_words("en"),
        title=title(documents),
        address=f"https://{host}/" if host else "/",
        description=promise(documents, "en"),
        intro=intro(in_languages),
        below=below(in_languages),
        style=Markup(_joined(STYLES)),
        script=Markup(_joined(SCRIPTS)),
        words=Markup(_for_the_script()),
        longest=LONGEST,
    )


def _joined(names: Sequence[str]) -> str:
    return "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in names)


def _for_the_script() -> str:
    """JSON without "<", so that nothing in it can end the script."""
    tables = {language: {name: words(language).tables[name] for name in FOR_THE_SCRIPT} for language in LANGUAGES}
    return json.dumps(tables, ensure_ascii=False).replace("<", "\\u003c")
