"""`documents/NAME.toml`: what a document does not say of itself, or has lost. Every field is optional.

Not quoted text: only `title` and supplied headings are ever shown, the latter in square brackets.
"""

import datetime
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from corpus.errors import CorpusError, expectation

STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)
Year = Annotated[str, BeforeValidator(lambda value: str(value) if type(value) is int else value)]  # 2024 or "2024"
Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]


class SuppliedHeading(BaseModel):
    """A heading that the source lost: `text` belongs above the passage that starts with `before`."""

    model_config = STRICT
    text: Text
    before: Text
    level: int = Field(default=2, ge=1, le=6)


class Subject(BaseModel):
    """What the bot's own sentences say of a document, in one language.

    `about` completes "You can ask about …", `team` names whom readers can turn to, `example` is a
    question to try.
    """

    model_config = STRICT
    about: str = ""
    team: str = ""
    example: str = ""


class Sidecar(BaseModel):
    model_config = STRICT
    title: str = ""
    publisher: str = ""
    year: Year = ""
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    link: str = Field(default="", pattern=r"^(https?://[^\s\"'<>]+)?$")
    last_reviewed: datetime.date | None = None
    next_review: datetime.date | None = None
    headings: list[SuppliedHeading] = []
    subject: dict[str, Subject] = {}


def read_sidecar(path: Path) -> Sidecar:
    """The sidecar at `path`, or an empty one. Raises CorpusError with file, key, value and expectation."""
    if not path.exists():
        return Sidecar()
    try:
        return Sidecar.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as e:
        raise CorpusError(f"cannot be read ({e.strerror}); expected a TOML file", path) from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise CorpusError(f"is not valid TOML ({e})", path) from e
    except ValidationError as e:
        raise CorpusError(expectation(e, Sidecar), path) from e
