"""The README's examples of the API, taken from its text and run against the page."""

import re

import pytest

from tests.page.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
HERE = "http://127.0.0.1:7860"
GIVEN = "It is given through a needle in a vein"


def example(mark: str) -> str:
    """The only indented block of the README that holds `mark`."""
    blocks = re.findall(r"(?:^(?: {4}.*)?\n)+", README, re.MULTILINE)
    [found] = [block for block in blocks if mark in block]
    return re.sub(r"^ {4}", "", found, flags=re.MULTILINE)


@pytest.mark.parametrize("mark", ["from gradio_client import", "from bot.ask import"])
def test_the_examples_in_python_print_the_passage(site, index, capsys, mark, monkeypatch) -> None:
    monkeypatch.setattr("index.build.load", lambda: index)
    values: dict[str, object] = {}
    exec(example(mark).replace(HERE, site.url), values)
    assert GIVEN in capsys.readouterr().out
    if "first" in values:
        assert values["first"]["outcome"] == "answered"  # without history


def test_the_example_with_fetch_prints_the_passage(open_page, site) -> None:
    page = open_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate(f"async () => {{ {example('await fetch(').replace(f'{HERE}/', site.url)} }}")
    assert [GIVEN in line for line in said] == [True]
