"""One judge for every document: it reads, and it remembers.

Of each reading of an ask it says which passage ranks first, P(that passage answers) and P(it is at least the
nearest statement). Its weights were learned on many documents (`python -m index fit`) and stand in judge.json,
one line a feature; a document with example questions of its own draws them towards what those say.
"""

import functools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from corpus import Document, Example, Passage
from index.judging import calibration, features, promise
from index.judging.calibration import Array, Logistic
from index.judging.features import (
    ANSWERING,
    NONE,
    RANK_SIGNS,
    RANKING,
    SIGNS,
    Asked,
    Lexicon,
    Remembered,
    Rivals,
    TopicMap,
)
from index.judging.memory import Memory, answerable, gold_passages
from index.judging.promise import PROMISE
from index.judging.wording import Floats

WEIGHTS = Path(__file__).with_name("judge.json")
FEWEST = 200  # examples from which a document has a say in the weights
STRENGTH = 20.0  # with which it is drawn back to those of the many


@dataclass(frozen=True, slots=True)
class Weights:
    """`rank` (len(RANKING),); the two logistics read len(ANSWERING) features; `scale` (len(ANSWERING),) is how much
    each of these varies."""

    rank: Array
    answers: Logistic
    near: Logistic
    scale: Array


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reading of an ask against one document: all that a judgement is made from. `table` (passages, 3) and `best`
    (word pieces, passages) say how alike they are."""

    asked: Asked
    table: Floats
    best: Floats
    topic: Floats
    memory: Remembered


@dataclass(frozen=True, slots=True)
class Judgement:
    """`order` lists the document's passages best first, `scores` goes by passage, `units` by unit."""

    order: "np.ndarray[tuple[int], np.dtype[np.int64]]"
    scores: Floats
    units: Floats
    answers: float
    near: float


@dataclass(frozen=True)
class Judge:
    """For one document. `topics` says of what its passages speak."""

    memory: Memory
    topics: TopicMap
    weights: Weights
    lexicon: Lexicon
    passages: tuple[Passage, ...]
    bar: float  # P(answers) from which it may be said that a passage answers

    @classmethod
    def of(cls, memory: Memory, topics: TopicMap, weights: Weights | None = None, bar: float | None = None) -> "Judge":
        passages = tuple(answerable(memory.document))
        return cls(memory, topics, weights or general(), Lexicon.of(passages), passages, bar or general_bar())

    @property
    def document(self) -> Document:
        return self.memory.document

    def ranking(self, evidence: Evidence) -> Floats:
        """The features of each passage, (passages, len(RANKING))."""
        return features.ranking(evidence.asked, evidence.table, self.lexicon, evidence.memory)

    def ranked(self, evidence: Evidence) -> Floats:
        """A score for each passage."""
        return (self.ranking(evidence) @ self.weights.rank).astype(np.float32)

    def read(self, evidence: Evidence, scores: Floats, rivals: Rivals = NONE) -> Floats:
        """The features of the first passage, (len(ANSWERING),), beside those of other documents."""
        return features.answering(
            evidence.asked, evidence.table, scores, evidence.best, self.lexicon, evidence.topic, self.topics,
            evidence.memory, rivals,
        )  # fmt: skip

    def judge(self, evidence: Evidence, scores: Floats, rivals: Rivals = NONE) -> Judgement:
        """`scores` are those of `ranked`."""
        read = self.read(evidence, scores, rivals)
        return Judgement(
            np.argsort(-scores, kind="stable"),
            scores,
            evidence.memory.units,
            self.weights.answers(read),
            self.weights.near(read),
        )


@functools.cache
def general() -> Weights:
    """The weights learned on many documents."""
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    rank = np.array([stored["ranking"][name] for name in RANKING], np.float64)
    columns = {key: [stored["answering"][name][key] for name in ANSWERING] for key in ("answers", "near", "scale")}
    return Weights(
        rank,
        Logistic(np.array(columns["answers"]), stored["bias"]["answers"]),
        Logistic(np.array(columns["near"]), stored["bias"]["near"]),
        np.array(columns["scale"]),
    )


@functools.cache
def general_bar() -> float:
    """The bar for a document with too few questions of its own to promise anything."""
    return float(json.loads(WEIGHTS.read_text(encoding="utf-8"))["bar"])


def refine(judge: Judge, examples: Sequence[Example], evidence: Iterable[Evidence]) -> Judge:
    """The judge after the document's own examples, each judged as if it had been left out (`evidence`)."""
    if len(examples) < FEWEST:
        return judge
    old = judge.weights
    seen = list(evidence)
    golds = [gold_passages(judge.document, example) for example in examples]
    answerable = [i for i, example in enumerate(examples) if example.label == "answer" and golds[i].any()]
    rank = old.rank
    if answerable:
        tables = [judge.ranking(seen[i]).astype(np.float64) for i in answerable]
        rank = calibration.fit_ranking(tables, [golds[i] for i in answerable], STRENGTH, old.rank, RANK_SIGNS)
    drafted = replace(judge, weights=replace(old, rank=rank))
    rows, near = [], []
    for one, gold in zip(seen, golds, strict=True):
        scores = drafted.ranked(one)
        rows.append(drafted.read(one, scores))
        near.append(bool(gold[int(np.argmax(scores))]))
    right = [hit and example.label == "answer" for hit, example in zip(near, examples, strict=True)]
    x = np.array(rows, np.float64)
    fitted = [
        calibration.fit(x, np.array(wanted), STRENGTH, prior, old.scale, signs=signs)
        if any(wanted) and not all(wanted)
        else prior
        for wanted, prior, signs in ((right, old.answers, SIGNS), (near, old.near, None))
    ]
    weights = Weights(rank, fitted[0], fitted[1], old.scale)
    refused = [
        fitted[0](row) for row, example in zip(x, examples, strict=True) if example.label == "out" and example.document
    ]
    bar = promise.answering_bar(refused, PROMISE.false_answers, PROMISE.confidence)
    return replace(judge, weights=weights, bar=judge.bar if bar is None else bar)
