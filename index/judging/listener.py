"""What a message is apart from its questions: whether somebody is in danger, what is felt, what is asked about.

One listener for every document, part of the program. It hears the whole message, wherever the danger
stands: sentence by sentence and in neighbouring pairs, and the most alarming of those decides.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.questions import TOPICS, Example, read_question_file
from index.judging import kernel, promise
from index.judging.kernel import Floats, Integers, KernelRidge
from index.judging.promise import PROMISE
from index.reading.asks import sentences

GENERAL = Path(__file__).parents[2] / "corpus" / "general"
FEELINGS = ("fear", "grief", "guilt", "thanks", "good_news", "ok", "hello", "goodbye", "human", "who_are_you")
ASKS = "asks"  # the feeling of a message that asks
FAR = ("off_topic", "small_talk", "gibberish", "attack")  # topics that no document answers
FEW = 3  # windows of a message of one or two sentences
MOST_WINDOWS = 400  # of one message; 20,000 characters hold about 250 sentences
ROUNDS = 2  # of finding, in a dangerous example of several sentences, the one that tells


@dataclass(frozen=True, slots=True)
class Lesson:
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
class TopicTeller:
    """A kernel over the questions whose topics the program was taught."""

    topics: KernelRidge

    def topics_of(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """Scores of shape (m, len(TOPICS)), near 1 for the topic that a text asks about."""
        return self.topics.predict(vectors, texts).scores


@dataclass(frozen=True, slots=True)
class Listener(TopicTeller):
    """One more kernel, over what it was taught of danger and feelings; and the loudness from which a message of few
    windows, or of many, rings: the loudest of many is louder by chance."""

    statements: KernelRidge
    rings_from: tuple[float, float]

    def hear(self, vectors: Floats, texts: Sequence[str]) -> Heard:
        """`texts` are the windows of one message, `vectors` (m, d) theirs."""
        found = self.statements.predict(vectors, texts)
        loudest = float(found.scores[:, 0].max(initial=0.0))
        felt = found.scores[:, 1:].mean(axis=0)
        bar = self.rings_from[len(texts) > FEW]
        return Heard(loudest >= bar, loudest, dict(zip((*FEELINGS, ASKS), map(float, felt), strict=True)))


def fit(lessons: Sequence[Lesson], vectors: Floats, owner: Sequence[int], texts: Sequence[str]) -> Listener:
    """Learns from `lessons`, whose windows are `texts` with `vectors`; `owner[i]` is the lesson of window i.

    Of a dangerous lesson only the window that tells most counts, found in ROUNDS (multiple-instance
    learning: Andrews, Tsochantaridis, Hofmann, NIPS 2002); every window of a calm one is calm.
    """
    owners = np.asarray(owner)
    danger = np.array([lesson.danger for lesson in lessons])
    said = np.array([not lesson.topic for lesson in lessons])
    kept = np.flatnonzero(said[owners])
    for last in (False,) * (ROUNDS - 1) + (True,):
        model, left_out = _fit_statements(lessons, vectors, owners, texts, kept, last)
        if not last:
            kept = _telling(model.predict(vectors, texts).scores[:, 0], owners, danger, said)
    loudest = np.full(len(lessons), -np.inf)
    np.maximum.at(loudest, owners[kept], left_out.scores[:, 0])
    count = np.bincount(owners, minlength=len(lessons))
    calm = said & ~danger
    ordinary = calm & np.array([lesson.feeling == ASKS for lesson in lessons]) & (count <= FEW)
    rings_from = (
        promise.alarm_bar(loudest[ordinary], PROMISE.false_alarms),
        promise.alarm_bar(loudest[calm & (count > FEW)], PROMISE.false_alarms_told),
    )
    first = {lesson: row for row, lesson in reversed(list(enumerate(owners.tolist())))}
    rows = [first[i] for i, lesson in enumerate(lessons) if lesson.topic]
    topics = fit_topics([lesson for lesson in lessons if lesson.topic], vectors[rows], [texts[row] for row in rows])
    return Listener(topics.topics, model, rings_from)


def fit_topics(lessons: Sequence[Lesson], vectors: Floats, texts: Sequence[str]) -> TopicTeller:
    """What is asked about, learned from `lessons` that each have a topic; `texts` are theirs, `vectors` (n, d)."""
    targets = np.zeros((len(lessons), len(TOPICS)), np.float32)
    for row, lesson in zip(targets, lessons, strict=True):
        row[TOPICS.index(lesson.topic)] = 1
    topics, _unused = kernel.fit(vectors, texts, targets, leave_out=False)
    return TopicTeller(topics)


def _fit_statements(
    lessons: Sequence[Lesson],
    vectors: Floats,
    owners: Integers,
    texts: Sequence[str],
    kept: Integers,
    leave_out: bool = True,
) -> tuple[KernelRidge, kernel.Prediction]:
    targets = np.zeros((len(kept), 2 + len(FEELINGS)), np.float32)
    for row, window in enumerate(kept):
        lesson = lessons[owners[window]]
        targets[row, 0] = lesson.danger
        if lesson.feeling:
            targets[row, 1 + (*FEELINGS, ASKS).index(lesson.feeling)] = 1
    return kernel.fit(vectors[kept], [texts[i] for i in kept], targets, [int(owners[i]) for i in kept], leave_out)


def _telling(scores: Floats, owners: Integers, danger: NDArray[np.bool_], said: NDArray[np.bool_]) -> Integers:
    """All windows of calm lessons, and of each dangerous one the window with the highest score."""
    best: dict[int, int] = {}
    for window, lesson in enumerate(owners.tolist()):
        if danger[lesson] and (lesson not in best or scores[window] > scores[best[lesson]]):
            best[lesson] = window
    telling = set(best.values())
    kept = [w for w, lesson in enumerate(owners.tolist()) if said[lesson] and (not danger[lesson] or w in telling)]
    return np.array(kept, np.int64)


def read_lessons(folder: Path = GENERAL) -> list[Lesson]:
    """What the program was taught of any document: `statements.jsonl` (text, danger, feeling) and `topics.jsonl`
    (question, topic). Raises KeyError for a feeling or topic that is none."""
    lessons = []
    for row in _rows(folder / "statements.jsonl"):
        lessons.append(Lesson(row["text"], bool(row.get("danger")), str(row.get("feeling", ""))))
    for row in _rows(folder / "topics.jsonl"):
        lessons.append(Lesson(row["question"], topic=row["topic"]))
    for lesson in lessons:
        if lesson.feeling not in (*FEELINGS, ASKS, "") or lesson.topic not in (*TOPICS, ""):
            raise KeyError(f"{folder}: {lesson.text!r} has feeling {lesson.feeling!r} and topic {lesson.topic!r}")
    return lessons


def read_refusals(folder: Path = GENERAL) -> list[Example]:
    """Questions that no document here answers, whatever it is about: real health searches, chatter, attacks."""
    chatter = [
        Example(lesson.text, "out", topic=lesson.topic) for lesson in read_lessons(folder) if lesson.topic in FAR
    ]
    return [*read_question_file(folder / "refusals.jsonl"), *chatter]


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
