"""Findings for labelled questions by an index that has not learned from them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from corpus import Example
from index import build
from index.judging import memory
from index.search import Findings, Index


def key(example: Example) -> tuple[str, tuple[str, ...]]:
    """Two examples with the same words are the same question, whatever their label."""
    return example.question.strip().casefold(), example.history


def findings_left_out(
    judged: Sequence[Example],
    folds: int,
    corpus: Path = build.CORPUS,
    say: Callable[[str], None] = build.say,
    withhold: bool = False,
) -> list[Findings]:
    """One Findings for each of `judged`, in order.

    Those that the index learns from are parted into `folds` (the same each run), and each fold is
    judged by an index that learned from all the others. `withhold=True` lets nothing be learned
    from the examples of the documents at all.
    """
    index = build.load(corpus, say=say)
    documents, examples, reader = build.read(corpus)
    if withhold:
        bare = Index(documents, index.encoder, reader, index.similarities, [])
        return [bare.look_up(example.question, example.history) for example in judged]
    learned = {key(example) for example in examples}
    found = [None if key(e) in learned else index.look_up(e.question, e.history) for e in judged]
    seen = [i for i, findings in enumerate(found) if findings is None]
    if not seen:
        return found
    say(f"{len(seen)} of {len(judged)} questions are examples: judging them by {folds}-fold cross-validation …")
    names = np.array([passage.document.name for passage in index.similarities.passages])
    learned = {
        document.name: build.table_of_examples(
            document,
            [e for e in examples if e.document in ("", document.name)],
            reader,
            index.encoder,
            index.similarities,
            np.flatnonzero(names == document.name),
        )
        for document in documents
        if any(e.document == document.name for e in examples)
    }
    # One fold for each question, however often and in whichever file it stands.
    questions = sorted({key(judged[i]) for i in seen})
    fold_of = dict(zip(questions, np.random.default_rng(0).permutation(len(questions)) % folds, strict=True))
    for fold in range(folds):
        say(f"  fold {fold + 1} of {folds}")
        models = []
        for document in documents:
            if document.name in learned:
                own = learned[document.name]
                kept = np.array([i for i, e in enumerate(own.examples) if fold_of.get(key(e)) != fold])
                models.append(memory.fit(document, own.subset(kept)))
        held_out = Index(documents, index.encoder, reader, index.similarities, models)
        for i in seen:
            if fold_of[key(judged[i])] == fold:
                found[i] = held_out.look_up(judged[i].question, judged[i].history)
    return found
