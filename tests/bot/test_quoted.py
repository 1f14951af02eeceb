"""Nothing but the truth: what is shown as quoted is the document's slice, and every other word is from the words files.

Any document, any findings, every way of showing them. Ten thousand of each, and of questions:
    python -m pytest --hypothesis-profile many -k "whatever or any_" tests/bot tests/corpus/test_outline.py
"""

import re
from collections import Counter
from html.parser import HTMLParser

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.answer import Answer, Outcome, Quotation
from bot.ask import answer_from
from bot.render import as_text
from bot.web.card import BADGES, Beside, announcement, card
from bot.words import CRISIS_NUMBER, EMERGENCY_NUMBER, LANGUAGES, POISON_NUMBER, other_languages, words
from corpus import Document, Passage, Role
from corpus.questions import TOPICS
from index.judging.listener import FEELINGS, Heard
from index.reading.reader import Message, ReadAsk
from index.search import Findings, Hit, JudgedAsk
from tests.strategies import NAMES, documents

VOID = {"br", "hr", "img", "input", "link", "meta"}
QUOTED = {"passage", "path", "section", "verbatim"}  # classes of elements whose text is the document's
SIGNS = {"!", "SHA-256", *(sign for sign, _ in BADGES.values()), *Outcome}
COMMAND = re.compile(
    r"""python3 -c "import hashlib,sys; b=open\(sys\.argv\[1\],'rb'\)\.read\(\); """
    r"""print\(hashlib\.sha256\(b\)\.hexdigest\(\)\); print\(b\.decode\(\)\[(\d+):(\d+)\]\)" leaflet\.txt"""
)
FIGURES = re.compile(r"[ \d.–·]*")
chance = st.floats(0, 1)


class Elements(HTMLParser):
    """The text of each quoted element with the span of its figure, and all other text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, set[str]]] = []
        self.figure: tuple[int, int] | None = None
        self.quoted: list[list] = []  # [classes, span of the figure, text]
        self.own: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = set(given.get("class", "").split())
        if "data-start" in given:
            self.figure = int(given["data-start"]), int(given["data-end"])
        if classes & QUOTED:
            self.quoted.append([classes, self.figure, ""])
        self.own += [given["aria-label"]] if "aria-label" in given else []
        if tag not in VOID:
            self.open.append((tag, classes))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag
        self.figure = None if tag == "figure" else self.figure

    def handle_data(self, data: str) -> None:
        if any(classes & QUOTED for _, classes in self.open):
            self.quoted[-1][2] += data
        else:
            self.own.append(data)


def headings_of(passage: Passage) -> list[str]:
    """The headings above it by the outline; each is the document's, or stands in brackets."""
    document = passage.document
    for heading in passage.headings:
        assert heading.span is None or heading.text in document.slice(heading.span)
    supplied = [lost.text for lost in document.about.headings] + [document.title]
    path = [h.text if h.span else f"[{h.text}]" for h in passage.headings]
    assert all(h.span or h.text in supplied for h in passage.headings)
    return path


SENTENCES = [s for language in LANGUAGES for _, s in words(language).sentences()] + list(other_languages().values())
PLAIN = {sentence for sentence in SENTENCES if "{" not in sentence}
# On a button the number stands by itself, between what is said before and after it.
PLAIN |= {piece.strip() for s in SENTENCES if "{number}" in s for piece in s.split("{number}")}
BLANKS = [re.compile(re.sub(r"\\\{\w+\\\}", "(.*)", re.escape(s)), re.DOTALL) for s in SENTENCES if "{" in s]


def is_own(said: str, values: set[str]) -> bool:
    """A sentence of the words files, its blanks filled in with one of `values` or a number."""
    if said in PLAIN or said in values or said in SIGNS or FIGURES.fullmatch(said):
        return True
    filled = (found.groups() for pattern in BLANKS if (found := pattern.fullmatch(said)))
    return any(all(value in values or FIGURES.fullmatch(value) for value in groups) for groups in filled)


def values_of(answer: Answer) -> set[str]:
    """What a blank may be filled in with: the sidecar's words, the person's own, and topics."""
    document = answer.document
    about = document.about
    values = {document.title, about.publisher, about.year, document.name, document.sha256, EMERGENCY_NUMBER}
    values |= {CRISIS_NUMBER, POISON_NUMBER, "20,000", "blinatumomab"}
    for language in LANGUAGES:
        subject = about.subject[language]
        defaults = words(language).tables["subject"]
        about_it = subject.about or defaults["about"].format(title=document.title)
        values |= {about_it, subject.example or defaults["example"], *words(language).tables["topics"].values()}
        team = subject.team or defaults["team"]
        values |= {team, team[:1].upper() + team[1:]}
        for part in answer.parts:
            for names in (part.unknown_names, part.meanings):
                last = f" {words(language)('names.or')} ".join([", ".join(names[:-1]), *names[-1:]])
                values |= {*names, ", ".join(names), last}
    return values | {part.text for part in answer.parts}


@st.composite
def findings(draw: st.DrawFn) -> Findings:
    """Any that an index could give for a document with something to show."""
    document = draw(documents())
    shown = [p for p in document.passages if p.role is not Role.LINK_STUB]
    assume(shown)
    asks = []
    for _ in range(draw(st.integers(0, 4))):
        hits = []
        for passage in draw(st.lists(st.sampled_from(shown), max_size=5)):
            marked = draw(st.lists(st.sampled_from(passage.units), unique=True)) if passage.units else []
            hits.append(Hit(passage, draw(chance), tuple(sorted(marked))))
        read = ReadAsk(
            draw(st.sampled_from(["What is it?", "it", "<b>and how</b>?"])),
            ("what",),
            tuple(draw(st.lists(NAMES, max_size=2))),
            draw(st.sampled_from([(), (), (("x", ("yes", "<no>")),)])),
        )
        topic = draw(st.sampled_from(["", *TOPICS]))
        asks.append(JudgedAsk(read, document, tuple(hits), draw(chance), draw(chance), draw(chance), topic))
    heard = Heard(draw(st.booleans()), draw(chance), draw(st.dictionaries(st.sampled_from(FEELINGS), chance)))
    message = Message(
        draw(st.sampled_from(["What?", ""])),
        draw(st.sampled_from(["en", "fr", "ar", "xx"])),
        tuple(one.ask for one in asks),
        draw(st.sampled_from([(), (("blina", "blinatumomab"),)])),
        draw(st.sampled_from([0, 5])),
    )
    return Findings(message, document, heard, tuple(asks))


def check_card(answer: Answer, beside: Beside) -> None:
    read = Elements(str(card(answer, beside)))
    document: Document = answer.document
    known = {(p.span.start, p.span.end): p for p in document.passages}
    disclaimer, contact = "", []
    for classes, span, shown in read.quoted:
        passage = known[span] if span else None
        if "passage" in classes:
            assert shown == document.text[slice(*span)]
        elif "path" in classes:
            assert shown == " › ".join(headings_of(passage))
        elif "section" in classes:
            around = document.section_of(passage).span
            assert around.start <= span[0] < span[1] <= around.end
            assert shown == document.text[around.start : around.end]
        elif "contact" in classes:
            contact.append(shown)
        else:
            assert classes & {"first", "rest"}
            disclaimer += shown
    if 'class="card' in str(card(answer, beside)):
        assert disclaimer == answer.disclaimer
        assert contact == [p.text for p in document.with_role(Role.CONTACT)]
    spans = Counter(span for classes, span, _ in read.quoted if "passage" in classes)
    for quotation in answer.quotations:
        assert spans[quotation.passage.span.start, quotation.passage.span.end]
    values = values_of(answer) | {question for _, question in beside.following}
    about = document.about
    source = [part for part in (document.title, about.publisher, about.year) if part]
    values |= {f"{'. '.join(source)}.", f"{document.title}."}
    values.add(", ".join(part for part in (about.publisher, about.year) if part) + ".")  # the title may stand alone
    values |= {p.text for p in document.passages if p.role is Role.CONTACT}
    for said in read.own:
        if found := COMMAND.fullmatch(said):
            assert (int(found[1]), int(found[2])) in known
            continue
        for piece in said.strip().split(" · "):
            bare = re.sub(r" [\d.–]+$", "", piece)  # a figure with what it is called
            assert is_own(piece, values) or is_own(bare, values) or is_number(piece, document), piece


def is_number(said: str, document: Document) -> bool:
    """A telephone number out of a contact line, which is shown to be tapped."""
    return any(said in passage.text for passage in document.with_role(Role.CONTACT)) and bool(re.search(r"\d", said))


def check_terminal(answer: Answer) -> None:
    """Taking away the document's words, in order, leaves the bot's own, wrapped."""
    rest, own = as_text(answer), ""
    quoted = [piece for q in answer.quotations for piece in (" › ".join(headings_of(q.passage)), q.passage.text)]
    for piece in filter(None, (*quoted, answer.disclaimer, answer.contact)):
        before, found, rest = rest.partition(f"\n\n{piece}")
        assert found
        own += before
    badges = ["danger.badge"] if answer.urgent else []
    badges += [f"{answer.outcome.value}.badge"] if answer.quotations or not answer.urgent else []
    head = " · ".join(map(words(answer.language), badges))
    assert "".join((own + rest).split()) == "".join(f"{head}{answer.said()}—".split())
    coloured = as_text(answer, colour=True)
    assert re.sub(r"\x1b\[[017]m", "", coloured) == re.sub(r"\x1b\[[017]m", "", as_text(answer))


def check_record(answer: Answer) -> None:
    record, document = answer.record(), answer.document
    for passage, quotation in zip(record["passages"], answer.quotations, strict=True):
        assert passage["text"] == document.text[passage["start"] : passage["end"]]
        assert passage["headings"] == headings_of(quotation.passage)
    for name, role in (("disclaimer", Role.DISCLAIMER), ("contact", Role.CONTACT)):
        spans = [block.span for block in document.blocks if block.role is role]
        assert record[name] == (document.text[min(spans).start : max(spans).end] if spans else "")
    values = values_of(answer)
    for notice in answer.notices:
        assert is_own(notice.text(answer.language, document), values), notice


@given(
    findings(), st.sampled_from([None, "fr"]), st.booleans(), st.booleans(), st.booleans(), st.lists(NAMES, max_size=2)
)
def test_whatever_is_found_only_slices_are_quoted_and_all_else_is_ours(
    found, language, staff, first, several, following
) -> None:
    answer = answer_from(found, "What?", language=language)
    ranked = [Quotation(hit.passage, hit.highlights, hit.score) for one in found.asks for hit in one.hits]
    check_record(answer)
    check_terminal(answer)
    check_card(answer, Beside(ranked, [("en", question) for question in following], staff, first, several))
    said = announcement(answer)
    assert not answer.quotations or said.endswith(answer.quotations[0].passage.text)
