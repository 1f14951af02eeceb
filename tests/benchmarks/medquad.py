"""python -m tests.benchmarks.medquad FOLDER: retrieval and refusal without example questions.

FOLDER holds MedQuAD's documents/, queries.jsonl and unanswerable.jsonl. Compares, on the same
passages and in the same run, plain dense ranking with what the bot does for a document that nobody
wrote examples for: the general judge, reading alone.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

from bot.answer import Outcome
from bot.ask import decide
from corpus import Role, read_document
from corpus.vocabulary import Vocabulary
from index import build
from index.judging.judge import Judge
from index.judging.memory import Memory
from index.retrieval.encoder import PASSAGE_GRAPH, OnnxEncoder
from index.retrieval.similarity import DENSE, LATE
from index.search import Index
from index.storage import store


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    documents = [read_document(p, require_disclaimer=False) for p in sorted((folder / "documents").glob("*.md"))]
    queries, unanswerable = (
        [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]
        for name in ("queries.jsonl", "unanswerable.jsonl")
    )
    built_index = build.load()
    encoder, heard = built_index.encoder, built_index.listener
    of_passages = OnnxEncoder(store.current(build.BUILT), file=PASSAGE_GRAPH)
    with tempfile.TemporaryDirectory() as built:
        passages = [p for d in documents for p in d.passages if p.role is not Role.LINK_STUB]
        build.encode_passages(Path(built), passages, of_passages)
        similarities = build.read_similarities(Path(built), documents)
        texts = [row["question"] for row in [*queries, *unanswerable]]
        tables = [similarities.table(t, e).scores for t, e in zip(texts, encoder.encode(texts), strict=True)]
    section = [(p.document.name[:-3], p.headings[-1].text) for p in passages]
    for name, column in (("plain dense", DENSE), ("as the bot ranks", LATE)):
        ranked = [_best_sections(section, table[:, column]) for table in tables[: len(queries)]]
        relevant = [{tuple(r) for r in query["relevant"]} for query in queries]
        first = np.mean([order[0] in right for order, right in zip(ranked, relevant, strict=True)])
        gain = np.mean([_ndcg(order, right) for order, right in zip(ranked, relevant, strict=True)])
        print(f"{name:18s} R@1 {first:.3f}  nDCG@10 {gain:.3f}")
    print(f"{len(queries)} questions, {len(passages)} passages")
    judges = [Judge.of(Memory(d), build.topics_of(d, encoder, heard)) for d in documents]
    index = Index(encoder, build.reader_of(documents, Vocabulary({}, {})), similarities, heard, judges)
    index = Index(encoder, index.reader, similarities, heard, build.as_promised(index, print))
    said = np.array([any(decide(a) is Outcome.ANSWERED for a in index.look_up(text).asks) for text in texts])
    answerable, others = said[: len(queries)].mean(), said[len(queries) :].mean()
    print(f"answered: {answerable:.3f} of the answerable, {others:.3f} of the others")


def _best_sections(section: list[tuple[str, str]], scores: np.ndarray) -> list[tuple[str, str]]:
    """The ten sections with the best passages, best first."""
    return list(dict.fromkeys(section[i] for i in np.argsort(-scores, kind="stable")[:400]))[:10]


def _ndcg(order: list[tuple[str, str]], relevant: set[tuple[str, ...]]) -> float:
    """nDCG@10 with gains of 0 and 1 (Järvelin and Kekäläinen 2002)."""
    gain = sum(1 / np.log2(i + 2) for i, one in enumerate(order) if one in relevant)
    return gain / sum(1 / np.log2(i + 2) for i in range(min(10, len(relevant))))


if __name__ == "__main__":
    main()
