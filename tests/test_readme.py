"""What the documents for people name exists, and every room is named."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/faults.md",
    "docs/measured.md",
    "docs/privacy.md",
    "docs/threat-model.md",
)
NAMED = re.compile(r"(?:corpus|index|bot|tests|docs|\.ci)/[\w./-]+")
TO_BE_PUT_THERE = ("NAME", "*")  # a path with one of these stands for others


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_is_named_exists(page) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = [name for code in re.findall(r"`([^`\n]+)`", text) for name in NAMED.findall(code)]
    assert named
    missing = [n for n in named if not any(mark in n for mark in TO_BE_PUT_THERE) and not (ROOT / n).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_repository_leads_somewhere(page) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)\)", text) if "://" not in link]
    assert not [link for link in links if not (ROOT / page).parent.joinpath(link).exists()]


def test_the_reading_order_names_every_room() -> None:
    order = (ROOT / "README.md").read_text(encoding="utf-8").split("## Reading order")[1].split("\n## ")[0]
    rooms = [
        path.parent.relative_to(ROOT)
        for top in ("corpus", "index", "bot")
        for path in ROOT.glob(f"{top}/**/__init__.py")
    ]
    assert rooms
    assert not [str(room) for room in rooms if f"`{room}/`" not in order]


def test_what_ci_runs_is_the_one_line_that_people_are_told_to_run() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.endswith(".ci/check") and line.startswith("    ")]) == 1
    assert r"grep -m 1 '\.ci/check$' README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
