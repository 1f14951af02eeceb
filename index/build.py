"""From documents and example questions to an index on disk, and back into memory.

One path for both: what is missing or stale is built, then what is on disk is read. Nothing that
does not match its manifest is ever served.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from corpus import Document, Example, read_documents, read_examples
from corpus.questions import QUESTIONS
from corpus.vocabulary import read_vocabulary
from index.errors import EncoderError, StaleIndexError
from index.judging import kernel, memory
from index.judging.calibration import Logistic
from index.reading.reader import Reader
from index.retrieval import vectors
from index.retrieval.encoder import Encoder, OnnxEncoder
from index.retrieval.exported import put_encoder
from index.retrieval.similarity import Similarities, in_context
from index.retrieval.weights import Weights, weights
from index.search import Index, looked_at
from index.storage import store

CORPUS = Path(os.environ.get("CHATBOT_CORPUS") or QUESTIONS.parent)
BUILT = Path(os.environ.get("CHATBOT_INDEX") or Path(__file__).parent / "built")
Say = Callable[[str], None]


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def build(corpus: Path = CORPUS, folder: Path = BUILT, chosen: Weights | None = None, say: Say = say) -> None:
    """Builds the index of `corpus` into `folder`. Raises CorpusError or IndexProblem and leaves
    what stood there before."""
    chosen = chosen or weights()
    with store.locked(folder, say):
        _build(corpus, folder, chosen, say)


def _build(corpus: Path, folder: Path, chosen: Weights, say: Say) -> None:
    built_from = store.sources(corpus, chosen)
    documents, examples, reader = read(corpus)

    def fill(fresh: Path) -> None:
        passages = [in_context(passage) for document in documents for passage in document.passages]
        known = [store.current(folder), store.current(BUILT)]
        put_encoder(chosen, fresh, known, passages, [example.question for example in examples], say)
        _fill(fresh, documents, examples, reader, OnnxEncoder(fresh, chosen.name), say)

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
    documents, _, reader = read(corpus)
    if store.check_passages(generation / store.PASSAGES, documents):
        raise StaleIndexError(f"{generation}: the documents changed while they were being read; start again")
    paths = [(document, _memory_path(generation, document)) for document in documents]
    learned = [_read_memory(path, document) for document, path in paths if path.exists()]
    similarities = read_similarities(generation, documents)
    return Index(documents, OnnxEncoder(generation, encoder), reader, similarities, learned)


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
    vocabulary = read_vocabulary(corpus / "vocabulary.toml")
    reader = Reader(vocabulary, [document.text for document in documents], [e.question for e in examples])
    return documents, examples, reader


def table_of_examples(
    document: Document, examples: Sequence[Example], reader: Reader, encoder: Encoder, similarities: Similarities, rows
) -> memory.ExampleTable:
    """`examples`, read and encoded against `document`, whose candidates are `rows` of the similarities."""
    readings = [reader.read(example.question, example.history) for example in examples]
    found = list(_progress(looked_at(readings, encoder, similarities), len(readings), "questions"))
    vectors_, tables = zip(*found, strict=True)
    return memory.ExampleTable(
        examples, [reading.text for reading in readings], np.array(vectors_), np.array([t[rows] for t in tables])
    )


def _fill(fresh: Path, documents, examples, reader: Reader, encoder: Encoder, say: Say) -> None:
    passages = [passage for document in documents for passage in document.passages]
    store.write_passages(fresh / store.PASSAGES, passages)
    candidates = [passage for document in documents for passage in memory.answerable(document)]
    encode_passages(fresh, candidates, encoder)
    similarities = read_similarities(fresh, documents)
    names = np.array([passage.document.name for passage in candidates])
    shared = [e for e in examples if not e.document]
    # Danger sounds the same whatever the document: where none has examples, one model still listens.
    listener = documents[0] if shared and len(shared) == len(examples) else None
    for document in documents:
        own = [e for e in examples if e.document == document.name]
        if not own:
            say(f"{document.name} has no example questions: it will answer more cautiously.")
        if own or document is listener:
            rows = np.flatnonzero(names == document.name)
            learned = table_of_examples(document, [*own, *shared], reader, encoder, similarities, rows)
            say(f"Learning from {len(own)} example questions of {document.name} and {len(shared)} for any document …")
            _write_memory(_memory_path(fresh, document), memory.fit(document, learned))


def encode_passages(fresh: Path, candidates, encoder: Encoder) -> None:
    wholes, tokens = [], []
    for encoded in _progress(encoder.encode([in_context(p) for p in candidates]), len(candidates), "passages"):
        wholes.append(encoded.sentence)
        tokens.append(encoded.tokens.astype(np.float16))
    texts = [p.document.slice(unit) for p in candidates for unit in p.units]
    units = [encoded.sentence for encoded in _progress(encoder.encode(texts), len(texts), "sentences")]
    vectors.write(vectors.build(np.array([*wholes, *units])), fresh / store.VECTORS)
    np.save(fresh / store.TOKENS, np.concatenate(tokens))
    np.save(fresh / store.TOKEN_ENDS, np.cumsum([len(rows) for rows in tokens]))


def _progress(encoded: Iterator, total: int, what: str) -> Iterator:
    return tqdm(encoded, desc=f"Encoding {what}", total=total, disable=None, leave=False)


def read_similarities(folder: Path, documents: Sequence[Document]) -> Similarities:
    candidates = [passage for document in documents for passage in memory.answerable(document)]
    tokens = np.load(folder / store.TOKENS, mmap_mode="r", allow_pickle=False)
    ends = np.load(folder / store.TOKEN_ENDS, allow_pickle=False)
    return Similarities(candidates, vectors.read(folder / store.VECTORS), tokens, ends)


def _memory_path(folder: Path, document: Document) -> Path:
    return folder / store.MEMORY.format(document.name)


def _write_memory(path: Path, learned: memory.Memory) -> None:
    gates = {f"gate_{name}": np.append(gate.weights, gate.bias) for name, gate in learned.gates.items()}
    np.savez(path, **learned.kernel.arrays(), **gates)


def _read_memory(path: Path, document: Document) -> memory.Memory:
    arrays = store.read_arrays(path)
    gates = {
        name.removeprefix("gate_"): Logistic(values[:-1], float(values[-1]))
        for name, values in arrays.items()
        if name.startswith("gate_")
    }
    return memory.Memory(document, kernel.KernelRidge.from_arrays(arrays), gates)
