"""The parts of the page as HTML: what stands in them, and whose words."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.answer import Answer, Notice, Outcome, Part, Quotation
from bot.web.card import Beside, announcement, card
from bot.web.first_screen import below, intro, screens, title
from bot.web.shell import shell
from bot.words import words
from corpus import Document, Example, Role, read_document
from corpus.sidecar import Sidecar
from tests.bot.test_render import text_content
from tests.small import TEXT

BEES = """Bees

Bees & wasps <sting>. Bees dance.

Disclaimer

No advice about bees.

Bee line 1 (555) 765-4321 <now>
"""


@pytest.fixture
def snails(tmp_path: Path) -> Document:
    (tmp_path / "snails.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "snails.toml").write_text(
        'publisher = "Snail <Society>"\nyear = 2020\n[subject.en]\nteam = "your vet"\n'
    )
    return read_document(tmp_path / "snails.txt")


@pytest.fixture
def bees(tmp_path: Path) -> Document:
    (tmp_path / "bees.txt").write_text(BEES, encoding="utf-8")
    (tmp_path / "bees.toml").write_text('title = "Bees & <b>"\nlanguage = "fr-CA"\n')
    return read_document(tmp_path / "bees.txt")


def answered(document: Document, *keys: str, outcome: Outcome = Outcome.ANSWERED, language: str = "en") -> Answer:
    shown = [Quotation(p, p.units[:1], 1.0) for p in document.passages if p.role is Role.BODY]
    return Answer(
        question="?",
        outcome=outcome,
        urgent="danger.handoff" in keys,
        confidence=0.5,
        document=document,
        language=language,
        quotations=() if outcome is Outcome.NOT_COVERED else tuple(shown[:2]),
        notices=tuple(Notice(key) for key in keys),
    )


def test_one_document_has_its_title_its_publisher_and_its_team(snails) -> None:
    made = screens([snails], [])
    first, rest = intro(made), below(made)
    assert '<h1 lang="en">Snails</h1>' in first
    assert "The document is by the Snail &lt;Society&gt; (2020)." in first
    assert 'href="tel:5551234567"' in first
    assert '<section class="start"' not in first  # nobody has given example questions
    assert "cannot" not in rest
    assert "parts of this document" in shell([snails], [])
    assert title([snails]) == "Snails"


def test_several_documents_are_listed_and_none_speaks_for_the_others(snails, bees) -> None:
    made = screens([bees, snails], [])
    first = intro(made)
    assert first.count("these 2 documents that answer") == 1
    assert first.count("ces 2 documents") == 1
    assert '<span lang="fr-CA">Bees &amp; &lt;b&gt;.</span>' in first
    assert '<span lang="en">Snails. Snail &lt;Society&gt;, 2020.</span>' in first
    assert 'href="tel:15557654321"' in first
    assert 'href="tel:5551234567"' in first
    assert "The words come from these documents." in first
    assert "these 2 documents" in shell([bees, snails], [])
    assert title([bees, snails]) == "Bees & <b> · Snails"
    panel = below(made)
    assert '<option value="bees.txt" lang="fr-CA">Bees &amp; &lt;b&gt;</option>' in panel
    assert '<option value="snails.txt" lang="en">Snails</option>' in panel


def test_the_map_of_several_documents_sends_to_no_team_in_particular(snails, bees) -> None:
    examples = [Example("What do they cost?", "out", topic="cost", document="snails.txt")]
    assert "Your vet can help with them." in below(screens([snails], examples))
    assert "Your care team can help with them." in below(screens([snails, bees], examples))


def test_the_document_that_answers_stands_below_its_answer(snails, bees) -> None:
    html = card(answered(bees, "related.notice", outcome=Outcome.RELATED))
    assert "No advice about bees." in html
    assert "no advice about snails" not in html
    assert '<a href="tel:15557654321">Helpline <b>1 (555) 765-4321</b></a>' in html
    assert 'lang="fr-CA">Bee line <a href="tel:15557654321">1 (555) 765-4321</a> &lt;now&gt;</p>' in html
    assert 'lang="fr-CA">Bees &amp; &lt;b&gt;.</figcaption>' in html


def test_notices_stand_one_by_one_and_danger_before_them(snails) -> None:
    keys = ("danger.handoff", "related.notice", "hand_on.team")
    html = card(answered(snails, *keys, outcome=Outcome.RELATED))
    assert html.count('<p class="notice"') == 2
    assert html.count("call 911 or go to") == 1
    assert html.index('class="urgent"') < html.index("Not an answer") < html.index("Your vet may be able to help.")
    alone = card(answered(snails, "danger.handoff", outcome=Outcome.NOT_COVERED))
    assert "Not in this document" not in alone
    assert '<p class="notice"' not in alone


@pytest.mark.parametrize(
    ("written", "language", "said"),
    [
        *(("en", "fr", True), ("en-CA", "fr", True), ("fr", "fr", False)),
        *(("fr-CA", "fr", False), ("de", "fr", False), ("en", "en", False)),
    ],
)
def test_that_the_quotation_is_in_english_is_said_where_it_is_so(snails, written, language, said) -> None:
    document = Document("a.txt", snails.text, "", Sidecar(language=written), snails.blocks, snails.headings)
    assert ("Les passages cités sont en anglais" in card(answered(document, language=language))) == said


def test_a_screen_reader_hears_the_outcome_the_heading_and_the_words(snails) -> None:
    said = announcement(answered(snails))
    assert said == f"Answer from the document, under Snails: {snails.passages[0].text}"
    refused = announcement(answered(snails, "not_covered.notice", outcome=Outcome.NOT_COVERED))
    assert refused == "Not in this document. This page does not answer that."
    urgent = announcement(answered(snails, "danger.handoff", outcome=Outcome.NOT_COVERED))
    assert urgent.startswith("If someone may be in danger")


def test_nothing_gets_out_of_an_attribute(snails) -> None:
    """Not even what no sidecar may hold."""
    about = Sidecar.model_construct(
        title='"><i>', language='"><b>', publisher='"><u>', year="1", subject={}, headings=[]
    )
    document = Document('"><s>.txt', snails.text, "", about, snails.blocks, snails.headings)
    made = screens([document], [])
    both = screens([document, document], [])
    shown = answered(document, outcome=Outcome.RELATED)
    for html in (card(shown, Beside(shown.quotations, staff=True)), intro(made), below(made), intro(both), below(both)):
        for tag in ("<i>", "<u>", "<s>", '""', '"><b>'):
            assert tag not in html.replace('value=""', "")


def test_the_parts_of_the_page_that_are_the_bots_read_as_text(snails) -> None:
    assert "Questions and answers" in shell([snails], [])


def test_a_preview_gets_a_whole_address_where_the_name_of_the_server_is_known(snails) -> None:
    assert 'content="https://chat.example.org/icon.png"' in shell([snails], [], "chat.example.org")
    assert 'content="/icon.png"' in shell([snails], [])
    assert "Snails" in text_content(str(intro(screens([snails], []))))


def part(answer: Answer, **values: Any) -> Answer:
    """With that for its only part."""
    return replace(answer, parts=(Part("What is it?", answer.outcome, **values),))


def test_each_part_of_several_says_its_own_sentence(snails) -> None:
    shown = answered(snails)
    parts = (
        Part("One?", Outcome.ANSWERED, (1,)),
        Part("Two?", Outcome.RELATED, (0,)),
        Part("Three?", Outcome.NOT_COVERED, topic="cost"),
        Part("Four?", Outcome.NOT_COVERED),
        Part("Five?", Outcome.NOT_COVERED, unknown_names=("a", "b", "c")),
        Part("Six?", Outcome.NOT_COVERED, meanings=("d", "e")),
    )
    notices = (Notice("not_covered.topic", {"topic": "cost"}), Notice("names.searched_for", {"words": "x"}))
    html = card(replace(shown, parts=parts, notices=(*notices, Notice("hand_on.team"))))
    read = html.split('<section class="part ')[1:]
    for section, said in zip(
        read,
        [
            "One?",
            "The nearest thing it says is below.",
            "This page does not cover costs or coverage.",
            "This page does not answer this: “Four?”",
            "This page does not mention a, b or c.",
            "Did you mean d or e?",
        ],
        strict=True,
    ):
        assert said in text_content(section)
    assert html.count("does not cover costs") == 1  # not once more for the whole
    assert html.index("Searched for: x.") < html.index("One?") < html.index("Six?") < html.index("Your vet may be")
    assert html.count('<h4 class="path"') == 2
    assert "Rank 2" in read[0]
    assert "Rank 1" in read[1]
    assert announcement(replace(shown, parts=parts)).startswith("Your message has 6 parts. Answer from")
    assert "parts" not in announcement(replace(shown, parts=parts[:1]))
    assert card(replace(shown, parts=parts[:2])).count('<section class="part') == 2
    assert announcement(replace(shown, parts=parts[:2])).startswith("Your message has 2 parts.")


def test_the_only_part_has_no_heading_and_asks_back_once(snails) -> None:
    shown = answered(snails, outcome=Outcome.NOT_COVERED)
    assert "What is it?" not in card(part(shown))
    meant = part(shown, meanings=("d", "e"))
    for notices in ((), (Notice("names.which", {"names": "d, e"}),)):
        assert card(replace(meant, notices=notices)).count("Did you mean") == 1
    assert card(meant).count('class="ask" data-ask') == 2
    assert "Rank 1" in card(answered(snails))
    ranked = card(answered(snails), Beside(answered(snails).quotations, staff=True)).split('class="ranked"')[1]
    assert "Rank 1" in ranked


def test_who_says_what_they_feel_gets_a_line_and_a_warning_is_never_one(snails) -> None:
    felt = answered(snails, "feelings.thanks", outcome=Outcome.NOT_COVERED)
    assert card(felt).startswith('<div class="line"')
    assert "Helpline" not in card(felt)
    assert "Helpline" in card(answered(snails, "feelings.fear", "hand_on.helpline", outcome=Outcome.NOT_COVERED))
    assert "Helpline" not in card(answered(snails))
    assert announcement(felt) == "You are welcome. You can ask more at any time."
    for other in (replace(felt, urgent=True), answered(snails, "feelings.thanks"), replace(felt, notices=())):
        assert card(other).startswith('<div class="card')


def test_a_card_speaks_the_readers_language_of_the_document(snails) -> None:
    french = card(answered(snails, "hand_on.team", outcome=Outcome.RELATED, language="fr"))
    assert "Rang 1" in french
    assert "Copier" in french
    assert announcement(answered(snails, language="fr")).startswith(words("fr")("said.answered", heading="Snails"))
