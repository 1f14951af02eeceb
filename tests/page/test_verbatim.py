"""What is shown as quoted is the document, code point for code point; what a stranger writes is inert."""

from types import SimpleNamespace

import pytest

from bot.answer import Answer, Notice, Outcome, Quotation
from bot.web.card import Beside, card
from bot.web.guard import Settings
from bot.web.launch import served
from bot.words import words
from corpus import Role
from corpus.reader import read_document
from tests.page.conftest import answered, ask, free_port

HOSTILE = [
    "<script>window.owned = 1</script>",
    "<img src=x onerror='window.owned = 1'>",
    "<img src='https://elsewhere.example/x.png'>",
    "<svg onload=window.owned=1><style>body{display:none}</style></svg>",
    "<form action='https://elsewhere.example'><button>Send</button></form>",
    "</blockquote></div><style>*{display:none}</style><iframe src='javascript:window.owned=1'></iframe>",
    "[link](javascript:window.owned=1) ![x](https://elsewhere.example/x.png) _x_ **y** `z` $a$ {{value}} ${value}",
    "\u202eright to left\u202c and \u2066isolated\u2069 \u200b\u00a0\u00ad end",
    "&lt;b&gt; &amp;amp; &#60; \" ' < >",
    "a" * 10_000,
]
PARTS = "script, img, svg, form, iframe, style, object, embed, link, meta, [onerror], [onload]"


@pytest.fixture(scope="module")
def puppet(tmp_path_factory, index, examples):
    """A site that answers "#n" with passage n of the document and of a hostile one, by the real cards."""
    text = "A <title> & more\n\n" + "\n\n".join(f"{h}  two  blanks\tand a tab.\n  • one\n  • two" for h in HOSTILE)
    text += "\n\nMedical disclaimer\n\nNo <b>advice</b> & no \u202epromise.\n\nSecond.\n\nCall 1-888-939-3333 <now>\n"
    path = tmp_path_factory.mktemp("corpus") / "hostile.txt"
    path.write_bytes(text.encode())
    path.with_suffix(".toml").write_text('title = "<b>&"\npublisher = "<i>"\nyear = "20\\u202e24"\n')
    documents = [*index.documents, read_document(path)]
    pool = [passage for document in documents for passage in document.passages]

    def answer(index, question, history, view, following) -> dict:
        number = question.removeprefix("#")
        passage = pool[int(number)] if number.isdecimal() else pool[0]
        made = Answer(
            question=question,
            outcome=Outcome.ANSWERED,
            urgent=False,
            confidence=1,
            document=passage.document,
            language=view.language,
            quotations=(Quotation(passage, passage.units, 1),) * 2,
            notices=(Notice("not_covered.part", {"words": question}),),
        )
        html = card(made, Beside(made.quotations, staff=view.staff, first=view.number % 2 == 1))
        return {"number": view.number, "html": html, "said": question, "language": "en", "urgent": False}

    stand_in = SimpleNamespace(documents=documents, look_up=lambda question: None)
    demo, url = served(stand_in, examples, Settings(rate="1000/minute"), port=free_port(), answer=answer)
    yield SimpleNamespace(url=url, pool=pool)
    demo.close(verbose=False)


def test_every_passage_is_its_slice_on_the_screen_and_on_the_clipboard(open_page, puppet):
    page = open_page(puppet.url, width=320, permissions=["clipboard-read", "clipboard-write"])
    for number, passage in enumerate(puppet.pool):
        turn = ask(page, f"#{number}")
        shown = turn.evaluate(
            """(turn, parts) => ({
          quotes: [...turn.querySelectorAll('blockquote')].map((q) => q.textContent),
          path: turn.querySelector('.path').textContent,
          section: turn.querySelector('.section').textContent,
          here: turn.querySelector('.section .here').textContent,
          disclaimer: [...turn.querySelectorAll('.disclaimer :is(.first, .rest)')].map((d) => d.textContent).join(''),
          contact: [...turn.querySelectorAll('.contact')].map((d) => d.textContent),
          scripts: turn.querySelectorAll(parts).length,
        })""",
            PARTS,
        )
        document, span = passage.document, passage.span
        slice_ = document.text[span.start : span.end]
        section = document.section_of(passage).span
        disclaimer = document.with_role(Role.DISCLAIMER)
        assert shown["quotes"] == [slice_, slice_]
        assert shown["here"] == slice_
        assert shown["section"] == document.text[section.start : section.end]
        assert shown["path"] == " › ".join(passage.heading_path)
        assert shown["disclaimer"] == document.text[disclaimer[0].span.start : disclaimer[-1].span.end]
        assert shown["contact"] == [p.text for p in document.with_role(Role.CONTACT)]
        assert shown["scripts"] == 0
        if passage.role is Role.BODY:
            turn.locator(".copy").first.click()
            turn.get_by_text("Copied").wait_for()
            source = f"{document.title}. {document.about.publisher}, {document.about.year}."
            copied = "\n\n".join((shown["path"], slice_, source, shown["disclaimer"]))
            assert page.evaluate("navigator.clipboard.readText()") == copied
    assert len(puppet.pool) > 50
    assert page.evaluate("[window.owned, document.documentElement.scrollWidth <= innerWidth]") == [None, True]


def test_copying_works_where_the_clipboard_is_not_allowed(open_page, puppet):
    page = open_page(puppet.url, permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')); }")
    turn = ask(page, "#3")
    turn.locator(".copy").first.click()
    turn.get_by_text("Copied").wait_for()
    assert f"\n\n{puppet.pool[3].text}\n\n" in page.evaluate("navigator.clipboard.readText()")


def test_a_hostile_question_is_only_text(open_page, puppet):
    """The puppet repeats the question as its notice, so both what is typed and what comes back are looked at."""
    page = open_page("about:blank", wait=False, width=320)
    strangers = []
    page.on("request", lambda r: strangers.append(r.url) if "elsewhere.example" in r.url else None)
    page.on("dialog", lambda dialog: strangers.append(dialog.message))
    page.goto(puppet.url)
    page.wait_for_selector("body.ready")
    for number, text in enumerate(HOSTILE):
        question = text[:2000]
        if number % 2:  # by the box and by a link, in turn
            turn = ask(page, question)
        else:
            page.evaluate("q => { location.hash = 'q=' + encodeURIComponent(q); }", question)
            turn = answered(page, number)
        assert turn.locator("h2").evaluate("e => e.textContent") == question
        repeated = words("en")("not_covered.part", words=question)
        assert turn.locator(".notice").evaluate("e => e.textContent") == repeated
        assert turn.locator(PARTS).count() == 0
        assert page.locator("h1").first.is_visible()
        assert page.evaluate("[window.owned, document.documentElement.scrollWidth <= innerWidth]") == [None, True]
    assert strangers == []


def test_a_forged_answer_cannot_be_sent(open_page, site):
    """The client names no passage: whatever it puts into the settings, the card is the server's."""
    page = open_page()
    page.evaluate("""() => {
      const forged = {language: '<b>', within: [{}, 5], staff: 'yes', html: 'forged', passages: ['forged']};
      const send = window.fetch;
      window.fetch = (url, options) => {
        if (options.method !== 'POST') return send(url, options);
        const [question, view] = JSON.parse(options.body).data;
        return send(url, {...options, body: JSON.stringify({data: [question, {...view, ...forged}, ['forged']]})});
      };
    }""")
    turn = ask(page, "What is Kymriah used for?")
    assert turn.locator(".card.answered blockquote").count() == 1
    assert "forged" not in turn.inner_text()
