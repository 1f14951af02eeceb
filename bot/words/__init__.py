"""Every sentence of the bot's own: one TOML file per language, for a clinician to review in five minutes.

Nothing else the bot says is its own; all the rest is quoted. `python -m bot words` prints them.
"""

import functools
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import CorpusError, Document

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "fr")
OTHER = "other"  # the file of sentences for people who write in neither, and its key for all the rest
EMERGENCY_NUMBER = os.environ.get("CHATBOT_EMERGENCY_NUMBER") or "911"
CRISIS_NUMBER = os.environ.get("CHATBOT_CRISIS_NUMBER") or "988"
# Canada's poison centres. Where another emergency number is set it is the wrong one, and nothing stands for it.
POISON_NUMBER = os.environ.get("CHATBOT_POISON_NUMBER") or ("1-844-764-7669" if EMERGENCY_NUMBER == "911" else "")
BLANK = re.compile(r"\{(\w+)\}")

Tables = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences in one language, by "table.key"."""

    language: str
    tables: Tables

    def __call__(self, key: str, document: Document | None = None, **values: object) -> str:
        """The sentence at `key`, its blanks filled in. Raises KeyError for a key that no file has."""
        table, _, name = key.partition(".")
        numbers = {"emergency": EMERGENCY_NUMBER, "crisis": CRISIS_NUMBER}
        return self.tables[table][name].format(**numbers, **self._subject(document), **values)

    def topic(self, topic: str) -> str:
        """What completes "This page does not cover …", or "" for a topic that has no name."""
        return self.tables["topics"].get(topic, "")

    def _subject(self, document: Document | None) -> dict[str, str]:
        """What a document's sidecar says of its subject, or what is said where it says nothing."""
        defaults = self.tables["subject"]
        if not document:
            return {"team": defaults["team"], "Team": _capital(defaults["team"])}
        given = document.about.subject.get(self.language)
        own = {name: getattr(given, name, "") for name in ("about", "team", "example")}
        filled = {name: own[name] or text.format(title=document.title) for name, text in defaults.items()}
        return {
            **filled,
            "Team": _capital(filled["team"]),
            "title": document.title,
            "publisher": document.about.publisher,
            "year": document.about.year,
        }

    def sentences(self) -> Iterator[tuple[str, str]]:
        """(table.key, sentence with its blanks), in the order of the file."""
        for table, rows in self.tables.items():
            for name, sentence in rows.items():
                yield f"{table}.{name}", sentence


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def read_words(path: Path) -> Words:
    """Raises CorpusError naming file, key, value and expectation."""
    tables = _toml(path)
    for table, rows in tables.items():
        if not isinstance(rows, dict):
            raise CorpusError(f"{table} has value {rows!r}; expected a table of sentences", path)
        for name, sentence in rows.items():
            if not isinstance(sentence, str):
                raise CorpusError(f"{table}.{name} has value {sentence!r}; expected a sentence", path)
    return Words(path.stem, tables)


def read_other(path: Path) -> dict[str, str]:
    """The sentences for those who write in another language, by ISO 639-1 code. Raises CorpusError as above."""
    read = _toml(path)
    for code, sentence in read.items():
        if not isinstance(sentence, str):
            raise CorpusError(f"{code} has value {sentence!r}; expected a sentence", path)
    if OTHER not in read:
        raise CorpusError(f"lacks {OTHER!r}; expected what is said in every other language", path)
    return read


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise CorpusError(f"cannot be read ({e.strerror}); expected a words file", path) from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise CorpusError(f"is not valid TOML ({e})", path) from e


def check_same_keys(one: Words, other: Words, folder: Path = FOLDER) -> None:
    """Both must have the same keys and blanks to fill in. Raises CorpusError naming the first that differs."""
    ours, theirs = dict(one.sentences()), dict(other.sentences())
    for words, lacks in ((one, theirs.keys() - ours.keys()), (other, ours.keys() - theirs.keys())):
        if lacks:
            path = folder / f"{words.language}.toml"
            rest = other.language if words is one else one.language
            raise CorpusError(f"lacks {sorted(lacks)[0]!r}; expected the same keys as in {rest}.toml", path)
    for key, sentence in theirs.items():
        blanks, expected = set(BLANK.findall(sentence)), set(BLANK.findall(ours[key]))
        # A translation may do without a blank, but not fill in one that nobody fills.
        if blanks - expected:
            raise CorpusError(
                f"{key} has value {sentence!r}; expected only the blanks {sorted(expected)}",
                folder / f"{other.language}.toml",
            )


@functools.cache
def _all(folder: Path = FOLDER) -> dict[str, Words]:
    read = {language: read_words(folder / f"{language}.toml") for language in LANGUAGES}
    check_same_keys(read["en"], read["fr"], folder)
    return read


def words(language: str) -> Words:
    """The sentences in `language`, or in English when it is not one of ours."""
    return _all().get(language) or _all()["en"]


@functools.cache
def other_languages() -> dict[str, str]:
    """That only English and French are understood, by ISO 639-1 code, and in `other` for the rest."""
    return read_other(FOLDER / f"{OTHER}.toml")


def other_language(code: str) -> str:
    """That only English and French are understood, in the language of that ISO 639-1 code."""
    said = other_languages()
    return said.get(code) or said[OTHER]
