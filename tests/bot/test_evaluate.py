"""Judged sets: what they may say, what is counted in them, and that judging anew costs no new encoding."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.evaluation import statements
from bot.evaluation.cross_validation import findings_left_out, learning_curve, retaught
from bot.evaluation.evaluate import read
from bot.evaluation.evidence import ROOT, size_of
from bot.evaluation.metrics import exact_interval
from bot.evaluation.remembering import RememberingEncoder, remembering
from bot.evaluation.statements import Statement
from corpus import CorpusError, Example, read_documents
from corpus.questions import read_lines, read_question_file
from index import build
from index.retrieval.encoder import Encoded
from index.search import Index

SETS = sorted((ROOT / "tests" / "questions").rglob("*.jsonl"))


def written(path: Path, *rows: dict) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_every_judged_set_can_be_read_and_quotes_the_document(path) -> None:
    of_statements = any(read_lines(path, statements.is_statement))
    assert len(statements.read(path) if of_statements else read(path)) == size_of(path)


def test_the_names_are_of_500_medicines_that_the_document_does_not_hold() -> None:
    rows = read_lines(ROOT / "tests" / "questions" / "apart" / "names.jsonl", dict)
    text = read_documents()[0].text.casefold()
    assert len({row["term"] for row in rows}) == 500
    assert [row["term"] for row in rows if row["term"].casefold() in text or row["label"] != "out"] == []
    assert sum(row["kind"] in ("trade_name", "misspelt") for row in rows) == 250


def test_a_judged_set_may_say_more_than_an_example_and_nothing_unknown(tmp_path) -> None:
    said = {"label": "out", "question": "what is methotrexate", "term": "methotrexate", "lang": "en", "parts": []}
    path = written(tmp_path / "judged.jsonl", said)
    assert [example.question for example in read(path)] == ["what is methotrexate"]
    with pytest.raises(CorpusError, match=r"line 1: unknown field 'lang'"):
        read_question_file(path)
    with pytest.raises(CorpusError, match=r"line 1: unknown field 'colour'"):
        read(written(path, said | {"colour": "red"}))
    with pytest.raises(CorpusError, match=r"judged.jsonl: is empty; expected a question a line"):
        read(written(path))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([], "expected a JSON object"),
        ({"text": " ", "group": "ok"}, "text has value ' '; expected some text"),
        ({"text": "hello"}, "group has value None; expected some text"),
        ({"text": "hello", "group": "ok", "danger": "no"}, "danger has value 'no'; expected true or false"),
        ({"text": "hello", "group": "ok", "label": "out"}, "unknown field 'label'"),
    ],
)
def test_a_bad_statement_is_named_by_file_and_line(tmp_path, row, said) -> None:
    path = written(tmp_path / "said.jsonl", {"text": "help", "group": "line", "danger": True, "language": "en"}, row)
    with pytest.raises(CorpusError, match=rf"said.jsonl, line 2: {said}"):
        statements.read(path)


def test_what_rings_is_counted_of_all_and_by_group() -> None:
    said = [Statement("a", "line", True), Statement("b", "line", True), Statement("c", "fever", True)]
    said += [Statement("d", "past"), Statement("e", "past")]
    found = statements.figures(said, [True, False, True, False, True])
    assert list(found) == [
        *("urgent_recall", "urgent_false_alarm"),
        *("urgent_recall, fever (1)", "urgent_recall, line (2)", "urgent_false_alarm, past (2)"),
    ]
    assert found["urgent_recall"] == (pytest.approx(2 / 3), *exact_interval(2, 3))
    assert found["urgent_recall, line (2)"] == (0.5, *exact_interval(1, 2))
    assert found["urgent_false_alarm"] == found["urgent_false_alarm, past (2)"] == (0.5, *exact_interval(1, 2))


class Letters:
    """An encoder by hand: the share of each letter. It says which texts it was given."""

    name, fingerprint, longest = "letters", "0", 100

    def __init__(self) -> None:
        self.given: list[str] = []

    def encode(self, texts: Sequence[str]) -> Iterator[Encoded]:
        for text in texts:
            self.given.append(text)
            counts = np.array([text.count(letter) for letter in "abc"], np.float32)
            yield Encoded(counts, counts[None])


def test_no_text_is_encoded_twice_and_the_vectors_are_the_same() -> None:
    letters = Letters()
    encoder = RememberingEncoder(letters)
    first = next(encoder.encode(["a", "bb", "ccc"]))  # whoever stops early leaves the rest for later
    assert first.sentence.tolist() == [1, 0, 0]
    for texts in (["bb", "a", "bb"], ["ccc", "a"], [], ["a", "abc", "bb"]):
        again = [encoded.sentence.tolist() for encoded in encoder.encode(texts)]
        assert again == [encoded.sentence.tolist() for encoded in Letters().encode(texts)]
    assert sorted(letters.given) == ["a", "abc", "bb", "ccc"]
    assert (encoder.name, encoder.fingerprint, encoder.longest) == ("letters", "0", 100)


class Counting:
    """The real encoder, which says how many texts it encoded."""

    def __init__(self, index: Index) -> None:
        self.encoder, self.texts = index.encoder, []
        self.name, self.fingerprint, self.longest = index.encoder.name, index.encoder.fingerprint, index.encoder.longest

    def encode(self, texts: Sequence[str]) -> Iterator[Encoded]:
        self.texts += texts
        return self.encoder.encode(texts)


@pytest.fixture
def snails(built) -> tuple[Index, Counting, list[Example]]:
    corpus, folder = built
    index = build.load(corpus, folder, say=lambda line: None)
    counting = Counting(index)
    counted = Index(counting, index.reader, index.similarities, index.listener, index.judges)
    return counted, counting, build.read(corpus)[1]


def test_cross_validation_leaves_each_question_out_and_encodes_it_once(snails) -> None:
    index, counting, examples = snails
    said: list[str] = []
    found = findings_left_out(examples, index, examples, folds=3, say=said.append)
    assert said == [
        f"{len(examples)} of {len(examples)} questions are examples: 3-fold cross-validation …",
        *(f"  fold {fold} of 3" for fold in (1, 2, 3)),
    ]
    assert len(counting.texts) == len(set(counting.texts))
    assert [findings.message.text for findings in found] == [
        index.look_up(example.question).message.text for example in examples
    ]


def test_with_as_many_folds_as_questions_each_is_judged_by_all_the_others(snails) -> None:
    index, _, examples = snails
    found = findings_left_out(examples, index, examples, folds=len(examples), say=lambda line: None)
    for i in (0, 4, len(examples) - 1):
        others = retaught(index, [example for example in examples if example is not examples[i]])
        expected = others.look_up(examples[i].question).asks[0].answers
        assert found[i].asks[0].answers == pytest.approx(expected, abs=1e-4)
        assert found[i].asks[0].answers != pytest.approx(index.look_up(examples[i].question).asks[0].answers, abs=1e-4)


def test_a_taught_question_is_answered_surer_than_without_teaching(snails) -> None:
    index, _, _ = snails
    bare = retaught(index, [])
    for question in ("snail food", "do snails like lettuce"):
        assert index.look_up(question).asks[0].answers >= bare.look_up(question).asks[0].answers


def test_a_learning_curve_encodes_each_question_once(snails) -> None:
    index, counting, examples = snails
    judged = [Example("which food do snails eat", "answer", ("lettuce",))]
    curve = list(learning_curve(judged, index, examples, say=lambda line: None, sizes=(0, 5)))
    assert [size for size, _ in curve] == [0, 5, len(examples)]
    assert [len(findings) for _, findings in curve] == [1, 1, 1]
    assert len(counting.texts) == len(set(counting.texts))


def test_remembering_changes_no_answer(snails) -> None:
    index, _, examples = snails
    remembered = remembering(index)
    for example in examples[:5]:
        plain, again = index.look_up(example.question), remembered.look_up(example.question)
        assert [ask.answers for ask in again.asks] == pytest.approx([ask.answers for ask in plain.asks], abs=1e-5)


@pytest.mark.slow
def test_the_command_prints_the_curve_and_draws_it(built, tmp_path) -> None:
    corpus, folder = built
    judged = written(
        tmp_path / "judged.jsonl",
        {"label": "answer", "question": "which food do snails eat", "gold": ["lettuce"], "position": "end"},
        {"label": "out", "question": "how long is a train"},
    )
    done = subprocess.run(
        [*(sys.executable, "-m", "bot", "evaluate"), judged, "--curve", tmp_path / "curve.svg", "--report", tmp_path],
        cwd=ROOT, env={**os.environ, "CHATBOT_CORPUS": str(corpus), "CHATBOT_INDEX": str(folder)},
        capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("learning curve on 2 questions of judged.jsonl\n  right_first, 0 examples ")
    assert (tmp_path / "curve.svg").read_text(encoding="utf-8").count("</svg>") == 1
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert {"right_first, 0 examples", "false_answer, 15 examples"} <= figures.keys()
    assert all(low <= value <= high for value, low, high in figures.values())
