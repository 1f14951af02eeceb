"""`vocabulary.toml`: words that people use, for words that the documents use.

`[abbreviations]` maps lay and clinical words to a document's term, `[french]` French words and
phrases to English ones. Keys are lower case; French keys have no accents. An empty value drops the
word. All of it is for questions only, never for a passage. Single French words stand in a plain list beside the other
general files, which is read in a fiftieth of the time.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import CorpusError

VOCABULARY = Path(__file__).parent / "vocabulary.toml"
FRENCH_WORDS = Path(__file__).parent / "general" / "french-words.txt"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    abbreviations: dict[str, str] = field(default_factory=dict)
    french: dict[str, str] = field(default_factory=dict)


def read_vocabulary(path: Path = VOCABULARY) -> Vocabulary:
    """Raises CorpusError naming the file and entry; a missing file is an empty vocabulary."""
    if not path.exists():
        return Vocabulary()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise CorpusError(f"is not valid TOML ({e})", path) from e
    for name, table in tables.items():
        if name not in ("abbreviations", "french") or not isinstance(table, dict):
            raise CorpusError(f"unknown table {name!r}; expected [abbreviations] or [french]", path)
        for key, value in table.items():
            if not isinstance(value, str) or key != key.lower():
                raise CorpusError(f"[{name}] {key!r} has value {value!r}; expected a lower-case key and text", path)
    return Vocabulary(**tables)


def shipped_vocabulary() -> Vocabulary:
    """The program's own: `vocabulary.toml` and, after it, the list of single French words."""
    told = read_vocabulary()
    lines = FRENCH_WORDS.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(" ") for line in lines if not line.startswith("#"))
    return Vocabulary(told.abbreviations, {**{word: english for word, _, english in pairs}, **told.french})
