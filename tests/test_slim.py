"""Answering needs only what requirements-serve.txt names: the page runs where nothing else can be imported."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
BUILDERS = ["torch", "transformers", "sentence_transformers", "matplotlib", "onnx", "onnxscript"]
BLOCK = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[1].split():
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocked())
"""
SERVE = """
from bot.ask import ask
from bot.web.guard import Settings
from bot.web.launch import served
from gradio_client import Client
from index import build

index = build.load(say=lambda line: sys.exit(f"a built index was expected: {line}"))
print(ask(index, "What is Kymriah used for?").outcome)
demo, address = served(index, [], Settings())
answer = Client(address, verbose=False).predict("What is Kymriah used for?", [], api_name="/ask")
print(answer["outcome"])
demo.close()
"""


def names_of(requirements: Path) -> set[str]:
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return {re.split("[=<> #]", line)[0].lower() for line in lines if line and not line.startswith(("#", "-"))}


@pytest.mark.parametrize(
    "blocked",
    [
        pytest.param(BUILDERS, id="builders"),
        pytest.param(
            [*BUILDERS, "sklearn", "scipy"],
            id="learners",
        ),
    ],
)
def test_the_page_answers_where_what_builds_cannot_be_imported(index, blocked) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCK + SERVE, " ".join(blocked)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[:2] == ["answered", "answered"]


def test_what_answers_is_part_of_the_whole_and_names_no_builder() -> None:
    assert "-r requirements-serve.txt" in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    serve, whole = names_of(ROOT / "requirements-serve.txt"), names_of(ROOT / "requirements.txt")
    assert not serve & whole
    assert not serve & {"torch", "transformers", "sentence-transformers", "scikit-learn", "scipy", "matplotlib"}
