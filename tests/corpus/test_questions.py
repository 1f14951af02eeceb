"""The example questions: valid by line, consistent, and enough of every kind."""

import json
from collections import Counter

import pytest

from corpus import CorpusError, Role, read_document, read_documents, read_examples
from corpus.questions import LABELS, Example, read_question_file
from corpus.suggest import suggest
from tests.small import TEXT

DOCUMENTS = read_documents()
EXAMPLES = read_examples(DOCUMENTS)


def test_there_are_enough_questions_of_every_label_and_language() -> None:
    own = [e for e in EXAMPLES if e.kind != "health_search"]
    labels = Counter(e.label for e in own)
    assert len(own) >= 1500
    assert all(labels[label] >= 300 for label in LABELS)
    assert sum(e.kind == "french" for e in own) >= 150
    assert sum(bool(e.history) for e in own) >= 200


def test_each_statement_of_the_body_has_at_least_eight_wordings() -> None:
    document = DOCUMENTS[0]
    spans = [span for e in EXAMPLES if e.label == "answer" for span in e.gold_spans(document)]
    for passage in document.with_role(Role.BODY):
        for unit in passage.units:
            if not document.slice(unit).endswith(":"):
                wordings = sum(s.start <= unit.start and unit.end <= s.end for s in spans)
                assert wordings >= 8, document.slice(unit)


def test_no_question_is_labelled_two_ways() -> None:
    labels: dict = {}
    for e in EXAMPLES:
        labels.setdefault((e.question.casefold().strip(" ?!."), e.history), set()).add(e.label)
    two_ways = [question for question, found in labels.items() if len(found) > 1]
    assert two_ways == []


def test_only_answers_and_partials_quote_the_document() -> None:
    for e in EXAMPLES:
        assert bool(e.gold) == (e.label != "out") or (e.label == "partial" and not e.gold), e.question


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Expecting property name"),
        ("[]", "expected a JSON object"),
        ('{"label": "out"}', "question has value None"),
        ('{"label": "out", "question": " "}', "question has value ' '"),
        ('{"label": "maybe", "question": "x"}', "label has value 'maybe'; expected one of answer, partial, out"),
        ('{"label": "answer", "question": "x"}', "an answer needs its gold quote"),
        ('{"label": "answer", "question": "x", "gold": ["not in there"]}', "does not contain the quote 'not in there'"),
        ('{"label": "answer", "question": "x", "gold": "text"}', "expected a list of texts"),
        ('{"label": "out", "question": "x", "gold": ["prednisone"]}', "label 'out' has gold quotes"),
        ('{"label": "out", "question": "x", "topic": "weather"}', "topic has value 'weather'"),
        ('{"label": "out", "question": "x", "colour": 1}', "unknown field 'colour'"),
        ('{"label": "answer", "question": "x", "gold": ["prednisone"], "need": "some"}', "need has value 'some'"),
    ],
)
def test_a_bad_line_is_named_by_file_and_number(tmp_path, line, reason) -> None:
    path = tmp_path / "recurrent.jsonl"
    path.write_text('{"label": "out", "question": "fine", "topic": "diet"}\n\n' + line + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"recurrent\.jsonl, line 3: ") as caught:
        read_question_file(path, DOCUMENTS[0])
    assert reason in str(caught.value)


def test_a_question_may_hold_odd_line_separators(tmp_path) -> None:
    path = tmp_path / "odd.jsonl"
    row = {"label": "out", "question": "one\u2028two\x85three", "topic": "gibberish"}
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    assert [e.question for e in read_question_file(path)] == [row["question"]]


def test_what_no_example_speaks_of_is_suggested(tmp_path) -> None:
    (tmp_path / "snails.txt").write_text(TEXT, encoding="utf-8")
    document = read_document(tmp_path / "snails.txt")
    silent = suggest(document, []).passages
    assert {p.role for p in silent} == {Role.BODY}
    taught = [
        Example("What do snails eat?", "answer", gold=("lettuce",), document=document.name),
        Example("How much is one?", "out", topic="cost", document=document.name),
        Example("of another document", "out", topic="dose"),
    ]
    found = suggest(document, taught)
    assert found.examples == 2
    assert [p for p in silent if p not in found.passages] == [p for p in silent if "lettuce" in p.text]
    assert "cost" not in found.topics
    assert "dose" in found.topics
    assert "attack" not in found.topics
