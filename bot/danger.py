"""Which numbers stand under the emergency number, by what was written: `words/lines.toml`.

Nothing rings by these words: that somebody may be in danger is heard before (`index.judging.listener`).
"""

import functools
import re
import tomllib
from dataclasses import dataclass

from bot.words import CRISIS_NUMBER, FOLDER, POISON_NUMBER
from index.reading.text import folded

ENDS = r"(?!\w)"  # of a word that stands there whole


@dataclass(frozen=True, slots=True)
class Line:
    """A number to call, and the key of what stands on its button."""

    key: str
    number: str

    @property
    def dialled(self) -> str:
        return re.sub(r"[^\d+]", "", self.number)


def lines(message: str) -> list[Line]:
    """The poison centre where something was swallowed; the crisis line, unless it is plainly the body that is ill."""
    plain = folded(message).replace("'", "").replace("-", " ")
    kinds = {kind for kind, pattern in _patterns().items() if pattern.search(plain)}
    found = [Line("danger.poison", POISON_NUMBER)] if "poison" in kinds and POISON_NUMBER else []
    crisis = "body" not in kinds or "despair" in kinds
    return [*found, Line("danger.crisis", CRISIS_NUMBER)] if crisis else found


@functools.cache
def named() -> dict[str, list[str]]:
    """The words, by what they tell of."""
    kinds: dict[str, list[str]] = tomllib.loads((FOLDER / "lines.toml").read_text(encoding="utf-8"))
    return kinds


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile("|".join(map(_pattern, texts))) for kind, texts in named().items()}


def _pattern(text: str) -> str:
    """ "bleed*" → a word that begins so; "end it" → these words."""
    return rf"\b{re.escape(text.rstrip('*'))}{'' if text.endswith('*') else ENDS}"
