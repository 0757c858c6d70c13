"""A shop with one live source, its stand-in at the other end, and a clock that a test turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sources.live.platforms import Platform, Sent

from thang.model import SECOND, Refused
from thang.record import Record
from thang.record.inbox import Inbox
from thang.simulate.providers.server import Provider
from thang.sources.live.contract import Call
from thang.sources.live.gathering import CLASH
from thang.workspace.arriving import Arrivals
from thang.workspace.connecting.connecting import Knock
from thang.workspace.connecting.report import SourceState
from thang.workspace.shop import Workspace

DAWN = 1_790_000_000  # seconds: an autumn day of 2026
EVENING = DAWN + 3_600


@dataclass
class Clock:
    """Microseconds since 1970, as a test wants them."""

    seconds: int = EVENING

    def __call__(self) -> int:
        return self.seconds * SECOND

    def on(self, seconds: int) -> None:
        """Let time pass."""
        self.seconds += seconds


class Held(Workspace):
    """A workspace that keeps record and inbox open, as a server does, and has no derived tables."""

    def __init__(self, path: Path, now: Clock) -> None:
        super().__init__(path, now)
        self.book = Record.open(path, now)
        self.letters = Inbox.open(path, CLASH)
        self.arrivals = Arrivals(self.book, self.folder)

    def close(self) -> None:
        """Let go of the files."""
        self.letters.close()
        self.book.close()

    def _record(self) -> AbstractContextManager[Record]:
        return nullcontext(self.book)

    def _inbox(self) -> AbstractContextManager[Inbox]:
        return nullcontext(self.letters)

    def _keeping(self) -> AbstractContextManager[Arrivals]:
        return nullcontext(self.arrivals)


@dataclass
class Connected:
    """A shop, and what stands for its platform."""

    platform: Platform
    folder: Path
    clock: Clock
    server: Provider
    shop: Held

    def reopen(self) -> None:
        """As after a kill: nothing is kept but what is on disk."""
        self.shop.close()
        self.shop = Held(self.folder, self.clock)

    def tell(self, *calls: Sent) -> list[Knock]:
        """Have the platform call."""
        shop, key = self.shop, self.platform.key
        path = self.platform.path or shop.doors()[key]
        return [shop.take_in(key, path, Call(body, headers)) for body, headers in calls]

    def map(self) -> None:
        """Map all that came."""
        while self.shop.map_what_came():
            pass

    def pull(self, rounds: int = 6) -> None:
        """Ask and map until nothing more is due at once."""
        for _ in range(rounds):
            self.map()
            if not self.shop.pull(50):
                return

    def settle(self) -> None:
        """Ask and map as long as an evening is, so that whatever was put off has its turn."""
        for _ in range(12):
            self.pull()
            self.clock.on(4_000)
        self.map()

    def day(self) -> None:
        """The platform's whole day."""
        self.tell(*self.platform.calls(DAWN))
        self.pull()

    def events(self) -> list[tuple[Any, ...]]:
        """What the record holds, in an order of its own: kind, instant, reference and money."""
        with self.shop._record() as record:
            names = {code: name for name, code in record.kinds().items()}
            told = record.events_after(0)
        columns = [told[name].to_pylist() for name in ("kind", "at", "ref", "amount", "flags")]
        return sorted((names[kind], *rest) for kind, *rest in zip(*columns, strict=True))

    def kinds(self) -> dict[str, int]:
        """How many events of each kind the record holds."""
        return dict(Counter(str(row[0]) for row in self.events()))

    def refused(self) -> list[Refused]:
        """What was refused."""
        with self.shop._record() as record:
            return record.refused()

    @property
    def state(self) -> SourceState:
        """How the source stands."""
        return next(one for one in self.shop.source_states() if one.key == self.platform.key)

    def set(self, text: str) -> None:
        """Write the shop's settings."""
        (self.folder / "sources.yaml").write_text(text, "utf-8")


@contextmanager
def connected(platform: Platform, folder: Path) -> Iterator[Connected]:
    """An empty shop with a source."""
    clock = Clock()
    Workspace.init(folder, now=clock)
    with platform.server(DAWN) as server:
        made = Connected(platform, folder, clock, server, Held(folder, clock))
        made.set(platform.settings(server.url))
        yield made
        made.shop.close()
