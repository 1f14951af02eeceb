"""What is rendered reads back as the document's own characters."""

import io
import json
from html.parser import HTMLParser

import pytest

from bot.__main__ import main
from bot.answer import Quotation
from bot.ask import ask
from bot.render import MARK, PLAIN, as_text
from bot.render import marked as reversed_in_a_terminal
from bot.web.quotation import escaped, quotation
from corpus import read_documents


class TextContent(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data


def text_content(html: str) -> str:
    parser = TextContent()
    parser.feed(html)
    parser.close()
    return parser.text


def test_a_quotation_reads_back_as_the_slice_with_any_of_its_units_marked() -> None:
    for passage in read_documents()[0].passages:
        for marked in [(), passage.units, passage.units[:1], passage.units[-1:]]:
            html = quotation(Quotation(passage, marked, 1.0))
            assert text_content(str(html)) == passage.text
            assert html.count("<mark>") == len(marked)
            shown = reversed_in_a_terminal(Quotation(passage, marked, 1.0))
            assert shown.replace(MARK, "").replace(PLAIN, "") == passage.text
            assert shown.count(MARK) == len(marked)
            assert not {"\n", "\r"} & set(html)


@pytest.mark.parametrize("text", ["<b>&amp;</b>", "quote \" and '", "a\r\nb", "_not_ *markdown* [x](y)", "\u202e‮"])
def test_escaped_text_reads_back_the_same(text) -> None:
    assert text_content(str(escaped(text))) == text
    assert not {"<", "\n", "\r"} & set(escaped(text))


def test_the_terminal_shows_the_passage_under_its_headings(index) -> None:
    answer = ask(index, "What is Kymriah used for?")
    text = as_text(answer)
    assert "[Immunotherapy]" in text
    assert answer.quotations[0].passage.text in text
    assert answer.disclaimer in text


@pytest.mark.parametrize(
    ("question", "head"),
    [
        ("What is Kymriah used for?", "Quoted from the document"),
        ("What should my child eat?", "Not in this document"),
        ("My son is on chemo and has a fever of 39.5", "Get help now"),
        ("What is Kymriah used for? He can't breathe.", "Get help now · Quoted from the document"),
    ],
)
def test_the_terminal_shows_danger_and_the_outcome_first_and_in_colour_what_answers(index, question, head) -> None:
    answer = ask(index, question)
    assert as_text(answer).split("\n")[0] == head
    coloured = as_text(answer, colour=True)
    assert coloured.startswith(f"\x1b[1m{head}\x1b[0m\n")
    assert coloured.count("\x1b[7m") == sum(len(quotation.highlights) for quotation in answer.quotations)


def test_lines_of_one_talk_are_answered_with_what_was_said_before(index, monkeypatch, capsys) -> None:
    monkeypatch.setattr("index.build.load", lambda: index)
    monkeypatch.setattr("sys.stdin", io.StringIO("What is blinatumomab?\nAnd how is it given?\n\nnot read\n"))
    assert main(["ask", "--json"]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["question"] for record in said] == ["What is blinatumomab?", "And how is it given?"]
    assert said[1] == ask(index, "And how is it given?", ["What is blinatumomab?"]).record()
