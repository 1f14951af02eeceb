"""python -m bot ask | batch | evaluate | space | words"""

import argparse
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from corpus import CorpusError
from index.errors import IndexProblem

QUESTION = "What is Kymriah used for?"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Answers with passages of the documents, word for word.",
        epilog="exit codes: 0 done, whatever the answer is; 1 what is wrong is said in one line; 2 wrong arguments",
    )  # fmt: skip
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    one = commands.add_parser(
        "ask", help="answer one question, or a talk of several", epilog=f'example: python -m bot ask "{QUESTION}"'
    )
    one.add_argument("question", nargs="?", help="without it, each line of standard input is the next of one talk")
    one.add_argument(
        "--history", action="append", default=[], metavar="QUESTION", help="an earlier question; repeatable"
    )
    one.add_argument("--json", action="store_true", help="print the record of the answer")
    commands.add_parser(
        "batch", help="answer questions from standard input, one JSON object a line",
        epilog='example: echo \'{"id": "q1", "question": "What is Kymriah?"}\' | python -m bot batch',
    )  # fmt: skip
    judge = commands.add_parser("evaluate", help="measure the answers to labelled questions, or what rings")
    judge.add_argument("file", type=Path, help="labelled questions, or statements, one JSON object a line")
    judge.add_argument("--report", type=Path, metavar="FOLDER", help="write the figures and the plots there")
    judge.add_argument("--misses", type=int, default=20, metavar="N", help="how many misses to print (default 20)")
    judge.add_argument("--folds", type=int, default=5, metavar="N", help="folds of the cross-validation (default 5)")
    judge.add_argument("--withhold", action="store_true", help="judge without the example questions of the documents")
    judge.add_argument(
        "--curve", type=Path, metavar="PLOT.svg",
        help="judge after 0, 15, 60, 250, 1000 and all example questions, and draw that",
    )  # fmt: skip
    space = commands.add_parser("space", help="write a folder that is ready to be pushed as a Hugging Face Space")
    space.add_argument("folder", type=Path, help="new, empty, or written by this before; its .git is left alone")
    commands.add_parser("words", help="print every sentence of the bot's own, for a clinician to review")
    asked = parser.parse_args(arguments)
    run = {"ask": _ask, "batch": _batch, "evaluate": _evaluate, "space": _space, "words": _words}[asked.command]
    try:
        return run(asked)
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
    from index.retrieval.threads import one_question_at_a_time

    index = load()
    one_question_at_a_time()
    history = list(asked.history)
    for question in [asked.question] if asked.question is not None else _lines():
        answer = ask(index, question, history)
        text = as_text(answer, colour=sys.stdout.isatty())
        print(json.dumps(answer.record(), ensure_ascii=False) if asked.json else text, flush=True)
        history.append(question)
    return 0


def _lines() -> Iterator[str]:
    """What is typed, line by line, until a blank line or the end."""
    while True:
        if sys.stdin.isatty():
            print("\n> ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline().strip()
        if not line:
            return
        yield line


def _batch(asked: argparse.Namespace) -> int:
    from bot.batch import batch
    from index.build import load
    from index.retrieval.threads import one_question_at_a_time

    # Bytes that are no UTF-8 spoil their own line, not the run; only line feeds end a line.
    _in_utf8(sys.stdin, errors="replace", newline="\n")
    _in_utf8(sys.stdout)
    index = load()
    one_question_at_a_time()
    for line in batch(index, sys.stdin):
        print(line, flush=True)
    return 0


def _evaluate(asked: argparse.Namespace) -> int:
    from bot.evaluation.evaluate import evaluate

    return evaluate(
        asked.file, asked.report, misses=asked.misses, folds=asked.folds, withhold=asked.withhold, curve=asked.curve
    )


def _space(asked: argparse.Namespace) -> int:
    from bot.space import write_space

    write_space(asked.folder)
    return 0


def _in_utf8(stream: TextIO, errors: str = "strict", newline: str | None = None) -> None:
    """Whatever the machine's own encoding is; a stream that somebody put in its place is left as it is."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors=errors, newline=newline)


def _words(asked: argparse.Namespace) -> int:
    from bot.words.review import review

    _in_utf8(sys.stdout)
    for line in review():
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
