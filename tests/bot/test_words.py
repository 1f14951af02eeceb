"""The words files: complete, valid, plain, and of no document in particular."""

import re
from pathlib import Path

import pytest
import textstat

import bot
from bot.__main__ import main
from bot.words import BLANK, FOLDER, LANGUAGES, check_same_keys, other_language, read_other, read_words, words
from corpus import CorpusError, Document
from corpus.questions import TOPICS
from corpus.sidecar import Sidecar

SOURCES = [path for path in Path(bot.__file__).parent.rglob("*") if path.suffix in (".py", ".html", ".js")]
ABOUT_THE_DOCUMENT = {"about", "team", "Team", "example", "title", "publisher", "year"}
FILLED_IN = ABOUT_THE_DOCUMENT | {
    *(
        "emergency",
        "crisis",
        "name",
        "names",
        "topic",
        "words",
        "limit",
        "count",
        "number",
        "heading",
        "rank",
        "date",
        "titles",
    ),
}
SPECIAL = re.compile(r"\bALL\b|\bLAL\b|(?i:leuka?emi|leucémi|lymphobl|child|enfant|\bparent|\bkids?\b|oncolog|kymriah)")
TEAM = {"en": (r"\bteam\b", "your care team"), "fr": (r"équipe", "votre équipe de soins")}
# Sentences that are written and reviewed, for answers that the bot does not give yet.
NOT_SAID_YET = {
    *(f"feelings.{name}" for name in ("fear", "grief", "guilt", "thanks", "good_news", "ok", "goodbye", "human")),
    *("feelings.who_are_you", "feelings.told", "feelings.attack"),
}


def write(folder: Path, text: str, name: str = "fr.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_both_languages_have_the_same_keys_and_blanks() -> None:
    english, french = (dict(words(language).sentences()) for language in LANGUAGES)
    assert list(english) == list(french)
    for key in english:
        assert set(BLANK.findall(english[key])) == set(BLANK.findall(french[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_blank_is_one_that_something_fills_in(language) -> None:
    for key, sentence in words(language).sentences():
        assert set(BLANK.findall(sentence)) <= FILLED_IN, key
        assert sentence.format(**dict.fromkeys(FILLED_IN, "x")).count("{") == 0, key


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[box]\n", "fr.toml: lacks 'box.send'; expected the same keys as in en.toml"),
        ('[box]\nsend = "x"\nmore = "y"\n', "en.toml: lacks 'box.more'; expected the same keys as in fr.toml"),
        ('[box]\nsend = "x {rank}"\n', "fr.toml: box.send has value 'x {rank}'; expected only the blanks []"),
        ("[box]\nsend = 5\n", "fr.toml: box.send has value 5; expected a sentence"),
        ('[box.send]\nmore = "x"\n', "fr.toml: box.send has value {'more': 'x'}; expected a sentence"),
        ('box = "x"\n', "fr.toml: box has value 'x'; expected a table of sentences"),
        ("[box\n", "fr.toml: is not valid TOML"),
    ],
)
def test_a_words_file_that_is_wrong_is_named_with_its_key_and_what_was_expected(tmp_path, text, said) -> None:
    english, french = write(tmp_path, '[box]\nsend = "Ask"\n', "en.toml"), write(tmp_path, text)
    with pytest.raises(CorpusError) as wrong:
        check_same_keys(read_words(english), read_words(french), tmp_path)
    assert str(wrong.value).startswith(f"{tmp_path}/{said}")


@pytest.mark.parametrize("read", [read_words, read_other])
def test_a_folder_in_the_place_of_a_words_file_and_other_bytes_are_named(tmp_path, read) -> None:
    (tmp_path / "en.toml").mkdir()
    (tmp_path / "fr.toml").write_bytes(b"\xff\xfe")
    for name, said in (("en", "cannot be read"), ("fr", "is not valid TOML"), ("de", "cannot be read")):
        path = tmp_path / f"{name}.toml"
        with pytest.raises(CorpusError, match=said) as wrong:
            read(path)
        assert str(path) in str(wrong.value)


def test_the_sentences_for_other_languages_are_checked_too(tmp_path) -> None:
    for text, said in (("es = 5\n", "es has value 5; expected a sentence"), ('es = "x"\n', "lacks 'other'; expected")):
        with pytest.raises(CorpusError, match=said):
            read_other(write(tmp_path, text, "other.toml"))
    assert other_language("de").startswith("Diese Seite")
    assert other_language("xx") == other_language("other")


def used(key: str, source: str) -> bool:
    """Whether `source` names the key, or makes keys of its table."""
    table = key.partition(".")[0]
    return bool(re.search(rf'\b{re.escape(key)}\b|f"{table}\.\{{|tables\["{table}"\]', source))


def test_every_sentence_is_said_somewhere() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    keys = [key for key, _ in words("en").sentences()]
    unsaid = {key for key in keys if not key.startswith("topics.") and not used(key, source)}
    assert unsaid <= NOT_SAID_YET
    assert {key.partition(".")[2] for key in keys if key.startswith("topics.")} <= set(TOPICS)


def test_every_key_that_the_code_names_exists() -> None:
    own = words("en")
    keys = {key for key, _ in own.sentences()}
    named = re.compile(rf'"((?:{"|".join(own.tables)})\.\w+)"')
    found = {key for path in SOURCES for key in named.findall(path.read_text(encoding="utf-8"))}
    assert len(found) > 60
    assert {key for key in found if not key.endswith(".html")} <= keys  # templates are named alike


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_of_no_document_in_particular(language) -> None:
    text = (FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    assert not SPECIAL.findall(text)
    team, allowed = TEAM[language]
    for key, sentence in words(language).sentences():
        assert len(re.findall(team, BLANK.sub("", sentence))) == sentence.count(allowed), key


def test_what_a_document_says_of_itself_fills_the_blanks_and_else_a_default_does() -> None:
    subject = {"en": {"about": "snails", "team": "the snail's vet"}}
    told = Document("a.txt", "", "", Sidecar.model_validate({"title": "Snails", "subject": subject}))
    silent = Document("b.txt", "", "", Sidecar(title="Bees"))
    own = words("en")
    assert own("hand_on.team", told) == "The snail's vet may be able to help."
    assert own("hand_on.team", silent) == own("hand_on.team") == "Your care team may be able to help."
    assert own("feelings.hello", told) == "Hello. You can ask about snails."
    assert own("feelings.hello", silent) == "Hello. You can ask about what “Bees” says."
    assert words("fr")("hand_on.team", told) == "Votre équipe de soins peut vous aider."


def test_english_sentences_are_plain() -> None:
    """Flesch-Kincaid: what somebody reads with ease after six years of school."""
    blanks = dict.fromkeys(FILLED_IN, "one") | words("en").tables["subject"]
    sentences = [s.format(**blanks | {"Team": "Your care team"}) for _, s in words("en").sentences()]
    whole = [sentence for sentence in sentences if re.search(r"[.?!]”?$", sentence)]
    assert len(whole) > 40
    assert textstat.flesch_kincaid_grade(" ".join(whole)) <= 6


def test_the_words_are_printed_for_review(capsys) -> None:
    assert main(["words"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    for language in LANGUAGES:
        for _, sentence in words(language).sentences():
            assert " ".join(sentence.split()) in printed
    for table in words("en").tables:
        assert f"[{table}]" in printed
    assert other_language("zh") in printed
