"""What stands between the page and the internet: allowed paths, limits, security headers, votes.

Nothing here reads a question, and nothing is logged.
"""

import json
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64 * 1024  # bytes: twenty earlier questions of the longest length fit
ALLOWED = {
    "GET": re.compile(
        r"/|/config/?|/healthz|/theme\.css|/favicon\.ico|/(assets|static|svelte)/[\w./@-]+"
        r"|/gradio_api/(info|queue/data|startup-events|heartbeat/\w+|call/ask/\w+)/?"
    ),
    "POST": re.compile(r"/vote/(up|down)|/gradio_api/(queue/join|call/ask|reset)/?"),
}
ORIGIN = re.compile(r"https?://(\*\.)?[\w-]+(\.[\w-]+)*(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Settings:
    """`embedders`: origins that may show the page in a frame. `proxies`: how many trusted proxies
    stand in front and add to X-Forwarded-For. `votes`: a file for the two counts, or None."""

    embedders: tuple[str, ...] = ()
    rate: str = "60/minute"
    proxies: int = 0
    votes: Path | None = None

    def __post_init__(self) -> None:
        for origin in self.embedders:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(f"embedding origin has value {origin!r}; expected one like https://example.org")
        try:
            parse(self.rate)
        except ValueError as e:
            raise ValueError(f"rate has value {self.rate!r}; expected one like 60/minute") from e

    @property
    def policy(self) -> str:
        ancestors = " ".join(["'self'", *self.embedders])
        return (
            "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
            f"form-action 'self'; frame-ancestors {ancestors}"
        )


@dataclass(slots=True)
class Votes:
    """Two numbers. They say nothing about who voted, when, or on what."""

    path: Path | None = None
    counts: dict[str, int] = field(default_factory=lambda: {"up": 0, "down": 0})
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.path and self.path.exists():
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            self.counts = {way: int(kept.get(way, 0)) for way in self.counts}

    def add(self, way: str) -> None:
        with self._lock:
            self.counts[way] += 1
            if self.path:
                fresh = self.path.with_name(self.path.name + ".new")
                fresh.write_text(json.dumps(self.counts), encoding="utf-8")
                fresh.replace(self.path)


def middleware(settings: Settings) -> list[Middleware]:
    """Outermost first."""
    return [
        Middleware(Guard, settings=settings),
        Middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_BODY),
    ]


class WithoutOrigin:
    """Takes the Origin header away. Gradio's outermost layer answers it with leave to read from that
    origin (CORS); this page gives that to nobody, as frames do not need it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name, value) for name, value in scope.get("headers", ()) if name != b"origin"]
        await self.app({**scope, "headers": headers} if "headers" in scope else scope, receive, send)


class Guard:
    """Refuses what the page does not need, answers /healthz and /vote, adds headers to the rest."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.votes = Votes(settings.votes)
        self.limiter = MovingWindowRateLimiter(MemoryStorage())
        self.rate = parse(settings.rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return  # no websocket is needed

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._set_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        own = self._own_answer(scope)
        await (own or self.app)(scope, receive, with_headers)

    def _own_answer(self, scope: Scope) -> Response | None:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        path = scope["path"]
        if method not in ALLOWED or not ALLOWED[method].fullmatch(path) or ".." in path:
            return PlainTextResponse("Not found", 404)
        # A shared link must never bring somebody else's session back.
        if any(name == "deep_link" for name, _ in parse_qsl(scope["query_string"].decode("latin-1"), True)):
            return PlainTextResponse("Not found", 404)
        if path == "/healthz":
            return JSONResponse({"status": "ok"})
        if method == "POST" and not self.limiter.hit(self.rate, self._client(scope)):
            return JSONResponse({"detail": "Too many requests"}, 429, {"Retry-After": str(self.rate.get_expiry())})
        if path.startswith("/vote/"):
            self.votes.add(path.removeprefix("/vote/"))
            return Response(status_code=204)
        return None

    def _client(self, scope: Scope) -> str:
        """The address that asks: what the outermost trusted proxy saw, if there is one."""
        forwarded = [a.strip() for a in Headers(scope=scope).get("x-forwarded-for", "").split(",") if a.strip()]
        if self.settings.proxies and len(forwarded) >= self.settings.proxies:
            return forwarded[-self.settings.proxies]
        return scope["client"][0] if scope.get("client") else "unknown"

    def _set_headers(self, headers: MutableHeaders, path: str) -> None:
        headers["Content-Security-Policy"] = self.settings.policy
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
        if not path.startswith(("/assets/", "/static/", "/svelte/")):
            headers["Cache-Control"] = "no-store"
        for name in [name for name in headers if name.startswith("access-control-") or name == "set-cookie"]:
            del headers[name]
