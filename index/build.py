"""From documents and example questions to an index on disk, and back into memory.

One path for both: what is missing or stale is built, then what is on disk is read. Nothing that
does not match its manifest is ever served.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from tqdm import tqdm

from corpus import Document, Example, Passage, Role, read_documents, read_examples
from corpus.questions import QUESTIONS
from corpus.vocabulary import VOCABULARY, Vocabulary, read_vocabulary, shipped_vocabulary
from index.errors import EncoderError, StaleIndexError
from index.judging import judge, listener, memory, promise
from index.judging.features import Asked, Remembered, TopicMap
from index.judging.judge import Evidence, Judge
from index.judging.listener import Listener
from index.judging.memory import Memory, answerable
from index.judging.promise import PROMISE
from index.judging.wording import Floats
from index.reading.reader import Reader
from index.retrieval import encodings, pieces, vectors
from index.retrieval.encoder import PASSAGE_GRAPH, Encoded, Encoder, OnnxEncoder
from index.retrieval.encodings import in_context
from index.retrieval.exported import put_encoder
from index.retrieval.similarity import Similarities
from index.retrieval.weights import Weights, weights
from index.search import Index
from index.storage import models, store

CORPUS = Path(os.environ.get("CHATBOT_CORPUS") or QUESTIONS.parent)
BUILT = Path(os.environ.get("CHATBOT_INDEX") or Path(__file__).parent / "built")
Say = Callable[[str], None]
Topics = Mapping[str, Floats]  # of each text, how much it speaks of each topic
MOST_REFUSALS = 400  # questions that many documents must refuse
BLOCK = 4096  # texts whose topics are told at once: each takes as many numbers as there are lessons
T = TypeVar("T")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def build(corpus: Path = CORPUS, folder: Path = BUILT, chosen: Weights | None = None, say: Say = say) -> None:
    """Builds the index of `corpus` into `folder`. Raises CorpusError or IndexProblem and leaves
    what stood there before."""
    chosen = chosen or weights()
    with store.locked(folder, say):
        _build(corpus, folder, chosen, say)


def _build(corpus: Path, folder: Path, chosen: Weights, say: Say) -> None:
    if chosen.adapter is None:
        raise EncoderError(f"nothing was learned yet for the weights of {chosen.name}; run: python -m index fit")
    built_from = store.sources(corpus, chosen)
    documents, examples, reader = read(corpus)

    def fill(fresh: Path) -> None:
        passages = [in_context(passage) for document in documents for passage in document.passages]
        known = [store.intact(folder), store.intact(BUILT)]
        put_encoder(chosen, fresh, known, passages, [example.question for example in examples], say)
        _fill(fresh, known, documents, examples, reader, chosen.name, say)

    store.publish(folder, built_from, fill)
    say(f"Built {folder}: {len(documents)} documents, {len(examples)} example questions.")


def load(corpus: Path = CORPUS, folder: Path = BUILT, chosen: Weights | None = None, say: Say = say) -> Index:
    """The index of `corpus`, built first when it is missing or stale, which is said in one line."""
    chosen = chosen or weights()
    expected = store.sources(corpus, chosen)
    if store.differences(folder, expected):
        with store.locked(folder, say):
            wrong = store.differences(folder, expected)  # another build may just have mended it
            if wrong and chosen.folder is None:
                raise StaleIndexError(
                    f"{wrong[0]}; nothing can be built here, since the encoder's weights are not installed:"
                    " build where requirements.txt is installed, and copy it here whole"
                )
            if wrong:
                say(f"Building the index ({wrong[0]}{f' and {len(wrong) - 1} more' if wrong[1:] else ''}) …")
                _build(corpus, folder, chosen, say)
    while True:
        generation = _generation(folder)
        try:
            return _read_index(corpus, generation, chosen.name)
        except (OSError, StaleIndexError, EncoderError):
            if _generation(folder) == generation:
                raise
            # Two builds were finished while it was being read, so it was swept: the latest one is whole.


def _read_index(corpus: Path, generation: Path, encoder: str) -> Index:
    documents = read_documents(corpus / "documents")
    reader = reader_of(documents, _own_words(corpus))
    if store.check_passages(generation / store.PASSAGES, documents):
        raise StaleIndexError(f"{generation}: the documents changed while they were being read; start again")
    judges = [models.read_judge(generation, document) for document in documents]
    similarities = read_similarities(generation, documents)
    return Index(OnnxEncoder(generation, encoder), reader, similarities, listener.learned(), judges)


def verify(corpus: Path = CORPUS, folder: Path = BUILT, chosen: Weights | None = None) -> list[str]:
    """Checks every digest and slices every passage again: what differs, by name."""
    wrong = store.differences(folder, store.sources(corpus, chosen or weights()))
    documents = read_documents(corpus / "documents")
    read_examples(documents, corpus / "questions")  # raises for a quote that is gone, by file and line
    return wrong or store.check_passages(_generation(folder) / store.PASSAGES, documents)


def _generation(folder: Path) -> Path:
    generation = store.current(folder)
    if generation is None:
        raise StaleIndexError(f"{folder}: nothing is built yet; run: python -m index build")
    return generation


def read(corpus: Path) -> tuple[list[Document], list[Example], Reader]:
    documents = read_documents(corpus / "documents")
    examples = read_examples(documents, corpus / "questions")
    return documents, examples, reader_of(documents, _own_words(corpus))


def _own_words(corpus: Path) -> Vocabulary:
    """What a corpus says beside the program's vocabulary, which is read anyway."""
    path = corpus / VOCABULARY.name
    return Vocabulary() if path == VOCABULARY else read_vocabulary(path)


def reader_of(documents: Sequence[Document], own: Vocabulary) -> Reader:
    """Reads with the program's vocabulary, and a corpus's own words before it."""
    shipped = shipped_vocabulary()
    both = Vocabulary({**shipped.abbreviations, **own.abbreviations}, {**shipped.french, **own.french})
    body = [p.text for d in documents for p in d.passages if p.role is not Role.REFERENCE]
    headings = [heading.text for d in documents for heading in d.headings]
    return Reader(both, [d.text for d in documents], [*body, *headings])


def _fill(
    fresh: Path,
    known: Sequence[Path | None],
    documents: Sequence[Document],
    examples: Sequence[Example],
    reader: Reader,
    name: str,
    say: Say,
) -> None:
    encoder = OnnxEncoder(fresh, name)
    of_passages = OnnxEncoder(fresh, name, PASSAGE_GRAPH)
    store.write_passages(fresh / store.PASSAGES, [passage for d in documents for passage in d.passages])
    encode_passages(fresh, [passage for d in documents for passage in answerable(d)], of_passages, known[0])
    similarities = read_similarities(fresh, documents)
    heard = listener.learned()
    topics = topics_by_text(fresh, known[0], similarities.passages, encoder, heard)
    judges = []
    for document in documents:
        own = [example for example in examples if example.document in ("", document.name)]
        if not any(example.document for example in own):
            own = []
            say(f"{document.name} has no example questions: it is judged by reading alone.")
        else:
            say(f"Learning from {len(own)} example questions of {document.name} …")
        judges.append(judge_of(document, own, reader, encoder, similarities, heard, topics))
    for made in as_promised(Index(encoder, reader, similarities, heard, judges), say):
        models.write_judge(fresh, made)


def as_promised(index: Index, say: Say) -> list[Judge]:
    """The judges; among several documents the bar of those that nobody taught is so high that few of the questions that
    none of them answers are answered by the likeliest: these name something that no document holds."""
    untaught = [made for made in index.judges if made.memory.examples < judge.FEWEST]
    if len(index.judges) == 1 or not untaught:
        return index.judges
    held = frozenset().union(*(made.lexicon.document for made in index.judges))
    foreign = [e.question for e in listener.read_refusals() if not held.issuperset(Asked.of(e.question).stems)]
    some = foreign[:: -(-len(foreign) // MOST_REFUSALS)]
    asks = [index.look_up(question).asks for question in _progress(some, len(some), "refusals")]
    refused = [max((ask.answers for ask in found if not ask.ask.unknown), default=0.0) for found in asks]
    bar = promise.answering_bar(refused, PROMISE.false_answers, PROMISE.confidence) or 1.0
    say(f"Answers without examples need {max(bar, judge.general_bar()):.2f}, of {len(some)} questions to refuse.")
    return [replace(made, bar=max(made.bar, bar)) if made in untaught else made for made in index.judges]


def judge_of(
    document: Document,
    examples: Sequence[Example],
    reader: Reader,
    encoder: Encoder,
    similarities: Similarities,
    heard: Listener,
    by_text: Topics | None = None,
) -> Judge:
    """What reads and remembers for one document, with its `examples`, of which there may be none."""
    topics = topics_of(document, encoder, heard, by_text)
    if not examples:
        return Judge.of(Memory(document), topics)
    if sum(bool(example.document) for example in examples) >= judge.FEWEST:
        examples = [*examples, *listener.read_refusals()]
    texts = [reading_of(reader, example) for example in examples]
    encoded = list(_progress(encoder.encode(texts), len(texts), "questions"))
    whole = np.array([e.sentence for e in encoded])
    learned, left_out = memory.fit(document, examples, whole, texts)
    drafted = Judge.of(learned, topics)
    asked_about = heard.topics_of(whole, texts)
    rows = similarities.rows_of(document)
    evidence = (
        gathered(similarities, rows, text, e, topic, remembered)
        for text, e, topic, remembered in zip(texts, encoded, asked_about, left_out, strict=True)
    )
    return judge.refine(drafted, examples, evidence)


def gathered(
    similarities: Similarities,
    rows: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    text: str,
    encoded: Encoded,
    topic: Floats,
    remembered: Remembered,
) -> Evidence:
    """The evidence for one reading against the document whose passages are `rows`."""
    return Evidence(Asked.of(text), *similarities.table(text, encoded).of(rows), topic, remembered)


def reading_of(reader: Reader, example: Example) -> str:
    """The text of an example that is remembered: its one ask with what it leans on, or else all of it."""
    message = reader.read(example.question, example.history)
    return message.asks[0].readings[0] if len(message.asks) == 1 else reader.plain(example.question)


def topics_by_text(
    fresh: Path, before: Path | None, passages: Sequence[Passage], encoder: Encoder, heard: Listener
) -> Topics:
    """The topics of all units and headings, read as questions are; those that `before` holds are taken over."""
    units = [passage.document.slice(unit) for passage in passages for unit in passage.units]
    texts = list(dict.fromkeys([*units, *(passage.headings[-1].text for passage in passages)]))
    found = models.read_topics(before, fresh, texts)
    new = [text for text in texts if text not in found]
    for at in range(0, len(new), BLOCK):
        some = new[at : at + BLOCK]
        told = heard.topics_of(sentence_vectors(encoder, some, "topics"), some)
        found |= zip(some, np.round(told, 3), strict=True)  # the same bytes again
    models.write_topics(fresh, found)
    return found


def topics_of(document: Document, encoder: Encoder, heard: Listener, by_text: Topics | None = None) -> TopicMap:
    """How much each passage speaks of each topic, in its units and in its heading; `by_text`, where that is known."""
    passages = answerable(document)
    units = [document.slice(unit) for p in passages for unit in p.units]
    owner = [i for i, p in enumerate(passages) for _ in p.units]
    headings = [p.headings[-1].text for p in passages]

    def scores(texts: Sequence[str]) -> Floats:
        if by_text is not None:
            return np.array([by_text[text] for text in texts])
        return heard.topics_of(sentence_vectors(encoder, texts), texts)

    told, over = np.maximum(scores(units), 0), np.maximum(scores(headings), 0)
    inside = np.zeros_like(over)
    np.maximum.at(inside, owner, told)
    return TopicMap(inside, over)


def sentence_vectors(encoder: Encoder, texts: Sequence[str], what: str = "") -> Floats:
    """Shape (texts, d)."""
    found = encoder.encode(texts)
    return np.array([e.sentence for e in (_progress(found, len(texts), what) if what else found)], np.float32)


def encode_passages(fresh: Path, candidates: Sequence[Passage], encoder: Encoder, before: Path | None = None) -> None:
    encodings.write(fresh, candidates, encoder, before, _progress)


def _progress(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    yield from tqdm(items, desc=f"Encoding {what}", total=total, disable=None, leave=False)


def read_similarities(folder: Path, documents: Sequence[Document]) -> Similarities:
    candidates = [passage for document in documents for passage in answerable(document)]
    found = vectors.read(folder / encodings.VECTORS)
    return Similarities(candidates, found, pieces.read(folder))
