"""Documents become spans: every character accounted for, nothing cut, nothing altered."""

import re
from pathlib import Path

import pytest
from hypothesis import given

from corpus import CorpusError, Role, Span, read_document, read_documents
from corpus.document import Block
from corpus.outline import LONGEST, _check_cover, outline
from corpus.reader import DOCUMENTS
from tests.strategies import documents, text

SOURCE = DOCUMENTS / "recurrent-or-refractory-childhood-all.txt"
TITLE = "Treatments for recurrent or refractory childhood ALL"
DISCLAIMER = "\n\nMedical disclaimer\n\nThis is not advice.\n"

# heading, then each passage as (role, start, end, number of units)
GOLDEN = [
    (TITLE, [("body", 54, 319, 2), ("body", 321, 700, 4), ("body", 702, 1146, 6), ("body", 1148, 1614, 6),
             ("body", 1616, 1676, 1)]),
    ("Reinduction chemotherapy", [("body", 1704, 2280, 13), ("body", 2282, 2491, 2), ("link stub", 2493, 2549, 1)]),
    ("Stem cell transplant", [("body", 2573, 2857, 3), ("body", 2859, 2987, 1), ("link stub", 2989, 3054, 1)]),
    ("Targeted therapy", [("body", 3074, 3365, 3), ("body", 3367, 3574, 2), ("link stub", 3576, 3636, 1)]),
    ("[Immunotherapy]", [("body", 3639, 4116, 5), ("body", 4118, 4421, 2), ("link stub", 4423, 4480, 1)]),
    ("Radiation therapy", [("body", 4501, 4884, 2), ("link stub", 4886, 4947, 1)]),
    ("Clinical trials", [("body", 4966, 5090, 2), ("link stub", 5091, 5127, 1)]),
    ("Expert review and references", [("reference", start, end, 1) for start, end in [
        (5161, 5251), (5254, 5399), (5402, 5490), (5493, 5554), (5557, 5646), (5649, 5729), (5732, 5878),
        (5881, 6121), (6124, 6280), (6283, 6430), (6433, 6592), (6595, 6702), (6705, 6854), (6857, 7002),
        (7005, 7160), (7163, 7269), (7272, 7515)]]),
    ("Medical disclaimer", [("disclaimer", 7537, 7822, 2), ("disclaimer", 7824, 7964, 1),
                            ("disclaimer", 7966, 8171, 1), ("contact", 8173, 8222, 1)]),
]  # fmt: skip


def write(folder: Path, content: str | bytes, name: str = "leaflet.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def test_the_golden_outline_of_the_source() -> None:
    document = read_document(SOURCE)
    outline = [
        (s.headings[-1].shown, [(str(p.role), p.span.start, p.span.end, len(p.units)) for p in s.passages])
        for s in document.sections
    ]
    assert outline == GOLDEN
    assert document.title == TITLE
    assert document.about.publisher == "Canadian Cancer Society"
    assert document.about.year == "2024"


def test_a_list_stands_with_its_lead_in() -> None:
    drugs = next(p for p in read_document(SOURCE).passages if "vincristine" in p.text)
    assert drugs.text.startswith("Drugs that may be used during reinduction")
    assert drugs.text.endswith("mitoxantrone")
    assert drugs.document.slice(drugs.units[1]) == "vincristine (Oncovin)"


def test_link_stubs_are_the_six_find_out_more_sentences_and_no_others() -> None:
    stubs = read_document(SOURCE).with_role(Role.LINK_STUB)
    assert len(stubs) == 6
    assert all(stub.text.startswith("Find out more about") for stub in stubs)


@pytest.mark.parametrize("document", read_documents(), ids=lambda d: d.name)
def test_every_non_blank_character_is_in_one_passage_or_heading(document) -> None:
    spans = [p.span for p in document.passages] + [h.span for h in document.headings if h.span]
    covered = [0] * len(document.text)
    for span in spans:
        for at in range(span.start, span.end):
            covered[at] += 1
    for at, character in enumerate(document.text):
        assert covered[at] <= 1
        assert character.isspace() or covered[at] == 1, f"{character!r} at {at} is lost"


@given(documents())
def test_any_document_is_covered_in_order_without_overlap(document) -> None:
    at = 0
    for span in sorted([p.span for p in document.passages] + [h.span for h in document.headings if h.span]):
        assert span.start >= at
        assert not document.text[at : span.start].replace("\ufeff", "").strip()
        at = span.end
    assert not document.text[at:].replace("\ufeff", "").strip()
    for passage in document.passages:
        at = passage.span.start
        for unit in passage.units:
            assert at <= unit.start < unit.end <= passage.span.end
            at = unit.end


@given(text)
def test_any_file_is_read_as_it_stands(tmp_path_factory, words) -> None:
    path = write(tmp_path_factory.getbasetemp(), f"Some words.\n\n{words}")
    assert read_document(path, require_disclaimer=False).text.encode("utf-8") == path.read_bytes()


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_windows_and_old_mac_line_ends_are_kept_and_counted(tmp_path, line_end) -> None:
    text = ("Title\n\nFirst one. Second one.\n\nSection\n\nNamely:\n\n  • a\n  • b" + DISCLAIMER).replace(
        "\n", line_end
    )
    document = read_document(write(tmp_path, text))
    assert document.text == text
    assert [p.text for p in document.passages][:2] == [
        "First one. Second one.",
        f"Namely:{line_end * 2}  • a{line_end}  • b",
    ]


def test_a_byte_order_mark_is_kept_and_shifts_offsets_by_one(tmp_path) -> None:
    plain = "Title\n\nSome words." + DISCLAIMER
    marked = read_document(write(tmp_path, b"\xef\xbb\xbf" + plain.encode()))
    bare = read_document(write(tmp_path, plain, "bare.txt"))
    assert marked.title == bare.title == "Title"
    assert [p.text for p in marked.passages] == [p.text for p in bare.passages]
    assert [p.span.start - 1 for p in marked.passages] == [p.span.start for p in bare.passages]


def test_markdown_headings_nest_and_are_quoted_without_their_marks(tmp_path) -> None:
    text = "# Top\n\nIntro.\n## Second\nText.\n### Third\n\n- a\n- b\n\n```\n# no heading\n```\n\n"
    text += "## Medical disclaimer\n\nNo advice.\n"
    document = read_document(write(tmp_path, text, "page.md"))
    assert [(p.heading_path, p.text) for p in document.passages] == [
        (["Top"], "Intro."),
        (["Top", "Second"], "Text."),
        (["Top", "Second", "Third"], "- a\n- b"),
        (["Top", "Second", "Third"], "```\n# no heading\n```"),
        (["Top", "Medical disclaimer"], "No advice."),
    ]


LIST = "  • a\n\n  • b\n\n  • c"


@pytest.mark.parametrize(
    ("text", "markdown", "found"),
    [
        ("## Storage ##\n\nKeep it.", True, ["2 Storage", "body Keep it."]),
        ("#### A # b\t##  \nKeep it.\n#x", True, ["4 A # b", "body Keep it.\n#x"]),
        ("```\n# a\n```\n# b\nText", True, ["body ```\n# a\n```", "1 b", "body Text"]),
        ("One\n\nTwo\n\nThree\n\nText.", False, ["1 One", "2 Two", "2 Three", "body Text."]),
        ("Text.\n\nOne\n\nText.", False, ["body Text.", "2 One", "body Text."]),
        ("Text.\n\nOne", False, ["body Text.", "body One"]),  # a heading has something under it
        ("x" * 100 + "\n\nText.", False, ["1 " + "x" * 100, "body Text."]),
        ("x" * 101 + "\n\nText.", False, ["body " + "x" * 101, "body Text."]),
        ("One\rTwo\r\rText.", False, ["body One\rTwo", "body Text."]),
        ("Call 555-123-4567\n\nText.", False, ["contact Call 555-123-4567", "body Text."]),
        ("Call 555-123-4567 now.\n\nText.", False, ["body Call 555-123-4567 now.", "body Text."]),
        ("© " + "x" * 198 + "\n\nText.", False, ["contact © " + "x" * 198, "body Text."]),
        ("© " + "x" * 199 + "\n\nText.", False, ["body © " + "x" * 199, "body Text."]),
        ("\ufeff\n\nOne\n\nText.", False, ["1 One", "body Text."]),
        (f"Namely:\n\n{LIST}\n\nText.", False, [f"body Namely:\n\n{LIST}", "body Text."]),
        (f"{LIST}\n\nText.", False, [f"body {LIST.strip()}", "body Text."]),
        ("Title\n\nSources\n\n  • a\n  • b", False, ["1 Title", "2 Sources", "reference • a", "reference • b"]),
        ("Sources of joy\n\nText.\n\nDisclaimer\n\nNo.", False,
         ["1 Sources of joy", "body Text.", "2 Disclaimer", "disclaimer No."]),
    ],
)  # fmt: skip
def test_what_becomes_of_a_text(text, markdown, found) -> None:
    headings, blocks = outline(text, markdown=markdown)
    pieces = [(h.span, f"{h.level} {h.text}") for h in headings]
    pieces += [(b.span, f"{b.role} {text[b.span.start : b.span.end]}") for b in blocks]
    assert [shown for _, shown in sorted(pieces)] == found


def test_a_passage_is_as_long_as_the_encoder_reads_and_no_longer() -> None:
    for extra, parts in ((0, 1), (1, 2)):
        first = "A" + "a" * (LONGEST - 12 + extra) + "."
        assert len(outline(f"{first} Bb bb bb.", markdown=False)[1]) == parts


def test_an_outline_that_loses_or_repeats_a_character_is_an_error() -> None:
    whole, start, end = (Block(Span(*span), Role.BODY, (), ()) for span in ((0, 3), (0, 2), (2, 3)))
    _check_cover("abc \ufeff\n", [], [whole])
    for blocks in ([start], [end], [whole, end], []):
        with pytest.raises(CorpusError, match="loses or repeats text near offset"):
            _check_cover("abc", [], blocks)


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 3), (-1, 3)])
def test_a_span_that_is_none_is_named(start, end) -> None:
    with pytest.raises(ValueError, match=re.escape(f"span [{start}, {end}): expected 0 <= start < end")):
        Span(start, end)


def test_an_enormous_paragraph_is_parted_between_sentences(tmp_path) -> None:
    sentence = "Every sentence here says the same thing in the very same words."
    document = read_document(write(tmp_path, "Title\n\n" + " ".join([sentence] * 200) + DISCLAIMER))
    parts = document.with_role(Role.BODY)
    assert len(parts) > 5
    assert all(set(part.text.split(". ")) <= {sentence, sentence[:-1]} for part in parts)
    assert " ".join(part.text for part in parts) == " ".join([sentence] * 200)


def test_a_document_without_headings_is_shown_under_its_name(tmp_path) -> None:
    with pytest.raises(CorpusError, match="has no disclaimer"):
        read_document(write(tmp_path, "Only a sentence."))
    document = read_document(tmp_path / "leaflet.txt", require_disclaimer=False)
    assert document.passages[0].heading_path == ["[leaflet]"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \n\n\t\n", "is empty"),
        (b"caf\xe9", "byte 3 is not UTF-8"),
        (b"Title\n\nSome words.\n", "has no disclaimer"),
        (DISCLAIMER.strip().encode(), "no text to quote"),
    ],
)
def test_an_unusable_document_is_named_with_its_reason(tmp_path, content, reason) -> None:
    path = write(tmp_path, content)
    with pytest.raises(CorpusError, match=reason) as caught:
        read_document(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("sidecar", "reason"),
    [
        ("title = ", "is not valid TOML"),
        ("colour = 'red'", "unknown field 'colour'"),
        ("title = 3", "title has value 3"),
        ("[[headings]]\ntext = 'X'\nbefore = 'not there'", "expected its text 'not there' once, found it 0 times"),
        ("[[headings]]\ntext = 'X'\nbefore = 'words'", "does not start a block"),
        ("[[headings]]\nwords = 'X'", "lacks 'headings.0.text'"),
        (
            "[[headings]]\ntext = 'X'\nbefore = 'Some'\nlevel = 'two'",
            "headings.0.level has value 'two'; expected a valid",
        ),
        ("headings = 'X'", "headings has value 'X'; expected a valid list"),
        ("publisher = ['X']", r"publisher has value \['X'\]; expected a valid string"),
        ("language = '<script>'", "language has value '<script>'; expected|language has value '<script>'"),
        ("link = 'javascript:alert(1)'", "link has value 'javascript:alert"),
        ("next_review = 'soon'", "next_review has value 'soon'; expected a valid date"),
        ("[subject.en]\nabout = 5", "subject.en.about has value 5; expected a valid string"),
        ("[subject.en]\ntopic = 'x'", "unknown field 'subject.en.topic'"),
    ],
)
def test_a_wrong_sidecar_is_named_with_its_reason(tmp_path, sidecar, reason) -> None:
    path = write(tmp_path, "Title\n\nSome words." + DISCLAIMER)
    path.with_suffix(".toml").write_text(sidecar)
    with pytest.raises(CorpusError, match=reason) as caught:
        read_document(path)
    assert "leaflet." in str(caught.value)


def test_a_folder_in_place_of_a_sidecar_is_named(tmp_path) -> None:
    path = write(tmp_path, "Title\n\nSome words." + DISCLAIMER)
    path.with_suffix(".toml").mkdir()
    with pytest.raises(CorpusError, match=r"leaflet.toml: cannot be read .*; expected a TOML file"):
        read_document(path)


def test_two_documents_of_one_stem_are_refused_by_name(tmp_path) -> None:
    path = write(tmp_path, "Title\n\nSome words." + DISCLAIMER)
    path.with_suffix(".md").write_text("# Title\n\nSome words." + DISCLAIMER)
    with pytest.raises(CorpusError, match=r"has the same stem as leaflet\.md"):
        read_documents(tmp_path)


def test_an_error_carries_its_place_as_fields(tmp_path) -> None:
    path = write(tmp_path, "")
    with pytest.raises(CorpusError) as caught:
        read_document(path)
    assert (caught.value.path, caught.value.line, caught.value.message) == (path, None, "is empty; expected a text")


def test_a_folder_without_documents_is_an_error_that_names_it(tmp_path) -> None:
    with pytest.raises(CorpusError, match="expected at least one document"):
        read_documents(tmp_path)
    with pytest.raises(CorpusError, match="nowhere: expected a folder"):
        read_documents(tmp_path / "nowhere")
