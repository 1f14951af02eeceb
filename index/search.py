"""The index in use: a question in, ranked passages and calibrated probabilities out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus import Document, Passage, Role, Span
from index import untaught
from index.encoder import Encoder
from index.reading import Reader, Reading, has_words
from index.signals import Signals
from index.taught import Taught

LIST_SHARE = 0.5  # a unit is marked when it scores this share of the passage's best one


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage, its ranking score, and the spans in it that answer."""

    passage: Passage
    score: float
    highlights: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """`answers`: P(the first hit answers). `near`: P(it is at least the nearest statement).

    `urgent`: P(somebody is in danger now). `topic`: what the question is about, "" when unknown.
    """

    reading: Reading
    hits: tuple[Hit, ...] = ()
    answers: float = 0.0
    near: float = 0.0
    urgent: float = 0.0
    topic: str = ""


class Index:
    """Everything that was built, ready to be asked. Made by `index.build.load`."""

    def __init__(
        self,
        documents: Sequence[Document],
        encoder: Encoder,
        reader: Reader,
        signals: Signals,
        taught: Sequence[Taught],
        built_from: dict[str, str],
    ) -> None:
        self.documents = list(documents)
        self.encoder = encoder
        self.reader = reader
        self.signals = signals
        self.taught = list(taught)
        self.built_from = built_from
        names = np.array([passage.document.name for passage in signals.passages])
        self._rows = {document.name: np.flatnonzero(names == document.name) for document in documents}
        with_examples = {lessons.document.name for lessons in taught}
        self._untaught = np.array(
            [
                i
                for i, passage in enumerate(signals.passages)
                if passage.document.name not in with_examples and passage.role is Role.BODY
            ],
            dtype=np.int64,
        )

    def look_up(self, question: str, history: Sequence[str] = ()) -> Findings:
        reading = self.reader.read(question, history)
        if not has_words(reading.text):
            return Findings(reading)
        [encoded] = self.encoder.encode([reading.text])
        table = self.signals.table(reading.text, encoded)
        found = []
        for lessons in self.taught:
            verdict = lessons.judge(reading.text, encoded.sentence, table[self._rows[lessons.document.name]])
            hits = tuple(
                Hit(lessons.candidates[i], float(verdict.scores[i]), self._marked(lessons, verdict.units, i))
                for i in verdict.order
            )
            topic = verdict.topic if verdict.topic_score >= 0.3 else ""
            found.append(Findings(reading, hits, verdict.answers, verdict.near, verdict.urgent, topic))
        if len(self._untaught):
            guess = untaught.judge(table[self._untaught])
            hits = tuple(self._plain_hit(self._untaught[i], guess.scores[i], encoded) for i in guess.order[:50])
            found.append(Findings(reading, hits, guess.answers, guess.answers))
        return _best(found)

    def _marked(self, lessons: Taught, units: np.ndarray, i: int) -> tuple[Span, ...]:
        passage = lessons.candidates[i]
        scores = units[lessons.unit_owner == i]
        return tuple(
            unit
            for unit, score in zip(passage.units, scores, strict=True)
            if score >= LIST_SHARE * scores.max() or len(passage.units) == 1
        ) or (passage.units[int(scores.argmax())],)

    def _plain_hit(self, row: int, score: float, encoded) -> Hit:
        passage = self.signals.passages[row]
        best = int(np.argmax(self.signals.unit_cosines(encoded, row)))
        return Hit(passage, float(score), (passage.units[best],))


def _best(found: list[Findings]) -> Findings:
    """The document that answers best comes first; danger is heeded whichever document saw it."""
    found = sorted(found, key=lambda f: -f.answers)
    first = found[0]
    hits = [hit for findings in found for hit in findings.hits[:10]]
    rest = [hit for hit in first.hits[10:]]
    topic = next((f.topic for f in found if f.topic), "")
    return Findings(
        first.reading, tuple([*hits, *rest]), first.answers, max(f.near for f in found),
        max(f.urgent for f in found), topic,
    )  # fmt: skip
