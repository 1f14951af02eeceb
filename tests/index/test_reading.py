"""What a message is read as: typos, names, other words, languages, asks, odd characters, follow-ups."""

import numpy as np
import pytest
from rapidfuzz.distance import OSA

from index import build
from index.judging.listener import windows
from index.reading import language
from index.reading.asking import sentences
from index.reading.names import Names, Spellings, list_of_medicines
from index.reading.reader import LONGEST, Reader, clean
from index.reading.text import dictionary
from tests.recipes import usual_words


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
        ("daunorubcin", "daunorubicin"),
        ("vin christine", "vincristine"),
    ],
)
def test_a_typo_in_a_name_is_read_as_the_name_it_must_mean_and_said(reader, typed, read) -> None:
    message = reader.read(f"what is {typed} for")
    [ask] = message.asks
    assert ask.readings == (f"what is {read} for",)
    assert message.repairs == ((typed, read),)
    assert ask.text == f"what is {typed} for"  # what is shown stays as it was typed


def test_a_slip_in_an_everyday_word_is_mended_without_a_word(reader) -> None:
    named = reader.names.read("bone marow transplent")
    assert named.text == "bone marrow transplant"
    assert named.repairs == ()


def test_kimriah_is_read_as_kymriah(reader) -> None:
    assert "kymriah" in reader.plain("wat is kimriah for").lower()
    assert reader.read("wat is kimriah for").asks[0].unknown == ()


@pytest.mark.parametrize(
    "word",
    ["prednisolone", "vinblastine", "idarubicin", "clofarabine", "nelarabine", "cytosine", "induction", "prednisone",
     "doxycycline", "Kymriah", "remission", "inotuzumab", "methotrexate", "vincent", "orphan", "rituximab"],
)  # fmt: skip
def test_a_right_word_is_never_repaired(reader, word) -> None:
    named = reader.names.read(word)
    assert named.repairs == ()
    assert named.text == word


@pytest.mark.parametrize("word", ["vinblastine", "idarubicin", "clofarabine", "rituximab", "vindesine", "Vinorelbine"])
def test_a_name_that_no_document_holds_is_unknown_however_like_another_it_looks(reader, word) -> None:
    named = reader.names.read(f"when is {word} given")
    assert named.unknown == (word,)
    assert named.text == f"when is {word} given"


def test_two_names_in_one_word_are_both_looked_at(reader) -> None:
    assert reader.names.read("vincristine-vinblastine").unknown == ("vinblastine",)


def test_a_name_as_near_to_one_as_to_another_is_said_to_be_either(reader) -> None:
    # Two edits from each: r to a and an i gone; a letter l gone and t, i turned to s, t.
    named = reader.names.read("is vincastine safe")
    assert named.ambiguous == (("vincastine", ("vincristine", "vinblastine")),)
    assert (named.repairs, named.unknown, named.text) == ((), (), "is vincastine safe")


def test_names_of_documents_made_up_for_it() -> None:
    names = Names({"snailium", "garden", "lettuce"})
    assert names.read("what is snailum").repairs == (("snailum", "snailium"),)
    assert names.read("vinblastine").unknown == ("vinblastine",)
    assert names.read("the lettuce").text == "the lettuce"
    assert Names({"snailium"}, accepted={"snailum"}).read("snailum").repairs == ()


@pytest.fixture(scope="module")
def everyday(reader) -> dict[str, str]:
    """What the five thousand most usual English words are repaired to, each between two others, where it could be
    heard together with them."""
    speller = dictionary("en")
    usual = sorted(
        (word for word in speller.word_frequency.words() if word.isalpha()),
        key=lambda word: -speller.word_usage_frequency(word),
    )
    read = {word: reader.names.read(f"ask {word} today") for word in usual[:5000]}
    return {word: better for word, named in read.items() for _, better in named.repairs}


def test_everyday_words_are_never_repaired_into_a_name(reader, everyday) -> None:
    names = set(reader.names.held_names)
    assert {word: better for word, better in everyday.items() if better in names} == {}


def test_everyday_words_are_never_heard_as_another_word(everyday) -> None:
    assert everyday == {}


@pytest.mark.parametrize(
    ("said", "name"),
    [("docks a rube a sin", "doxorubicin"), ("site air a bean", "cytarabine"), ("ree in duck shun", "reinduction"),
     ("ee toe po side", "etoposide")],
)  # fmt: skip
def test_a_name_is_heard_by_its_sounds_however_it_is_spelt(reader, said, name) -> None:
    [ask] = reader.read(f"so what is {said} for").asks
    assert ask.readings[0] == f"so what is {name} for"


@pytest.mark.parametrize(
    "said",
    ["ten past eight", "the doctor on call", "partons en train", "into the wall", "one cousin", "two decades on"],
)
def test_everyday_words_that_share_the_sounds_of_a_name_stay(reader, said) -> None:
    assert reader.names.read(f"it was {said} today").text == f"it was {said} today"


@pytest.mark.parametrize(("said", "name"), [("rye lays", "rylaze"), ("kim rye uh", "kymriah")])
def test_a_name_is_heard_in_several_words(reader, said, name) -> None:
    assert name in reader.names.read(f"what is {said} for").text


def test_other_words_become_the_documents(reader) -> None:
    assert "stem cell transplant" in reader.plain("BMT criteria")
    assert "cytarabine" in reader.plain("ara-C?")


@pytest.mark.parametrize(
    ("question", "spoken", "word"),
    [
        ("Quand fait-on une greffe de cellules souches?", "fr", "stem cell transplant"),
        ("comment traite t on une rechute", "fr", "relapse"),
        ("When is a transplant done?", "en", "transplant"),
        ("Kymriah?", "en", "Kymriah"),
    ],
)
def test_french_is_told_from_english_and_read_in_english(reader, question, spoken, word) -> None:
    message = reader.read(question)
    assert message.language == spoken
    assert word in message.asks[0].readings[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("¿Cuál es el tratamiento para la leucemia?", "es"),
        ("Was ist die Behandlung bei einem Rückfall?", "de"),
        ("Qual è il trattamento per la leucemia?", "it"),
        ("Qual é o tratamento para a leucemia das crianças?", "pt"),
        ("Wat is de behandeling voor kinderen met leukemie?", "nl"),
        ("Jakie jest leczenie nawrotu białaczki u dzieci?", "pl"),
        ("什么是难治性白血病", "zh"),
        ("治療は何ですか", "ja"),
        ("치료는 무엇입니까", "ko"),
        ("ما هو العلاج؟", "ar"),
        ("علاج کیا ہے؟ دوبارہ بیماری ٹھیک", "ur"),
        ("ਇਲਾਜ ਕੀ ਹੈ", "pa"),
        ("Что такое рецидив?", "ru"),
        ("Як лікують рецидив?", "uk"),
        ("traitement rechute enfant", "fr"),
        ("transplant", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_message(text, code) -> None:
    assert language.of(text, frozenset(), frozenset()) == code


def test_the_usual_words_are_those_of_the_spell_checker() -> None:
    lines = language.USUAL_WORDS.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("de ")] == usual_words.lines_of("de")
    assert {line.partition(" ")[0] for line in lines} == {"#", *usual_words.NEIGHBOURS}


def test_names_say_nothing_about_a_language() -> None:
    assert language.of("Blinatumomab?", frozenset({"blinatumomab"}), frozenset()) == "en"


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Our son is six. On Monday the team brought up evmila at the table. What is it used for?", ("evmila",)),
        ("Our son is six. On Monday the team brought up adriamicin at the table. What is it used for?", ()),  # a typo
        ("Our son is six. On Monday a relapse was what doctor grzybowska brought up. What is it?", ()),
    ],
)
def test_it_may_stand_for_a_word_that_nobody_knows(reader, text, unknown) -> None:
    *_, ask = reader.read(text).asks
    assert ask.unknown == unknown


@pytest.mark.parametrize(("typed", "unknown"), [("nelarabeen", ("nelarabeen",)), ("inducton", ())])
def test_what_sounds_like_another_medicine_is_an_unknown_name_unless_a_word_here_lies_nearer(
    reader, typed, unknown
) -> None:
    assert reader.names.read(f"what does {typed} do").unknown == unknown


def test_the_same_as_a_known_name_is_asked_of_the_unknown_one(reader) -> None:
    first, second = reader.read("what is tecartus and is it the same as kymriah").asks
    assert first.unknown == second.unknown == ("tecartus",)


def test_an_ask_is_read_leaning_and_alone(reader) -> None:
    [ask] = reader.read("And how is it given?", ["first", "What is blinatumomab?"]).asks
    assert ask.readings == ("blinatumomab: And how is it given?",)  # "it" says nothing alone
    [ask] = reader.read("What about radiation therapy for the testicles then?", ["What is blinatumomab?"]).asks
    assert ask.readings[-1] == ask.text  # it may stand alone, and the surer reading wins


def test_sentences_and_the_windows_that_are_listened_to() -> None:
    assert sentences("One. Two here. Three now.") == ["One.", "Two here.", "Three now."]
    assert windows("One. Two here. Three now.") == [
        *("One.", "Two here.", "Three now."),
        *("One. Two here.", "Two here. Three now."),
    ]
    assert windows("Help me\nHelp me") == ["Help me", "Help me Help me"]  # none twice
    assert windows("x") == ["x"]
    assert windows("") == [""]


def test_the_nearest_names_are_those_of_brute_force() -> None:
    """Each within so many edits, a first letter wrong only in one."""
    random = np.random.default_rng(0)
    names = sorted(list_of_medicines())[::7]
    spellings = Spellings(names)
    letters = list("abcdeinorst")
    for name in random.permutation([n for n in names if len(n) >= 5])[:60]:
        word = str(name)
        for _ in range(random.integers(1, 4)):
            at, letter = int(random.integers(len(word))), str(random.choice(letters))
            word = (word[:at] + letter + word[at + random.integers(2) :], word[:at] + word[at + 1 :])[
                int(random.integers(2))
            ]
        if len(word) < 3:
            continue
        most = int(random.integers(1, 4))
        edits = sorted((OSA.distance(word, n), n) for n in names)
        wanted = [d for d, n in edits if d <= most and (n[0] == word[0] or d == 1)][:3]
        found = spellings.near(word, most)
        assert [distance for _, distance in found] == wanted
        assert all(OSA.distance(word, n) == distance for n, distance in found)


def test_what_runs_on_as_speech_does_is_heard_in_parts() -> None:
    text = " ".join(f"he played outside with dog number {n} and he was happy" for n in range(12)) + " then he fainted"
    assert len(windows(text)) > 3
    assert all(len(sentence.split()) <= 45 for sentence in sentences(text))
    assert " ".join(sentences(text)) == text


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("<b>What</b> is\u0000 it?<script>x</script>", "What is it? x"),
        ("tab\there\r\nthere", "tab here\nthere"),
        ("\u202eevil\u202c order", "evil order"),
        ("ﬁne ＡＬＬ", "fine ALL"),
        ("\ud800broken", "?broken"),
        ("a" * 30_000, "a" * LONGEST),
    ],
)
def test_odd_characters_do_no_harm(raw, cleaned) -> None:
    assert clean(raw) == cleaned


def test_what_is_not_read_is_counted(reader) -> None:
    assert reader.read("a" * (LONGEST + 3)).unread == 3
    assert reader.read("a").unread == 0


@pytest.mark.parametrize(
    ("question", "history"),
    [
        ("My granddaughter is to be given lisinopril. Would you kindly tell me what it is?", ()),
        ("and how is it given?", ("what is vinblastine",)),
    ],
)
def test_a_name_that_it_stands_for_is_unknown_as_well(reader, question, history) -> None:
    *_, ask = reader.read(question, history).asks
    assert ask.unknown


@pytest.mark.parametrize("question", ["what is Kymriah", "How do they give Kymriah to him"])
def test_an_earlier_unknown_name_is_no_part_of_an_ask_that_names_another(reader, question) -> None:
    [ask] = reader.read(question, ["what is vinblastine"]).asks
    assert not ask.unknown
    assert question in ask.readings
