"""python -m tests.benchmarks.scale MEDQUAD [--million]: many documents, as ratios of one run.

MEDQUAD holds scale-documents.tar.xz and queries.jsonl. `--million` instead measures nearest rows among
a million vectors, made by moving real ones.
"""

import argparse
import json
import statistics
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import faiss
import numpy as np

from bot.ask import ask
from index import build
from index.retrieval import encodings, vectors
from index.retrieval.encoder import OnnxEncoder, Vectors
from index.retrieval.threads import one_question_at_a_time
from index.retrieval.weights import weights
from index.search import Index
from index.storage import store
from tests.benchmarks.serving import Row, ratios

DISCLAIMER = "\n\n## Disclaimer\n\nThis is no advice.\n"
SAMPLE = 20  # one text in so many is encoded again, to compare the build with


def corpus(medquad: Path, folder: Path, most: int) -> Path:
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
    return folder


def building(made: Path, built: Path) -> Iterator[Row]:
    full = _timed_build(made, built)
    generation = store.current(built)
    assert generation
    encoder = OnnxEncoder(generation)
    documents, _, _ = build.read(made)
    passages = [p for d in documents for p in d.passages]
    texts = [encodings.in_context(p) for p in passages]
    texts += dict.fromkeys(p.document.slice(unit) for p in passages for unit in p.units)
    some = texts[::SAMPLE]
    started = time.perf_counter()
    for _ in encoder.encode(some):
        pass
    raw = (time.perf_counter() - started) * len(texts) / len(some)
    yield Row("build / raw encoding", [full / raw], 1.3, None, f"{full:.0f} / {raw:.0f} s, {len(passages):,} passages")
    changed = made / "documents" / documents[len(documents) // 2].name
    changed.write_text(changed.read_text(encoding="utf-8").replace(".", ". As of now.", 1), encoding="utf-8")
    again = _timed_build(made, built)
    yield Row("rebuild after an edit / build", [again / full], 0.1, None, f"{again:.0f} s")


def _timed_build(made: Path, built: Path) -> float:
    started = time.perf_counter()
    build.build(made, built, say=lambda line: None)
    return time.perf_counter() - started


def asking(index: Index, questions: Sequence[str]) -> Iterator[Row]:
    one_question_at_a_time()
    whole, passes = [], []
    for part in range(5):
        for times, one in ((whole, lambda q: ask(index, q)), (passes, lambda q: list(index.encoder.encode([q])))):
            times.append(statistics.median(_timed(one, question) for question in questions[part::5]))
    note = f"{1000 * statistics.median(whole):.1f} / {1000 * statistics.median(passes):.1f} ms"
    yield Row(
        f"ask() / its encoder's pass, {len(index.similarities.passages):,} passages",
        ratios(whole, passes),
        3,
        None,
        note,
    )


def _timed(one, question: str) -> float:
    started = time.perf_counter()
    one(question)
    return time.perf_counter() - started


def million(real: Vectors, questions: Vectors, rows: int = 1_000_000) -> Iterator[Row]:
    random = np.random.default_rng(0)
    made = np.empty((rows, real.shape[1]), np.float32)
    for at in range(0, rows, 50_000):
        some = real[random.integers(len(real), size=min(50_000, rows - at))]
        noise = random.normal(size=some.shape).astype(np.float32) * (0.5 / some.shape[1] ** 0.5)
        made[at : at + len(some)] = some + noise
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    started = time.perf_counter()
    index = vectors.build(made)
    took = time.perf_counter() - started
    exact = faiss.IndexFlatIP(made.shape[1])
    exact.add(made)
    del made
    faiss.omp_set_num_threads(1)
    found, times, exact_times = [], [], []
    for question in questions:
        started = time.perf_counter()
        rows_found = vectors.search(index, question, 10)[1]
        times.append(time.perf_counter() - started)
        started = time.perf_counter()
        wanted = vectors.search(exact, question, 10)[1]
        exact_times.append(time.perf_counter() - started)
        found.append(len(set(rows_found.tolist()) & set(wanted.tolist())) / 10)
    size = faiss.serialize_index(index).nbytes / 1e6
    note = f"built in {took:.0f} s, {size:.0f} MB; nprobe {getattr(index, 'nprobe', 0)} of {getattr(index, 'nlist', 0)}"
    yield Row(f"recall@10 among {rows:,}", [float(np.mean(found))], None, 0.98, note)
    middle = [statistics.median(times), statistics.median(exact_times)]
    yield Row(
        "its time / exact search",
        [middle[0] / middle[1]],
        0.05,
        None,
        f"{1000 * middle[0]:.1f} / {1000 * middle[1]:.0f} ms",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("medquad", type=Path)
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--documents", type=int, default=6000, metavar="N", help="only the first N (default: all)")
    parser.add_argument("--built", type=Path, help="keep the index there, or read it from there")
    asked = parser.parse_args()
    lines = (asked.medquad / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    print("| what | wanted | found | spread | held | |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.built or Path(temporary)
        made, built = folder / "corpus", folder / "built"
        if not made.exists():
            for row in building(corpus(asked.medquad, made, asked.documents), built):
                print(row, flush=True)
        generation = store.current(built)
        assert generation
        if asked.million:
            index = vectors.read(generation / encodings.VECTORS)
            encoder = OnnxEncoder(generation)
            asked_for = np.array([one.sentence for one in encoder.encode(questions)])
            rows = million(index.reconstruct_n(0, index.ntotal), asked_for)
        else:
            rows = asking(build.load(made, built, weights(), say=lambda line: None), questions)
        for row in rows:
            print(row, flush=True)


if __name__ == "__main__":
    main()
