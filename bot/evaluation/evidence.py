"""python -m bot.evaluation.evidence [--measure [NAME …]]: the tables of docs/measured.md.

A table stands between `<!-- table NAME: command -->` and `<!-- end -->`. Its figures are in
docs/measured/NAME.json, with the set they were measured on, its size and the commit; text that says anything
else fails the tests. `--measure` runs the command of every table, or of those named, and saves what it finds:
an hour or so. Without it nothing is measured, and the page is written from what is saved.
"""

import argparse
import json
import math
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.evaluation import metrics

ROOT = Path(__file__).parents[2]
LEFT_OUT = "index/judging/left_out.json"
PAGE = ROOT / "docs" / "measured.md"
SAVED = ROOT / "docs" / "measured"
MEASURED = ("corpus", "index", "bot", "app.py", "tests/questions")  # what a figure depends on
TABLE = re.compile(r"(<!-- table (?P<name>\w+): (?P<command>[^\n]+?) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL)
NOT_YET = "Not measured yet.\n"
FIT = "python -m index fit"  # of the one table whose figures come with what was learned
PROGRAM = ["python", "-m", "bot", "evaluate"]  # with which every command begins


class EvidenceError(ValueError):
    """One sentence: which file or table is wrong, and what was expected."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table's place in the page: its name, the command that measures it, and its text."""

    name: str
    command: str
    body: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """`figures` by name, each a number, or a number with the ends of its interval. `set`: the file of questions,
    which has `size` lines. `commit`: the code that was measured."""

    figures: dict[str, float | list[float]]
    set: str
    size: int
    commit: str

    def __post_init__(self) -> None:
        if not isinstance(self.figures, dict) or not self.figures:
            raise EvidenceError(f"figures has value {self.figures!r}; expected at least one figure")
        for name, value in self.figures.items():
            numbers = value if isinstance(value, list) else [value]
            if len(numbers) not in (1, 3) or not all(_is_number(number) for number in numbers):
                raise EvidenceError(f"{name} has value {value!r}; expected a number, or one with its interval")
        if not isinstance(self.set, str) or not self.set:
            raise EvidenceError(f"set has value {self.set!r}; expected a file of questions")
        if type(self.size) is not int or self.size < 1:
            raise EvidenceError(f"size has value {self.size!r}; expected how many questions there are")
        if not isinstance(self.commit, str) or not re.fullmatch("[0-9a-f]{7,40}", self.commit):
            raise EvidenceError(f"commit has value {self.commit!r}; expected a commit's digest")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def tables(page: str) -> list[Table]:
    """In order. Raises EvidenceError for a marker without its end, and for two tables of one name."""
    found = [Table(match["name"], match["command"], match["body"]) for match in TABLE.finditer(page)]
    if page.count("<!-- table ") != len(found) or page.count("<!-- end -->") != len(found):
        raise EvidenceError("a table's marker lacks its end, or its command; expected pairs")
    names = [table.name for table in found]
    if len(set(names)) < len(names):
        raise EvidenceError(f"the tables are {', '.join(names)}; expected each once")
    return found


def read(path: Path) -> Evidence:
    """Raises EvidenceError naming file, key, value and expectation."""
    try:
        return Evidence(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as e:
        raise EvidenceError(f"{path.name}: {e}") from e


def body(evidence: Evidence | None) -> str:
    """The text between the markers.

    Evidence({"auroc": [.99, .98, 1]}, "q.jsonl", 9, "58a678c") → "9 lines of `q.jsonl`, at 58a678c: …"
    """
    if evidence is None:
        return NOT_YET
    rows = [f"| {name} | {_shown(value)} |" for name, value in evidence.figures.items()]
    head = f"{evidence.size} lines of `{evidence.set}`, at {evidence.commit[:10]}:"
    return "\n".join([head, "", "| figure | value |", "|---|---|", *rows, ""])


def _shown(value: float | list[float]) -> str:
    if isinstance(value, list):
        return f"{value[0]:.3f}" + (f" ({value[1]:.3f} to {value[2]:.3f})" if len(value) == 3 else "")
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def written(page: str, saved: Path = SAVED) -> str:
    """The page with every table written from its saved figures. Raises EvidenceError."""
    of = {table.name: _saved(table.name, saved) for table in tables(page)}
    strangers = {path.stem for path in saved.glob("*.json")} - of.keys()
    if strangers:
        raise EvidenceError(f"{sorted(strangers)[0]}.json has no table; expected one of {', '.join(of)}")
    return TABLE.sub(lambda match: f"{match[1]}{body(of[match['name']])}{match[5]}", page)


def _saved(name: str, saved: Path) -> Evidence | None:
    path = saved / f"{name}.json"
    return read(path) if path.exists() else None


def save(name: str, figures: Path, page: str, saved: Path = SAVED, root: Path = ROOT) -> Path:
    """Makes `saved`/NAME.json of figures that the table's command has just measured. Raises EvidenceError."""
    command = next((table.command for table in tables(page) if table.name == name), "")
    given = re.search(r"\S+\.jsonl", command)
    if not given:
        raise EvidenceError(f"{name}: there is no table of that name with a file of questions in its command")
    try:
        measured = json.loads(figures.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise EvidenceError(f"{figures}: {e}") from e
    kept = {key: value for key, value in measured.items() if not (isinstance(value, float) and math.isnan(value))}
    evidence = Evidence(kept, given[0], size_of(root / given[0]), commit(root))
    return _keep(name, evidence, saved)


def _keep(name: str, evidence: Evidence, saved: Path) -> Path:
    path = saved / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(evidence), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def size_of(questions: Path) -> int:
    """How many lines a file of questions has. Raises EvidenceError when it cannot be read."""
    try:
        return sum(1 for line in questions.read_text(encoding="utf-8").split("\n") if line.strip())
    except OSError as e:
        raise EvidenceError(f"{questions}: cannot be read ({e.strerror}); expected a file of questions") from e


def commit(root: Path = ROOT) -> str:
    """The commit that is checked out. Raises EvidenceError when what is measured differs from it."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, encoding="utf-8")
        if done.returncode:
            raise EvidenceError(f"git {arguments[0]}: {done.stderr.strip()}")
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--", *MEASURED)
    if changed:
        raise EvidenceError(f"{changed.split()[-1]} is not committed; expected figures of a commit")
    return git("rev-parse", "HEAD")


def measure(table: Table, page: str, saved: Path = SAVED, root: Path = ROOT) -> Path:
    """Runs the table's command on the commit that is checked out, and saves its figures. Raises EvidenceError."""
    commit(root)  # before the work, not only after it
    if table.command == FIT:
        return _save_left_out(table.name, saved, root)
    words = shlex.split(table.command)
    if words[: len(PROGRAM)] != PROGRAM:
        raise EvidenceError(f"{table.name} has command {table.command!r}; expected {' '.join(PROGRAM)} FILE")
    with tempfile.TemporaryDirectory() as report:
        done = subprocess.run([sys.executable, *words[1:], "--report", report], cwd=root, stdout=subprocess.DEVNULL)
        if done.returncode:
            raise EvidenceError(f"{table.name}: {table.command} ended with {done.returncode}")
        return save(table.name, Path(report) / "figures.json", page, saved, root)


def _save_left_out(name: str, saved: Path, root: Path) -> Path:
    """What `python -m index fit` saw on documents that it left out."""
    counts = json.loads((root / LEFT_OUT).read_text(encoding="utf-8"))
    figures: dict[str, float | list[float]] = {
        (f"{key} ({of})" if "," in key else key): [hits / of, *metrics.exact_interval(hits, of)]
        for key, (hits, of) in counts.items()
    }
    of_all = sum(counts[name][1] for name in ("right_first", "false_answer", "partial_as_answer") if name in counts)
    return _keep(name, Evidence(figures, "corpus/general/documents", of_all, commit(root)), saved)


def main(arguments: list[str] | None = None, say: Callable[[str], None] = print) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bot.evaluation.evidence", description="Writes the tables of docs/measured.md."
    )
    parser.add_argument("--measure", nargs="*", metavar="NAME", help="measure every table first, or those named")
    asked = parser.parse_args(arguments)
    try:
        page = PAGE.read_text(encoding="utf-8")
        found = {table.name: table for table in tables(page)}
        unknown = sorted(set(asked.measure or ()) - found.keys())
        if unknown:
            raise EvidenceError(f"{unknown[0]}: there is no such table; expected one of {', '.join(found)}")
        chosen = [] if asked.measure is None else asked.measure or list(found)
        for number, name in enumerate(chosen, start=1):
            say(f"{name}, {number} of {len(chosen)}: {found[name].command}")
            measure(found[name], page)
            _write(say)  # what is measured stays, whatever becomes of the next
        if not chosen:
            _write(say)
    except EvidenceError as e:
        print(f"error: {e}", file=sys.stderr)
        return 1
    return 0


def _write(say: Callable[[str], None]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(written(page), encoding="utf-8")
    missing = [table.name for table in tables(page) if not (SAVED / f"{table.name}.json").exists()]
    rest = f"; not measured yet: {', '.join(missing)}" if missing else ""
    say(f"Wrote {PAGE.relative_to(ROOT)}{rest}.")


if __name__ == "__main__":
    sys.exit(main())
