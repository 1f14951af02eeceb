"""What a message is apart from its questions: whether somebody is in danger, what is felt, what is asked about.

One listener for every document, part of the program, learned by `python -m index fit` through the encoder that serves.
It hears the whole message, wherever the danger stands: sentence by sentence and in neighbouring pairs, and the most
alarming of those decides.
"""

import functools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.questions import TOPICS, Example, read_question_file
from index.errors import DAMAGED, EncoderError
from index.judging import kernel, promise
from index.judging.kernel import Folded
from index.judging.promise import PROMISE
from index.judging.wording import Floats, Integers
from index.reading.asking import sentences

GENERAL = Path(__file__).parents[2] / "corpus" / "general"
LEARNED = Path(__file__).with_name("listener.npz")
FEELINGS = ("fear", "grief", "guilt", "thanks", "good_news", "ok", "hello", "goodbye", "human", "who_are_you")
ASKS = "asks"  # the feeling of a message that asks
TOLD = 2 + len(FEELINGS)  # columns before those of topics
FAR = ("off_topic", "small_talk", "gibberish", "attack")  # topics that no document answers
FEW = 3  # windows of a message of one or two sentences
MOST_WINDOWS = 400  # of one message; 20,000 characters hold about 250 sentences
LANDMARKS = 3072  # messages that stand for all in meaning
LOUD = 5  # windows of a calm message, the most alarming ones, that are learned from
BLOCK = 4096  # windows that are told at once
TOGETHER = 20  # messages that stand together are left out together: they were written as pairs


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
    """What was learned: a column for danger, for each of FEELINGS, for ASKS and for each of TOPICS; and the loudness
    from which a message rings, as base and slope by the logarithm of its windows (`promise.alarm_bar`)."""

    learned: Folded
    rings_from: tuple[float, float] = (np.inf, 0.0)

    def listen(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """All columns for texts with such `vectors` (m, d): near 1 for what a text is, near 0 for what it is not."""
        return self.learned.predict(vectors, texts)

    def heard(self, columns: Floats) -> Heard:
        """Of one message, by the columns of its windows."""
        loudest = float(columns[:, 0].max(initial=0.0))
        felt = columns[:, 1:TOLD].mean(axis=0)
        base, slope = self.rings_from
        bar = base + slope * math.log(max(1, len(columns)))
        return Heard(loudest >= bar, loudest, dict(zip((*FEELINGS, ASKS), map(float, felt), strict=True)))

    def topics_of(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """Scores of shape (m, len(TOPICS)), near 1 for the topic that a text asks about."""
        return self.listen(vectors, texts)[:, TOLD:]


@functools.cache
def learned(path: Path = LEARNED) -> Listener:
    """What `python -m index fit` wrote. Raises EncoderError when it cannot be read."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored)
        few, many = map(float, arrays.pop("rings_from"))
        return Listener(Folded.from_arrays(arrays), (few, many))
    except DAMAGED as e:
        raise EncoderError(f"{path}: cannot be read ({e}); expected what python -m index fit writes") from e


def write(made: Listener, path: Path = LEARNED) -> None:
    np.savez_compressed(path, **made.learned.arrays(), rings_from=np.array(made.rings_from))  # type: ignore[arg-type]


def fit(messages: Sequence[Message], vectors: Floats, owner: Sequence[int], texts: Sequence[str]) -> Listener:
    """Learns from `messages`, whose windows are `texts` with `vectors`; `owner[i]` is the message of window i.

    Of a dangerous message only the window that tells most counts (multiple-instance learning: Andrews,
    Tsochantaridis, Hofmann, NIPS 2002), and of a calm one those that are most like danger. The bars come from messages
    that are left out, with those that stand beside them.
    """
    owners = np.asarray(owner)
    danger = np.array([message.danger for message in messages])
    kept = _telling(_alarming(vectors, texts, owners, danger), owners, danger)
    owners, texts = owners[kept], [texts[i] for i in kept]
    said, asked = np.zeros((len(kept), TOLD), np.float32), np.zeros((len(kept), len(TOPICS)), np.float32)
    for row, message in enumerate(messages[i] for i in owners):
        said[row, 0] = message.danger
        feeling = ASKS if message.topic and message.topic not in FAR else message.feeling
        if feeling:
            said[row, 1 + (*FEELINGS, ASKS).index(feeling)] = 1
        if message.topic:
            asked[row, TOPICS.index(message.topic)] = 1
    about = np.flatnonzero(asked.any(axis=1))
    tasks = [(np.arange(len(kept)), said), (about, asked[about])]
    learned, [left_out, _] = kernel.fit_folded(vectors[kept], texts, tasks, owners // TOGETHER, LANDMARKS)
    loudness = np.full(len(messages), -np.inf)
    np.maximum.at(loudness, owners, left_out[:, 0])
    return Listener(learned, rings_from(messages, loudness.tolist()))


def rings_from(messages: Sequence[Message], loudness: Sequence[float]) -> tuple[float, float]:
    """The promised bar, from calm messages that tell something, each with its `loudness` when it was left out."""
    told = [
        (len(windows(message.text)), loud)
        for message, loud in zip(messages, loudness, strict=True)
        if not message.danger and message.feeling != ASKS and not message.topic
    ]
    lengths, calm = (np.array(column) for column in zip(*told, strict=True)) if told else (np.array([]), np.array([]))
    return promise.alarm_bar(lengths, calm, PROMISE.false_alarms)


def _alarming(vectors: Floats, texts: Sequence[str], owners: Integers, danger: NDArray[np.bool_]) -> Floats:
    """How alarming each window is, as messages of few windows have it: there the danger is in what the label says."""
    found = np.zeros(len(texts), np.float32)
    if not danger.any():
        return found
    count = np.bincount(owners)
    whole = np.flatnonzero(np.diff(owners, append=-1))  # the last window of each message: a pair, if there is one
    whole = whole[count[owners[whole]] <= FEW]
    said = danger[owners[whole]][:, None].astype(np.float32)
    task = (np.arange(len(whole)), said)
    learned, _ = kernel.fit_folded(
        vectors[whole], [texts[i] for i in whole.tolist()], [task], owners[whole] // TOGETHER, LANDMARKS
    )
    for at in range(0, len(texts), BLOCK):
        found[at : at + BLOCK] = learned.predict(vectors[at : at + BLOCK], texts[at : at + BLOCK])[:, 0]
    return found


def _telling(scores: Floats, owners: Integers, danger: NDArray[np.bool_]) -> Integers:
    """Of each dangerous message the window with the highest score, of a calm one the LOUD highest; in order."""
    order = np.lexsort((-scores, owners))
    firsts = np.flatnonzero(np.diff(owners[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(firsts, np.diff(firsts, append=len(order)))
    return np.sort(order[place < np.where(danger[owners[order]], 1, LOUD)])


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
