"""python -m tests.benchmarks.load [--clients 200] [--minutes 3] [--ways page]: is each told what it asked for?

Every client asks questions that no other asks and knows what it must be told, so a wrong answer and another's are
counted. What is too much must be refused at once, with a sentence. Then one client asks beside heavy ones, and its
95th percentile is given as a ratio to the same client alone. Needs an index that is built.
"""

import argparse
import asyncio
import itertools
import json
import multiprocessing
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np

from bot.ask import ask
from bot.web.coverage import known_questions
from bot.web.following import Following
from bot.web.page import View, answer
from corpus.questions import read_question_file
from index import build
from index.retrieval.threads import one_question_at_a_time
from tests.benchmarks.serving import ROOT, Row, ask_over_http, ratios, running

FILES = ("held-out.jsonl", "health-searches.jsonl")
PAUSE = 3.0  # seconds after which, give or take half, a client that was refused asks again
EACH = 3  # questions of each client
AT_ONCE = 0.1  # seconds in which a refusal must have come
LONG = "What is the treatment of a relapse? " * 500
HEAVY, ALONE, ROUNDS = 40, 30, 3  # heavy askers; questions of the honest client in each round

Asker = Callable[[httpx.AsyncClient, str, str], Awaitable[str]]  # (…, question, address) -> what is told, as JSON


class Refused(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(f"{status}: {sentence}")
        self.sentence = sentence


class Lost(Exception):
    """A question that was taken, and got no answer."""


async def posted(http: httpx.AsyncClient, path: str, address: str, **body: object) -> str:
    """The event id that a question got."""
    got = await http.post(path, json=body, headers={"x-forwarded-for": address})
    if got.status_code != 200:
        raise Refused(got.status_code, got.json()["detail"])
    event: str = got.json()["event_id"]
    return event


async def last(http: httpx.AsyncClient, path: str, address: str, sign: str) -> Any:
    """The last message that a stream bears with that sign."""
    told = (await http.get(path, headers={"x-forwarded-for": address})).text
    if sign not in told:
        raise Lost(told[-300:])
    return json.loads(told.rpartition(sign)[2].partition("data: ")[2].partition("\n")[0])


async def by_api(http: httpx.AsyncClient, question: str, address: str) -> str:
    event = await posted(http, "gradio_api/call/ask", address, data=[question])
    return json.dumps((await last(http, f"gradio_api/call/ask/{event}", address, "event: complete"))[0])


async def by_page(http: httpx.AsyncClient, question: str, address: str) -> str:
    """As the page asks."""
    event = await posted(http, "gradio_api/call/turn", address, data=[question, {}, []])
    return json.dumps((await last(http, f"gradio_api/call/turn/{event}", address, "event: complete"))[0])


SESSIONS = itertools.count()


async def by_queue(http: httpx.AsyncClient, question: str, address: str) -> str:
    """As Gradio's own client asks: a session joins the queue and reads what comes for it."""
    session = f"session{next(SESSIONS)}"
    sent = {"data": [question, {}, []], "fn_index": 1, "session_hash": session}
    await posted(http, "gradio_api/queue/join", address, **sent)
    path = f"gradio_api/queue/data?session_hash={session}"
    told = (await http.get(path, headers={"x-forwarded-for": address})).text
    messages = [json.loads(line.removeprefix("data: ")) for line in told.splitlines() if line.startswith("data: ")]
    return json.dumps(next(m["output"]["data"] for m in messages if m["msg"] == "process_completed")[0])


@dataclass
class Counted:
    right: int = 0
    wrong: int = 0  # what nobody asked for
    crossed: int = 0  # what somebody else asked for
    lost: list[str] = field(default_factory=list)  # what was told where no answer came
    refusals: list[Refused] = field(default_factory=list)


async def crowd(port: int, asker: Asker, expected: dict[str, str], clients: int, seconds: float) -> Counted:
    counted, of_others = Counted(), set(expected.values())
    questions, end = list(expected), time.monotonic() + seconds

    async def client(number: int, http: httpx.AsyncClient) -> None:
        address, chance = f"10.0.{number // 250}.{number % 250 + 1}", random.Random(number)
        await asyncio.sleep(PAUSE * chance.random())  # people do not come all in one moment
        for question in itertools.cycle(questions[number::clients]):
            if time.monotonic() > end:
                return
            try:
                said = await asker(http, question, address)
            except Refused as refused:
                counted.refusals.append(refused)
                await asyncio.sleep(PAUSE * (0.5 + chance.random()))
                continue
            except (Lost, httpx.TransportError) as lost:
                counted.lost.append(str(lost) or repr(lost))
                continue
            counted.right += said == expected[question]
            counted.crossed += said != expected[question] and said in of_others
            counted.wrong += said not in of_others

    made = [connected(port) for _ in range(clients)]  # before the first asks: making one takes a while
    async with asyncio.TaskGroup() as tasks:
        for number, http in enumerate(made):
            tasks.create_task(client(number, http))
    for http in made:
        await http.aclose()
    return counted


def connected(port: int) -> httpx.AsyncClient:
    """One for each client: a pool of many connections takes longer than the server does. The server lets a silent
    connection go after ten seconds, which one that is taken up again must not meet."""
    limits = httpx.Limits(max_connections=None, keepalive_expiry=2)
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/", timeout=120, limits=limits, verify=False)


async def beside(port: int, questions: Sequence[str], heavy: int, addresses: int) -> float:
    """The honest client's 95th percentile while `heavy` others, of so many addresses, ask without end."""
    async with connected(port) as http, asyncio.TaskGroup() as tasks:

        async def occupy(number: int) -> None:
            while True:
                try:
                    await by_page(http, f"{number} {LONG}", f"9.9.9.{number % addresses}")
                except Refused:
                    await asyncio.sleep(PAUSE)

        occupying = [tasks.create_task(occupy(number)) for number in range(heavy)]
        await asyncio.sleep(2 if heavy else 0)
        took = []
        for question in questions:
            began = time.perf_counter()
            await by_page(http, question, "8.8.8.8")
            took.append(time.perf_counter() - began)
        for task in occupying:
            task.cancel()
    return float(np.percentile(took, 95))


def wait_for(port: int) -> None:
    """Until the index is there, which is after the page is."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/", timeout=60) as http:
        while not ask_over_http(http, "What is this about?"):
            time.sleep(0.5)


def watch(port: int, seconds: float) -> list[float]:
    """How long each refusal took, asked for by a process that does nothing else: the crowd's own clients wait for one
    another as well."""
    took, end = [], time.monotonic() + seconds
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/", timeout=60) as http:
        while time.monotonic() < end:
            began = time.perf_counter()
            sent = {"data": ["What is this about?"]}
            if http.post("gradio_api/call/ask", json=sent, headers={"x-forwarded-for": "7.7.7.7"}).status_code != 200:
                took.append(time.perf_counter() - began)
            time.sleep(0.2)
    return took


def rows_of(name: str, counted: Counted, watched: Sequence[float]) -> Iterator[Row]:
    note = f"{counted.right:,} right, {counted.crossed} crossed, {counted.wrong} wrong, {len(counted.lost)} lost"
    note = f"{note}: {max(counted.lost, key=counted.lost.count)}" if counted.lost else note
    bad = counted.wrong + counted.crossed + len(counted.lost)
    yield Row(f"{name}: wrong, crossed or lost answers", [bad], 0, None, note)
    said = {refused.sentence for refused in counted.refusals}
    assert all(sentence.endswith(".") for sentence in said), said
    if watched:
        middle, last = 1000 * np.percentile(watched, [50, 99])
        note = (
            f"{len(watched):,} of {len(counted.refusals):,} more, median {middle:.0f} ms, 99th percentile {last:.0f} ms"
        )
        late = float(np.mean(np.array(watched) > AT_ONCE))
        yield Row(f"{name}: share of refusals later than {AT_ONCE:g} s", [late], 0.01, None, f"{note}; {min(said)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=3, help="for each of the three ways to ask (default 3)")
    parser.add_argument("--ways", nargs="*", default=["API", "page", "queue"], choices=["API", "page", "queue"])
    asked = parser.parse_args()
    index = build.load()
    one_question_at_a_time()  # as the server computes: sums in another order differ in the fourth digit of a score
    following = Following(index.documents, known_questions(index.documents, build.CORPUS))
    read = (read_question_file(ROOT / "tests" / "questions" / name) for name in FILES)
    questions = list(dict.fromkeys(example.question for file in read for example in file))[: EACH * asked.clients]
    records = {question: json.dumps(ask(index, question).record()) for question in questions}
    cards = {question: json.dumps(answer(index, question, [], View(), following)) for question in questions}
    print("| what | wanted | found | spread | held | |\n|---|---|---|---|---|---|")
    with running("page") as page:
        wait_for(page.port)
        ways = {"API": (by_api, records), "page": (by_page, cards), "queue": (by_queue, cards)}
        for name in asked.ways:
            asker, expected = ways[name]
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as watcher:
                watching = watcher.submit(watch, page.port, 60 * asked.minutes)
                counted = asyncio.run(crowd(page.port, asker, expected, asked.clients, 60 * asked.minutes))
            for row in rows_of(name, counted, watching.result()):
                print(row, flush=True)
        for addresses in (1, HEAVY):
            alone, crowded = [], []
            for n in range(ROUNDS):
                some = questions[n * ALONE : (n + 1) * ALONE]
                alone.append(asyncio.run(beside(page.port, some, 0, addresses)))
                crowded.append(asyncio.run(beside(page.port, some, HEAVY, addresses)))
            note = f"{1000 * np.median(crowded):.0f} / {1000 * np.median(alone):.0f} ms"
            name = f"95th percentile beside {HEAVY} heavy ones from {addresses} address(es) / alone"
            print(Row(name, ratios(crowded, alone), 10, None, note), flush=True)


if __name__ == "__main__":
    main()
