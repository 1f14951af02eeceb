"""What can be wrong with the files of the corpus. Each message names file, value and expectation."""

from pathlib import Path

from pydantic import BaseModel, ValidationError


class CorpusError(ValueError):
    """A document, sidecar, question file or words file cannot be used as it stands.

    `path` and `line` (counted from 1) say where, when that is known; both stand in the message.
    """

    def __init__(self, message: str, path: Path | None = None, line: int | None = None) -> None:
        where = ", ".join(part for part in (str(path or ""), f"line {line}" if line else "") if part)
        super().__init__(f"{where}: {message}" if where else message)
        self.message, self.path, self.line = message, path, line


def expectation(error: ValidationError, model: type[BaseModel]) -> str:
    """The first problem as a clause: key, value, what was expected.

    {"year": [1]} -> "year has value [1]; expected a valid integer"
    """
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"] if part not in ("str", "int", "date"))
    if first["type"] == "extra_forbidden":
        known = ", ".join(model.model_fields) if len(first["loc"]) == 1 else "those that the README names"
        return f"unknown field {key!r}; expected one of {known}"
    if first["type"] == "missing":
        return f"lacks {key!r}; expected a value there"
    value = repr(first["input"])
    value = value if len(value) <= 60 else f"{value[:59]}…"
    expected = first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return f"{key or 'it'} has value {value}; expected {expected}"
