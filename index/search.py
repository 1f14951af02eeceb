"""The index in use: a question in, ranked passages and calibrated probabilities out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from corpus import Document, Passage, Role, Span
from corpus.sentences import sentences
from index.judging import likeness
from index.judging.memory import Memory
from index.reading.reader import Reader, Reading, has_words
from index.retrieval.encoder import Encoder
from index.retrieval.similarity import Similarities

MOST_HITS = 50  # of one document
STORY = 18  # words from which a message is also heard sentence by sentence
MOST_SENTENCES = 12
ALARMING = 0.9  # P(danger) from which one sentence is enough: alone, many are misheard
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
    `document` is that of the first hit, or else the nearest; `from_examples`: it has example questions.
    """

    reading: Reading
    document: Document
    hits: tuple[Hit, ...] = ()
    answers: float = 0.0
    near: float = 0.0
    urgent: float = 0.0
    topic: str = ""
    from_examples: bool = True


class Index:
    """Everything that was built, ready to be asked. Made by `index.build.load`."""

    def __init__(
        self,
        documents: Sequence[Document],
        encoder: Encoder,
        reader: Reader,
        similarities: Similarities,
        memories: Sequence[Memory],
    ) -> None:
        self.documents = list(documents)
        self.encoder = encoder
        self.reader = reader
        self.similarities = similarities
        self.memories = list(memories)
        names = np.array([passage.document.name for passage in similarities.passages])
        self._rows = {document.name: np.flatnonzero(names == document.name) for document in documents}
        with_examples = {learned.document.name for learned in memories if learned.answers}
        self._without_examples = np.array(
            [
                i
                for i, passage in enumerate(similarities.passages)
                if passage.document.name not in with_examples and passage.role is Role.BODY
            ],
            dtype=np.int64,
        )

    def look_up(self, question: str, history: Sequence[str] = ()) -> Findings:
        reading = self.reader.read(question, history)
        if not has_words(reading.text):
            return Findings(reading, self.documents[0])
        [(vector, table)] = looked_at([reading], self.encoder, self.similarities)
        found = []
        for learned in self.memories:
            judgement = learned.judge(reading.text, vector, table[self._rows[learned.document.name]])
            hits = tuple(
                Hit(learned.candidates[i], float(judgement.scores[i]), self._marked(learned, judgement.units, i))
                for i in judgement.order
                if learned.answers
            )
            urgent = max(judgement.urgent, self._urgent_sentence(learned, reading))
            topic = judgement.topic if judgement.topic_score >= 0.3 else ""
            found.append(
                Findings(
                    reading, learned.document, hits, judgement.answers, judgement.near, urgent, topic, learned.answers
                )
            )
        if len(self._without_examples):
            judgement = likeness.judge(table[self._without_examples])
            hits = tuple(
                self._plain_hit(self._without_examples[i], judgement.scores[i], vector)
                for i in judgement.order[:MOST_HITS]
            )
            found.append(
                Findings(
                    reading, hits[0].passage.document, hits, judgement.answers, judgement.answers, from_examples=False
                )
            )
        return _best(found)

    def _urgent_sentence(self, learned: Memory, reading: Reading) -> float:
        """P(danger) of the most alarming sentence of a long message, 0 when none is alarming.

        One clause in the middle of a story hardly moves the vector of the whole story.
        """
        if len(reading.text.split()) < STORY:
            return 0.0
        spans = sentences(reading.text, Span(0, len(reading.text)), "en")[:MOST_SENTENCES]
        parts = [reading.text[span.start : span.end] for span in spans]
        readings = [Reading(part, part) for part in parts if len(part.split()) > 2]
        rows = self._rows[learned.document.name]
        looked = looked_at(readings, self.encoder, self.similarities) if len(parts) > 1 else ()
        alarms = [
            learned.judge(part.text, vector, table[rows]).urgent
            for part, (vector, table) in zip(readings, looked, strict=False)
        ]
        loudest = max(alarms, default=0.0)
        return loudest if loudest >= ALARMING else 0.0

    def _marked(self, learned: Memory, units: np.ndarray, i: int) -> tuple[Span, ...]:
        """The units that answer; a list is marked whole when its lead-in is."""
        passage = learned.candidates[i]
        scores = units[learned.unit_owner == i]
        bar = min(scores.max(), max(0.0, LIST_SHARE * scores.max()))
        marked = tuple(unit for unit, score in zip(passage.units, scores, strict=True) if score >= bar)
        leads_in = passage.document.slice(passage.units[0]).endswith(":")
        return passage.units if leads_in and passage.units[0] in marked else marked

    def _plain_hit(self, row: int, score: float, vector: np.ndarray) -> Hit:
        passage = self.similarities.passages[row]
        best = int(np.argmax(self.similarities.unit_cosines(vector, row)))
        return Hit(passage, float(score), (passage.units[best],))


def looked_at(
    readings: Sequence[Reading], encoder: Encoder, similarities: Similarities
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each reading its vector (d,) and its table of similarities (passages, 3).

    A follow-up is looked at alone and after the turns before it, and both count the same: alone,
    "how much does it cost?" is a refusal whatever came before; with them, "how is it given?" has
    its subject.
    """
    texts = [text for reading in readings for text in dict.fromkeys([reading.text, reading.context])]
    encoded = encoder.encode(texts)
    for reading in readings:
        pair = [(text, next(encoded)) for text in dict.fromkeys([reading.text, reading.context])]
        vector = sum(e.sentence for _, e in pair)
        table = sum(similarities.table(text, e) for text, e in pair) / len(pair)
        yield vector / np.linalg.norm(vector), table


def _best(found: list[Findings]) -> Findings:
    """The document that answers best comes first; danger is heeded whichever document saw it."""
    found = sorted(found, key=lambda f: -f.answers)
    first = found[0]
    return Findings(
        reading=first.reading,
        document=first.document,
        hits=tuple(hit for findings in found for hit in findings.hits[:MOST_HITS]),
        answers=first.answers,
        near=max(findings.near for findings in found),
        urgent=max(findings.urgent for findings in found),
        from_examples=first.from_examples,
        topic=next((findings.topic for findings in found if findings.topic), ""),
    )
