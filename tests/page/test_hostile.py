"""Whoever sends what: no question in a log, headers on every answer, a place for the honest.

The server runs as people run it, in a process of its own with few descriptors. CALLS=3000 sends as many.
"""

import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from types import SimpleNamespace

import httpx
import pytest

from bot.web.server import SLOWEST_HEAD
from tests.page.conftest import ROOT, free_port, ready

CALLS = int(os.environ.get("CALLS") or 300)
CANARY = "canaryquestion"
ROUTES = [
    "gradio_api/call/ask",
    "gradio_api/call/turn",
    "gradio_api/queue/join",
    "gradio_api/reset",
    "vote/up",
    "vote/down",
    "gradio_api/info",
]
READ = [
    "gradio_api/call/ask/{}",
    "gradio_api/queue/data?session_hash={}",
    "gradio_api/heartbeat/{}",
    "config?x={}",
    "?q={}",
]
READ += ["assets/{}", "theme.css?{}", "healthz?{}", "gradio_api/startup-events?{}", "nowhere/{}", "?deep_link={}"]


@contextmanager
def running(tmp_path_factory, **settings: str):
    """app.py with a descriptor limit, and everything it writes kept in a file."""
    port = free_port()
    folder = tmp_path_factory.mktemp("hostile")
    env = os.environ | {"CHATBOT_PORT": str(port), "CHATBOT_VOTES": str(folder / "votes.json"), "TMPDIR": str(folder)}
    env |= {f"CHATBOT_{name}": value for name, value in settings.items()}
    with (folder / "log").open("wb") as log:
        run = subprocess.Popen(
            ["/bin/sh", "-c", 'ulimit -n 256; exec "$0" app.py', sys.executable],
            cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        url = ready(f"http://127.0.0.1:{port}/", 120)
        yield SimpleNamespace(url=url, port=port, folder=folder, log=folder / "log")
    finally:
        run.terminate()
        run.wait(20)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory, RATE="100000/minute") as server:
        yield server


def values(chance: random.Random) -> list:
    deep = CANARY
    for _ in range(chance.choice((3, 40))):
        deep = [deep]
    return [
        *(
            CANARY,
            f"{CANARY}\ud800",
            f"<b>{CANARY}",
            [CANARY],
            {CANARY: CANARY},
            {"path": CANARY},
            None,
            True,
            5,
            -1,
            1e308,
        ),
        *({"__type__": "update", "value": CANARY}, deep, [], {}, "", float("nan"), 10**30, {"number": CANARY}),
    ]


def malformed(chance: random.Random) -> bytes:
    one = lambda: chance.choice(values(chance))  # noqa: E731
    call = {
        "data": chance.choice([one(), *([one() for _ in range(n)] for n in range(6))]),
        "fn_index": chance.choice([0, 0, 0, 1, 2, 3, 99, -1, CANARY, None, True, [CANARY]]),
        "session_hash": chance.choice([CANARY, "abc", f"{CANARY}/../x", None, 5, [CANARY]]),
        "event_data": one(), "trigger_id": one(), "event_id": one(), "simple_format": one(), CANARY: one(),
    }  # fmt: skip
    for key in chance.sample(list(call), chance.randrange(4)):
        del call[key]
    raw = json.dumps(chance.choice([call, call, call, call, one()])).encode()
    match chance.randrange(8):
        case 0:
            return raw[: chance.randrange(len(raw))] + CANARY.encode()
        case 1:
            return b"\xff" + raw
    return raw


def test_malformed_calls_leave_no_trace_and_get_a_sentence(server) -> None:
    chance = random.Random(11)
    statuses: Counter[int] = Counter()
    with httpx.Client(base_url=server.url, timeout=20) as http:
        for _ in range(CALLS):
            route = chance.choice(ROUTES)
            kind = chance.choice(["application/json", "text/plain", "application/x-www-form-urlencoded", f"x/{CANARY}"])
            got = http.post(route, content=malformed(chance), headers={"content-type": kind})
            statuses[got.status_code] += 1
            assert got.status_code in (200, 204, 404, 413, 422, 429), (route, got.text)
            assert "object-src 'none'" in got.headers["content-security-policy"]
            if got.status_code >= 400:
                assert got.json()["detail"].endswith("."), got.text
                assert CANARY not in got.text
            elif "event_id" in got.text and route.endswith("call/ask"):
                try:
                    answer = http.get(f"{route}/{got.json()['event_id']}", timeout=15).text
                    assert answer.startswith("event: "), answer
                except httpx.ReadTimeout:
                    pytest.fail(f"{route} did not answer")
            with http.stream("GET", chance.choice(READ).format(CANARY)) as read:
                assert read.status_code in (200, 404, 429)
    assert len(statuses) >= 3, statuses
    log = server.log.read_text()
    assert CANARY not in log
    assert "Traceback" not in log
    assert len(log.splitlines()) < CALLS
    for path in server.folder.rglob("*"):
        assert CANARY not in path.name
        assert path.is_dir() or CANARY.encode() not in path.read_bytes()
    if log.splitlines()[1:]:
        assert re.search(r"fault [0-9a-f]{8}: \w+ in \w+\.py, line \d+", log), log


def raw(server, sent: bytes, wait: float = 10) -> bytes:
    """What comes back. A server that refuses what it has not read to its end may reset, after its answer."""
    got = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as s, suppress(ConnectionError):
        s.sendall(sent)
        while piece := s.recv(65536):
            got += piece
    return got


EMPTY = b"Host: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nbad header\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000, 400),
        (b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        (b"GET /gradio_api/call/ask/abc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        (b"POST /vote/up HTTP/1.1\r\nOrigin: https://evil.example\r\n" + EMPTY, 403),
        (b"POST /vote/up HTTP/1.1\r\nOrigin: null\r\n" + EMPTY, 403),
        (b"POST /vote/up HTTP/1.1\r\nSec-Fetch-Site: cross-site\r\n" + EMPTY, 403),
        (b"POST /vote/up HTTP/1.1\r\nOrigin: http://x\r\n" + EMPTY, 204),
        (b"POST /gradio_api/call/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 190000\r\n\r\n" + b"x" * 190_000, 413),
        (b"POST /gradio_api/call/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", 422),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n", 200),
    ],
)  # fmt: skip
def test_every_answer_has_the_headers(server, sent, status) -> None:
    got = raw(server, sent)
    assert got.startswith(f"HTTP/1.1 {status} ".encode()), got[:300]
    for header in (b"content-security-policy: default-src 'self'", b"x-content-type-options: nosniff"):
        assert header in got.lower()
    assert server.log.read_text().count("\n") < 100


def test_an_unknown_function_is_not_there(server) -> None:
    got = httpx.post(f"{server.url}gradio_api/queue/join", json={"fn_index": 99, "data": [], "session_hash": "a"})
    assert (got.status_code, got.json()["detail"]) == (404, "fn_index names no function of this page.")


def test_a_question_alone_is_enough(server) -> None:
    event = httpx.post(f"{server.url}gradio_api/call/ask", json={"data": ["What is Kymriah used for?"]}).json()
    url = f"{server.url}gradio_api/call/ask/{event['event_id']}"
    assert '"outcome": "answered"' in httpx.get(url, timeout=30).text
    assert httpx.get(url).status_code == 404  # once delivered, it is gone


def test_the_name_that_is_asked_under_is_not_repeated_from_a_forwarded_header(server) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    assert "evil.example" not in httpx.get(f"{server.url}config", headers=forged).text


def test_half_sent_requests_are_let_go_and_flood_no_log(server) -> None:
    before = server.log.stat().st_size
    held = []
    for n in range(300):
        s = socket.create_connection(("127.0.0.1", server.port), timeout=5)
        sent = b"GET / HT" if n % 2 else b"POST /gradio_api/call/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
        with suppress(OSError):
            s.sendall(sent)
        held.append(s)
    time.sleep(SLOWEST_HEAD + 3)
    assert httpx.get(f"{server.url}healthz", timeout=5).json() == {"status": "ok"}
    for s in held:
        with s, suppress(ConnectionResetError):
            s.settimeout(5)
            got = b""
            while piece := s.recv(4096):
                got += piece
            assert got.startswith((b"HTTP/1.1 408", b"HTTP/1.1 503")), got[:100]
    assert server.log.stat().st_size - before < 20_000


def test_one_client_has_a_share_and_the_honest_one_is_answered(tmp_path_factory) -> None:
    """One proxy in front: the heavy client is 9.9.9.9, whatever it forges to the left."""
    with running(tmp_path_factory, RATE="1000/minute", PROXIES="1") as server:
        refused: list[float] = []
        http = httpx.Client(base_url=server.url, timeout=30, limits=httpx.Limits(max_connections=50))

        def heavy(n: int) -> None:
            headers = {"X-Forwarded-For": f"10.0.0.{n}, 9.9.9.9:{n}"}
            body = {"data": ["What is the treatment? " * 80, []]}
            began = time.monotonic()
            got = http.post("gradio_api/call/ask", json=body, headers=headers)
            if got.status_code == 429:
                refused.append(time.monotonic() - began)
                assert "wait already" in got.json()["detail"]

        threads = [threading.Thread(target=heavy, args=(n,)) for n in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        began = time.monotonic()
        honest = {"X-Forwarded-For": "8.8.8.8"}
        event = http.post("gradio_api/call/ask", json={"data": ["What is Kymriah?"]}, headers=honest)
        answer = http.get(f"gradio_api/call/ask/{event.json()['event_id']}", headers=honest)
        http.close()
        assert answer.text.startswith("event: complete")
        print(f"{len(refused)} refused; honest client answered in {time.monotonic() - began:.2f} s")
        assert len(refused) >= 20


def test_a_forged_address_gives_no_new_allowance(tmp_path_factory) -> None:
    with running(tmp_path_factory, RATE="5/minute", HOSTS="chat.example.org") as server:
        codes = Counter(
            httpx.post(f"{server.url}vote/up", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
            for n in range(40)
        )
        reads = Counter(httpx.get(f"{server.url}config").status_code for _ in range(120))
        other = httpx.get(server.url, headers={"Host": "evil.example"})
    assert codes == {204: 5, 429: 35}
    assert 90 <= reads[200] <= 100
    assert reads[429] >= 20
    assert other.status_code == 421
