"""python -m tests.benchmarks.medquad FOLDER: retrieval and refusal without example questions.

FOLDER holds MedQuAD's documents/, queries.jsonl and unanswerable.jsonl. Compares, on the same
passages and in the same run, plain dense ranking with what the bot does for a document that nobody
wrote examples for. Also refits the constants of index/likeness.py.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.ask import LIKENESS_ANSWERED_FROM
from corpus import Role, read_document
from corpus.questions import holds, read_question_file
from index import build
from index.judging import likeness
from index.retrieval.similarity import DENSE, LATE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    documents = [read_document(p, require_disclaimer=False) for p in sorted((folder / "documents").glob("*.md"))]
    queries, unanswerable = (
        [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]
        for name in ("queries.jsonl", "unanswerable.jsonl")
    )
    encoder = build.load().encoder
    with tempfile.TemporaryDirectory() as built:
        passages = [p for d in documents for p in d.passages if p.role is not Role.LINK_STUB]
        build.encode_passages(Path(built), passages, encoder)
        similarities = build.read_similarities(Path(built), documents)
        texts = [row["question"] for row in [*queries, *unanswerable]]
        tables = [similarities.table(t, e) for t, e in zip(texts, encoder.encode(texts), strict=True)]
    section = [(p.document.name[:-3], p.headings[-1].text) for p in passages]
    for name, column in (("plain dense", DENSE), ("as the bot ranks", LATE)):
        ranked = [_best_sections(section, table[:, column]) for table in tables[: len(queries)]]
        relevant = [{tuple(r) for r in query["relevant"]} for query in queries]
        first = np.mean([order[0] in right for order, right in zip(ranked, relevant, strict=True)])
        gain = np.mean([_ndcg(order, right) for order, right in zip(ranked, relevant, strict=True)])
        print(f"{name:18s} R@1 {first:.3f}  nDCG@10 {gain:.3f}")
    print(f"{len(queries)} questions, {len(passages)} passages")
    judgements = [likeness.judge(table) for table in tables]
    said = np.array([judgement.answers >= LIKENESS_ANSWERED_FROM for judgement in judgements])
    answerable, others = said[: len(queries)].mean(), said[len(queries) :].mean()
    print(f"answered: {answerable:.3f} of the answerable, {others:.3f} of the others")
    _refit(tables, section, queries)


def _best_sections(section: list[tuple[str, str]], scores: np.ndarray) -> list[tuple[str, str]]:
    """The ten sections with the best passages, best first."""
    return list(dict.fromkeys(section[i] for i in np.argsort(-scores, kind="stable")[:400]))[:10]


def _ndcg(order: list, relevant: set) -> float:
    """nDCG@10 with gains of 0 and 1 (Järvelin and Kekäläinen 2002)."""
    gain = sum(1 / np.log2(i + 2) for i, one in enumerate(order) if one in relevant)
    return gain / sum(1 / np.log2(i + 2) for i in range(min(10, len(relevant))))


def _refit(tables, section, queries) -> None:
    features, right, weight = [], [], []
    for i, table in enumerate(tables):
        scores = table[:, LATE]
        features.append(likeness.features(table, scores))
        wanted = {tuple(r) for r in queries[i]["relevant"]} if i < len(queries) else set()
        right.append(section[int(np.argmax(scores))] in wanted)
        weight.append(1 / len(tables))
    index = build.load()
    [document] = [d for d in index.documents if d.name.startswith("recurrent")]
    rows = np.array([i for i, p in enumerate(index.similarities.passages) if p.role is Role.BODY])
    examples = read_question_file(Path(__file__).parent.parent / "questions" / "held-out.jsonl", document)
    for example in examples:
        text = index.reader.read(example.question, example.history).context
        [encoded] = index.encoder.encode([text])
        table = index.similarities.table(text, encoded)[rows]
        first = index.similarities.passages[rows[int(np.argmax(table[:, LATE]))]]
        features.append(likeness.features(table, table[:, LATE]))
        right.append(example.label == "answer" and any(holds(first, s) for s in example.gold_spans(document)))
        weight.append(1 / len(examples))
    model = LogisticRegression(C=100, max_iter=5000)
    model.fit(np.array(features), np.array(right), sample_weight=np.array(weight) * 500)
    print("refitted gate:", model.coef_[0].round(2).tolist(), round(float(model.intercept_[0]), 2))


if __name__ == "__main__":
    main()
