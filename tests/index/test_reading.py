"""What a question is read as: typos, other words, languages, odd characters, follow-ups."""

import pytest

from index import build
from index.reading.reader import LONGEST, Reader, clean


@pytest.fixture(scope="module")
def reader() -> Reader:
    return build.read(build.CORPUS)[2]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("vinkristin", "vincristine"),
        ("oncasper", "oncaspar"),
        ("doxirubisin", "doxorubicin"),
        ("tisagenlecleusel", "tisagenlecleucel"),
        ("marow", "marrow"),
    ],
)
def test_a_typo_is_read_as_the_word_it_must_mean_and_said(reader, typed, read) -> None:
    reading = reader.read(typed)
    assert reading.text == read
    assert reading.repairs == ((typed, read),)


@pytest.mark.parametrize(
    "word",
    ["prednisolone", "vinblastine", "idarubicin", "clofarabine", "nelarabine", "cytosine", "induction", "prednisone",
     "doxycycline", "Kymriah", "remission", "inotuzumab", "methotrexate", "vincent", "orphan", "rituximab"],
)  # fmt: skip
def test_a_right_word_is_never_repaired(reader, word) -> None:
    assert reader.read(word).repairs == ()


def test_other_words_become_the_documents(reader) -> None:
    assert "stem cell transplant" in reader.read("BMT criteria").text
    assert "cytarabine" in reader.read("ara-C?").text


@pytest.mark.parametrize(
    ("question", "language", "word"),
    [
        ("Quand fait-on une greffe de cellules souches?", "fr", "stem cell transplant"),
        ("comment traite t on une rechute", "fr", "relapse"),
        ("When is a transplant done?", "en", "transplant"),
        ("Kymriah?", "en", "Kymriah"),
    ],
)
def test_french_is_told_from_english_and_read_in_english(reader, question, language, word) -> None:
    reading = reader.read(question)
    assert reading.language == language
    assert word in reading.text


def test_a_follow_up_leans_on_the_turns_before_it_and_stands_alone_as_well(reader) -> None:
    reading = reader.read("And how is it given?", ["first", "What is blinatumomab?"])
    assert reading.text == "And how is it given?"
    assert reading.context == "first What is blinatumomab? And how is it given?"


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("<b>What</b> is\u0000 it?<script>x</script>", "What is it? x"),
        ("tab\there\r\nthere", "tab here there"),
        ("\u202eevil\u202c order", "evil order"),
        ("ﬁne ＡＬＬ", "fine ALL"),
        ("\ud800broken", "?broken"),
        ("a" * 30_000, "a" * LONGEST),
    ],
)
def test_odd_characters_do_no_harm(raw, cleaned) -> None:
    assert clean(raw) == cleaned
