"""One question a line in, one record a line out, in order; a bad line stops nothing."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bot.ask import ask
from bot.request import RequestError, parse_line
from index.search import Index


def batch(index: Index, lines: Iterable[str]) -> Iterator[str]:
    """A record of JSON for each line that is not blank."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield json.dumps(answer_line(index, line, number), ensure_ascii=False, allow_nan=False)


def answer_line(index: Index, line: str, number: int) -> dict[str, Any]:
    """The record for one line, or `{"id": …, "error": …}` when it is no valid question."""
    try:
        request = parse_line(line)
    except RequestError as e:
        return {"id": e.id, "error": f"line {number}: {e}"}
    return ask(index, request.question, request.history, id=request.id).record()
