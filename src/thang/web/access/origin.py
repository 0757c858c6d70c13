"""Where a request comes from: our own pages, or somebody else's; and to which host it was sent."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PORTS = {"http": 80, "https": 443}


def from_our_pages(headers: Headers, *, secure: bool) -> bool:
    """Whether a browser says that one of our own pages sent this.

    A request that says nothing of its origin is not from a page: browsers always say it of
    what changes things.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is None:
        return site == "same-origin"
    return _same_place(origin, headers.get("host", ""), secure=secure)


def known_host(host: str, configured: str, *, secure: bool) -> bool:
    """Whether the name in the Host header may be ours.

    A page elsewhere can let its own name point to this machine and so read what only this
    machine may (DNS rebinding); its name betrays it. Behind TLS a certificate or a proxy has
    settled the name already.
    """
    name = _name(host)
    if not name:
        return False
    return secure or name == configured.lower() or loopback_name(name)


def loopback_name(name: str) -> bool:
    """Whether a host name can only mean this very machine."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _same_place(origin: str, host: str, *, secure: bool) -> bool:
    try:
        there, here = urlsplit(origin), urlsplit(f"//{host}")
        scheme = there.scheme
        ports = (there.port or PORTS.get(scheme), here.port or PORTS.get(scheme))
    except ValueError:
        return False
    if scheme not in (("https",) if secure else ("http", "https")) or not there.hostname:
        return False
    return there.hostname == here.hostname and ports[0] == ports[1]


def _name(host: str) -> str:
    """The host's name without its port; empty where it is none."""
    if any(c in host for c in "/\\@?# \t"):
        return ""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    return parts.hostname or ""
