"""No text is slow: twice the text takes about twice the time, whatever it consists of.

REPEATS=10000 makes the texts as long as that many pieces.
"""

import os
import re
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.request import RequestError, parse_line
from corpus.document import Span
from corpus.outline import CONTACT, ENDS_A_SENTENCE, SECTION_ROLES, STUB, outline
from corpus.sentences import sentences

REPEATS = int(os.environ.get("REPEATS") or 2000)
PIECES = [
    *(" ", "\t", "\n", "\r\n", "\n\n", " \n", "\u00a0", "\ufeff", "\u200b", "#", "# ", "# a ", "# a\n", "# a\n\nb\n\n"),
    *(
        "• ",
        "•",
        "• x\n",
        "• x\n\n",
        "x:\n\n• x\n\n",
        "-",
        "- \n",
        "1",
        "1.",
        "1. x\n\n",
        "1 ",
        "(1",
        "555-",
        "a@",
        "@",
    ),
    *(
        "a@b.",
        "a@b.c ",
        "@ ",
        ".",
        "...",
        ". ",
        "!",
        "! ",
        ")",
        '"',
        "“",
        "«",
        "”",
        ".)",
        "(c)",
        "(c) ",
        "©",
        ":",
        ":\n",
    ),
    *("```\n", "~~~\n\n", "word ", "Word. ", "Dr. ", "e.g. ", "Find out more ", "learn more\n\n", "reference ", "x"),
    *(
        "x\n\n",
        "É",
        "漢",
        "漢字。",
        "\u202e",
        "😀",
        "👩‍👩‍👧 ",
        "e\u0301",
        "[",
        "{",
        '"\\',
        "\\u0000",
        "<b>",
        "&amp;",
        "\0",
    ),
]
STARTS = ["", "# a", "# Title\n\n", "# " + "references " * 2000 + "\n\n", "Title\n\nLead-in:\n\n", "1", "a@"]
ENDS = ["", "x", "\n", "\n\nDisclaimer\n\nNo advice.\n"]
REGEXES = [CONTACT, ENDS_A_SENTENCE, STUB, *(pattern for _, pattern in SECTION_ROLES)]


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def grows_no_faster_than_the_text(work: Callable[[str], object], start: str, piece: str, end: str) -> bool:
    """A square would be 4 times; 3 leaves room for other work on the machine, and so do three tries."""
    once, twice = (start + piece * count + end for count in (REPEATS, 2 * REPEATS))
    return any(seconds(lambda: work(twice)) <= 3 * seconds(lambda: work(once)) + 0.02 for _ in range(3))


def outlines(text: str) -> None:
    for markdown in (True, False):
        outline(text, markdown=markdown)


def all_regexes(text: str) -> None:
    for pattern in REGEXES:
        pattern.search(text)


def as_line(text: str) -> None:
    for line in (text, '{"question": "' + text + '"}', '{"id": ' + text + ', "question": "x"}'):
        with suppress(RequestError):
            parse_line(line)


READERS = [outlines, all_regexes, lambda text: sentences(text, Span(0, len(text)), "en"), as_line]
NAMES = ["outline", "patterns", "sentences", "a line of JSON"]


@pytest.mark.parametrize("work", READERS, ids=NAMES)
def test_one_piece_repeated(work) -> None:
    assert [piece for piece in PIECES if not grows_no_faster_than_the_text(work, "", piece, "x")] == []


@pytest.mark.parametrize("work", READERS, ids=NAMES)
@settings(max_examples=25, deadline=None)
@given(
    start=st.sampled_from(STARTS),
    piece=st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join),
    end=st.sampled_from(ENDS),
)
def test_pieces_in_any_order(work, start, piece, end) -> None:
    assert grows_no_faster_than_the_text(work, start, piece, end)


def test_a_square_is_noticed() -> None:
    # Long enough that the 0.02 seconds that are let pass are nothing beside it.
    assert not grows_no_faster_than_the_text(re.compile(r"\S+@").search, "", "abc" * 3, "")
