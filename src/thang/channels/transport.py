"""The one way out over HTTP: it connects to public addresses only, and never follows a redirect.

A webhook's address is chosen by a person, and a provider's name is answered by a stranger's name
server. So a name is resolved once, every address it has must be a public one, and the connection
goes to just that address; TLS still asks for the name. A shop that hosts its own receiver names it
in `allowed`.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

SECONDS = 10.0
MOST = 1 << 20  # bytes of an answer
PORTS = (443,)
V4_IN_V6 = (  # prefixes whose last or middle bits are an IPv4 address that may be a private one
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("2002::/16"),
)

Resolve = Callable[[str, int], list[str]]


class ForbiddenError(httpx.ConnectError):
    """The address may not be connected to."""


class OverlongError(httpx.TransportError):
    """The answer is longer than any provider's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said: status, headers (names in small letters) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet, in whatever clothes it comes."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in network for network in V4_IN_V6):
            return False
    return ip.is_global and not ip.is_multicast


class _Guarded(httpcore.NetworkBackend):
    """Resolves once, refuses what is not public, and connects to the address it looked at."""

    def __init__(self, allowed: Collection[tuple[str, int]], resolver: Resolve) -> None:
        self._below = httpcore.SyncBackend()
        self._allowed = frozenset(allowed)
        self._resolve = resolver

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None,
        local_address: str | None = None, socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        if (host, port) not in self._allowed:
            if port not in PORTS:
                raise httpcore.ConnectError("forbidden: port")
            host = self._public(host, port)
        return self._below.connect_tcp(host, port, timeout, local_address, socket_options)

    def _public(self, host: str, port: int) -> str:
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError):
            raise httpcore.ConnectError("no such name") from None
        if not found or not all(is_public(address) for address in found):
            raise httpcore.ConnectError("forbidden: not public")
        return found[0]

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("forbidden: socket")

    def sleep(self, seconds: float) -> None:
        self._below.sleep(seconds)


class Wire:
    """A client for one channel. `allowed`: hosts and ports of the shop's own network."""

    def __init__(
        self, allowed: Collection[tuple[str, int]] = (), seconds: float = SECONDS,
        resolver: Resolve = resolve,
    ) -> None:  # fmt: skip
        self._allowed = frozenset(allowed)
        transport = httpx.HTTPTransport(retries=0, trust_env=False)
        transport._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False), retries=0,
            max_connections=8, network_backend=_Guarded(self._allowed, resolver),
        )  # fmt: skip
        self._client = httpx.Client(
            transport=transport, timeout=seconds, follow_redirects=False, trust_env=False,
            headers={"user-agent": "thang"},
        )  # fmt: skip

    def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], method: str = "POST"
    ) -> Answer:
        """One request, one answer; httpx's errors where there is none."""
        address = httpx.URL(url)
        own = (address.host, address.port or 80) in self._allowed
        if address.scheme != "https" and not own:
            raise ForbiddenError("forbidden: not https")
        with self._client.stream(method, address, content=body, headers=dict(headers)) as told:
            kept = bytearray()
            for part in told.iter_bytes():
                kept += part
                if len(kept) > MOST:
                    raise OverlongError("answer too long")
            return Answer(
                told.status_code, {k.lower(): v for k, v in told.headers.items()}, bytes(kept)
            )

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()
