"""Made-up documents and questions for Hypothesis: what people write, and what nobody would."""

import hashlib

from hypothesis import strategies as st

from corpus import Document
from corpus.outline import outline
from corpus.sidecar import Sidecar, Subject, SuppliedHeading

WORDS = (
    *("Kymriah", "vincristine", "T-cell", "child", "the", "is", "What", "how much", "it", "Dr.", "2.5 mg", "e.g.", "É"),
    *("漢字。", "😀", "👩‍👩‍👧", "e\u0301", "\u202eright", "\u00a0", "\u200b", "\ufeff", "\0", "\x07", "\x85", "\u2028"),
    *("<b>", "</blockquote>", "<script>alert(1)</script>", "&amp;", "&#10;", '"', "'", "“a third”?", "_x_ **y** `z`"),
    *(
        "{title}",
        "{{ own }}",
        "${x}",
        "%s",
        "\\",
        "a@b.c",
        "©",
        "# a",
        "•",
        "1.",
        "...",
        "?!",
        ":",
        " ",
        "\t",
        "x" * 60,
    ),
)
text = st.lists(st.sampled_from(WORDS) | st.text(max_size=8), min_size=1, max_size=12).map(" ".join)
BLOCKS = (
    "A sentence. Another one! And “a third”?",
    "These are:\n\n  • one\n  • two (2.5 mg)\n\n  • three’s",
    "1. one\n2. two\nand on",
    "Find out more about it.",
    "Call 1-888-939-3333 <now>",
    "```\n# no heading\n```",
    " \t",
)
HEADINGS = ("Side effects", "Sources", "Disclaimer", "Médical <avertissement>", "Title & more", "[x]")
NAMES = st.text("ab<>&\"'é", min_size=1, max_size=8)  # nothing that could be taken for the words around it
subject = st.builds(Subject, about=st.just("") | NAMES, team=st.just("") | NAMES, example=st.just("") | NAMES)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Read as from a file, with a sidecar; some without heading, disclaimer or contact."""
    markdown = draw(st.booleans())
    mark = "## " if markdown else ""
    heading = st.sampled_from(HEADINGS).map(lambda words: mark + words)
    blocks = draw(st.lists(st.one_of(heading, st.sampled_from(BLOCKS), text), min_size=1, max_size=10))
    blocks.insert(draw(st.integers(0, len(blocks))), "These words are unlike all others.")
    written = draw(st.sampled_from(["", "\ufeff"])) + "\n\n".join(blocks) + draw(st.sampled_from(["", "\n"]))
    written = written.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"])))
    lost = SuppliedHeading(text=draw(NAMES), before="These words are unlike", level=draw(st.integers(1, 6)))
    about = Sidecar(
        title=draw(st.just("") | NAMES),
        publisher=draw(st.just("") | NAMES),
        year=draw(st.sampled_from(["", "2024"])),
        language=draw(st.sampled_from(["en", "fr", "de"])),
        headings=draw(st.sampled_from([[], [lost]])),
        subject={"en": draw(subject), "fr": draw(subject)},
    )
    headings, passages = outline(written, markdown=markdown, language=about.language, supplied=about.headings)
    digest = hashlib.sha256(written.encode()).hexdigest()
    return Document("leaflet.txt", written, digest, about, tuple(passages), tuple(headings))
