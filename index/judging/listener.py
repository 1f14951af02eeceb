"""What a message is apart from its questions: whether somebody is in danger, what is felt, what is asked about.

One listener for every document, part of the program, learned by `python -m index fit` through an encoder that was
tuned to part what it tells (`index.retrieval.tuning`). It hears the whole message, wherever the danger stands:
sentence by sentence and in neighbouring pairs, and the most alarming of those decides.
"""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.questions import TOPICS, Example, read_question_file
from index.errors import DAMAGED, EncoderError
from index.judging import kernel, promise
from index.judging.kernel import Floats, Folded, Integers
from index.judging.promise import PROMISE
from index.reading.asks import sentences

GENERAL = Path(__file__).parents[2] / "corpus" / "general"
LEARNED = Path(__file__).with_name("listener.npz")
FEELINGS = ("fear", "grief", "guilt", "thanks", "good_news", "ok", "hello", "goodbye", "human", "who_are_you")
ASKS = "asks"  # the feeling of a message that asks
FAR = ("off_topic", "small_talk", "gibberish", "attack")  # topics that no document answers
FEW = 3  # windows of a message of one or two sentences
MOST_WINDOWS = 400  # of one message; 20,000 characters hold about 250 sentences
LANDMARKS = 2048  # messages that stand for all in meaning
ROUNDS = 2  # of finding, in a dangerous example of several sentences, the one that tells


@dataclass(frozen=True, slots=True)
class Message:
    """A text to learn from: a statement, or with a `topic` (one of TOPICS) a question about that.

    `feeling` is one of FEELINGS, ASKS, or "" for a statement that tells something calmly.
    """

    text: str
    danger: bool = False
    feeling: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """`urgent`: somebody may be in danger now. `loudness`: how alarming the most alarming words are, 0 to about 1.
    `feelings`: a score near 1 for what is heard."""

    urgent: bool
    loudness: float
    feelings: dict[str, float]


def windows(text: str) -> list[str]:
    """The sentences of a message, and each with its neighbour: what is listened to."""
    found = sentences(text) or [text]
    pairs = [f"{a} {b}" for a, b in pairwise(found)]
    return list(dict.fromkeys([*found, *pairs]))[:MOST_WINDOWS]


@dataclass(frozen=True, slots=True)
class Listener:
    """What was learned of statements (danger, FEELINGS, ASKS) and of the topics of questions; and the loudness from
    which a message of few windows, or of many, rings: the loudest of many is louder by chance."""

    statements: Folded
    topics: Folded
    rings_from: tuple[float, float] = (np.inf, np.inf)

    def hear(self, vectors: Floats, texts: Sequence[str]) -> Heard:
        """`texts` are the windows of one message, `vectors` (m, d) theirs."""
        found = self.statements.predict(vectors, texts)
        loudest = float(found[:, 0].max(initial=0.0))
        felt = found[:, 1:].mean(axis=0)
        bar = self.rings_from[len(texts) > FEW]
        return Heard(loudest >= bar, loudest, dict(zip((*FEELINGS, ASKS), map(float, felt), strict=True)))

    def topics_of(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """Scores of shape (m, len(TOPICS)), near 1 for the topic that a text asks about."""
        return self.topics.predict(vectors, texts)


@functools.cache
def learned(path: Path = LEARNED) -> Listener:
    """What `python -m index fit` wrote. Raises EncoderError when it cannot be read."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored)
        parts = [
            Folded.from_arrays({n.removeprefix(f"{part}_"): a for n, a in arrays.items() if n.startswith(f"{part}_")})
            for part in ("statements", "topics")
        ]
        few, many = map(float, arrays["rings_from"])
    except DAMAGED as e:
        raise EncoderError(f"{path}: cannot be read ({e}); expected what python -m index fit writes") from e
    return Listener(parts[0], parts[1], (few, many))


def write(made: Listener, path: Path = LEARNED) -> None:
    arrays = {f"statements_{name}": array for name, array in made.statements.arrays().items()}
    arrays |= {f"topics_{name}": array for name, array in made.topics.arrays().items()}
    np.savez_compressed(path, **arrays, rings_from=np.array(made.rings_from))  # type: ignore[arg-type]


def fit(messages: Sequence[Message], vectors: Floats, owner: Sequence[int], texts: Sequence[str]) -> Listener:
    """Learns from `messages`, whose windows are `texts` with `vectors`; `owner[i]` is the message of window i.

    Of a dangerous message only the window that tells most counts, found in ROUNDS (multiple-instance
    learning: Andrews, Tsochantaridis, Hofmann, NIPS 2002); every window of a calm one is calm. It rings at nothing
    until its bars are set.
    """
    owners = np.asarray(owner)
    danger = np.array([message.danger for message in messages])
    said = np.array([not message.topic for message in messages])
    kept = np.flatnonzero(said[owners])
    for _ in range(ROUNDS - 1):
        scores = _fit_statements(messages, vectors, owners, texts, kept).predict(vectors, texts)
        kept = _telling(scores[:, 0], owners, danger, said)
    asked = np.flatnonzero(~said[owners])
    targets = np.zeros((len(asked), len(TOPICS)), np.float32)
    for row, window in zip(targets, asked.tolist(), strict=True):
        row[TOPICS.index(messages[owners[window]].topic)] = 1
    topics = kernel.fit_folded(vectors[asked], [texts[i] for i in asked.tolist()], targets, LANDMARKS)
    return Listener(_fit_statements(messages, vectors, owners, texts, kept), topics)


def rings_from(messages: Sequence[Message], loudness: Sequence[float]) -> tuple[float, float]:
    """The promised bars for messages of few windows and of many, from calm ones that were not learned from."""
    ordinary, told = [], []
    for message, loud in zip(messages, loudness, strict=True):
        few = len(windows(message.text)) <= FEW
        if few and message.feeling == ASKS and not message.danger:
            ordinary.append(loud)
        elif not few and not message.danger:
            told.append(loud)
    return (
        promise.alarm_bar(np.array(ordinary), PROMISE.false_alarms),
        promise.alarm_bar(np.array(told), PROMISE.false_alarms_told),
    )


def _fit_statements(
    messages: Sequence[Message], vectors: Floats, owners: Integers, texts: Sequence[str], kept: Integers
) -> Folded:
    targets = np.zeros((len(kept), 2 + len(FEELINGS)), np.float32)
    for row, window in enumerate(kept):
        message = messages[owners[window]]
        targets[row, 0] = message.danger
        if message.feeling:
            targets[row, 1 + (*FEELINGS, ASKS).index(message.feeling)] = 1
    return kernel.fit_folded(vectors[kept], [texts[i] for i in kept], targets, LANDMARKS)


def _telling(scores: Floats, owners: Integers, danger: NDArray[np.bool_], said: NDArray[np.bool_]) -> Integers:
    """All windows of calm lessons, and of each dangerous one the window with the highest score."""
    best: dict[int, int] = {}
    for window, lesson in enumerate(owners.tolist()):
        if danger[lesson] and (lesson not in best or scores[window] > scores[best[lesson]]):
            best[lesson] = window
    telling = set(best.values())
    kept = [w for w, lesson in enumerate(owners.tolist()) if said[lesson] and (not danger[lesson] or w in telling)]
    return np.array(kept, np.int64)


def read_lessons(folder: Path = GENERAL) -> list[Message]:
    """What the program was taught of any document: `statements.jsonl` (text, danger, feeling) and `topics.jsonl`
    (question, topic). Raises KeyError for a feeling or topic that is none."""
    messages = []
    for row in _rows(folder / "statements.jsonl"):
        messages.append(Message(row["text"], bool(row.get("danger")), str(row.get("feeling", ""))))
    for row in _rows(folder / "topics.jsonl"):
        messages.append(Message(row["question"], topic=row["topic"]))
    for message in messages:
        if message.feeling not in (*FEELINGS, ASKS, "") or message.topic not in (*TOPICS, ""):
            raise KeyError(f"{folder}: {message.text!r} has feeling {message.feeling!r} and topic {message.topic!r}")
    return messages


def read_refusals(folder: Path = GENERAL) -> list[Example]:
    """Questions that no document here answers, whatever it is about: real health searches, chatter, attacks."""
    chatter = [
        Example(message.text, "out", topic=message.topic) for message in read_lessons(folder) if message.topic in FAR
    ]
    return [*read_question_file(folder / "refusals.jsonl"), *chatter]


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
