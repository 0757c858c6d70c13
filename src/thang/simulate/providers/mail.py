"""A mail server on loopback that takes every letter and delivers none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Self

MOST = 1 << 22  # bytes of a letter
LINE = 2_000
READY = {"EHLO": "250 stand-in", "HELO": "250 stand-in", "RSET": "250 OK", "NOOP": "250 OK"}

Take = Callable[[str, EmailMessage], None]  # to whom, and the letter


class MailServer:
    """To be used in a `with`; `take` gets each letter."""

    def __init__(self, take: Take) -> None:
        self._server = ThreadingTCPServer(("127.0.0.1", 0), _handler(take))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        return "127.0.0.1", int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(take: Take) -> type[StreamRequestHandler]:
    class Handler(StreamRequestHandler):
        timeout = 30.0

        def handle(self) -> None:
            self._to = ""
            self._say("220 stand-in: nothing is delivered")
            while line := self.rfile.readline(LINE):
                verb = line[:4].decode("ascii", "replace").upper()
                if verb == "QUIT":
                    break
                self._heard(verb, line.decode("utf-8", "replace"))
            self._say("221 bye")

        def _heard(self, verb: str, line: str) -> None:
            match verb:
                case "RCPT":
                    self._to = line.partition(":")[2].split(">")[0].strip(" <\r\n")
                    self._say("250 OK")
                case "MAIL":
                    self._say("250 OK")
                case "DATA":
                    self._say("354 go on")
                    self._letter()
                case _:
                    self._say(READY.get(verb, "502 not here"))

        def _letter(self) -> None:
            kept = bytearray()
            while (line := self.rfile.readline()) not in (b".\r\n", b".\n", b""):
                kept += line.removeprefix(b".") if line.startswith(b"..") else line
                del kept[MOST:]
            take(self._to, message_from_bytes(bytes(kept), policy=default))
            self._say("250 OK")

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    return Handler
