"""Who asks, as far as a limit needs to know: one key for all that one sender can easily change."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

UNKNOWN = "unknown"  # all that is no address counts as one client
KEY = "chatbot.client"  # where the scope of a request keeps it


def client_of(scope: Scope, proxies: int) -> str:
    """The address that the outermost of `proxies` trusted proxies saw, or that is connected.

    Every X-Forwarded-For line counts, in order, as if they were one; only what the trusted proxies
    added, from the right, is believed.
    """
    if proxies:
        lines = Headers(scope=scope).getlist("x-forwarded-for")
        seen = [part.strip() for part in ",".join(lines).split(",")] if lines else []
        if len(seen) >= proxies:
            return key(seen[-proxies])
    return key(scope["client"][0]) if scope.get("client") else UNKNOWN


def key(written: str) -> str:
    """One key a client: "[2001:db8::1]:4711" -> "2001:db8::/64", "::ffff:1.2.3.4" -> "1.2.3.4"."""
    address = _parsed(written.strip().strip('"'))
    if address is None:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((int(address), 64), strict=False))  # a household or a server has a /64
    return str(address)


def _parsed(written: str) -> IPv4Address | IPv6Address | None:
    if written.startswith("["):
        written = written[1:].partition("]")[0]
    elif written.count(":") == 1:
        written = written.partition(":")[0]
    try:
        return ip_address(written.partition("%")[0])
    except ValueError:
        return None
