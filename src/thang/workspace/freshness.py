"""What the numbers on a screen were computed from, and whether anything has happened since.

An old number is never shown as a new one: whoever shows numbers shows this with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from thang.engines.duckdb import Projection
from thang.record import Record


class State(StrEnum):
    """How the placements stand to the record."""

    EMPTY = "empty"  # the shop has no events yet
    UNPLACED = "unplaced"  # there are events, and nobody is placed
    FRESH = "fresh"
    STALE = "stale"  # events came, or an answer fell due, since


@dataclass(frozen=True, slots=True)
class Freshness:
    """Instants in microseconds since 1970, 0 where there is none."""

    state: State
    events_through: int
    as_of: int
    computed_at: int
    policy: str
    waiting: int  # events stored and not yet placed


def freshness(record: Record, projection: Projection, now: int) -> Freshness:
    """How the projection stands to the record at an instant."""
    stored = record.last_seq()
    if stored and record.left_out().events == stored:
        stored = 0
    waiting = max(stored - (projection.meta("seq") or 0), 0)
    waiting += record.last_word() != (projection.meta("withdrawals") or 0)
    number = projection.meta("version")
    version = record.policy(number) if number and projection.meta("classified") else None
    return Freshness(
        state=_state(
            projection, stored=stored, waiting=waiting, now=now, placed=version is not None
        ),
        events_through=projection.meta("through") or 0,
        as_of=projection.meta("as_of") or 0,
        computed_at=projection.meta("computed_at") or 0,
        policy=f"{version.version}:{version.fingerprint}" if version else "",
        waiting=waiting,
    )


def next_due(projection: Projection) -> int | None:
    """The first instant at which somebody's answer can change by itself; None: nobody's."""
    ((due,),) = projection.sql.execute("select min(next_change) from placements").fetchall()
    return None if due is None else int(due)


def _state(projection: Projection, *, stored: int, waiting: int, now: int, placed: bool) -> State:
    if not stored:
        return State.EMPTY
    if not placed:
        return State.UNPLACED
    due = next_due(projection)
    return State.STALE if waiting or (due is not None and due <= now) else State.FRESH
