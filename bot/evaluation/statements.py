"""Sets of statements, judged by whether they ring: messages of people in danger, and calm ones.

One JSON object a line; a statement without `danger` is calm:

    {"text": "she can't get her breath", "group": "breathing", "language": "en", "danger": true}
    {"text": "thank you all", "group": "thanks", "language": "en"}
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.evaluation.metrics import Figure, share
from corpus.questions import read_lines

FIELDS = {"text", "group", "language", "danger"}


@dataclass(frozen=True, slots=True)
class Statement:
    text: str
    group: str
    danger: bool = False


def is_statement(row: object) -> bool:
    return isinstance(row, dict) and "text" in row and "question" not in row


def read(path: Path) -> list[Statement]:
    """Raises CorpusError, by file and line, for a line that is no valid statement."""
    return read_lines(path, _statement)


def _statement(row: object) -> Statement:
    if not isinstance(row, dict):
        raise ValueError("expected a JSON object")
    unknown = row.keys() - FIELDS
    if unknown:
        raise ValueError(f"unknown field {sorted(unknown)[0]!r}; expected one of {', '.join(sorted(FIELDS))}")
    for name in ("text", "group"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise ValueError(f"{name} has value {row.get(name)!r}; expected some text")
    if not isinstance(row.get("danger", False), bool):
        raise ValueError(f"danger has value {row['danger']!r}; expected true or false")
    return Statement(row["text"], row["group"], row.get("danger", False))


def figures(statements: Sequence[Statement], rang: Sequence[bool]) -> dict[str, Figure]:
    """How many of those in danger ring, and how many of the calm ones: together, then by group with its size.

    {"urgent_recall": (1.0, …), "urgent_false_alarm": (0.05, …), "urgent_recall, breathing (5)": (1.0, …), …}
    """
    rings: dict[tuple[str, str], list[bool]] = {}
    for statement, rung in zip(statements, rang, strict=True):
        name = "urgent_recall" if statement.danger else "urgent_false_alarm"
        rings.setdefault((name, ""), []).append(rung)
        rings.setdefault((name, statement.group), []).append(rung)
    order = sorted(rings, key=lambda key: (key[1] != "", key[0] != "urgent_recall", key[1]))
    return {
        f"{name}, {group} ({len(rings[name, group])})" if group else name: share(rings[name, group])
        for name, group in order
    }
