"""What stands between the page and the internet, one concern a class, outermost first.

`Headers` is around everything, so that no answer goes out without them; `Calls` (in `calls`) is the
innermost and reads what is sent. Nothing here is logged, and no question is kept.
"""

import asyncio
import re
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers as Sent
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.calls import Calls, in_one_piece, refusal
from bot.web.client import KEY, client_of
from bot.web.faults import report
from bot.web.home import Home
from bot.web.settings import HOST, Settings
from bot.web.votes import Votes

LARGEST_BODY = 128 * 1024  # bytes: a question of the longest length in any script, and earlier ones
SLOWEST_BODY = 10  # seconds in which a body must have arrived
READS = 20  # so many reads for each question that the rate allows
MOST_STREAMS = 40  # answers being waited for, at once, by one client: two for each open tab
ALLOWED = {
    "GET": re.compile(
        r"/|/icon\.(svg|png)|/config/?|/healthz|/gradio_api/(info|queue/data|startup-events|heartbeat/[\w-]+|call/(ask|turn)/\w+)/?"
    ),
    "POST": re.compile(r"/vote/(up|down)|/gradio_api/(queue/join|call/(ask|turn)|reset)/?"),
}
STREAMS = re.compile(r"/gradio_api/(queue/data|heartbeat/[\w-]+|call/(ask|turn)/\w+)/?")
LOCAL = {"localhost", "127.0.0.1", "[::1]"}


def middleware(settings: Settings, queue: object = None, home: Home | None = None) -> list[Middleware]:
    """Outermost first. `queue` is Gradio's, which knows its functions and who waits in it; `home` our page."""
    return [
        Middleware(Headers, headers=settings.headers),
        Middleware(Client, proxies=settings.proxies),
        Middleware(Hosts, hosts=settings.hosts),
        Middleware(Paths),
        Middleware(OwnSite),
        Middleware(Limit, rate=settings.rate),
        Middleware(Pages, home=home),
        Middleware(VotesTaken, votes=Votes(settings.votes)),
        Middleware(Bodies),
        Middleware(Calls, queue=queue),
    ]


class Guard:
    """All of them, around `app`."""

    def __init__(self, app: ASGIApp, settings: Settings, queue: object = None, home: Home | None = None) -> None:
        for layer in reversed(middleware(settings, queue, home)):
            app = layer.cls(app, *layer.args, **layer.kwargs)
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


class Headers:
    """Security headers on every answer; a fault inside becomes an answer with the id of its log line."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return  # no websocket is needed
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._set(MutableHeaders(scope=message))
            await send(message)

        try:
            await self.app(scope, receive, with_headers)
        except Exception as e:
            id = report(e)
            if not started:
                sentence = f"Something went wrong here. Whoever runs this page finds it in the log as fault {id}."
                await refusal(500, sentence)(scope, receive, with_headers)

    def _set(self, headers: MutableHeaders) -> None:
        for name, value in self.headers.items():
            headers[name] = value
        for name in [name for name in headers if name.startswith("access-control-") or name == "set-cookie"]:
            del headers[name]


class Client:
    """Writes down who asks, and takes away what must not reach Gradio: it answers the Origin header with
    leave for that origin to read, and repeats forwarded hosts that nobody vouches for."""

    def __init__(self, app: ASGIApp, proxies: int) -> None:
        self.app = app
        self.proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            kept = [(n, v) for n, v in scope["headers"] if self.proxies or not n.startswith(b"x-forwarded-")]
            scope = {**scope, KEY: client_of(scope, self.proxies), "headers": kept}
        await self.app(scope, receive, send)


class Layer:
    """Answers a request itself, or hands it on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        own = self.answer(scope) if scope["type"] == "http" else None
        await (own or self.app)(scope, receive, send)

    def answer(self, scope: Scope) -> Response | None:
        raise NotImplementedError


class Hosts(Layer):
    """Only names that this server goes by, where they are given: the page repeats the name it is asked under."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        super().__init__(app)
        self.hosts = {host.lower() for host in hosts}

    def answer(self, scope: Scope) -> Response | None:
        sent = Sent(scope=scope).getlist("host")
        host = sent[0].lower() if len(sent) == 1 else ""
        if not HOST.fullmatch(host):
            return refusal(400, "The Host header is not one name; expected one like chat.example.org.")
        bare = re.sub(r":\d+$", "", host)
        if self.hosts and not {host, bare} & (self.hosts | LOCAL):
            return refusal(421, "This server does not go by that name.")
        return None


class Paths(Layer):
    """What the page needs is there, and nothing else."""

    def answer(self, scope: Scope) -> Response | None:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        path = scope["path"]
        if method not in ALLOWED or not ALLOWED[method].fullmatch(path) or ".." in path:
            return refusal(404, "There is nothing here.")
        # A shared link must never bring somebody else's session back.
        if any(name == "deep_link" for name, _ in parse_qsl(scope["query_string"].decode("latin-1"), True)):
            return refusal(404, "There is nothing here.")
        return JSONResponse({"status": "ok"}) if path == "/healthz" else None


class OwnSite(Layer):
    """Other sites' pages may neither vote nor ask in a reader's name. Programs send none of these headers."""

    def __init__(self, app: ASGIApp) -> None:
        async def without_origin(scope: Scope, receive: Receive, send: Send) -> None:
            headers = [(name, value) for name, value in scope.get("headers", ()) if name != b"origin"]
            await app({**scope, "headers": headers} if "headers" in scope else scope, receive, send)

        super().__init__(without_origin)

    def answer(self, scope: Scope) -> Response | None:
        if scope["method"] != "POST":
            return None
        sent = Sent(scope=scope)
        site, origin = sent.get("sec-fetch-site"), sent.get("origin")
        hosts = {sent.get("host", ""), sent.get("x-forwarded-host", "")}
        own = site in ("same-origin", "none") if site else origin is None or urlsplit(origin).netloc in hosts - {""}
        return None if own else refusal(403, "Only this page itself may send that.")


class Limit(Layer):
    """So many questions a client, so many reads, and so many answers waited for at once."""

    def __init__(self, app: ASGIApp, rate: str) -> None:
        super().__init__(app)
        self.limiter = MovingWindowRateLimiter(MemoryStorage())
        self.questions = parse(rate)
        self.reads = type(self.questions)(self.questions.amount * READS, self.questions.multiples, "reads")
        self.streams: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not STREAMS.fullmatch(scope["path"]):
            await super().__call__(scope, receive, send)
            return
        client = scope[KEY]
        if self.streams[client] >= MOST_STREAMS:
            await refusal(429, f"{MOST_STREAMS} answers are being waited for already.")(scope, receive, send)
            return
        self.streams[client] += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.streams[client] -= 1
            if not self.streams[client]:
                del self.streams[client]

    def answer(self, scope: Scope) -> Response | None:
        rate = self.questions if scope["method"] == "POST" else self.reads
        if self.limiter.hit(rate, scope[KEY]):
            return None
        return refusal(
            429, "That was more than one reader asks; try again later.", **{"Retry-After": str(rate.get_expiry())}
        )


class Pages(Layer):
    """The page and its icon are ours; Gradio's own page is served to nobody."""

    def __init__(self, app: ASGIApp, home: Home | None) -> None:
        super().__init__(app)
        self.home = home or Home("")

    def answer(self, scope: Scope) -> Response | None:
        return self.home.response(scope["path"], Sent(scope=scope).get("accept-encoding", ""))


class VotesTaken(Layer):
    def __init__(self, app: ASGIApp, votes: Votes) -> None:
        super().__init__(app)
        self.votes = votes

    def answer(self, scope: Scope) -> Response | None:
        if scope["path"] == "/vote/up":
            self.votes.add("up")
        elif scope["path"] == "/vote/down":
            self.votes.add("down")
        else:
            return None
        return Response(status_code=204)


class Bodies(Layer):
    """Reads the whole body, which must be small and come soon, and hands it on in one piece."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        body = b""
        try:
            async with asyncio.timeout(SLOWEST_BODY):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return
                    body += message.get("body", b"")
                    if len(body) > LARGEST_BODY:
                        sentence = f"That is too long; expected at most {LARGEST_BODY:,} bytes."
                        await refusal(413, sentence, connection="close")(scope, receive, send)
                        return
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            sentence = f"The rest did not come; expected it within {SLOWEST_BODY} seconds."
            await refusal(408, sentence, connection="close")(scope, receive, send)
            return
        await self.app(scope, in_one_piece(body, receive), send)
