"""What is read of an ask and a passage: numbers that know no document, so that one judge serves all.

Nothing here was fitted; `judge` weighs these numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus import Passage, Role
from corpus.questions import TOPICS
from index.judging.wording import Floats, Integers
from index.reading.text import content, rarity, stem
from index.retrieval.similarity import DENSE, LATE, SENTENCE

# Numbers that rank a passage among others of its document.
RANKING = ("late", "sentence", "dense", "covered", "section", "neighbour", "body", "short", "remembered", "reached")
# Numbers that say whether the first passage answers.
ANSWERING = (
    *("late", "sentence", "dense", "lead_late", "lead_sentence", "lead", "share"),
    *("covered", "covered_by_document", "rarest_missing", "missing", "words", "few_words"),
    *("weakest", "weakest_three", "weakest_quarter", "lacking"),
    *("weakest_anywhere", "weakest_three_anywhere", "elsewhere", "off_topic"),
    *("topic", "topic_in_units", "topic_in_headings", "topic_in_passage", "topic_over_passage"),
    *("topic_missing", "topic_missing_here", "topic_held", "topic_held_here"),
    *("passages", "body", "starts_with_how", "number_asked", "number_held"),
    *("remembered", "remembered_lead", "remembered_unit", "remembered_units"),
    *("remembered_answer", "remembered_partial", "remembered_out", "remembered_topic"),
    *("reach", "reach_answer", "reach_out", "examples"),
)
# What memory says for an answer may never count against it, nor the other way round: a taught question is answered
# more surely than an untaught one, however little the documents that were learned from repeat themselves.
FOR = {
    *("remembered", "remembered_lead", "remembered_unit", "remembered_units"),
    *("remembered_answer", "reach", "reach_answer"),
}
AGAINST = {"remembered_partial", "remembered_out", "reach_out"}
SIGNS = tuple((name in FOR) - (name in AGAINST) for name in ANSWERING)
FREE = {"neighbour", "body", "short"}
RANK_SIGNS = tuple(int(name not in FREE) for name in RANKING)
NUMBER = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known of a document's passages before anything is asked: the stems that each holds, headings among them,
    and all that the document holds; for each passage its section's number, whether it is body text, how short it is."""

    passages: tuple[frozenset[str], ...]
    document: frozenset[str]
    holds_number: tuple[bool, ...]
    sections: Integers
    body: Floats
    short: Floats

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> "Lexicon":
        texts = [" ".join([*(heading.text for heading in p.headings), p.text]) for p in passages]
        held = tuple(frozenset(map(stem, content(text))) for text in texts)
        numbers = tuple(bool(NUMBER & set(p.text)) for p in passages)
        paths = [tuple(heading.text for heading in p.headings) for p in passages]
        number_of = {path: i for i, path in enumerate(dict.fromkeys(paths))}
        return cls(
            held,
            frozenset().union(*held),
            numbers,
            np.array([number_of[path] for path in paths], np.int64),
            np.array([p.role is Role.BODY for p in passages], np.float32),
            (-np.log([len(p.text) for p in passages]) / 6).astype(np.float32),
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """The content words of an ask, as stems, each with how rare it is in the language (0 to 1)."""

    stems: tuple[str, ...]
    rarities: Floats
    number: bool
    how: bool

    @classmethod
    def of(cls, text: str) -> "Asked":
        words = list(dict.fromkeys(content(text)))
        lower = text.lower()
        number = any(f"how {word}" in lower for word in ("many", "much", "long", "often", "old", "soon")) or any(
            word in lower for word in ("combien", "percent", "%", "dose", "number")
        )
        return cls(
            tuple(map(stem, words)),
            np.array([rarity(word) for word in words], np.float32),
            number,
            lower.startswith(("how", "why", "comment", "pourquoi")),
        )

    def covered(self, held: frozenset[str]) -> float:
        """The share of its words, weighed by rarity, that are held; 1 for an ask without content words."""
        return float(self.covered_by_each([held])[0])

    def covered_by_each(self, passages: Sequence[frozenset[str]]) -> Floats:
        """The same for each of several at once, in a tenth of the time."""
        if not self.stems:
            return np.ones(len(passages), np.float32)
        found = np.array([[word in held for held in passages] for word in self.stems], np.float32)
        shares: Floats = (found * self.rarities[:, None]).sum(axis=0) / self.rarities.sum()
        return shares


@dataclass(frozen=True, slots=True)
class TopicMap:
    """How much each passage speaks of each topic, (passages, topics), 0 to about 1: in its sentences, and over them."""

    units: Floats
    headings: Floats


@dataclass(frozen=True, slots=True)
class Remembered:
    """What memory says of one reading: a score for each passage, for the labels answer, partial and out, and for the
    topics; `reach` says how near the nearest examples are, `examples` how many there are."""

    passages: Floats
    units: Floats
    labels: Floats
    topics: Floats
    reach: float = 0.0
    examples: int = 0


@dataclass(frozen=True, slots=True)
class Rivals:
    """The passages of the other documents that may answer the same reading: `scores` (n,) and `table` (n, 3)."""

    scores: Floats
    table: Floats

    @classmethod
    def of(cls, others: Sequence[tuple[Floats, Floats]]) -> "Rivals":
        """`others` holds scores and table of each of the other documents."""
        if not others:
            return cls(np.empty(0, np.float32), np.empty((0, 3), np.float32))
        scores, tables = zip(*others, strict=True)
        return cls(np.concatenate(scores), np.concatenate(tables))


NONE = Rivals.of(())


def ranking(asked: Asked, table: Floats, lexicon: Lexicon, memory: Remembered) -> Floats:
    """Shape (passages, len(RANKING)). `table` holds the similarities."""
    late = table[:, LATE]
    of_section = np.full(len(late), -1.0, np.float32)  # there are no more sections than passages
    np.maximum.at(of_section, lexicon.sections, late)
    padded = np.concatenate([[-1.0], late, [-1.0]])
    return np.stack(
        [
            late,
            table[:, SENTENCE],
            table[:, DENSE],
            asked.covered_by_each(lexicon.passages),
            of_section[lexicon.sections],
            np.maximum(padded[:-2], padded[2:]),
            lexicon.body,
            lexicon.short,
            memory.passages,
            memory.passages * memory.reach,
        ],
        axis=1,
    ).astype(np.float32)


def answering(
    asked: Asked,
    table: Floats,
    scores: Floats,
    best_matches: Floats,
    lexicon: Lexicon,
    topic: Floats,
    topics: TopicMap,
    memory: Remembered,
    rivals: Rivals = NONE,
) -> Floats:
    """Shape (len(ANSWERING),). `scores` rank the passages; the first must stand out among them and the `rivals`.
    `best_matches` (word pieces, passages) are the best cosines of the reading's word pieces in each; `topic` (topics,)
    says what is asked about."""
    first = int(np.argmax(scores))
    others = np.delete(np.arange(len(scores)), first)
    against = np.concatenate([scores[others], rivals.scores])
    second = int(np.argmax(against)) if len(against) else 0
    tables = np.concatenate([table[others], rivals.table])
    best = tables[second] if len(against) else table[first]
    lead = float(scores[first] - against[second]) if len(against) else 0.0
    shifted = np.exp(np.clip(against - scores[first], -30, 30))
    missing = np.array([word not in lexicon.document for word in asked.stems], bool)
    lacking = np.array([word not in lexicon.passages[first] for word in asked.stems], bool)
    in_first = best_matches[:, first]
    in_any = best_matches.max(axis=1)
    weakest, held_weakest = np.sort(in_first), np.sort(in_any)
    weight = np.maximum(topic, 0)
    about = int(np.argmax(weight))
    strength = float(weight[about])
    in_units = float(np.sort(topics.units[:, about])[-2:].mean())
    in_headings = float(topics.headings[:, about].max())
    here, over = float(topics.units[first, about]), float(topics.headings[first, about])
    held, held_here = max(in_units, in_headings), max(here, over)
    return np.array(
        [
            table[first, LATE],
            table[first, SENTENCE],
            table[first, DENSE],
            table[first, LATE] - best[LATE],
            table[first, SENTENCE] - best[SENTENCE],
            min(lead, 5.0),
            float(1 / (1 + shifted.sum())),
            asked.covered(lexicon.passages[first]),
            asked.covered(lexicon.document),
            float((asked.rarities * missing).max(initial=0.0)),
            float((asked.rarities * missing).sum()),
            np.log1p(len(asked.stems)),
            float(len(asked.stems) <= 1),
            float(weakest[0]),
            float(weakest[:3].mean()),
            _quartile(weakest),
            float((asked.rarities * lacking).max(initial=0.0)),
            float(held_weakest[0]),
            float(held_weakest[:3].mean()),
            float(np.sort(in_any - in_first)[-3:].mean()),
            float(weight[OFF].sum()),
            strength,
            in_units,
            in_headings,
            here,
            over,
            strength * (1 - min(1.0, 2 * held)),
            strength * (1 - min(1.0, 2 * held_here)),
            strength * held,
            strength * held_here,
            np.log(len(scores)) / 3,
            float(lexicon.body[first]),
            float(asked.how),
            float(asked.number),
            float(asked.number and lexicon.holds_number[first]),
            memory.passages[first],
            memory.passages[first] - (memory.passages[others].max() if len(others) else 0.0),
            max(0.0, float(memory.units.max(initial=0.0))),
            float(np.maximum(memory.units, 0).sum()),
            *memory.labels,
            float(memory.topics.max(initial=0.0)),
            memory.reach,
            memory.reach * memory.labels[0],
            memory.reach * memory.labels[2],
            np.log1p(memory.examples) / 9,
        ],
        np.float32,
    )


def _quartile(ordered: Floats) -> float:
    """The 25th percentile; numpy's own takes 20 times as long for so few numbers."""
    return float(np.interp(0.25 * (len(ordered) - 1), np.arange(len(ordered)), ordered))


OFF = np.array([TOPICS.index(name) for name in ("off_topic", "other_health", "small_talk", "gibberish", "attack")])
