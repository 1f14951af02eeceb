"""One line in, one line out, whatever the line is; what comes out is JSON that anybody can read."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.request import DEEPEST, RequestError, parse_line

LINES = [
    ("", "is not JSON"),
    ("5", "expected a JSON object, found int"),
    ("[]", "expected a JSON object, found list"),
    ('{"id": 1}', 'lacks "question"'),
    ('{"question": 5}', "question has value 5"),
    ('{"question": "x", "id": NaN}', "NaN is no JSON number"),
    ('{"question": "x", "id": -Infinity}', "-Infinity is no JSON number"),
    ('{"question": "x", "id": 1e999}', "expected"),
    ('{"question": "x", "id": ["\\ud800"]}', "id"),
    ('{"question": "x", "id": true}', "id"),
    ('{"question": "x", "history": "y"}', "history"),
    ('{"question": "x", "history": [5]}', "history"),
    ('{"id": ' + "[" * 900 + "]" * 900 + "}", "nested too deeply"),
    ("[" * 100_000, "nested too deeply"),
    ('{"question": "x", "id": ' + "9" * 5000 + "}", "is not JSON"),
]


@pytest.mark.parametrize(("line", "said"), LINES, ids=[line[:40] for line, _ in LINES])
def test_a_bad_line_gets_a_sentence(line, said) -> None:
    with pytest.raises(RequestError) as caught:
        parse_line(line)
    assert said in str(caught.value)
    json.dumps({"id": caught.value.id, "error": str(caught.value)}, allow_nan=False).encode("utf-8")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
requests = st.fixed_dictionaries({}, optional={"id": values, "question": values, "history": values, "more": values})


@settings(max_examples=1000, deadline=None)
@given(st.one_of(requests.map(json.dumps), values.map(json.dumps), st.text(st.characters(exclude_categories=()))))
def test_any_line_is_a_question_or_a_sentence(line) -> None:
    try:
        asked = parse_line(line)
    except RequestError as e:
        made = {"id": e.id, "error": str(e)}
    else:
        made = {"id": asked.id, "question": asked.question, "history": asked.history}
    out = json.dumps(made, ensure_ascii=False, allow_nan=False)
    assert json.loads(out.encode("utf-8")) == made


def test_the_deepest_that_is_read_is_read() -> None:
    extra = "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)
    assert parse_line(f'{{"question": "x", "more": {extra}}}').question == "x"
    with pytest.raises(RequestError, match="nested too deeply"):
        parse_line(f'{{"question": "x", "more": [{extra}]}}')
