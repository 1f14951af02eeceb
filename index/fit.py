"""python -m index fit: learns the judge's general weights from many documents, and writes judge.json.

The documents and their questions stand in corpus/general/documents. Each question is judged with none, with some
and with all of its document's other questions to remember. The program's own document has thousands: some of them
are judged with none, with a handful and with ever more of the others to remember, so that trust in memory grows with
what there is to remember. The same files give the same numbers.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from corpus import Document, Example, read_document, read_documents, read_examples
from corpus.questions import QUESTIONS, read_question_file
from corpus.vocabulary import Vocabulary
from index import build
from index.judging import listener, memory, promise, recipe
from index.judging.features import Remembered
from index.judging.judge import FEWEST, Judge
from index.judging.listener import GENERAL, Listener
from index.judging.memory import Memory, gold_passages
from index.judging.promise import PROMISE
from index.judging.recipe import Case
from index.retrieval.encoder import Encoder

FOLDER = GENERAL / "documents"
SOME = 20  # examples of another document that are remembered in the middle episode
JUDGED = 350  # questions of the program's own document that are judged
REMEMBERED = (0, 15, 60, 250, 1000, 4000)  # examples of it that are remembered then


def fit(folder: Path = FOLDER, say: build.Say = build.say) -> None:
    """Gathers the cases, learns, computes the bar from documents left out, and writes judge.json."""
    index = build.load(say=say)
    cases = {}
    for document, examples in documents(folder):
        cases[document.name] = cases_of(document, examples, index.encoder, index.listener)
        say(f"  {document.name}: {len(cases[document.name])} cases")
    own = own_cases(index.encoder, index.listener)
    say(f"  the program's own: {len(own)} cases")
    everything = [*own, *(case for found in cases.values() for case in found)]
    say("Judging each document by weights learned from the others …")
    apart = recipe.left_out(cases, own)
    refused = [chance for case, chance, _ in apart if case.example.label == "out"]
    bar = promise.answering_bar(refused, PROMISE.false_answers_without_examples, PROMISE.confidence) or 1.0
    answerable = [(chance, hit) for case, chance, hit in apart if case.example.label == "answer"]
    right = np.mean([hit and chance >= bar for chance, hit in answerable])
    first = np.mean([hit for _, hit in answerable])
    false = np.mean([chance >= bar for chance in refused])
    say(
        f"Left out: right passage first {first:.3f}; at bar {bar:.3f} answered rightly {right:.3f}, falsely {false:.3f}"
    )
    recipe.write(recipe.fit(everything), bar, len(everything))


def documents(folder: Path = FOLDER) -> Iterator[tuple[Document, list[Example]]]:
    """Each document that has a question file beside it. Raises CorpusError by file and line."""
    for path in sorted([*folder.glob("*.txt"), *folder.glob("*.md")]):
        questions = path.with_suffix(".jsonl")
        if questions.exists():
            document = read_document(path, require_disclaimer=False)
            yield document, read_question_file(questions, document)


def own_cases(encoder: Encoder, heard: Listener) -> list[Case]:
    """Some questions of the program's own document, each remembered with ever more of the others."""
    [document, *_] = read_documents(QUESTIONS.parent / "documents")
    examples = [e for e in read_examples([document]) if e.document and not e.urgent]
    drawn = np.random.default_rng(0).permutation(len(examples))
    judged, others = [examples[i] for i in drawn[:JUDGED]], [examples[i] for i in drawn[JUDGED:]]
    asked = _Asking(document, judged, encoder, heard)
    texts = [build.reading_of(asked.reader, example) for example in others]
    vectors = build.sentence_vectors(encoder, texts, "questions")
    far = listener.read_refusals()
    far_texts = [build.reading_of(asked.reader, example) for example in far]
    far_vectors = build.sentence_vectors(encoder, far_texts, "refusals")
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


def cases_of(document: Document, examples: Sequence[Example], encoder: Encoder, heard: Listener) -> list[Case]:
    """Every question of `examples` that is no emergency, remembered with none, some and all of the others."""
    asked = _Asking(document, examples, encoder, heard)
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

    def __init__(self, document: Document, examples: Sequence[Example], encoder: Encoder, heard: Listener) -> None:
        self.examples = examples
        self.reader = build.reader_of([document], Vocabulary())
        self.texts = [build.reading_of(self.reader, example) for example in examples]
        encoded = list(encoder.encode(self.texts))
        self.vectors = np.array([e.sentence for e in encoded])
        self.judge = Judge.of(Memory(document), build.topics_of(document, encoder, heard), recipe.blank(), 1.0)
        self.golds = [gold_passages(document, example) for example in examples]
        with tempfile.TemporaryDirectory() as folder:
            build.encode_passages(Path(folder), memory.answerable(document), encoder)
            similarities = build.read_similarities(Path(folder), [document])
            rows = similarities.rows_of(document)
            topics = heard.topics_of(self.vectors, self.texts)
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
