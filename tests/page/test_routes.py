"""Our own routes by their schema: calls that keep to it and calls that do not. schemathesis makes them."""

import os
from typing import Any

import httpx
import pytest

from tests.page.test_hostile import CANARY, running

if not os.environ.get("CI"):
    pytest.importorskip("schemathesis", reason="schemathesis is not installed (requirements-dev.txt)")
import schemathesis
from schemathesis.specs.openapi.checks import unsupported_method

pytestmark = pytest.mark.slow
SENTENCE = {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string", "pattern": r"\.$"}}}
REFUSED = {
    str(status): {"description": "a sentence", "content": {"application/json": {"schema": SENTENCE}}}
    for status in (400, 404, 405, 413, 422, 429)
}
EVENT = {
    "type": "object",
    "required": ["event_id"],
    "properties": {"event_id": {"type": "string", "pattern": r"^\w+$"}},
}
ASKED = {
    "type": "object",
    "required": ["data"],
    "properties": {"data": {"type": "array", "minItems": 1, "maxItems": 2}},  # of anything: what is wrong is said
}


def operation(status: int, answer: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    content = {"content": {"application/json": {"schema": answer}}} if answer else {}
    return {**more, "responses": {str(status): {"description": "done", **content}, **REFUSED}}


ASK = operation(200, EVENT, requestBody={"required": True, "content": {"application/json": {"schema": ASKED}}})
ID = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": r"^\w+$"}}]
SCHEMA = {
    "openapi": "3.1.0",
    "info": {"title": "Answers in the document's own words", "version": "1"},
    "paths": {
        "/healthz": {"get": operation(200, {"const": {"status": "ok"}})},
        "/vote/up": {"post": operation(204)},
        "/vote/down": {"post": operation(204)},
        "/gradio_api/call/ask": {"post": ASK},
        "/gradio_api/call/ask/{id}": {"get": operation(404, SENTENCE, parameters=ID)},
    },
}
schema = schemathesis.openapi.from_dict(SCHEMA)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory, RATE="1000000/minute") as served:
        yield served
    log = served.log.read_text()
    assert CANARY not in log
    assert "Traceback" not in log


def marked(value: Any) -> Any:
    """With the canary in every text of it."""
    if isinstance(value, str):
        return CANARY + value
    if isinstance(value, list):
        return [marked(one) for one in value]
    return {key: marked(one) for key, one in value.items()} if isinstance(value, dict) else value


@schema.parametrize()
def test_whatever_is_called_gets_what_the_schema_says(case, server) -> None:
    if isinstance(case.body, dict | list | str):
        case.body = marked(case.body)
    got = case.call(base_url=server.url)
    assert CANARY not in got.text
    case.validate_response(got, excluded_checks=[unsupported_method])  # we say 404 there, as to all that is not there
    if got.status_code == 200 and case.path.endswith("ask"):
        told = httpx.get(f"{server.url}gradio_api/call/ask/{got.json()['event_id']}", timeout=30).text
        assert told.startswith("event: complete")
