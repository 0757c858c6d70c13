"""Serving a shop: on this machine alone by default, with one address to open."""

from __future__ import annotations

import gc
import ipaddress
import os
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from thang.model import Unavailable, WrongInput
from thang.web.app import create_app
from thang.web.guard.protocol import guarded
from thang.web.known import make_known
from thang.web.logs import set_up_logs
from thang.web.office import Office

BACKLOG = 512
ATTEMPTS = 20  # ports tried from the first one on, where none was asked for


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen. `exposed`: somebody in front of us speaks TLS, or plain HTTP is meant."""

    host: str = "127.0.0.1"
    port: int | None = None
    certificate: Path | None = None
    key: Path | None = None
    exposed: bool = False

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over TLS."""
        return self.certificate is not None or self.exposed


def loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check(place: Place) -> None:
    """A shop is not laid open to a network by an oversight."""
    if not loopback(place.host) and not place.secure:
        raise WrongInput(
            f"{place.host} can be reached from other machines: give --cert and --key, or "
            "--behind-proxy if a proxy with TLS stands in front."
        )


def serve_shop(
    shop: Path, place: Place, say: Callable[[str], None], *, browser: bool = False
) -> None:
    """Serve until stopped; what is under way ends in order, and nothing taken in is lost."""
    check(place)
    listener = bound(place)
    set_up_logs()
    office = Office.open(shop, place.host, secure=place.secure)
    try:
        address = base_address(place, listener.getsockname()[1])
        make_known(office, address)
        office.shop.address = address
        app = create_app(office)
        app.state.address = address
        spare_the_collector()
        first = first_address(office, address)
        say(first)
        if browser and has_screen():
            webbrowser.open(first)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="on",
            http=guarded(), server_header=False, date_header=True, proxy_headers=place.exposed,
            ssl_certfile=place.certificate, ssl_keyfile=place.key, timeout_graceful_shutdown=10,
        )  # fmt: skip
        # The server hands the signal that ended it on to us: it is how one stops a server.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        listener.close()


def spare_the_collector() -> None:
    """What is there by now stays: looking through it again and again slows what arrives."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def bound(place: Place) -> socket.socket:
    """A listening socket at the port asked for, or at the first free one from 8010 on."""
    ports = range(8010, 8010 + ATTEMPTS) if place.port is None else [place.port]
    for port in ports:
        family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((place.host, port))
            listener.listen(BACKLOG)  # whoever comes before we have started waits
        except OSError:
            listener.close()
            continue
        return listener
    raise Unavailable(
        f"Port {ports[0]} of {place.host} is taken or not ours: choose another with --port."
    )


def base_address(place: Place, port: int) -> str:
    """Where we are reached."""
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"{'https' if place.certificate else 'http'}://{host}:{port}"


def first_address(office: Office, address: str) -> str:
    """The one address to open: with a one-time token while nobody has an account."""
    token = office.desk.first_token(office.now())
    return f"{address}/welcome?token={token}" if token else f"{address}/"


def has_screen() -> bool:
    """Whether there is a browser to open, rather than a terminal far away."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform in ("win32", "darwin") or any(map(os.environ.get, screens))
