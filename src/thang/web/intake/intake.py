"""The thread that writes: everything that waits goes to disk in one commit, then is answered."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

import structlog

from thang.model import ThangError, Unavailable
from thang.web.intake.queue import Bounds, Queue, Room, Settled, Waiting
from thang.workspace.arriving import Arrivals, Fate, Sending
from thang.workspace.held import HeldWorkspace

log = structlog.get_logger("thang.intake")


class Intake:
    """Live events of one shop. `stored` is told after each commit that brought something new."""

    def __init__(
        self, shop: HeldWorkspace, stored: Callable[[], None], bounds: Bounds | None = None
    ) -> None:
        self._shop, self._stored = shop, stored
        self._queue = Queue(bounds or Bounds())
        self._thread = Thread(target=self._live, name="intake", daemon=True)

    @property
    def waiting(self) -> int:
        """How many calls wait to be written."""
        return self._queue.calls

    @property
    def full(self) -> bool:
        """Whether whoever comes now is better told to come again."""
        return self._queue.full

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """End once all that waits is written and answered."""
        self._queue.close()
        if self._thread.is_alive():
            self._thread.join(timeout=60)

    def put(self, sending: Sending, settle: Settled) -> Room:
        """Take a request in; `settle` hears from the writing thread what became of its calls."""
        return self._queue.put(sending, settle)

    def _live(self) -> None:
        arrivals = self._shop.arrivals()
        while group := self._queue.take():
            try:
                self._commit(arrivals, group)
            except Exception as error:
                _settle_all(group, error)

    def _commit(self, arrivals: Arrivals, group: list[Waiting]) -> None:
        fates = arrivals.store([one.sending for one in group])
        for one, became in zip(group, fates, strict=True):
            one.settle(became)
        if any(fate.status == "stored" for became in fates for fate in became):
            self._stored()


def _settle_all(group: list[Waiting], error: Exception) -> None:
    """Nothing of the group was stored: say so to everybody."""
    if not isinstance(error, ThangError):
        log.error("events could not be stored", kind=type(error).__name__, exc_info=error)
        error = Unavailable("The events could not be stored: see the log, and send them again.")
    for one in group:
        one.settle(error)


def counted(fates: list[Fate]) -> dict[str, int]:
    """How many calls became what."""
    found = {"stored": 0, "duplicate": 0, "refused": 0}
    for fate in fates:
        found[fate.status] += 1
    return found
