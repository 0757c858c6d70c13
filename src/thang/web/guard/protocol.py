"""uvicorn's HTTP protocol with deadlines: for headers, for bodies, and for answers left unread."""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from thang.web.guard.limits import DEFAULT, Limits

TOO_SLOW = (408, b"Request Timeout", b"Too slow: send it again.\n")
TOO_MANY_HEADERS = (431, b"Request Header Fields Too Large", b"The headers are too large.\n")
TOO_BUSY = (503, b"Service Unavailable", b"Too many connections: try again shortly.\n")


def guarded(limits: Limits = DEFAULT) -> type[HttpToolsProtocol]:
    """The protocol class for `uvicorn.Config(http=...)` with these limits."""
    return type("Guarded", (GuardedProtocol,), {"limits": limits})


class GuardedProtocol(HttpToolsProtocol):
    """One connection. It waits for headers, then for a body, then for the application."""

    limits: Limits = DEFAULT

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._timer: TimerHandle | None = None  # of headers, or the body's next beat
        self._unread: TimerHandle | None = None
        self._head_bytes = 0
        self._within = self._in_head = False  # inside a request; before the end of its headers
        self._began = self._moved = 0.0  # of the body: when, and when it last grew
        self._body_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Take the connection, or turn it away where there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            self._refuse(TOO_BUSY, b"retry-after: 5\r\n")
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of every clock."""
        self._stop()
        self._stop_unread()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; bytes between two requests begin a request as well."""
        if self.transport.is_closing():
            return
        if self._timer is None and not self._within and self._idle():
            self._await_head()
        super().data_received(data)
        if self._in_head:  # a header without an end reaches no callback: count what came
            self._head_bytes += len(data)
            if self._head_bytes > self.limits.header_bytes and not self.transport.is_closing():
                self._refuse(TOO_MANY_HEADERS)

    def on_message_begin(self) -> None:
        """A request begins: its headers have until their deadline."""
        self._within = self._in_head = True
        self._head_bytes = 0
        if self._timer is None:
            self._await_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Headers are whole: from now on the body has to keep moving."""
        self._stop()
        self._began = self._moved = self.loop.time()
        self._body_bytes = 0
        self._in_head = False
        self._timer = self.loop.call_later(self.limits.beat, self._beat)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._moved = self.loop.time()
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._within = False
        self._stop()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The other side does not read: not for ever."""
        super().pause_writing()
        self._stop_unread()
        self._unread = self.loop.call_later(self.limits.unread, self.transport.abort)

    def resume_writing(self) -> None:
        """The other side reads again."""
        self._stop_unread()
        super().resume_writing()

    def _should_upgrade_to_ws(self) -> bool:
        return False  # no page speaks over web sockets, and their bytes would pass unmeasured

    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _await_head(self) -> None:
        self._timer = self.loop.call_later(self.limits.header_seconds, self._too_slow)

    def _beat(self) -> None:
        """Whether the body still moves, as fast as it must."""
        self._timer = self.loop.call_later(self.limits.beat, self._beat)
        now = self.loop.time()
        if self._waits_for_us():
            self._began += self.limits.beat
            self._moved = now
            return
        lasted = now - self._began
        late = lasted > self.limits.body_idle
        stuck = now - self._moved > self.limits.body_idle
        if stuck or (late and self._body_bytes < lasted * self.limits.body_rate):
            self._too_slow()
        elif late and self._idle():
            self._close()  # answered long ago: what still comes is not wanted

    def _waits_for_us(self) -> bool:
        """It is the application that has not yet read what has come."""
        return self.flow.read_paused and not self._idle()

    def _too_slow(self) -> None:
        if self._idle() or not self.cycle.response_started:
            self._refuse(TOO_SLOW)
        else:
            self._close()

    def _refuse(self, answer: tuple[int, bytes, bytes], more: bytes = b"") -> None:
        """Say so in three lines, and hang up; whatever runs for it sees a disconnect."""
        status, phrase, text = answer
        self.transport.write(
            b"HTTP/1.1 %d %s\r\ncontent-type: text/plain; charset=utf-8\r\n"
            b"content-length: %d\r\n%bconnection: close\r\n\r\n%b"
            % (status, phrase, len(text), more, text)
        )
        self._close()

    def _close(self) -> None:
        self._stop()
        self.transport.close()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stop_unread(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
