"""python -m tests.benchmarks.ablation [FILE ...]: which piece buys what, on questions that are never learned from.

Every row leaves one piece out, learns anew from the example questions where the piece bears on them, and is judged on
all FILEs together (default: tests/questions/held-out.jsonl). The judge's general weights (judge.json) stay as they are.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bot.ask import answer_from
from bot.evaluation import metrics
from bot.evaluation.cross_validation import retaught
from bot.evaluation.evaluate import read
from bot.evaluation.remembering import remembering
from corpus.vocabulary import Vocabulary
from index import build
from index.judging import judge, kernel
from index.reading import asks
from index.reading import reader as reading_room
from index.reading.asks import Ask, asks_of
from index.reading.names import Named, Names
from index.reading.reader import Message, Reader
from index.reading.subjects import NAME, Says
from index.search import Index

FILE = Path(__file__).parent.parent / "questions" / "held-out.jsonl"
SHOWN = ("right_first", "right_first_at_5pc_false", "auroc", "false_answer", "partial_as_answer", "highlight_f1")


class WithoutHistory(Reader):
    def read(self, question: str, history: Sequence[str] = ()) -> Message:
        return super().read(question)


class WithoutNames(Names):
    def read(self, text: str) -> Named:
        return Named(text)


def as_one(text: str, history: Sequence[str], says: Says) -> list[Ask]:
    return [Ask(text.replace("\n", " "))]


def alone(text: str, history: Sequence[str], says: Says) -> list[Ask]:
    return [replace(ask, leaning="", named="") for ask in asks_of(text, history, says)]


def by_names(text: str, history: Sequence[str], says: Says) -> list[Ask]:
    return asks_of(text, history, lambda word: says(word) if says(word) >= NAME else 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=[FILE])
    files = parser.parse_args().files
    index = remembering(build.load())
    documents, examples, reader = build.read(build.CORPUS)
    judged = [example for file in files for example in read(file)]

    def report(name: str, taught: Index) -> None:
        findings = [taught.look_up(e.question, e.history) for e in judged]
        answers = [answer_from(f, e.question) for f, e in zip(findings, judged, strict=True)]
        found = metrics.compute(metrics.rows(judged, answers))
        print(f"| {name} | " + " | ".join(f"{found[figure]:.3f}" for figure in SHOWN) + " |", flush=True)

    def reading(other: Reader) -> Index:
        return retaught(Index(index.encoder, other, index.similarities, index.listener, index.judges), examples)

    print(f"| without | {' | '.join(SHOWN)} |\n|---|{'---|' * len(SHOWN)}")
    report("nothing", index)
    report("example questions", retaught(index, []))
    order = np.random.default_rng(0).permutation(len(examples))
    for share in (8, 4, 2):
        kept = [examples[i] for i in np.sort(order[: len(order) // share])]
        report(f"all but 1/{share} of the examples ({len(kept)})", retaught(index, kept))
    report("real health searches", retaught(index, [e for e in examples if e.kind != "health_search"]))
    with_constant(kernel, "WORDING", 0.0, lambda: report("the words' own kernel", retaught(index, examples)))
    with_constant(judge, "FEWEST", 10**9, lambda: report("a say in the weights", retaught(index, examples)))
    texts = [document.text for document in documents]
    bare = build.reader_of(documents, Vocabulary({}, {}))
    bare.names = WithoutNames([])
    report("typo repair and unknown names", reading(bare))
    report("vocabulary bridge", reading(Reader(Vocabulary({}, {}), texts)))
    for name, read_asks in (("parts of a message", as_one), ("what an ask leans on", alone), ("terms", by_names)):
        with_constant(reading_room, "asks_of", read_asks, lambda name=name: report(name, index))
    with_constant(asks, "surely_asks", asks.asks_something, lambda: report("what a story only tells", index))
    with_constant(reader.names, "_sounds", {}, lambda: report("names by their sounds", reading(reader)))
    without = WithoutHistory.__new__(WithoutHistory)
    without.__dict__.update(vars(reader))
    report("history", reading(without))


def with_constant(module: object, name: str, value: object, run: Callable[[], None]) -> None:
    before = getattr(module, name)
    setattr(module, name, value)
    run()
    setattr(module, name, before)


if __name__ == "__main__":
    main()
