"""Several documents that nobody taught, searched as one: what is built for them, and what they refuse."""

from pathlib import Path

import pytest

from bot.answer import Outcome
from bot.ask import decide
from index import build, fit
from index.judging import judge, listener
from index.judging.features import Asked
from index.judging.promise import PROMISE
from index.search import Index

DOCUMENTS = ("gard_0004342", "niddk_0000057", "niddk_0000131", "niddk_0000172", "gard_0002853", "niddk_0000130")
DISCLAIMER = "\n\n## Disclaimer\n\nThis is no advice.\n"


@pytest.fixture(scope="module")
def collection(tmp_path_factory) -> Index:
    corpus: Path = tmp_path_factory.mktemp("collection")
    (corpus / "documents").mkdir()
    for name in DOCUMENTS:
        text = (fit.FOLDER / f"{name}.md").read_text(encoding="utf-8")
        (corpus / "documents" / f"{name}.md").write_text(text + DISCLAIMER, encoding="utf-8")
    return build.load(corpus, corpus / "built", say=lambda line: None)


def _answered(index: Index, question: str) -> bool:
    return any(decide(asked) is Outcome.ANSWERED for asked in index.look_up(question).asks)


def test_questions_that_no_document_answers_are_refused_as_promised(collection) -> None:
    """Questions that the bar was not computed from."""
    held = frozenset().union(*(one.lexicon.document for one in collection.judges))
    foreign = [e.question for e in listener.read_refusals() if not held.issuperset(Asked.of(e.question).stems)]
    step = -(-len(foreign) // build.MOST_REFUSALS)
    assert step > 1
    others = foreign[1::step]
    assert len(others) > 200
    answered = sum(_answered(collection, question) for question in others)
    assert answered / len(others) <= PROMISE.false_answers


def test_untaught_documents_share_one_bar_above_the_general_one_which_would_break_the_promise(collection) -> None:
    [bar] = {one.bar for one in collection.judges}
    assert judge.general_bar() < bar < 1


def test_questions_find_their_own_document_among_the_others(collection) -> None:
    """Most of them: they were written beside one document, and say "it"."""
    asked = {
        document.name: [e for e in examples if e.label == "answer" and not e.history]
        for document, examples in fit.documents()
        if document.name.removesuffix(".md") in DOCUMENTS
    }
    right = [
        collection.look_up(example.question).document.name == name
        for name, examples in asked.items()
        for example in examples
    ]
    assert len(right) > 150
    assert sum(right) / len(right) > 0.75
