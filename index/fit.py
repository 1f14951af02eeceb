"""python -m index fit: learns the judge's general weights from many documents, and writes judge.json.

The documents and their questions stand in corpus/general/documents. Each question is judged with none, with some
and with all of its document's other questions to remember, so that trust in memory grows with what there is to
remember. The program's own document takes no part. The same files give the same numbers.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from corpus import Document, Example, read_document
from corpus.questions import read_question_file
from corpus.vocabulary import Vocabulary
from index import build
from index.judging import memory, promise, recipe
from index.judging.features import Asked, Remembered
from index.judging.judge import Evidence, Judge
from index.judging.listener import GENERAL, Listener
from index.judging.memory import Memory, gold_passages
from index.judging.promise import PROMISE
from index.judging.recipe import Case
from index.retrieval.encoder import Encoder

FOLDER = GENERAL / "documents"
SOME = 20  # examples that are remembered in the middle episode


def fit(folder: Path = FOLDER, say: build.Say = build.say) -> None:
    """Gathers the cases, learns, computes the bar from documents left out, and writes judge.json."""
    index = build.load(say=say)
    cases = {}
    for document, examples in documents(folder):
        cases[document.name] = cases_of(document, examples, index.encoder, index.listener)
        say(f"  {document.name}: {len(cases[document.name])} cases")
    everything = [case for own in cases.values() for case in own]
    say("Judging each document by weights learned from the others …")
    apart = recipe.left_out(cases)
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


def cases_of(document: Document, examples: Sequence[Example], encoder: Encoder, heard: Listener) -> list[Case]:
    """Every question of `examples` that is no emergency, remembered with none, some and all of the others."""
    reader = build.reader_of([document], Vocabulary())
    with tempfile.TemporaryDirectory() as folder:
        build.encode_passages(Path(folder), memory.answerable(document), encoder)
        similarities = build.read_similarities(Path(folder), [document])
        judge = Judge.of(Memory(document), build.topics_of(document, encoder, heard), recipe.blank(), 1.0)
        texts = [build.reading_of(reader, example) for example in examples]
        encoded = list(encoder.encode(texts))
        vectors = np.array([e.sentence for e in encoded])
        topics = heard.topics_of(vectors, texts)
        rows = similarities.rows_of(document)
        tables = [similarities.table(text, e)[rows] for text, e in zip(texts, encoded, strict=True)]
        matches = [list(similarities.matches(e, rows)) for e in encoded]

    def gathered(places: Sequence[int], remembered: Sequence[Remembered], remembering: str) -> Iterator[Case]:
        for i, seen in zip(places, remembered, strict=True):
            if not examples[i].urgent:
                evidence = Evidence(Asked.of(texts[i]), tables[i], matches[i], topics[i], seen)
                yield Case(examples[i], judge, evidence, gold_passages(document, examples[i]), remembering)

    everyone = range(len(examples))
    cases = list(gathered(everyone, Memory(document).recall(vectors, texts), "none"))
    _, others = memory.fit(document, examples, vectors, texts)
    cases += gathered(everyone, others, "all")
    drawn = np.random.default_rng(0).permutation(len(examples))
    taught, rest = drawn[:SOME], drawn[SOME:]
    few, _ = memory.fit(document, [examples[i] for i in taught], vectors[taught], [texts[i] for i in taught])
    cases += gathered([int(i) for i in rest], few.recall(vectors[rest], [texts[i] for i in rest]), "some")
    return cases
