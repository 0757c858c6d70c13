"""How each live source stands: what came, what waits or was refused, and how far pulls are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from thang.model import SECOND
from thang.record.inbox import Inbox
from thang.record.inbox_tables import Count
from thang.river.calendar import moment
from thang.sources.live.registry import SOURCES
from thang.workspace.connecting.settings import SourceSettings

EVENTFUL = ("stored", "duplicate")


@dataclass(frozen=True, slots=True)
class FeedState:
    """One list: its cursor, when it was last asked for and will be again, and its trouble."""

    name: str
    cursor: str
    asked_at: int
    due_at: int
    trouble: str


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source. Instants in microseconds, 0 for never; `lag` in seconds: the oldest that waits.

    `weak`: it signs nothing, so that only its secret address protects it.
    """

    key: str
    name: str
    connected: bool
    weak: bool
    last_at: int
    received: int
    stored: int
    duplicate: int
    repeated: int
    passed: int
    waiting: int
    wanted: int
    forged: int
    refused: Mapping[str, int]
    lag: int
    feeds: tuple[FeedState, ...]

    def as_json(self) -> dict[str, Any]:
        """Its shape for programs: instants as text, None for never."""
        feeds = [
            asdict(one) | {"asked_at": _text(one.asked_at), "due_at": _text(one.due_at)}
            for one in self.feeds
        ]
        return asdict(self) | {"last_at": _text(self.last_at), "feeds": feeds,
                               "refused": dict(self.refused)}  # fmt: skip


def states(inbox: Inbox, settings: SourceSettings, now: int) -> list[SourceState]:
    """Every source, those that are set first."""
    counted: dict[str, dict[str, Count]] = {key: {} for key in SOURCES}
    for one in inbox.counts():
        counted.setdefault(one.source, {})[one.what] = one
    standing = _Standing(inbox.backlog(), inbox.wants(), _feeds(inbox), now)
    found = [standing.of(key, counted[key], connected=key in settings.connected) for key in SOURCES]
    return sorted(found, key=lambda one: not one.connected)


@dataclass(frozen=True)
class _Standing:
    backlog: Mapping[str, tuple[int, int]]
    wants: Mapping[str, int]
    feeds: Mapping[str, tuple[FeedState, ...]]
    now: int

    def of(self, key: str, counted: Mapping[str, Count], *, connected: bool) -> SourceState:
        """One source."""
        how_many = {what: one.count for what, one in counted.items()}
        waiting, oldest = self.backlog.get(key, (0, self.now))
        return SourceState(
            key=key, name=SOURCES[key].name, connected=connected, weak=SOURCES[key].weak,
            last_at=max((one.last_at for w, one in counted.items() if w in EVENTFUL), default=0),
            received=how_many.get("received", 0), stored=how_many.get("stored", 0),
            duplicate=how_many.get("duplicate", 0), repeated=how_many.get("repeated", 0),
            passed=how_many.get("passed", 0), waiting=waiting, wanted=self.wants.get(key, 0),
            forged=how_many.get("forged", 0), refused=_refused(how_many),
            lag=max(0, self.now - oldest) // SECOND, feeds=self.feeds.get(key, ()),
        )  # fmt: skip


def _refused(how_many: Mapping[str, int]) -> dict[str, int]:
    told = ((what.partition(":"), count) for what, count in sorted(how_many.items()))
    return {reason: count for (kind, _, reason), count in told if kind == "refused"}


def _feeds(inbox: Inbox) -> dict[str, tuple[FeedState, ...]]:
    found: dict[str, tuple[FeedState, ...]] = {}
    for (source, _), one in sorted(inbox.cursors().items()):
        state = FeedState(one.feed, one.cursor, one.asked_at, one.due_at, one.trouble)
        found[source] = (*found.get(source, ()), state)
    return found


def _text(at: int) -> str | None:
    return moment(at, "UTC").isoformat() if at else None
