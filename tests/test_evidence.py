"""The tables of docs/measured.md say what was measured, on what, and nothing else."""

import json
import shutil
import subprocess
from dataclasses import replace

import pytest

from bot.evaluation import evidence
from bot.evaluation.evidence import (
    FIT,
    LEFT_OUT,
    PAGE,
    ROOT,
    SAVED,
    Evidence,
    EvidenceError,
    body,
    main,
    measure,
    read,
    save,
    tables,
    written,
)

NAMES = (
    *(
        "left_out",
        "neat",
        "sixth",
        "fifth",
        "fourth",
        "third",
        "fresh",
        "mixed",
        "stories",
        "two_part",
        "chain",
        "speech",
        "premise",
    ),
    *(
        "foreign_company",
        "names",
        "danger",
        "danger_fifth",
        "danger_fourth",
        "danger_third",
        "danger_fresh",
        "feelings",
        "urgent",
    ),
    *("health", "curve"),
)
SMALL = "# Small\n<!-- table snails: python -m bot evaluate snails.jsonl -->\n<!-- end -->\nAfter.\n"
FIGURES = {"auroc": 0.98765, "false_answer": [0.01, 0.0, 0.02], "answered": 3}


def saved(folder, name="snails", **changes):
    values = {"figures": FIGURES, "set": "snails.jsonl", "size": 2, "commit": "58a678c2493f"} | changes
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(values), encoding="utf-8")
    return folder


def test_the_page_has_its_tables_and_says_what_the_saved_figures_say() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert tuple(table.name for table in tables(page)) == NAMES
    assert written(page) == page, "run: python -m bot.evaluation.evidence"


def test_saved_figures_are_of_the_set_that_their_command_names_and_that_is_here() -> None:
    commands = {table.name: table.command for table in tables(PAGE.read_text(encoding="utf-8"))}
    for path in sorted(SAVED.glob("*.json")):
        found = read(path)
        if commands[path.stem] == FIT:
            assert (ROOT / found.set).is_dir(), path
            continue
        assert found.set in commands[path.stem].split(), path
        assert found.size == evidence.size_of(ROOT / found.set), path


def test_a_table_is_written_between_its_markers_and_nothing_else_is_touched(tmp_path) -> None:
    page = written(SMALL, saved(tmp_path))
    assert page.startswith("# Small\n<!-- table snails: python -m bot evaluate snails.jsonl -->\n2 lines of `snails")
    assert page.endswith("| answered | 3 |\n<!-- end -->\nAfter.\n")
    assert "| auroc | 0.988 |\n| false_answer | 0.010 (0.000 to 0.020) |" in page
    assert written(page, tmp_path) == page
    assert written(page.replace("0.988", "0.999"), tmp_path) == page  # a figure altered by hand does not stay


def test_a_table_without_figures_says_so(tmp_path) -> None:
    assert evidence.NOT_YET in written(SMALL, tmp_path)
    assert body(None) == evidence.NOT_YET


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"figures": {}}, "figures has value {}; expected at least one figure"),
        ({"figures": {"auroc": "high"}}, "auroc has value 'high'; expected a number, or one with its interval"),
        ({"figures": {"auroc": [0.9, 0.8]}}, r"auroc has value \[0.9, 0.8\]; expected a number"),
        ({"figures": {"auroc": float("nan")}}, "auroc has value nan; expected a number"),
        ({"figures": {"auroc": True}}, "auroc has value True; expected a number"),
        ({"set": ""}, "set has value ''; expected a file of questions"),
        ({"size": 0}, "size has value 0; expected how many"),
        ({"size": "2"}, "size has value '2'; expected how many"),
        ({"commit": "today"}, "commit has value 'today'; expected a commit's digest"),
        ({"more": 1}, "snails.json: .*more"),
    ],
)
def test_saved_figures_that_are_wrong_are_named(tmp_path, changes, said) -> None:
    with pytest.raises(EvidenceError, match=said):
        written(SMALL, saved(tmp_path, **changes))


def test_figures_without_a_table_and_markers_without_an_end_are_named(tmp_path) -> None:
    with pytest.raises(EvidenceError, match=r"slugs.json has no table; expected one of snails"):
        written(SMALL, saved(tmp_path, "slugs"))
    for page in (SMALL.replace("<!-- end -->", ""), SMALL + "<!-- table slugs -->\n"):
        with pytest.raises(EvidenceError, match="lacks its end"):
            tables(page)
    with pytest.raises(EvidenceError, match="snails, snails; expected each once"):
        tables(SMALL + SMALL)


def git(folder, *arguments):
    person = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *person, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    """A small one, committed, in which `python -m bot evaluate` says how it was called and finds half of it right."""
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    for room in ("corpus", "index", "bot"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "code.py").write_text("", encoding="utf-8")
    (tmp_path / "bot" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "bot" / "__main__.py").write_text(
        "import pathlib, sys\n"
        "evaluate, file, option, report = sys.argv[1:]\n"
        "assert (evaluate, file, option) == ('evaluate', 'snails.jsonl', '--report')\n"
        "(pathlib.Path(report) / 'figures.json').write_text('{\"auroc\": [0.5, 0.4, 0.6]}')\n",
        encoding="utf-8",
    )
    (tmp_path / "snails.jsonl").write_text('{"question": "a"}\n{"question": "b"}\n', encoding="utf-8")
    (tmp_path / ".gitignore").write_text("__pycache__/\n", encoding="utf-8")  # as in the real one
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "all")
    return tmp_path


def test_figures_are_saved_with_set_size_and_commit_of_code_that_is_committed(repository) -> None:
    figures = repository / "figures.json"
    figures.write_text('{"auroc": 0.5, "urgent_recall": NaN}', encoding="utf-8")
    found = read(save("snails", figures, SMALL, repository / "saved", repository))
    assert (found.figures, found.set, found.size) == ({"auroc": 0.5}, "snails.jsonl", 2)
    assert isinstance(found, Evidence)
    assert len(found.commit) == 40
    with pytest.raises(EvidenceError, match="slugs: there is no table of that name"):
        save("slugs", figures, SMALL, repository / "saved", repository)
    (repository / "bot" / "code.py").write_text("changed = True\n", encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"bot/code.py is not committed"):
        save("snails", figures, SMALL, repository / "saved", repository)


def test_a_tables_own_command_is_what_is_run(repository) -> None:
    [table] = tables(SMALL)
    saved = repository / "saved"
    measure(table, SMALL, saved, repository)
    assert "| auroc | 0.500 (0.400 to 0.600) |" in written(SMALL, saved)
    with pytest.raises(EvidenceError, match=r"snails has command 'rm -r /'; expected python -m bot evaluate FILE"):
        measure(replace(table, command="rm -r /"), SMALL, saved, repository)
    with pytest.raises(EvidenceError, match=r"snails: python -m bot evaluate slugs.jsonl ended with 1"):
        measure(replace(table, command="python -m bot evaluate slugs.jsonl"), SMALL, saved, repository)
    (repository / "bot" / "code.py").write_text("changed = True\n", encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"bot/code.py is not committed"):
        measure(table, SMALL, saved, repository)


def test_figures_of_documents_left_out_come_with_what_was_learned(repository) -> None:
    [table] = tables(SMALL.replace("python -m bot evaluate snails.jsonl", FIT))
    path = repository / LEFT_OUT
    path.parent.mkdir(parents=True)
    counts = {"right_first": [3, 4], "false_answer": [0, 2], "right_first, typo": [1, 1]}
    path.write_text(json.dumps(counts), encoding="utf-8")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "learned")
    page = written(SMALL, measure(table, SMALL, repository / "saved", repository).parent)
    assert "6 lines of `corpus/general/documents`" in page
    assert "| right_first | 0.750 (0.194 to 0.994) |" in page  # Clopper and Pearson, 3 of 4
    assert "| right_first, typo (1) | 1.000" in page


def test_a_table_that_is_none_is_named_before_anything_is_measured(capsys) -> None:
    assert main(["--measure", "slugs"]) == 1
    assert (
        "error: slugs: there is no such table; expected one of left_out, neat, sixth, fifth," in capsys.readouterr().err
    )
