"""What may be said of a fault: an id, its kind and the line of code. Never what somebody asked.

A message or a traceback can hold the values that were worked on, so neither is ever written. No
flood of faults can fill a disk: beyond LINES a minute they are only counted.
"""

import logging
import secrets
import sys
import threading
from types import TracebackType

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

LINES = parse("60/minute")
OURS = "chatbot"
log = logging.getLogger(OURS)


def report(error: BaseException | None) -> str:
    """Writes one line; returns the id that stands in it, for the caller of the page to quote."""
    id = secrets.token_hex(4)
    log.error("fault %s: %s", id, kind_and_place(error))
    return id


def kind_and_place(error: BaseException | None) -> str:
    """ValueError in queueing.py, line 12"""
    if error is None:
        return "unknown"
    at: TracebackType | None = error.__traceback__
    while at and at.tb_next:
        at = at.tb_next
    where = f" in {at.tb_frame.f_code.co_filename.rpartition('/')[2]}, line {at.tb_lineno}" if at else ""
    return f"{type(error).__name__}{where}"


class Bounded(logging.Filter):
    """Lets LINES a minute through, and says how many were not."""

    def __init__(self) -> None:
        super().__init__()
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._dropped = 0

    def filter(self, record: logging.LogRecord) -> bool:
        if not self._limiter.hit(LINES, OURS):
            self._dropped += 1
            return False
        record.dropped, self._dropped = self._dropped, 0
        return True


class Bare(logging.Formatter):
    """Other people's messages are left out: only who speaks, how gravely, and of what kind of error."""

    def format(self, record: logging.LogRecord) -> str:
        dropped = getattr(record, "dropped", 0)
        before = f"({dropped} lines were left out) " if dropped else ""
        if record.name == OURS:
            return f"{before}{record.getMessage()}"
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        said = kind_and_place(error) if error else f"{record.module}, line {record.lineno}"
        return f"{before}{record.levelname} {record.name}: {said}"


class InPlaceOfTraceback:
    """Stands where Gradio's modules have `traceback`, and prints no inputs."""

    @staticmethod
    def print_exc(*_: object, **__: object) -> None:
        report(sys.exc_info()[1])

    @staticmethod
    def format_exc(*_: object, **__: object) -> str:
        return kind_and_place(sys.exc_info()[1])


def keep_questions_out_of_logs() -> None:
    """For this process, whoever writes: Gradio, uvicorn, asyncio or a thread of ours."""
    from gradio import queueing, route_utils, routes, utils

    for module in (queueing, route_utils, routes, utils):
        module.traceback = InPlaceOfTraceback  # type: ignore[attr-defined]
    handler = logging.StreamHandler()
    handler.addFilter(Bounded())
    handler.setFormatter(Bare())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    threading.excepthook = lambda thrown: report(thrown.exc_value) and None
