"""Many documents, as ratios of one run (see `table`, which prints them), and how latency grows with their number."""

import itertools
import statistics
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
from matplotlib.figure import Figure

from bot.ask import ask
from index import build
from index import fit as general
from index.judging.memory import answerable
from index.retrieval import encodings, pieces, vectors
from index.retrieval.encoder import OnnxEncoder, Vectors
from index.retrieval.pieces import FEW, Pieces
from index.retrieval.similarity import Similarities
from index.retrieval.threads import one_question_at_a_time
from index.storage import store
from tests.benchmarks.serving import Row, ratios

DISCLAIMER = "\n\n## Disclaimer\n\nThis is no advice.\n"
SAMPLE = 50  # one text in so many is encoded again in each round, to compare the build with
ROUNDS = 5


def corpus(medquad: Path, folder: Path, most: int) -> None:
    """The first `most` documents, each with the disclaimer that a document must have; no example questions."""
    (folder / "documents").mkdir(parents=True)
    (folder / "questions").mkdir()
    (folder / "vocabulary.toml").write_text("")
    with tarfile.open(medquad / "scale-documents.tar.xz") as packed:
        members = [member for member in packed if member.isfile()]
        for member in members[:most]:
            text = packed.extractfile(member)
            if text:
                (folder / "documents" / Path(member.name).name).write_bytes(text.read() + DISCLAIMER.encode())


def building(made: Path, built: Path) -> Iterator[Row]:
    """`built` is filled from the corpus `made`, from nothing and then after one sentence was changed."""
    full = _timed_build(made, built)
    encoder = OnnxEncoder(_generation(built))
    documents, _, _ = build.read(made)
    passages = [p for d in documents for p in answerable(d)]
    texts = [*map(encodings.in_context, passages), *(p.document.slice(unit) for p in passages for unit in p.units)]
    texts = list(dict.fromkeys(texts))
    raw = []
    for part in range(ROUNDS):
        some = texts[part * SAMPLE // ROUNDS :: SAMPLE]
        started = time.perf_counter()
        for _ in encoder.encode(some):
            pass
        raw.append((time.perf_counter() - started) * len(texts) / len(some))
    middle = statistics.median(raw)
    note = f"{full:.0f} / {middle:.0f} s, {len(passages):,} passages"
    yield Row("build / raw encoding", [full / one for one in raw], 1.3, None, note)
    again = []
    for document in documents[:: max(1, len(documents) // 3)][:3]:
        changed = made / "documents" / document.name
        changed.write_text(changed.read_text(encoding="utf-8").replace(".", ". As of now.", 1), encoding="utf-8")
        again.append(_timed_build(made, built))
    note = f"{statistics.median(again):.0f} s"
    yield Row("rebuild after an edit / build", [one / full for one in again], 0.1, None, note)


def _generation(built: Path) -> Path:
    generation = store.current(built)
    assert generation
    return generation


def _timed_build(made: Path, built: Path) -> float:
    started = time.perf_counter()
    build.build(made, built, say=lambda line: None)
    return time.perf_counter() - started


def asking(made: Path, built: Path, questions: Sequence[str]) -> Iterator[Row]:
    index = build.load(made, built, say=lambda line: None)
    one_question_at_a_time()
    whole: list[float] = []
    passes: list[float] = []
    for part in range(ROUNDS):
        some = questions[part::ROUNDS]
        whole.append(statistics.median(_timed(lambda q: ask(index, q), question) for question in some))
        passes.append(
            statistics.median(_timed(lambda q: list(index.encoder.encode([q])), question) for question in some)
        )
    note = f"{1000 * statistics.median(whole):.1f} / {1000 * statistics.median(passes):.1f} ms"
    name = f"ask() / its encoder's pass, {len(index.similarities.passages):,} passages"
    yield Row(name, ratios(whole, passes), 3, None, note)


def _timed(one: Callable[[str], object], question: str) -> float:
    started = time.perf_counter()
    one(question)
    return time.perf_counter() - started


def million(made: Path, built: Path, questions: Sequence[str], rows: int) -> Iterator[Row]:
    """The nearest among so many vectors, made by moving those of `built`."""
    encoder = build.load(made, built, say=lambda line: None).encoder
    real = vectors.read(_generation(built) / encodings.VECTORS)
    asked = np.array([one.sentence for one in encoder.encode(questions)])
    many = moved(real.reconstruct_n(0, real.ntotal), rows)
    started = time.perf_counter()
    index = vectors.build(many)
    took = time.perf_counter() - started
    exact = faiss.IndexFlatIP(many.shape[1])
    exact.add(many)
    del many
    faiss.omp_set_num_threads(1)
    found, times, exact_times = [], [], []
    for question in asked:
        started = time.perf_counter()
        rows_found = vectors.search(index, question, 10)[1]
        times.append(time.perf_counter() - started)
        started = time.perf_counter()
        wanted = vectors.search(exact, question, 10)[1]
        exact_times.append(time.perf_counter() - started)
        found.append(len(set(rows_found.tolist()) & set(wanted.tolist())) / 10)
    size = faiss.serialize_index(index).nbytes / 1e6
    note = f"built in {took:.0f} s, {size:.0f} MB; nprobe {getattr(index, 'nprobe', 0)} of {getattr(index, 'nlist', 0)}"
    yield Row(
        f"recall@10 among {rows:,}", [float(np.mean(part)) for part in np.array_split(found, 5)], None, 0.98, note
    )
    parts = [[statistics.median(part) for part in np.array_split(all_, 5)] for all_ in (times, exact_times)]
    note = f"{1000 * statistics.median(times):.1f} / {1000 * statistics.median(exact_times):.0f} ms"
    yield Row("its time / exact search", ratios(*parts), 0.05, None, note)


def moved(real: Vectors, rows: int) -> Vectors:
    """So many rows of length 1, each one of `real` moved a little."""
    random = np.random.default_rng(0)
    made = np.empty((rows, real.shape[1]), np.float32)
    for at in range(0, rows, 50_000):
        some = real[random.integers(len(real), size=min(50_000, rows - at))]
        made[at : at + len(some)] = some + random.normal(size=some.shape) * (0.5 / some.shape[1] ** 0.5)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made


def growing(
    folder: Path, sizes: Sequence[int], questions: Sequence[str]
) -> Iterator[tuple[int, list[float], list[float]]]:
    """For each number of passages the seconds that questions take, until each passage has its similarities: (number,
    the encoder's pass, all). The passages are those of the general documents, over and over, with moved vectors; each
    has one unit, as a million with all of theirs would not fit."""
    encoder = OnnxEncoder(_generation(build.BUILT))
    real = [replace(p, units=p.units[:1]) for d, _ in general.documents() for p in answerable(d)]
    build.encode_passages(folder, real, encoder)
    index = vectors.read(folder / encodings.VECTORS)
    own = pieces.read(folder)
    rows = index.reconstruct_n(0, index.ntotal)
    one_question_at_a_time()
    for size in sizes:
        passages = list(itertools.islice(itertools.cycle(real), size))
        faiss.omp_set_num_threads(2)  # to build
        made = vectors.build(np.concatenate([moved(rows[: len(real)], size), moved(rows[len(real) :], size)]))
        faiss.omp_set_num_threads(1)
        again = np.arange(size) % len(real)
        # The word pieces lie there once, however often a passage does.
        end = own.ends[min(size, len(real)) - 1]
        graph = pieces.graph_of(own.rows[:end], own.scales[:end], size)
        similarities = Similarities(
            passages, made, Pieces(own.rows, own.scales, own.starts[again], own.ends[again], graph)
        )
        passes, whole = [], []
        for question in questions:
            started = time.perf_counter()
            [encoded] = encoder.encode([question])
            passes.append(time.perf_counter() - started)
            similarities.table(question, encoded)
            whole.append(time.perf_counter() - started)
        yield size, passes, whole


def draw(points: Sequence[tuple[int, list[float], list[float]]], path: Path) -> None:
    """Medians, with what lies between the tenth and the ninetieth of a hundred."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    sizes = [size for size, _, _ in points]
    for name, column in (("to find and compare passages", 2), ("one pass of the encoder", 1)):
        low, middle, high = 1000 * np.array([np.percentile(point[column], [10, 50, 90]) for point in points]).T
        axes.plot(sizes, middle, marker="o", label=name)
        axes.fill_between(sizes, low, high, alpha=0.2)
    axes.set(xscale="log", yscale="log", xlabel="passages", ylabel="milliseconds a question")
    axes.axvline(FEW, color="gray", linestyle=":", label=f"up to {FEW} all are compared")
    axes.grid(alpha=0.3, which="both")
    axes.legend()
    figure.savefig(path, metadata={"Date": None})
