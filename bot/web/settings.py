"""What whoever runs the page may choose about its server, checked where it is made."""

import re
import socket
from dataclasses import dataclass
from pathlib import Path

from limits import parse

ORIGIN = re.compile(r"https?://(\*\.)?[\w-]+(\.[\w-]+)*(:\d{1,5})?")
FIRST_PORT = 7860
HOST = re.compile(r"([\w-]+(\.[\w-]+)*\.?|\[[0-9a-fA-F:.]+\])(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Settings:
    """`embedders`: origins that may show the page in a frame. `rate`: questions that one client may send.
    `proxies`: how many trusted proxies stand in front and add to X-Forwarded-For. `votes`: a file for
    the two counts, or None. `hosts`: names that this server goes by; none given, any is answered."""

    embedders: tuple[str, ...] = ()
    rate: str = "60/minute"
    proxies: int = 0
    votes: Path | None = None
    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for origin in self.embedders:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(f"embedding origin has value {origin!r}; expected one like https://example.org")
        for host in self.hosts:
            if not HOST.fullmatch(host):
                raise ValueError(f"host has value {host!r}; expected one like chat.example.org")
        if self.proxies < 0:
            raise ValueError(f"proxies has value {self.proxies}; expected 0 or more")
        try:
            parse(self.rate)
        except ValueError as e:
            raise ValueError(f"rate has value {self.rate!r}; expected one like 60/minute") from e

    @property
    def policy(self) -> str:
        ancestors = " ".join(["'self'", *self.embedders])
        return (
            "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
            f"form-action 'self'; frame-ancestors {ancestors}"
        )

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Content-Security-Policy": self.policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
            "Cache-Control": "no-store",
        }


def free_port(host: str, port: int | None) -> int:
    """`port`, or the first free one from FIRST_PORT on. Raises OSError in words."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in [port] if port is not None else range(FIRST_PORT, FIRST_PORT + 100):
        with socket.socket(family) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((host, number))
            except OSError as e:
                reason = e.strerror
            else:
                return int(tried.getsockname()[1])
    raise OSError(f"{host}, port {port or FIRST_PORT}: cannot be listened on ({reason}); expected a free port")
