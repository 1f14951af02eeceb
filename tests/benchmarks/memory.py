"""python -m tests.benchmarks.memory [--questions 10800]: an hour's traffic in fast motion, and what the server holds.

Three questions a second for an hour, as fast as they are answered: visitors who load the page, ask a few and vote;
one in ten fetches no answer, and one in ten leaves while it waits. Draws the resident memory into docs/memory.svg.
"""

import argparse
import asyncio
import random
from contextlib import suppress
from pathlib import Path

import httpx
from matplotlib.figure import Figure

from corpus.questions import read_question_file
from tests.benchmarks.load import by_api, by_page, by_queue, connected, posted, wait_for
from tests.benchmarks.serving import ROOT, Program, Row, running
from tests.benchmarks.table import QUESTIONS

PLOT = ROOT / "docs" / "memory.svg"
AT_ONCE = 8  # visitors
FEW = 5  # questions of one
STEP = 100  # questions from one look at the memory to the next
WARM = 0.1  # share of the questions after which the memory must stay as it is


async def visit(port: int, number: int, questions: list[str]) -> None:
    """One reader, from the page to the vote."""
    chance = random.Random(number)
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    async with connected(port) as http:
        await http.get("/", headers={"x-forwarded-for": address})
        for question in questions:
            match chance.randrange(10):
                case 0:
                    await posted(http, "gradio_api/call/turn", address, data=[question, {}, []])
                case 1:
                    with suppress(httpx.TimeoutException):
                        event = await posted(http, "gradio_api/call/ask", address, data=[question])
                        await http.get(f"gradio_api/call/ask/{event}", timeout=0.01)
                case way:
                    await (by_api, by_page, by_queue)[way % 3](http, question, address)
        await http.post("vote/up", headers={"x-forwarded-for": address})


async def traffic(page: Program, questions: list[str], many: int) -> list[float]:
    """Resident memory in MB, at the start and after each STEP questions."""
    held, places, asked = [page.memory], asyncio.Semaphore(AT_ONCE), 0

    async def visitor(number: int) -> None:
        nonlocal asked
        async with places:
            await visit(page.port, number, [questions[(number * FEW + n) % len(questions)] for n in range(FEW)])
        asked += FEW
        if asked % STEP == 0:
            held.append(page.memory)

    async with asyncio.TaskGroup() as tasks:
        for number in range(many // FEW):
            tasks.create_task(visitor(number))
    return held


def draw(held: list[float], path: Path) -> None:
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot([STEP * n for n in range(len(held))], held)
    axes.set(xlabel="questions answered", ylabel="resident memory, MB", ylim=(0, 1.2 * max(held)))
    axes.grid(alpha=0.3)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=3 * 3600)
    parser.add_argument("--plot", type=Path, default=PLOT)
    asked = parser.parse_args()
    questions = [example.question for example in read_question_file(QUESTIONS)]
    with running("page") as page:
        wait_for(page.port)
        held = asyncio.run(traffic(page, questions, asked.questions))
    warm = held[int(WARM * len(held))]
    note = f"{held[0]:.0f} MB at the start, {warm:.0f} then, {held[-1]:.0f} at the end"
    print(
        Row(f"memory after {asked.questions:,} questions / after a tenth of them", [held[-1] / warm], 1.05, None, note)
    )
    draw(held, asked.plot)


if __name__ == "__main__":
    main()
