"""Events that arrive live, into the record: many senders' calls in one commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thang.model import Gathered, WrongPolicy
from thang.record import Record
from thang.sources.calls import Bundle, LiveCalls, raw_of
from thang.sources.segment import Calls
from thang.workspace.folder import Folder
from thang.workspace.ingest import facts

STORED, DUPLICATE, REFUSED = "stored", "duplicate", "refused"


@dataclass(frozen=True, slots=True)
class Sending:
    """One request's calls: from which source, and when they were received."""

    source: str
    bundle: Bundle
    received: int


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one call. `reason` and `why` are empty unless it was refused."""

    status: str
    reason: str = ""
    why: str = ""

    def as_json(self) -> Mapping[str, str]:
        """Its shape over HTTP."""
        if not self.reason:
            return {"status": self.status}
        return {"status": self.status, "reason": self.reason, "why": self.why}


KEPT, KNOWN = Fate(STORED), Fate(DUPLICATE)


class Arrivals:
    """The one way in for live events; one thread at a time stores."""

    def __init__(self, record: Record, folder: Folder) -> None:
        self._arriving = record.arriving()
        self._folder = folder
        self._readers: dict[str, LiveCalls] = {}
        self._seen = -1  # the policy file as the readers know it

    def store(self, sendings: Sequence[Sending]) -> list[list[Fate]]:
        """Store the calls of some requests in one commit; what became of each.

        On disk when this returns. `Unavailable`: nothing was stored, and all may be sent again.
        """
        self._look_at_policy()
        rows = [self._reader(s.source).gathered(s.bundle, s.received) for s in sendings]
        came = [(item, s.bundle) for s in sendings for item in s.bundle.items]
        told = [row for some in rows for row in some]
        kept = iter(self._arriving.take(told, lambda place: raw_of(*came[place])))
        return [[_fate(next(kept)) for _ in some] for some in rows]

    def _look_at_policy(self) -> None:
        """Money is read as the policy file says now; while that is wrong, as it said before."""
        file = self._folder.policy_file
        seen = file.stat().st_mtime_ns if file.exists() else 0
        if seen == self._seen:
            return
        try:
            self._facts = facts(self._folder.policy())
        except WrongPolicy:
            if self._seen < 0:
                raise
        else:
            self._readers = {}
        self._seen = seen

    def _reader(self, source: str) -> LiveCalls:
        found = self._readers.get(source)
        if found is None:
            shop = self._facts
            calls = Calls(source, shop.currency, shop.currencies, shop.region, 0)
            found = self._readers[source] = LiveCalls(calls)
        return found


def _fate(kept: Gathered | None) -> Fate:
    if kept is None:
        return KNOWN
    if kept.refused is None:
        return KEPT
    return Fate(REFUSED, kept.refused.reason, kept.refused.why)
