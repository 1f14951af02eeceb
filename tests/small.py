"""A small corpus of its own, quick to build with the real encoder."""

import json
from pathlib import Path

TEXT = """Snails

Snails are eaten by thrushes and hedgehogs. A snail sleeps in its shell when the weather is dry.

Food of snails

Snails may eat:

  • lettuce
  • moss’s green tips

Find out more about snails.

Sources

  • Mollusc Society. The Snail. 2019.

Disclaimer

This is no advice about snails.

555-123-4567 | © 2020 Snail Society
"""
ANSWERED = {
    "lettuce": ["What do snails eat?", "snail food", "do snails like lettuce", "which plants do they feed on?"],
    "Snails are eaten by thrushes and hedgehogs.": [
        "What eats snails?",
        "Who are the enemies of a snail?",
        "snail predators",
    ],
    "A snail sleeps in its shell when the weather is dry.": ["When do snails sleep?", "what do they do in a drought"],
}
REFUSED = ["How much does a snail cost?", "Are snails poisonous?", "Who won the football?", "hello", "How do bees fly?"]


def write(folder: Path) -> Path:
    """`folder` becomes a corpus with one document, its examples and a vocabulary."""
    (folder / "documents").mkdir(parents=True)
    (folder / "questions").mkdir()
    (folder / "documents" / "snails.txt").write_text(TEXT, encoding="utf-8")
    (folder / "vocabulary.toml").write_text('[abbreviations]\n"gastropod" = "snail"\n', encoding="utf-8")
    rows = [
        {"label": "answer", "question": question, "gold": [quote]}
        for quote, questions in ANSWERED.items()
        for question in questions
    ]
    rows += [{"label": "out", "question": question, "topic": "off_topic"} for question in REFUSED]
    rows += [{"label": "out", "question": "I am choking on a snail, help", "topic": "emergency"}]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "questions" / "snails.jsonl").write_text(lines, encoding="utf-8")
    return folder
