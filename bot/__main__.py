"""python -m bot ask | batch | evaluate | words"""

import argparse
import json
import sys
from pathlib import Path

from corpus import CorpusError
from index.errors import IndexProblem

QUESTION = "What is Kymriah used for?"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Answers with passages of the documents, word for word."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    one = commands.add_parser("ask", help="answer one question", epilog=f'example: python -m bot ask "{QUESTION}"')
    one.add_argument("question")
    one.add_argument(
        "--history", action="append", default=[], metavar="QUESTION", help="an earlier question; repeatable"
    )
    one.add_argument("--json", action="store_true", help="print the record of the answer")
    commands.add_parser(
        "batch", help="answer questions from standard input, one JSON object a line",
        epilog='example: echo \'{"id": "q1", "question": "What is Kymriah?"}\' | python -m bot batch',
    )  # fmt: skip
    judge = commands.add_parser("evaluate", help="measure the answers to labelled questions")
    judge.add_argument("file", type=Path, help="labelled questions, one JSON object a line")
    judge.add_argument("--report", type=Path, metavar="FOLDER", help="write the plots and the misses there")
    judge.add_argument("--misses", type=int, default=20, metavar="N", help="how many misses to print (default 20)")
    judge.add_argument("--folds", type=int, default=5, metavar="N", help="folds of the cross-validation (default 5)")
    judge.add_argument("--withhold", action="store_true", help="judge without the example questions of the documents")
    commands.add_parser("words", help="print every sentence of the bot's own, for a clinician to review")
    asked = parser.parse_args(arguments)
    try:
        return {"ask": _ask, "batch": _batch, "evaluate": _evaluate, "words": _words}[asked.command](asked)
    except (CorpusError, IndexProblem) as e:
        print(f"error: {e}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the output has had enough
        return 1


def _ask(asked: argparse.Namespace) -> int:
    from bot.ask import ask
    from bot.render import as_text
    from index.build import load

    answer = ask(load(), asked.question, asked.history)
    print(
        json.dumps(answer.record(), ensure_ascii=False) if asked.json else as_text(answer, colour=sys.stdout.isatty())
    )
    return 0


def _batch(asked: argparse.Namespace) -> int:
    from bot.batch import batch
    from index.build import load

    # Bytes that are no UTF-8 spoil their own line, not the run; only line feeds end a line.
    sys.stdin.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    sys.stdout.reconfigure(encoding="utf-8")
    for line in batch(load(), sys.stdin):
        print(line, flush=True)
    return 0


def _evaluate(asked: argparse.Namespace) -> int:
    from bot.evaluation.evaluate import evaluate

    return evaluate(asked.file, asked.report, misses=asked.misses, folds=asked.folds, withhold=asked.withhold)


def _words(asked: argparse.Namespace) -> int:
    from bot.words.review import review

    sys.stdout.reconfigure(encoding="utf-8")
    for line in review():
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
