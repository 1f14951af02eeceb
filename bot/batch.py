"""One question a line in, one record a line out, in order; a bad line stops nothing."""

import json
from collections.abc import Iterable, Iterator

from bot.ask import ask
from index.search import Index

MOST_HISTORY = 20


def batch(index: Index, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield json.dumps(answer_line(index, line, number), ensure_ascii=False)


def answer_line(index: Index, line: str, number: int) -> dict:
    """The record for one line, or `{"id": …, "error": …}` when it is no valid question."""
    row: object = None
    try:
        row = json.loads(line)
        question, history = valid(row)
    except (ValueError, RecursionError) as e:
        given = row.get("id") if isinstance(row, dict) else None
        reason = f"is not JSON ({e.msg})" if isinstance(e, json.JSONDecodeError) else str(e)
        return {"id": _safe(given), "error": f"line {number}: {_safe(reason)}"}
    return ask(index, question, history, id=_safe(row.get("id"))).record()


def valid(row: object) -> tuple[str, list[str]]:
    """The question and history of a decoded line. Raises ValueError saying what was expected."""
    if not isinstance(row, dict):
        raise ValueError(f"expected a JSON object, found {type(row).__name__}")
    if "question" not in row:
        raise ValueError('lacks "question"; expected some text')
    question, history = row["question"], row.get("history") or []
    if not isinstance(question, str):
        raise ValueError(f"question has value {json.dumps(question)[:60]}; expected some text")
    if not isinstance(history, list) or not all(isinstance(turn, str) for turn in history):
        raise ValueError("history is not a list of texts; expected the earlier questions, oldest first")
    return question, history[-MOST_HISTORY:]


def _safe(value: object) -> object:
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value
