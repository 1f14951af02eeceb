"""Findings for labelled questions by an index that has not learned from them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

import numpy as np
from tqdm import tqdm

from bot.evaluation.remembering import remembering
from corpus import Example
from index import build
from index.reading.text import words
from index.search import Findings, Index

SIZES = (0, 15, 60, 250, 1000)  # example questions of the learning curve, before all of them
Key = tuple[tuple[str, ...], ...]
Say = Callable[[str], None]
T = TypeVar("T")


def key(example: Example) -> Key:
    """Two examples with the same words, in the same talk, are the same question, whatever their label."""
    turns = (*example.history, example.question)
    return tuple(tuple(words(text.replace("’", "'"))) or (text.strip(),) for text in turns)  # "???" has no words


def retaught(index: Index, examples: Sequence[Example]) -> Index:
    """The same index with judges that learned from `examples` alone; a document without its own reads alone."""
    judges = []
    for document in index.documents:
        own = [example for example in examples if example.document in ("", document.name)]
        if not any(example.document for example in own):
            own = []
        judges.append(build.judge_of(document, own, index.reader, index.encoder, index.similarities, index.listener))
    return Index(index.encoder, index.reader, index.similarities, index.listener, judges)


def findings_left_out(
    judged: Sequence[Example],
    index: Index,
    examples: Sequence[Example],
    folds: int,
    say: Say = build.say,
    withhold: bool = False,
) -> list[Findings]:
    """One Findings for each of `judged`, in order, where `index` learned from `examples`.

    Those that it learned from are parted into `folds` (the same each run), and each fold is judged by an
    index that learned from all the others. `withhold=True` lets nothing be learned from the examples of the
    documents at all.
    """
    index = remembering(index)
    if withhold:
        return look_up(retaught(index, []), judged)
    learned = {key(example) for example in examples}
    seen = sorted({key(example) for example in judged} & learned)
    apart = [i for i, example in enumerate(judged) if key(example) not in learned]
    found = dict(zip(apart, look_up(index, [judged[i] for i in apart]), strict=True))
    if seen:
        say(f"{len(judged) - len(found)} of {len(judged)} questions are examples: {folds}-fold cross-validation …")
    # One fold for each question, however often and in whichever file it stands.
    fold_of = dict(zip(seen, (np.random.default_rng(0).permutation(len(seen)) % folds).tolist(), strict=True))
    for fold in sorted(set(fold_of.values())):
        say(f"  fold {fold + 1} of {folds}")
        held_out = retaught(index, [e for e in examples if fold_of.get(key(e)) != fold])
        inside = [i for i, example in enumerate(judged) if fold_of.get(key(example)) == fold]
        found |= zip(inside, look_up(held_out, [judged[i] for i in inside]), strict=True)
    return [found[i] for i in range(len(judged))]


def learning_curve(
    judged: Sequence[Example],
    index: Index,
    examples: Sequence[Example],
    say: Say = build.say,
    sizes: Sequence[int] = SIZES,
) -> Iterator[tuple[int, list[Findings]]]:
    """(number of examples, findings of `judged`) for each of `sizes` and for all `examples` of the documents, in a
    shuffle that is the same each run. What is judged is never learned from."""
    index = remembering(index)
    kept = shuffled(examples, {key(example) for example in judged})
    for size in [*(size for size in sizes if size < len(kept)), len(kept)]:
        say(f"  judging after {size} of {len(kept)} example questions …")
        yield size, look_up(retaught(index, kept[:size]), judged)


def look_up(index: Index, judged: Sequence[Example]) -> list[Findings]:
    return [index.look_up(e.question, e.history) for e in progress(judged, "Asking")]


def progress(items: Sequence[T], what: str) -> Iterator[T]:
    """A line of progress on a terminal."""
    yield from tqdm(items, desc=what, disable=None, leave=False)


def shuffled(examples: Sequence[Example], without: Collection[Key]) -> list[Example]:
    """The examples of documents in a seeded order, without those that are judged."""
    own = [example for example in examples if example.document and key(example) not in without]
    return [own[i] for i in np.random.default_rng(0).permutation(len(own))]
