"""python -m tests.benchmarks.table [ROW ...]: what speed and lightness are held to, each figure a ratio of one run.

Every row has what is wanted, the median of the rounds, and their least and most. `plot` draws how latency grows with
the number of passages, into docs/latency.svg. Needs an index that is built; the rows of many documents need
--medquad FOLDER, which holds scale-documents.tar.xz and queries.jsonl, and take most of an hour unless --documents
says how many of them are enough.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus.questions import read_question_file
from index import build
from tests.benchmarks import scale, serving
from tests.benchmarks.serving import ROOT, Row

QUESTIONS = ROOT / "tests" / "questions" / "held-out.jsonl"
PLOT = ROOT / "docs" / "latency.svg"
SIZES = (25, 100, 400, 1600, 6400, 25_000, 100_000, 400_000, 1_000_000)
MOST_ASKED = 100  # questions for each point of the plot


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "rows", nargs="*", metavar="ROW",
        help="latency, start, throughput, memory, building, asking, million, plot (default: all)",
    )  # fmt: skip
    parser.add_argument("--minutes", type=float, default=3, help="how long 64 clients ask (default 3)")
    parser.add_argument("--many", type=int, default=10_000, help="questions after which memory counts (default 10000)")
    parser.add_argument("--medquad", type=Path, metavar="FOLDER", help="without it there are no rows of many documents")
    parser.add_argument("--documents", type=int, default=6000, metavar="N", help="only the first N (default: all)")
    parser.add_argument("--million", type=int, default=SIZES[-1], metavar="N", help="vectors of `million`")
    parser.add_argument("--largest", type=int, default=SIZES[-1], metavar="N", help="passages at which the plot ends")
    asked = parser.parse_args()
    index = build.load()
    questions = [example.question for example in read_question_file(QUESTIONS, index.documents[0])]
    rows: dict[str, Callable[[], Iterator[Row]]] = {
        "latency": lambda: serving.latency(questions),
        "start": lambda: serving.start(questions),
        "throughput": lambda: serving.throughput(questions),
        "memory": lambda: serving.memory(questions, asked.minutes, asked.many),
    }
    with tempfile.TemporaryDirectory() as temporary:
        made, built = Path(temporary) / "corpus", Path(temporary) / "built"
        if asked.medquad:
            scale.corpus(asked.medquad, made, asked.documents)
            lines = (asked.medquad / "queries.jsonl").read_text(encoding="utf-8").splitlines()
            queries = [json.loads(line)["question"] for line in lines]
            rows["building"] = lambda: scale.building(made, built)
            rows["asking"] = lambda: scale.asking(made, built, queries)
            rows["million"] = lambda: scale.million(made, built, queries, asked.million)
        print("| what | wanted | found | spread | held | |\n|---|---|---|---|---|---|")
        for name in asked.rows or rows:
            for row in rows[name]() if name in rows else ():
                print(row, flush=True)
        if "plot" in asked.rows or not asked.rows:
            sizes = [size for size in SIZES if size <= asked.largest]
            scale.draw(list(scale.growing(Path(temporary), sizes, questions[:MOST_ASKED])), PLOT)


if __name__ == "__main__":
    main()
