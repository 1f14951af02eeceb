"""One way in: what is asked through batch, page and API is parsed here, and nowhere else."""

import json
import math
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from corpus.errors import expectation

MOST_HISTORY = 20  # earlier questions that are kept
DEEPEST = 32  # brackets inside brackets in a line of JSON
Id = str | int | float | None


def _without_surrogates(value: object) -> object:
    """A lone surrogate can be shown nowhere and stands in no UTF-8 file."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_without_surrogates)]
Finite = Annotated[float, Field(allow_inf_nan=False)]  # 1e999 is read as infinity, which no JSON can hold


class RequestError(ValueError):
    """What came in is no question. The message says what was expected; `id` is the line's, if it has one."""

    def __init__(self, message: str, id: Id = None) -> None:
        super().__init__(message)
        self.id = id


class Request(BaseModel):
    """A question, with the earlier ones it may lean on, oldest first."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)
    id: Text | int | Finite | None = None
    question: Text
    history: list[Text] = Field(default_factory=list)

    @field_validator("history", mode="before")
    @classmethod
    def _none_is_no_history(cls, value: object) -> object:
        return [] if value is None else value

    @field_validator("history")
    @classmethod
    def _latest(cls, value: list[str]) -> list[str]:
        return value[-MOST_HISTORY:]


def parse(given: object) -> Request:
    """Raises RequestError for anything but a question."""
    if not isinstance(given, dict):
        raise RequestError(f"expected a JSON object, found {type(given).__name__}")
    if "question" not in given:
        raise RequestError('lacks "question"; expected some text', _id(given))
    try:
        return Request.model_validate(given)
    except ValidationError as e:
        raise RequestError(str(_without_surrogates(expectation(e, Request))), _id(given)) from e


def parse_line(line: str) -> Request:
    """One line of JSON. NaN and Infinity are no JSON; what is nested deeper than DEEPEST is refused."""
    if deepest(line) > DEEPEST:
        raise RequestError(f"is nested too deeply; expected at most {DEEPEST} brackets inside each other")
    try:
        given = json.loads(line, parse_constant=_refuse)
    except json.JSONDecodeError as e:
        raise RequestError(f"is not JSON ({e.msg})") from e
    except ValueError as e:  # a constant that is refused, or an integer of thousands of digits
        raise RequestError(f"is not JSON ({str(e)[:80]})") from e
    return parse(given)


def deepest(line: str) -> int:
    """The most brackets that stand open at once, those in strings among them: never fewer than there are."""
    depth = most = 0
    for character in line:
        if character in "[{":
            depth += 1
            most = max(most, depth)
        elif character in "]}":
            depth -= 1
    return most


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON number")


def _id(given: dict[str, Any]) -> Id:
    """The id, when it is one: text, a finite number, or nothing."""
    value = given.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    cleaned = _without_surrogates(value)
    return cleaned if isinstance(cleaned, str | int | float) else None
