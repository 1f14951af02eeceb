"""How fast and how light answering is, each figure a ratio of one run (see `table`, which prints them).

What is compared takes turns, round by round, so that what else the machine does falls on both. Every row
has the median of the rounds and, after it, the least and the most. Needs an index that is built.
"""

import itertools
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx
import numpy as np

from bot.web.page import NOT_YET
from tests.page.conftest import free_port

ROOT = Path(__file__).parents[2]
ROUNDS = 7


@dataclass
class Row:
    """`ratios`: one a round. `most` or `least`: what is wanted of their median."""

    name: str
    ratios: Sequence[float]
    most: float | None = None
    least: float | None = None
    note: str = ""

    def __str__(self) -> str:
        found = statistics.median(self.ratios)
        wanted = f"≤ {self.most}" if self.most is not None else f"≥ {self.least}"
        held = found <= self.most if self.most is not None else found >= (self.least or 0)
        spread = f"{min(self.ratios):.3f} to {max(self.ratios):.3f}"
        return f"| {self.name} | {wanted} | {found:.3f} | {spread} | {'yes' if held else '**no**'} | {self.note} |"


@dataclass
class Program:
    """One of `tests.benchmarks.programs`, running."""

    process: subprocess.Popen[str]
    port: int
    took: float = 0.0
    given: IO[str] = field(init=False)
    said: IO[str] = field(init=False)

    def __post_init__(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.given, self.said = self.process.stdin, self.process.stdout

    def times(self, questions: Sequence[str]) -> list[float]:
        self.given.write(json.dumps(list(questions)) + "\n")
        self.given.flush()
        times: list[float] = json.loads(self.said.readline())
        return times

    @property
    def memory(self) -> float:
        """Resident, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@contextmanager
def running(name: str) -> Iterator[Program]:
    port = free_port()
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.programs", name, str(port)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as process:
        program = Program(process, port)
        try:
            if not program.said.readline():
                raise RuntimeError(f"{name} did not start; run it alone to see why")
            program.took = time.perf_counter() - started
            yield program
        finally:
            process.terminate()


def ask_over_http(client: httpx.Client, question: str) -> bool:
    """Whether it was answered; False when too many were waiting, or the index was still on its way."""
    event = client.post("gradio_api/call/ask", json={"data": [question, []]})
    if event.status_code != 200:
        return False
    answer = client.get(f"gradio_api/call/ask/{event.json()['event_id']}").text
    return "event: complete" in answer and NOT_YET not in answer


def asked_by(count: int, port: int, questions: Sequence[str], go_on: Callable[[int], bool]) -> int:
    """How many answers `count` clients got while `go_on(answers so far)` held."""
    answered = itertools.count()
    so_far = [0]

    def client(number: int) -> None:
        address = {"x-forwarded-for": f"10.0.{number // 250}.{number % 250 + 1}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/", headers=address, timeout=60) as http:
            mine = itertools.cycle(questions[number % len(questions) :] + questions[: number % len(questions)])
            while go_on(so_far[0]):
                if ask_over_http(http, next(mine)):
                    so_far[0] = next(answered) + 1
                else:
                    time.sleep(0.05)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return so_far[0]


def latency(questions: Sequence[str]) -> Iterator[Row]:
    times: dict[str, list[list[float]]] = {"ask": [], "torch": [], "graph": []}
    with ExitStack() as stack:
        programs = {name: stack.enter_context(running(name)) for name in times}
        for n in range(ROUNDS + 1):
            some = questions[n :: ROUNDS + 1]
            for name, program in programs.items():
                times[name].append(program.times(some))
    middle = {name: [statistics.median(found) for found in rounds[1:]] for name, rounds in times.items()}
    late = [float(np.percentile(found, 95)) for found in times["ask"][1:]]
    said = {name: f"{1000 * statistics.median(found):.1f} ms" for name, found in middle.items()}
    yield Row(
        "ask(), median / torch", ratios(middle["ask"], middle["torch"]), 0.5, None, f"{said['ask']} / {said['torch']}"
    )
    yield Row(
        "ask(), 95th percentile / torch median",
        ratios(late, middle["torch"]),
        2.5,
        None,
        f"{1000 * statistics.median(late):.1f} ms",
    )
    yield Row("ask(), median / its encoder's pass", ratios(middle["ask"], middle["graph"]), 1.5, None, said["graph"])


def start(questions: Sequence[str]) -> Iterator[Row]:
    took: dict[str, list[float]] = {"ask": [], "torch": [], "page": [], "blocks": []}
    for _ in range(3):
        for name, found in took.items():
            began = time.perf_counter()
            with running(name) as program:
                if name in ("page", "blocks"):
                    with httpx.Client(base_url=f"http://127.0.0.1:{program.port}/", timeout=60) as http:
                        http.get("/").raise_for_status()
                        if name == "page":
                            while not ask_over_http(http, questions[0]):
                                time.sleep(0.05)
                found.append(time.perf_counter() - began)
    said = {name: f"{statistics.median(found):.1f} s" for name, found in took.items()}
    yield Row(
        "start to first answer / torch's first vector",
        ratios(took["ask"], took["torch"]),
        0.35,
        None,
        f"{said['ask']} / {said['torch']}",
    )
    yield Row(
        "start to first page and answer / empty Blocks",
        ratios(took["page"], took["blocks"]),
        1.3,
        None,
        f"{said['page']} / {said['blocks']}",
    )


def memory(questions: Sequence[str], minutes: float, many: int) -> Iterator[Row]:
    with running("torch") as torch:
        reference = torch.memory
    with running("page") as page:
        asked_by(4, page.port, questions, lambda so_far: so_far < 200)
        early = page.memory
        asked_by(4, page.port, questions, lambda so_far: so_far < 800)
        after = page.memory
        asked_by(4, page.port, questions, lambda so_far: so_far < many - 1000)
        late = page.memory
        end = time.monotonic() + 60 * minutes
        answered = asked_by(64, page.port, questions, lambda so_far: time.monotonic() < end)
        crowded = page.memory
    yield Row("memory after 200 questions / torch", [early / reference], 0.6, None, f"{early:.0f} / {reference:.0f} MB")
    yield Row(f"memory after {many:,} / after 1,000", [late / after], 1.05, None, f"{late:.0f} / {after:.0f} MB")
    yield Row(
        f"memory after 64 clients, {minutes:g} min / after 1,000", [crowded / after], 1.05, None,
        f"{crowded:.0f} MB; {answered:,} answers",
    )  # fmt: skip


def throughput(questions: Sequence[str], seconds: float = 10) -> Iterator[Row]:
    rates: dict[str, list[float]] = {"page": [], "constant": []}
    with ExitStack() as stack:
        programs = {name: stack.enter_context(running(name)) for name in rates}
        for _ in range(3):
            for name, program in programs.items():
                end = time.monotonic() + seconds
                answered = asked_by(16, program.port, questions, lambda so_far, end=end: time.monotonic() < end)
                rates[name].append(answered / seconds)
    said = {name: f"{statistics.median(found):.0f}" for name, found in rates.items()}
    note = f"{said['page']} / {said['constant']} a second"
    yield Row("answers a second, 16 clients / constant", ratios(rates["page"], rates["constant"]), None, 0.6, note)


def ratios(these: Sequence[float], those: Sequence[float]) -> list[float]:
    return [a / b for a, b in zip(these, those, strict=True)]
