"""The layout of the house: imports go one way, and nothing stands where it does not belong."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {"corpus": {"corpus"}, "index": {"corpus", "index"}, "bot": {"corpus", "index", "bot"}}
FILES = [path for room in ALLOWED for path in sorted((ROOT / room).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import by full name"
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_from_corpus_to_index_to_bot(path) -> None:
    rooms = imported(path) & {"corpus", "index", "bot", "app", "tests"}
    assert rooms <= ALLOWED[path.relative_to(ROOT).parts[0]]


@pytest.mark.parametrize("path", [*FILES, ROOT / "app.py"], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_can_be_read_in_one_sitting_and_says_what_it_is(path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 320
    assert not text or ast.get_docstring(ast.parse(text))


def test_every_requirement_is_pinned_and_earns_its_line() -> None:
    for name in ("requirements-serve.txt", "requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-r ")):
                requirement, _, comment = line.partition("#")
                assert "==" in requirement, line
                assert comment.strip(), line
