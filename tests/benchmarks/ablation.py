"""python -m tests.benchmarks.ablation: which piece buys what, on questions that are never learned from.

Every row leaves one piece out, is fitted anew, and is judged on tests/questions/held-out.jsonl.
"""

from pathlib import Path

import numpy as np

from bot.ask import answer_from
from bot.evaluation import metrics
from corpus.questions import read_question_file
from corpus.vocabulary import Vocabulary, read_vocabulary
from index import build
from index.judging import kernel, memory
from index.reading.reader import Reader
from index.retrieval.similarity import DENSE, LATE, SENTENCE
from index.search import Findings, Hit, Index

FILE = Path(__file__).parent.parent / "questions" / "held-out.jsonl"
SHOWN = ("right_first", "right_first_at_5pc_false", "auroc", "false_answer", "partial_as_answer", "highlight_f1")


class WithoutHistory(Reader):
    def read(self, question, history=()):
        return super().read(question)


class WithoutRepairs(Reader):
    def _nearest(self, word):
        return None


def main() -> None:
    index = build.load()
    [document], examples, reader = build.read(build.CORPUS)
    judged = read_question_file(FILE, document)
    rows = np.arange(len(index.similarities.passages))

    def report(name: str, findings: list[Findings]) -> None:
        answers = [answer_from(f, [document], e.question) for f, e in zip(findings, judged, strict=True)]
        found = metrics.compute(metrics.rows(judged, answers))
        print(f"| {name} | " + " | ".join(f"{found[figure]:.3f}" for figure in SHOWN) + " |", flush=True)

    def refitted(learned: memory.ExampleTable, reader: Reader) -> list[Findings]:
        made = Index([document], index.encoder, reader, index.similarities, [memory.fit(document, learned)])
        return [made.look_up(e.question, e.history) for e in judged]

    print(f"| without | {' | '.join(SHOWN)} |\n|---|{'---|' * len(SHOWN)}")
    for name, column in (("all but cosine", DENSE), ("all but best sentence", SENTENCE), ("all but late", LATE)):
        report(name, [_one_score(index, e, column) for e in judged])
    bare = Index([document], index.encoder, reader, index.similarities, [])
    report("example questions", [bare.look_up(e.question, e.history) for e in judged])
    learned = build.table_of_examples(document, examples, reader, index.encoder, index.similarities, rows)
    report("nothing", refitted(learned, reader))
    order = np.random.default_rng(0).permutation(len(examples))
    for share in (8, 4, 2):
        kept = np.sort(order[: len(order) // share])
        report(f"all but 1/{share} of the examples ({len(kept)})", refitted(learned.subset(kept), reader))
    not_searches = np.array([i for i, e in enumerate(examples) if e.kind != "health_search"])
    report("real health searches", refitted(learned.subset(not_searches), reader))
    for name, module, constant in (
        ("the words' own kernel", kernel, "WORDING"),
        ("untaught scores in the ranking", memory, "LIKENESS_SHARE"),
    ):
        before = getattr(module, constant)
        setattr(module, constant, 0.0)
        report(name, refitted(learned, reader))
        setattr(module, constant, before)
    texts, questions = [document.text], [e.question for e in examples]
    for name, other in (
        ("vocabulary bridge", Reader(Vocabulary(medicines=read_vocabulary().medicines), texts, questions)),
        ("typo repair", WithoutRepairs(read_vocabulary(), texts, questions)),
        ("history", WithoutHistory(read_vocabulary(), texts, questions)),
    ):
        anew = build.table_of_examples(document, examples, other, index.encoder, index.similarities, rows)
        report(name, refitted(anew, other))


def _one_score(index: Index, example, column: int) -> Findings:
    """One similarity for everything: the ranking and, as it stands, the confidence."""
    reading = index.reader.read(example.question, example.history)
    [encoded] = index.encoder.encode([reading.context])
    scores = index.similarities.table(reading.context, encoded)[:, column]
    order = np.argsort(-scores, kind="stable")
    hits = tuple(
        Hit(index.similarities.passages[i], float(scores[i]), index.similarities.passages[i].units[:1]) for i in order
    )
    return Findings(reading, hits, answers=max(0.0, float(scores[order[0]])))


if __name__ == "__main__":
    main()
