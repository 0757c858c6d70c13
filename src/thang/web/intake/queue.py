"""What waits to be written: bounded, and no sender may fill it while others send as well."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from threading import Condition

from thang.workspace.arriving import Fate, Sending

ALMOST = 0.95  # of what may wait: above it, bodies are not even opened

Settled = Callable[[list[Fate] | Exception], None]


class Room(Enum):
    """Whether there was room for a request."""

    TAKEN = "taken"
    FULL = "full"  # the queue is full: 503
    SHARE = "share"  # this sender's share of it is: 429


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may wait, and how much is committed at once; bytes hold for large events."""

    waiting: int = 6_000  # calls: less than a second's work
    waiting_bytes: int = 48 * 1024 * 1024
    group: int = 2_000
    share: float = 0.5  # of what may wait, for one sender among several


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits; `settle` is told what became of it, from the writing thread."""

    sending: Sending
    settle: Settled
    size: int


class Queue:
    """First in, first out; who comes when it is full is told so at once."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._waits: deque[Waiting] = deque()
        self._changed = Condition()
        self._calls = self._bytes = 0
        self._by_source: Counter[str] = Counter()
        self._closed = False

    @property
    def calls(self) -> int:
        """How many calls wait."""
        return self._calls

    @property
    def full(self) -> bool:
        """Whether hardly anything more is taken."""
        return self._closed or self._calls >= self._bounds.waiting * ALMOST

    def put(self, sending: Sending, settle: Settled) -> Room:
        """Let a request wait, if there is room."""
        size = sum(map(len, sending.bundle.items))
        with self._changed:
            room = self._room(sending, size)
            if room is Room.TAKEN:
                self._waits.append(Waiting(sending, settle, size))
                self._count(sending, size, 1)
                self._changed.notify()
        return room

    def take(self) -> list[Waiting]:
        """The next requests to commit together; waits for one. Empty: it is closed and done."""
        with self._changed:
            self._changed.wait_for(lambda: self._waits or self._closed)
            taken: list[Waiting] = []
            calls = 0
            while self._waits and (not taken or calls < self._bounds.group):
                taken.append(self._waits.popleft())
                calls += len(taken[-1].sending.bundle.items)
                self._count(taken[-1].sending, taken[-1].size, -1)
            return taken

    def close(self) -> None:
        """Nobody may wait any more; what waits is still handed out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _room(self, sending: Sending, size: int) -> Room:
        calls = self._calls + len(sending.bundle.items)
        bounds = self._bounds
        full = calls > bounds.waiting or self._bytes + size > bounds.waiting_bytes
        if self._closed or (full and self._waits):
            return Room.FULL
        mine = self._by_source[sending.source] + len(sending.bundle.items)
        others = self._calls > self._by_source[sending.source]
        if others and mine > bounds.share * bounds.waiting:
            return Room.SHARE
        return Room.TAKEN

    def _count(self, sending: Sending, size: int, sign: int) -> None:
        calls = sign * len(sending.bundle.items)
        self._calls += calls
        self._bytes += sign * size
        self._by_source[sending.source] += calls
        if not self._by_source[sending.source]:
            del self._by_source[sending.source]
