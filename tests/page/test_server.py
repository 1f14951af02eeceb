"""The server without a browser: headers, allowed paths, limits, and the record over HTTP."""

import gc
import json
import sys
import time
from types import SimpleNamespace

import httpx
import pytest
from gradio_client import Client

import app
from bot.ask import ask
from bot.web.client import KEY, client_of
from bot.web.guard import LARGEST_BODY, Settings
from bot.web.launch import MOST_KEPT, PATIENCE, forget_what_nobody_fetches, served, take_turns
from bot.web.server import HAND_OVER, at_rest
from bot.web.votes import Counts, Votes
from tests.page.conftest import SECRET, free_port


@pytest.fixture(scope="module")
def http(site):
    with httpx.Client(base_url=site.url, timeout=30) as client:
        yield client


def post_ask(http: httpx.Client, *data) -> dict:
    event = http.post("gradio_api/call/ask", json={"data": list(data)})
    assert event.status_code == 200, event.text
    stream = http.get(f"gradio_api/call/ask/{event.json()['event_id']}").text
    kind, _, body = stream.partition("\n")
    assert kind == "event: complete", stream
    return json.loads(body.removeprefix("data: "))[0]


def test_the_api_returns_the_record(http, index):
    got = post_ask(http, "What is Kymriah used for?", [])
    assert got == ask(index, "What is Kymriah used for?").record()
    assert (
        got["passages"][0]["text"] == index.documents[0].text[got["passages"][0]["start"] : got["passages"][0]["end"]]
    )


def test_the_api_reads_history_and_says_what_it_expects(http, index):
    got = post_ask(http, "and in young adults?", ["What is Kymriah used for?"])
    assert got == ask(index, "and in young adults?", ["What is Kymriah used for?"]).record()
    assert post_ask(http, "What is Kymriah?") == ask(index, "What is Kymriah?").record()  # it may be left out
    assert post_ask(http, "What is Kymriah?", None) == ask(index, "What is Kymriah?").record()
    assert post_ask(http, None)["error"].startswith("question has value None; expected a valid string")
    assert "question has value 5; expected a valid string" in post_ask(http, 5, [])["error"]
    assert "history.0 has value 5; expected a valid string" in post_ask(http, "What is Kymriah?", [5])["error"]
    assert "history has value 'x'; expected a valid list" in post_ask(http, "What is Kymriah?", "x")["error"]


@pytest.mark.parametrize(
    "data", [[SECRET], [SECRET, 5], [[SECRET], []], [{"question": SECRET}, [SECRET]], [None, [[SECRET]]]]
)
def test_whatever_is_sent_is_not_printed(http, capfd, data):
    post_ask(http, *data)
    assert SECRET not in "".join(capfd.readouterr())


@pytest.mark.parametrize("path", ["", "config", "healthz", "icon.svg", "icon.png", "nothing-here"])
def test_every_answer_carries_the_security_headers(http, site, path):
    headers = http.get(path, headers={"Origin": "https://elsewhere.example"}).headers
    assert f"frame-ancestors 'self' {site.embedder}" in headers["content-security-policy"]
    assert "object-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert not [name for name in headers if name.startswith("access-control-") or name == "set-cookie"]


@pytest.mark.parametrize(
    "path",
    [
        *("gradio_api/deep_link", "gradio_api/upload_progress", "gradio_api/file=/etc/passwd", "file=/etc/passwd"),
        *(
            "gradio_api/runs",
            "monitoring",
            "docs",
            "openapi.json",
            "gradio_api/openapi.json",
            "gradio_api/proxy=http://x/",
        ),
        *(
            "theme.css",
            "favicon.ico",
            "assets/index.js",
            "static/img/logo.svg",
            "robots.txt",
            "manifest.json",
            "gradio_api/mcp/",
            "login_check",
            "gradio_api/app_id",
            "assets/%2e%2e/config",
        ),
        *("?deep_link=abc", "config?deep_link=abc", "?deep_link", "?deep%5Flink=abc"),
    ],
)
def test_what_the_page_does_not_need_is_not_there(site, path):
    assert httpx.get(f"{site.url}{path}").status_code == 404


@pytest.mark.parametrize(
    "path", ["gradio_api/upload", "gradio_api/run/ask", "gradio_api/api/ask", "gradio_api/stream/x"]
)
def test_nothing_else_can_be_posted(http, path):
    assert http.post(path, json={"data": []}).status_code == 404
    assert http.put(path).status_code == http.delete(path).status_code == 404


def test_no_other_origin_may_read(http, site):
    asked = {"Origin": "http://localhost:1", "Access-Control-Request-Method": "POST"}
    assert http.options("gradio_api/queue/join", headers=asked).status_code == 404
    answer = http.get("config", headers={"Origin": "http://localhost:1"})
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_health(http):
    assert http.get("healthz").json() == {"status": "ok"}
    assert http.head("healthz").status_code == 200


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused(http, chunked):
    body = b'{"data": ["' + b"x" * LARGEST_BODY + b'"]}'
    content = iter([body[:1000], body[1000:]]) if chunked else body
    got = http.post("gradio_api/call/ask", content=content, headers={"content-type": "application/json"})
    assert got.status_code == 413


def test_one_address_cannot_ask_without_end(index, examples):
    demo, url = served(index, examples, Settings(rate="3/minute"), port=free_port())
    try:
        codes = [httpx.post(url + "vote/up").status_code for _ in range(5)]
        refused = httpx.post(url + "gradio_api/call/ask", json={"data": ["x", []]})
        assert httpx.get(url + "healthz").status_code == 200
    finally:
        demo.close(verbose=False)
    assert codes == [204, 204, 204, 429, 429]
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"


def test_more_than_may_wait_is_refused_with_a_sentence_and_may_still_leave(index, examples):
    demo, url = served(index, examples, Settings(), port=free_port())
    demo._queue.max_size = 0
    try:
        got = httpx.post(url + "gradio_api/call/ask", json={"data": ["x"]})
        left = httpx.post(url + "gradio_api/reset", json={"event_id": "x"})
    finally:
        demo.close(verbose=False)
    assert (got.status_code, got.json()["detail"]) == (503, "Too many questions are waiting; ask again in a moment.")
    assert left.status_code == 200


def test_of_many_answers_those_that_were_fetched_are_forgotten_first():
    queue = SimpleNamespace(pending_event_ids_session={}, event_ids_to_events={})
    forget_what_nobody_fetches(queue)
    for number in range(2 * MOST_KEPT):
        queue.pending_event_ids_session[number] = set() if number in (5, 7) else {number}
        queue.event_ids_to_events[number] = object()
        queue.pending_messages_per_session[number] = object()
        if number == MOST_KEPT + 1:
            assert {0, 5, 7} & queue.pending_messages_per_session.keys() == {0}
    assert list(queue.pending_messages_per_session) == list(range(MOST_KEPT, 2 * MOST_KEPT))
    assert queue.pending_event_ids_session.keys() == queue.pending_messages_per_session.keys()


def queue_of(*questions: tuple[str, int]) -> tuple[SimpleNamespace, list]:
    """A queue in which each question, of so many characters, waits for a client; and the questions."""
    now = time.monotonic()
    events = [Waiting(client, length, now + i * 1e-3) for i, (client, length) in enumerate(questions)]
    waiting = SimpleNamespace(queue=list(events))
    queue = SimpleNamespace(active_jobs=[None, None], event_queue_per_concurrency_id={"ask": waiting})
    queue.get_events = lambda: waiting.queue.pop(0) if waiting.queue else None
    take_turns(queue)
    return queue, events


class Waiting:
    def __init__(self, client: str, length: int, enqueue_time: float) -> None:
        self.request = SimpleNamespace(scope={KEY: client})
        self.data = SimpleNamespace(data=["x" * (length - length // 2), {}, ["x" * (length // 2)]])
        self.enqueue_time = enqueue_time


def test_whoever_has_nothing_being_answered_is_next():
    queue, [first, _, honest] = queue_of(("heavy", 10), ("heavy", 10), ("honest", 10))
    assert queue.get_events() is first  # who came first, while nobody is served
    queue.active_jobs[0] = [first]
    assert queue.get_events() is honest


def test_a_short_message_goes_before_a_long_one_that_has_not_waited_long():
    queue, [long, short, other] = queue_of(("one", 2001), ("two", 2000), ("three", 5))
    assert queue.get_events() is short
    long.enqueue_time -= PATIENCE
    assert queue.get_events() is long
    assert queue.get_events() is other


def test_one_long_message_is_read_at_a_time_and_the_others_wait_on():
    queue, [first, second] = queue_of(("one", 20_000), ("two", 20_000))
    assert queue.get_events() is first
    queue.active_jobs[0] = [first]
    assert queue.get_events() is None
    [waiting] = queue.event_queue_per_concurrency_id.values()
    assert waiting.queue == [second]  # kept back, not lost
    queue.active_jobs[0] = None
    assert queue.get_events() is second


def test_at_rest_what_is_loaded_is_no_garbage_and_threads_hand_over_soon():
    before = sys.getswitchinterval()
    try:
        at_rest()
        assert gc.get_freeze_count() > 10_000
        assert sys.getswitchinterval() == pytest.approx(HAND_OVER)
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before)


def test_votes_are_two_numbers_and_survive_a_restart(tmp_path):
    votes = Votes(tmp_path / "votes.json")
    for way in ("up", "up", "down"):
        votes.add(way)
    assert json.loads((tmp_path / "votes.json").read_text()) == {"up": 2, "down": 1}
    assert Votes(tmp_path / "votes.json").counts == Counts(up=2, down=1)
    assert [p.name for p in tmp_path.iterdir()] == ["votes.json"]


@pytest.mark.parametrize(
    "origin", ["example.org", "https://a.example; script-src *", "*", "https://a.example/path", "javascript:x"]
)
def test_an_origin_that_is_none_is_named(origin):
    with pytest.raises(ValueError, match=r"expected one like https://example\.org"):
        Settings(embedders=(origin,))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--embed-on", "here"], "embedding origin has value 'here'"), (["--rate", "often"], "rate has value 'often'")],
)
def test_a_wrong_setting_ends_the_program_by_name(arguments, said, capsys):
    assert app.main(arguments) == 2
    assert said in capsys.readouterr().err


def test_settings_come_from_the_environment_and_help_names_them(monkeypatch, capsys):
    monkeypatch.setenv("CHATBOT_PORT", "1234")
    monkeypatch.setenv("CHATBOT_RATE", "5/second")
    asked = app.parser().parse_args(["--rate", "6/second"])
    assert (asked.port, asked.rate, asked.host, asked.proxies) == (1234, "6/second", "127.0.0.1", 0)
    monkeypatch.setenv("SYSTEM", "spaces")
    asked = app.parser().parse_args([])
    assert (asked.host, asked.proxies) == ("0.0.0.0", 1)
    with pytest.raises(SystemExit, match="0"):
        app.main(["--help"])
    helped = capsys.readouterr().out
    settings = "HOST PORT EMBED_ORIGINS RATE PROXIES HOSTS VOTES EMERGENCY_NUMBER CRISIS_NUMBER POISON_NUMBER"
    for name in (*settings.split(), "CORPUS", "INDEX", "ENCODER"):
        assert f"CHATBOT_{name}" in helped


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        *((0, ["9.9.9.9"], "1.2.3.4"), (1, ["9.9.9.9"], "9.9.9.9"), (1, ["6.6.6.6, 9.9.9.9"], "9.9.9.9")),
        *((2, ["6.6.6.6, 9.9.9.9, 8.8.8.8"], "9.9.9.9"), (2, ["8.8.8.8"], "1.2.3.4"), (1, [], "1.2.3.4")),
        *((1, ["6.6.6.6", "9.9.9.9"], "9.9.9.9"), (2, ["6.6.6.6", "9.9.9.9", "8.8.8.8"], "9.9.9.9")),
        *((1, ["9.9.9.9:4711"], "9.9.9.9"), (1, ["::ffff:9.9.9.9"], "9.9.9.9"), (1, ['"9.9.9.9"'], "9.9.9.9")),
        *((1, ["2001:db8::1"], "2001:db8::/64"), (1, ["[2001:db8::ffff]:47"], "2001:db8::/64")),
        *((1, ["2001:DB8:0:0:1::"], "2001:db8::/64"), (1, ["fe80::1%eth0"], "fe80::/64")),
        *((1, ["x"], "unknown"), (1, ["9.9.9"], "unknown"), (1, [""], "unknown"), (1, ["009.9.9.9"], "unknown")),
    ],
)
def test_the_limit_counts_the_address_that_a_trusted_proxy_saw(proxies, forwarded, expected):
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    scope = {"type": "http", "client": ("1.2.3.4", 5), "headers": headers}
    assert client_of(scope, proxies) == expected


def test_a_rate_that_is_none_is_named():
    with pytest.raises(ValueError, match="expected one like 60/minute"):
        Settings(rate="often")


@pytest.mark.parametrize("data", [["What is Kymriah used for?", []], ["What is Kymriah used for?"]])
def test_gradios_own_client_gets_the_record(site, index, data):
    client = Client(site.url, verbose=False)
    assert client.predict(*data, api_name="/ask") == ask(index, "What is Kymriah used for?").record()
    client.close()
