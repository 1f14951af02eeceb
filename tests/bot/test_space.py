"""The folder for a Space is whole, starts without building, and nobody's files are overwritten for it."""

import json
import re
import subprocess
import sys

import pytest

from bot import space
from bot.space import write_space
from index.errors import StorageError
from tests.test_slim import BLOCK, BUILDERS, ROOT

pytestmark = pytest.mark.slow
ASKED = """
from index.retrieval import weights
weights.PACKAGE = "weights_that_are_not_installed"
from index import build
from bot.ask import ask
print(ask(build.load(), "What is Kymriah used for?").outcome)
"""


@pytest.fixture(scope="module")
def folder(index, tmp_path_factory):
    folder = tmp_path_factory.mktemp("space") / "made"
    write_space(folder, say=lambda line: None)
    return folder


def test_it_answers_with_its_own_code_where_nothing_can_be_built(folder) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCK + ASKED, " ".join(BUILDERS)],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout.split() == ["answered"], done.stderr[-2000:]


def test_it_has_front_matter_slim_requirements_and_no_tests(folder) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    requirements = (folder / "requirements.txt").read_text(encoding="utf-8")
    assert requirements == (ROOT / "requirements-serve.txt").read_text(encoding="utf-8")
    version = re.search(r"(?m)^gradio==(\S+)", requirements)[1]
    assert readme.startswith("---\n")
    assert f"\nsdk: gradio\nsdk_version: {version}\n" in readme
    assert not (folder / "tests").exists()
    assert not [*folder.rglob("statements.jsonl"), *folder.rglob("passages.onnx")]  # only builds read those
    assert "* -text" in (folder / ".gitattributes").read_text()


def test_it_is_written_again_in_its_place_with_nothing_left_over(folder) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    gone = folder / "bot" / "gone.py"
    gone.write_text('"""A module that an earlier version had."""\n')
    listed = json.loads((folder / space.LISTED).read_text())
    (folder / space.LISTED).write_text(json.dumps({**listed, "bot/gone.py": "0" * 64}))
    write_space(folder, say=lambda line: None)
    assert not gone.exists()
    assert len(list((folder / "index" / "built").glob("generation-*"))) == 1
    assert (folder / ".git" / "HEAD").exists()


def test_what_somebody_else_put_there_is_named_and_left_alone(tmp_path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(StorageError, match=r"thesis\.txt: was not written by an earlier run"):
        write_space(tmp_path, say=lambda line: None)
    with pytest.raises(StorageError, match="was not written by an earlier run"):
        write_space(ROOT, say=lambda line: None)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
