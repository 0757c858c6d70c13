"""What the judge is told: one row for each thing that happened, and the signs people share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from thang.model import Flag


class Row(NamedTuple):
    """One event of one person; `kind` by its stored name, the rest as in the events table."""

    person: int
    at: int
    seq: int
    kind: str
    ref: int = 0
    amount: int = 0
    grade: int = 0
    flags: int = 0
    other: int = 0


class Mark(NamedTuple):
    """A sign (phone, device, address) a person was seen with, and since when."""

    person: int
    mark: int
    at: int


def in_time(rows: Iterable[Row]) -> list[Row]:
    """Rows in the order in which they happened, each once; own clicks are marked as such."""
    once: dict[tuple[int, int], Row] = {}
    for row in rows:
        once.setdefault((row.person, row.seq), _own_click_marked(row))
    return sorted(once.values(), key=lambda row: (row.at, row.seq))


def _own_click_marked(row: Row) -> Row:
    if row.kind == "referral_clicked" and row.other == row.person:
        return row._replace(flags=row.flags | int(Flag.SELF))
    return row


def up_to(rows: Iterable[Row], as_of: int) -> list[Row]:
    """Rows that had happened by `as_of` (microseconds, included), in time."""
    return [row for row in in_time(rows) if row.at <= as_of]


def by_person(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """The rows of each person, in the order given."""
    lines: dict[int, list[Row]] = {}
    for row in rows:
        lines.setdefault(row.person, []).append(row)
    return lines
