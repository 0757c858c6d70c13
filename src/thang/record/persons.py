"""What the record says of one person's identifiers and events, asked by number and never searched.

A person's numbers come from the projection; here each question goes by a key of its table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import msgspec
from sqlalchemy import Connection, or_, select

from thang.record.bulk import rows_among
from thang.record.tables import events, identifiers, kinds, links, namespaces, sources
from thang.record.withdrawals import dead_links, left_out


@dataclass(frozen=True, slots=True)
class Known:
    """An identifier's number, what kind of name it is, and when the record first met it."""

    number: int
    namespace: str
    first_seen_at: int


@dataclass(frozen=True, slots=True)
class Join:
    """Two identifiers that a source named together, first at this instant, in this event."""

    a: int
    b: int
    source: str
    at: int
    evidence: int


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event as it was told: amount in minor units of `currency`, None where none was given."""

    seq: int
    at: int
    kind: str
    source: str
    subject: int
    ref: str
    amount: int | None
    currency: str
    grade: int
    flags: int
    properties: Mapping[str, object]


def known_as(connection: Connection, numbers: Sequence[int]) -> list[Known]:
    """These identifiers, smallest number first; their values are in the vault."""
    found = rows_among(connection, _KNOWN, identifiers.c.id, numbers)
    return [Known(*row) for row in sorted(set(found))]


def joins_of(connection: Connection, numbers: Sequence[int]) -> list[Join]:
    """What joins these identifiers to one another or to others, oldest first."""
    mine = tuple(numbers)
    ask = _JOINS.where(or_(links.c.a.in_(mine), links.c.b.in_(mine)))
    gone = left_out(connection)
    dead = set(dead_links(connection, gone).tolist()) if gone else ()
    return [Join(*row) for number, *row in connection.execute(ask).all() if number not in dead]


def told(connection: Connection, seqs: Sequence[int]) -> list[ToldEvent]:
    """Events by their numbers, smallest first."""
    found = {row[0]: row for row in rows_among(connection, _TOLD, events.c.seq, seqs)}
    return [_event(*row) for _, row in sorted(found.items())]


def _event(*row: Any) -> ToldEvent:
    said = dict(zip(FIELDS, row, strict=True))
    said["properties"] = msgspec.json.decode(said["properties"] or "{}")
    return ToldEvent(**said)


FIELDS = tuple(field.name for field in fields(ToldEvent))
_KNOWN = select(
    identifiers.c.id, namespaces.c["name"], identifiers.c.first_seen_at
).join_from(identifiers, namespaces)  # fmt: skip
_JOINS = (
    select(links.c.id, links.c.a, links.c.b, sources.c["name"], links.c.at, links.c.evidence)
    .join_from(links, sources)
    .order_by(links.c.at, links.c.id)
)
_TOLD = (
    select(
        events.c.seq, events.c.at, kinds.c["name"], sources.c["name"], events.c.subject,
        events.c.ref, events.c.amount, events.c.currency, events.c.grade, events.c.flags,
        events.c.properties,
    )
    .select_from(events)
    .join(kinds, kinds.c.code == events.c.kind)
    .join(sources, sources.c.id == events.c.source)
)  # fmt: skip
