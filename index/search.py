"""The index in use: a message in; for each of its asks ranked passages and calibrated probabilities out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus import Document, Passage, Span
from corpus.questions import TOPICS
from index.judging import listener
from index.judging.features import Asked, Rivals
from index.judging.judge import Evidence, Judge, Judgement
from index.judging.listener import TOLD, Heard, Listener
from index.judging.wording import Floats
from index.reading.reader import Message, ReadAsk, Reader
from index.reading.text import has_words
from index.retrieval.encoder import Encoded, Encoder
from index.retrieval.similarity import LATE, Similarities, Table

MOST_HITS = 50  # of one document
MOST_DOCUMENTS = 4  # whose judges are asked about one reading: those of the likeliest passages
LIKELIEST = 24  # passages that name those documents
LIST_SHARE = 0.5  # a unit is marked when memory gives it this share of the passage's best one
REMEMBERED = 0.25  # from this score on memory says which units answer; below, likeness does
NAMED = 0.3  # from this score on a topic is named

QUIET = Heard(False, 0.0, {})


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage, its ranking score, and the spans in it that answer."""

    passage: Passage
    score: float
    highlights: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class JudgedAsk:
    """`hits` are of the document that answers surest, best first. `answers`: P(the first of them answers);
    `near`: P(it is at least the nearest statement). `bar`: the promised one on `answers`.
    `topic`: what is asked about, "" when unknown. `others` could answer as well, surest first."""

    ask: ReadAsk
    document: Document
    hits: tuple[Hit, ...] = ()
    answers: float = 0.0
    near: float = 0.0
    bar: float = 1.0
    topic: str = ""
    others: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """`heard` is of the whole message, `asks` are judged each for itself; `document` is the nearest of all."""

    message: Message
    document: Document
    heard: Heard = QUIET
    asks: tuple[JudgedAsk, ...] = ()


class Index:
    """Everything that was built, ready to be asked. Made by `index.build.load`."""

    def __init__(
        self, encoder: Encoder, reader: Reader, similarities: Similarities, heard: Listener, judges: Sequence[Judge]
    ) -> None:
        self.encoder = encoder
        self.reader = reader
        self.similarities = similarities
        self.listener = heard
        self.judges = list(judges)
        self.documents = [judge.document for judge in judges]
        self._owner = np.empty(len(similarities.passages), np.int64)
        for i, judge in enumerate(judges):
            self._owner[similarities.rows_of(judge.document)] = i

    def look_up(self, question: str, history: Sequence[str] = (), most: int = MOST_HITS) -> Findings:
        """Reads the message, listens to all of it, and judges each of its asks; one batch through the encoder. Each has
        its `most` best hits: what answers in them is looked for in no more than are shown."""
        message = self.reader.read(question, history)
        if not has_words(message.text):
            return Findings(message, self.documents[0])
        windows = listener.windows(message.text)
        readings = [reading for ask in message.asks for reading in ask.readings]
        # One ask in other words for the same is encoded once, as it is read; its own words are listened to.
        same = len(windows) == len(readings) == 1 and message.language == "en" and not message.repairs
        encoded_as = {windows[0]: readings[0]} if same else {}
        texts = list(dict.fromkeys([*windows, *readings]))  # a message of one sentence is both
        encoded = self._encoded([encoded_as.get(text, text) for text in texts])
        told = self.listener.listen(np.array([one.sentence for one in encoded]), texts)
        heard = self.listener.heard(told[: len(windows)])
        read = {text: (text, one, row[TOLD:]) for text, one, row in zip(texts, encoded, told, strict=True)}
        judged = tuple(self._judged(ask, [read[text] for text in ask.readings], most) for ask in message.asks)
        surest = max(judged, key=lambda found: found.answers, default=None)
        return Findings(message, surest.document if surest else self.documents[0], heard, judged)

    def _encoded(self, texts: Sequence[str]) -> list[Encoded]:
        """Each text once, in one batch."""
        different = list(dict.fromkeys(texts))
        found = dict(zip(different, self.encoder.encode(different), strict=True))
        return [found[text] for text in texts]

    def _judged(self, ask: ReadAsk, readings: Sequence[tuple[str, Encoded, Floats]], most: int) -> JudgedAsk:
        """The reading, of which the topics are known, and the document that are judged surest."""
        found: list[tuple[Judgement, Judge, Evidence, Encoded]] = []
        for text, encoded, topic in readings:
            table = self.similarities.table(text, encoded)
            asked = Asked.of(text)
            ranked = []
            for judge in self._likeliest(table):
                scores, best = table.of(self.similarities.rows_of(judge.document))
                [remembered] = judge.memory.recall(encoded.sentence[None], [text])
                evidence = Evidence(asked, scores, best, topic, remembered)
                ranked.append((judge, evidence, judge.ranked(evidence)))
            for judge, evidence, own in ranked:
                rivals = Rivals.of([(theirs, one.table) for other, one, theirs in ranked if other is not judge])
                found.append((judge.judge(evidence, own, rivals), judge, evidence, encoded))
        found.sort(key=lambda f: (-f[0].answers, -f[0].near))
        judgement, judge, evidence, encoded = found[0]
        could = {other.document.name: other.document for one, other, *_ in found if one.answers >= other.bar}
        shown = judgement.order[:most]
        rows = self.similarities.rows_of(judge.document)[shown]
        by_passage = np.split(judgement.units, judge.memory.ends[:-1])
        hits = tuple(
            Hit(judge.passages[i], float(judgement.scores[i]), _marked(judge.passages[i], by_passage[i], cosines))
            for i, cosines in zip(shown, self.similarities.unit_cosines(encoded.sentence, rows), strict=True)
        )
        about = evidence.topic + evidence.memory.topics
        topic_name = TOPICS[int(np.argmax(about))] if about.max() >= NAMED else ""
        others = tuple(document for name, document in could.items() if name != judge.document.name)
        return JudgedAsk(ask, judge.document, hits, judgement.answers, judgement.near, judge.bar, topic_name, others)

    def _likeliest(self, table: Table) -> list[Judge]:
        """The judges of the documents that hold the likeliest passages."""
        if len(self.judges) <= MOST_DOCUMENTS:
            return self.judges
        late = table.scores[table.looked_at, LATE]
        best = table.looked_at[np.argsort(-late, kind="stable")[:LIKELIEST]]
        return [self.judges[i] for i in dict.fromkeys(self._owner[best].tolist())][:MOST_DOCUMENTS]


def _marked(passage: Passage, remembered: Floats, cosines: Floats) -> tuple[Span, ...]:
    """The units that answer, by what is `remembered` of each or else by its cosine; a list is marked whole when its
    lead-in is."""
    strongest = remembered.max()
    if strongest >= REMEMBERED:
        bar = LIST_SHARE * strongest
        marked = tuple(unit for unit, score in zip(passage.units, remembered, strict=True) if score >= bar)
    else:
        marked = (passage.units[int(np.argmax(cosines))],)
    leads_in = passage.document.slice(passage.units[0]).endswith(":")
    return passage.units if leads_in and passage.units[0] in marked else marked
