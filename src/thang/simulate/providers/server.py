"""A provider as a real HTTP server on loopback, with troubles that are planned call by call."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

MOST = 1 << 22  # bytes of a request


class Trouble(Enum):
    """What goes wrong with a call."""

    CUT = auto()  # the line breaks before the provider has read anything
    LOST = auto()  # the provider takes the message, and its answer never arrives
    BUSY = auto()  # too many calls
    BROKEN = auto()  # the provider's own fault, after the message was taken
    GARBAGE = auto()  # an answer that nobody understands, after the message was taken


@dataclass(frozen=True, slots=True)
class Call:
    """One request; names of headers are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        """The body as an object."""
        found = json.loads(self.body or b"{}")
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Reply:
    """What the provider answers; `taken`: what it really took, by the sender's key or address."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    taken: str = ""


Plan = Callable[[int], Trouble | None]  # by the number of the call, from 0


class Provider(ABC):
    """A server to be used in a `with`; `taken` is what it took, in order, and `took` is told."""

    busy: Reply = Reply({"error": "slow down"}, 429, {"retry-after": "3600"})

    def __init__(self, plan: Plan = lambda _: None) -> None:
        self.plan = plan
        self.calls: list[Call] = []
        self.taken: list[str] = []
        self.took: Callable[[Call], None] = lambda _: None
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    @abstractmethod
    def reply(self, call: Call) -> Reply:
        """What the documentation says a call is answered with."""

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        return "127.0.0.1", int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return f"http://127.0.0.1:{self.place[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def heard(self, call: Call) -> Reply | None:
        """The answer of one call; None: the line breaks."""
        with self._lock:
            trouble = self.plan(len(self.calls))
            self.calls.append(call)
            if trouble is Trouble.CUT:
                return None
            if trouble is Trouble.BUSY:
                return self.busy
            found = self.reply(call)
            if found.taken:
                self.taken.append(found.taken)
                self.took(call)
        return _spoilt(found, trouble)


def _spoilt(found: Reply, trouble: Trouble | None) -> Reply | None:
    match trouble:
        case Trouble.LOST:
            return None
        case Trouble.BROKEN:
            return Reply({"error": "internal"}, 500)
        case Trouble.GARBAGE:
            return Reply("<html>", 200)
    return found


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            size = min(int(self.headers.get("content-length", 0)), MOST)
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = Call(self.command, self.path, headers, self.rfile.read(size))
            found = provider.heard(call)
            self.close_connection = found is None
            if found is None:
                return
            body = json.dumps(found.body).encode()
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET = do_DELETE = _answer  # noqa: N815 - names of http.server

        def log_message(self, *_: object) -> None:
            """Nothing: what is sent to people is in no log."""

    return Handler
