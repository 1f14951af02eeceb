"""Which numbers stand under the emergency number, by what was written."""

import json
from pathlib import Path

import pytest

from bot.ask import ask
from bot.danger import lines, named

QUESTIONS = Path(__file__).parents[1] / "questions" / "apart" / "danger.jsonl"
OF_DESPAIR = {"passive_suicide", "active_suicide", "named_method", "friend"}
OF_THE_BODY = {"fever_infection", "allergy", "line", "bleeding", "breathing", "seizure_neuro", "chickenpox"}


def shown(message: str) -> list[str]:
    return [line.key.removeprefix("danger.") for line in lines(message)]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("my son is on chemo and has a fever of 39.5", []),
        ("il a de la fièvre, 39,2", []),
        ("she can't breathe and her lips are blue", []),
        ("my little one drank the bleach", ["poison", "crisis"]),
        ("il a avalé un produit, il respire mal et il vomit", ["poison", "crisis"]),
        ("he drank the cleaner and is choking", ["poison"]),
        ("I don't want to be here any more", ["crisis"]),
        ("je n'en peux plus, je veux en finir", ["crisis"]),
        ("I can't breathe, I want to kill myself", ["crisis"]),
        ("I swallowed all my tablets", ["poison", "crisis"]),
        ("my dad beats me", ["crisis"]),
        ("c'est la mi-temps", ["crisis"]),  # no "temp"
        ("", ["crisis"]),
    ],
)
def test_the_line_is_that_of_what_was_written(message, expected) -> None:
    assert shown(message) == expected


def test_who_may_want_to_die_is_always_shown_the_crisis_line_and_an_ill_body_mostly_not() -> None:
    told = [row for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if (row := json.loads(line))["danger"]]
    despair = [shown(row["text"]) for row in told if row["group"] in OF_DESPAIR]
    body = [shown(row["text"]) for row in told if row["group"] in OF_THE_BODY]
    assert len(despair) > 10
    assert all("crisis" in found for found in despair)
    assert sum(not found for found in body) >= 0.8 * len(body) > 20


def test_the_words_are_written_as_they_are_looked_for() -> None:
    for texts in named().values():
        assert all(text == text.lower() and text.isascii() and not set(text) & set("'-") for text in texts)


def test_nothing_is_refused_to_who_calls_for_help(index) -> None:
    answer = ask(index, "my little one drank bleach", ["What is Kymriah, and is vinblastine safe?"])
    assert answer.urgent
    assert [notice.key for notice in answer.notices] == ["danger.handoff"]
