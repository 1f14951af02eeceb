"""Checks what is sent to Gradio before Gradio sees it, and what each client has waiting in its queue.

Gradio answers a call that it does not expect with a traceback that holds the inputs, so a call is
taken apart here and put together anew from the fields that the page and the API use.
"""

import json
import re
from collections import Counter
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.request import DEEPEST, deepest
from bot.web.client import KEY

SHARE = 8  # questions of one client that may wait at once; the queue holds more, for others
SESSION = re.compile(r"[\w-]{1,64}")  # gradio_client sends a UUID
EVENT = re.compile(r"/gradio_api/call/(?:ask|turn)/(\w+)/?")


class CallError(ValueError):
    """What was sent is no call: the message says what was expected, `status` how grave it is."""

    def __init__(self, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.status = status


class Calls:
    """`queue` is Gradio's; without one, only the form of a call is checked."""

    def __init__(self, app: ASGIApp, queue: Any) -> None:
        self.app = app
        self.queue = queue
        self.joining: Counter[str] = Counter()  # calls let through that do not stand in the queue yet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].rstrip("/") if scope["type"] == "http" else ""
        event = EVENT.fullmatch(path)
        if event and not self._is_awaited(event[1]):
            await refusal(404, "No answer is waiting under that id.")(scope, receive, send)
            return
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        try:
            body = self._body(path, (await receive()).get("body", b""))
            if not path.endswith("/reset"):
                self._check_share(scope[KEY])
        except CallError as e:
            await refusal(e.status, str(e))(scope, receive, send)
            return
        headers = [(n, v) for n, v in scope["headers"] if n not in (b"content-length", b"content-type")]
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        client = scope[KEY]
        self.joining[client] += 1
        try:
            await self.app({**scope, "headers": headers}, in_one_piece(body, receive), send)
        finally:
            self.joining[client] -= 1
            if not self.joining[client]:
                del self.joining[client]

    def _body(self, path: str, sent: bytes) -> bytes:
        call = parsed(sent)
        if path.endswith("/reset"):
            made: dict[str, Any] = {"event_id": str(call.get("event_id"))[:64]}
        elif path.endswith("/call/ask"):
            made = {"data": ask_data(call)} | _session(call)
        elif path.endswith("/call/turn"):
            made = {"data": turn_data(call)}
        else:
            made = self._join(call)
        return json.dumps(made).encode("ascii")

    def _join(self, call: dict[str, Any]) -> dict[str, Any]:
        number = call.get("fn_index")
        if type(number) is not int or number not in self.queue.blocks.fns:
            raise CallError("fn_index names no function of this page.", 404)
        data, expected = call.get("data"), len(self.queue.blocks.fns[number].inputs)
        if not isinstance(data, list) or len(data) != expected:
            raise CallError(f"data is not what that function takes; expected a list of {expected}.")
        session = _session(call)
        if not session:
            raise CallError("session_hash is missing; expected letters and digits.")
        trigger = call.get("trigger_id")
        return {"fn_index": number, "data": data, "trigger_id": trigger if type(trigger) is int else None} | session

    def _is_awaited(self, event: str) -> bool:
        waiting = self.queue.event_ids_to_events.keys(), *self.queue.pending_event_ids_session.values()
        return any(event in ids for ids in waiting)

    def _check_share(self, client: str) -> None:
        """What is too much is refused here, at once: Gradio would look closely at a call before it does."""
        if self.queue.max_size is not None and len(self.queue) + sum(self.joining.values()) >= self.queue.max_size:
            raise CallError("Too many questions are waiting; ask again in a moment.", 503)
        queued = [event for waiting in self.queue.event_queue_per_concurrency_id.values() for event in waiting.queue]
        answered = [event for job in self.queue.active_jobs if job for event in job]
        own = sum(event.request.scope.get(KEY) == client for event in [*queued, *answered]) + self.joining[client]
        if own >= SHARE:
            raise CallError(f"{own} of your questions wait already; ask again when they are answered.", 429)


def in_one_piece(body: bytes, receive: Receive) -> Receive:
    """A request's `body`, read already, as what comes in first; then what `receive` gives."""
    whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return whole.pop() if whole else await receive()

    return replayed


def parsed(sent: bytes) -> dict[str, Any]:
    """The JSON object that was sent. Raises CallError, whose message repeats nothing of it."""
    try:
        text = sent.decode("utf-8")
    except UnicodeDecodeError as e:
        raise CallError("The body is not UTF-8; expected a JSON object.") from e
    if deepest(text) > DEEPEST:
        raise CallError(f"The body is nested too deeply; expected at most {DEEPEST} brackets inside each other.")
    try:
        call = json.loads(text)
    except ValueError as e:
        raise CallError("The body is not JSON; expected a JSON object.") from e
    if not isinstance(call, dict):
        raise CallError('The body is not a JSON object; expected one with "data".')
    return call


def ask_data(call: dict[str, Any]) -> list[Any]:
    data = call.get("data")
    if not isinstance(data, list) or not 1 <= len(data) <= 2:
        raise CallError('"data" is not what this takes; expected ["question"] or ["question", ["earlier question"]].')
    return [*data, None][:2]


def turn_data(call: dict[str, Any]) -> list[Any]:
    """What the page itself sends: question, settings, earlier questions; all checked again where they are used."""
    data = call.get("data")
    if not isinstance(data, list) or len(data) != 3 or not isinstance(data[1], dict):
        raise CallError('"data" is not what this takes; expected ["question", {settings}, ["earlier question"]].')
    return data


def _session(call: dict[str, Any]) -> dict[str, str]:
    session = call.get("session_hash")
    return {"session_hash": session} if isinstance(session, str) and SESSION.fullmatch(session) else {}


def refusal(status: int, sentence: str, **headers: str) -> Response:
    return JSONResponse({"detail": sentence}, status, headers)
