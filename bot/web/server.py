"""uvicorn as an open port needs it: nobody holds a connection by silence, and nothing is logged."""

import asyncio
import gc
import json
import sys
from collections.abc import Callable
from typing import Any

import h11
import uvicorn
from gradio.http_server import Server
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.web.settings import free_port

SLOWEST_HEAD = 10  # seconds in which a request's head must have arrived
MOST_CONNECTIONS = 1000
HAND_OVER = 0.001  # seconds
SPARE = 100  # descriptors kept free for files and for the ends of connections


def most_connections() -> int:
    """As many as the system lets this process have open, with some to spare; it is asked for more first."""
    try:
        import resource
    except ImportError:  # Windows, which knows no such limit
        return MOST_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + SPARE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(10, soft - SPARE)
    return MOST_CONNECTIONS


def at_rest() -> None:
    """Once all is loaded: that is never garbage, so it is not looked through again (93 ms a time); and whoever computes
    gives way after a millisecond instead of five, so that a refusal need not wait for an answer."""
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(HAND_OVER)


def protocol(headers: dict[str, str], most: int) -> type[H11Protocol]:
    """A connection, with time-outs and with `headers` on what is answered before any app is asked."""

    class Connection(H11Protocol):
        head: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if len(self.connections) > most:
                self._refuse(503, "Too many readers are connected; try again later.")
            else:
                self._time_the_head()

        def data_received(self, data: bytes) -> None:
            if self.transport.is_closing():
                return
            super().data_received(data)
            self._time_the_head()

        def connection_lost(self, exc: Exception | None) -> None:
            if self.head:
                self.head.cancel()
            super().connection_lost(exc)

        def _time_the_head(self) -> None:
            if self.cycle is not None and not self.cycle.response_complete:
                if self.head:
                    self.head.cancel()
                self.head = None
            elif self.head is None:
                sentence = f"The request did not come; expected its head within {SLOWEST_HEAD} seconds."
                self.head = self.loop.call_later(SLOWEST_HEAD, self._refuse, 408, sentence)

        def _should_upgrade(self) -> bool:
            return False  # no websocket is needed, and no line about it

        def send_400_response(self, msg: str) -> None:
            self._refuse(400, "That is not HTTP.")

        def _refuse(self, status: int, sentence: str) -> None:
            if self.transport.is_closing():
                return
            if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                body = json.dumps({"detail": sentence}).encode("ascii")
                sent = {**headers, "Content-Type": "application/json", "Content-Length": str(len(body))}
                lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
                self.transport.write(
                    f"HTTP/1.1 {status} Refused\r\n{lines}Connection: close\r\n\r\n".encode("ascii") + body
                )
            self.transport.close()

    return Connection


def starter(wrapped: Callable[[Any], ASGIApp], headers: dict[str, str]) -> Callable[..., tuple[str, int, str, Server]]:
    """What stands in for Gradio's `start_server`, which leaves none of this to be chosen."""

    def start(app: Any, server_name: str, server_port: int | None, **_: object) -> tuple[str, int, str, Server]:
        host = server_name.strip("[]")
        config = uvicorn.Config(
            wrapped(app),
            host=host,
            port=free_port(host, server_port),
            http=protocol(headers, most_connections()),
            ws="none",
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,  # it would believe X-Forwarded-For of any process on this machine
            server_header=False,
        )
        server = Server(config)
        server.run_in_thread()  # type: ignore[no-untyped-call]
        shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(server_name, server_name)
        return server_name, config.port, f"http://{shown}:{config.port}/", server

    return start
