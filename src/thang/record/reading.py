"""Reading the log back: columns for the projection, and what a person asks of the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, Connection, Select, Table, exists, func, or_, select

from thang.model import Refused, Tally
from thang.record.bulk import all_rows
from thang.record.sealing import as_text, unseal
from thang.record.tables import (
    batches,
    events,
    identifiers,
    links,
    marks,
    refused,
    refused_again,
    sources,
)
from thang.record.withdrawals import dead_links, dead_marks, left_out, withdrawn
from thang.river.tables import Int64

LOG = pa.schema(
    [
        ("seq", pa.int64()),
        ("at", pa.int64()),
        ("kind", pa.int16()),
        ("subject", pa.int64()),
        ("other", pa.int64()),
        ("ref", pa.string()),
        ("amount", pa.int64()),
        ("currency", pa.string()),
        ("grade", pa.int16()),
        ("flags", pa.int16()),
        ("source", pa.int32()),
    ]
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the record holds, and from when to when (None: there is no event)."""

    events: int
    identifiers: int
    links: int
    refused: int
    batches: int
    first_at: int | None
    last_at: int | None


@dataclass(frozen=True, slots=True)
class Batch:
    """One import: what it was called, when it ran, and what became of its rows."""

    id: int
    source: str
    name: str
    digest: str
    started_at: int
    finished_at: int | None  # None: it was cut off
    tally: Tally
    withdrawn: bool = False


def events_after(connection: Connection, seq: int, limit: int) -> pa.Table:
    """At most `limit` events after `seq`, in the order in which they were stored (see `LOG`).

    What imports told that were taken back is passed over.
    """
    gone = left_out(connection)
    while True:
        log = _stored_after(connection, seq, limit)
        numbers = log["seq"].to_numpy()
        lost = gone.has(numbers)
        if not lost.any():
            return log
        if not lost.all():
            return log.filter(pa.array(~lost))
        seq = int(numbers[-1])


def _stored_after(connection: Connection, seq: int, limit: int) -> pa.Table:
    log = events.c
    none = {"subject": 0, "other": 0, "amount": 0}
    columns = [
        func.coalesce(log[name], none[name]).label(name) if name in none else log[name]
        for name in LOG.names
    ]
    return _arrow(
        connection, select(*columns).where(log.seq > seq).order_by(log.seq).limit(limit), LOG
    )


def _arrow(connection: Connection, ask: Select[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    rows = all_rows(connection, ask)
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(c, type=f.type) for c, f in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)


def pairs(connection: Connection, ask: Select[tuple[int, int]]) -> Int64:
    """The answer to a question of two numbers, as an array of two columns."""
    rows = all_rows(connection, ask)
    return np.array(list(zip(*rows, strict=True)), dtype=np.int64).reshape(2, -1).T


def all_links(connection: Connection) -> Int64:
    """Every pair of identifiers that some event named together."""
    found = pairs(connection, select(links.c.a, links.c.b).order_by(links.c.id))
    gone = left_out(connection)
    if not gone:
        return found
    numbers = pairs(connection, select(links.c.id, links.c.evidence).order_by(links.c.id))[:, 0]
    return found[~np.isin(numbers, dead_links(connection, gone))]


def all_marks(connection: Connection) -> Int64:
    """Every identifier with the hash of a weak sign that it came with, and since when."""
    ask = select(marks.c["identifier"], marks.c.mark, marks.c["at"], marks.c.id).order_by(
        marks.c.id
    )
    rows = all_rows(connection, ask)
    found = np.array(list(zip(*rows, strict=True)), dtype=np.int64).reshape(4, -1).T
    gone = left_out(connection)
    dead = dead_marks(connection, gone) if gone else ()
    return found[~np.isin(found[:, 3], dead), :3]


def all_identifiers(connection: Connection) -> Int64:
    """Every identifier with the number of its namespace."""
    return pairs(
        connection, select(identifiers.c.id, identifiers.c.namespace).order_by(identifiers.c.id)
    )


def names(connection: Connection, table: Table) -> dict[str, int]:
    """A table of names: each with its number."""
    number = next(iter(table.primary_key.columns))
    return dict(connection.execute(select(table.c["name"], number)).all())


def counts(connection: Connection) -> Counts:
    """Count what there is."""

    def many(table: Table) -> int:
        return connection.scalar(select(func.count()).select_from(table)) or 0

    first, last = connection.execute(select(func.min(events.c.at), func.max(events.c.at))).one()
    return Counts(
        events=many(events),
        identifiers=many(identifiers),
        links=many(links),
        refused=many(refused),
        batches=many(batches),
        first_at=first,
        last_at=last,
    )


def last_seq(connection: Connection) -> int:
    """The number of the event that was stored last; 0: there is none."""
    return connection.scalar(select(func.max(events.c.seq))) or 0


def all_batches(connection: Connection) -> list[Batch]:
    """Every import, oldest first."""
    ask = select(batches, sources.c["name"].label("said_by")).join(sources).order_by(batches.c.id)
    gone = withdrawn(connection)
    return [
        Batch(
            row["id"], row["said_by"], row["name"], row["digest"],
            row["started_at"], row["finished_at"],
            Tally(**{n: row[n] for n in ("rows", "stored", "duplicate", "refused", "events")}),
            row["id"] in gone,
        )
        for row in connection.execute(ask).mappings()
    ]  # fmt: skip


def refused_rows(
    connection: Connection,
    cipher: AESGCM,
    batch: int | None,
    reason: str | None = None,
    limit: int | None = None,
) -> Iterator[Refused]:
    """The refused rows of one import, or of all, opened; those known before are its own too."""
    ask = select(refused, sources.c["name"].label("said_by")).join(sources).order_by(refused.c.id)
    if batch is not None:
        ask = ask.where(_refused_of(batch))
    if reason is not None:
        ask = ask.where(refused.c.reason == reason)
    ask = ask.limit(limit)
    for row in connection.execute(ask).mappings():
        why, raw = (
            as_text(unseal(cipher, row[name], row["key"])) for name in ("why_sealed", "raw_sealed")
        )
        yield Refused(row["said_by"], row["where"], row["reason"], why, raw)


def refused_reasons(connection: Connection, batch: int) -> dict[str, int]:
    """How many different rows of an import were refused, by reason."""
    many = func.count()
    ask = select(refused.c.reason, many).where(_refused_of(batch)).group_by(refused.c.reason)
    return dict(connection.execute(ask.order_by(many.desc(), refused.c.reason)).all())


def _refused_of(batch: int) -> ColumnElement[bool]:
    again = refused_again
    told = refused.c.id.between(again.c.first, again.c.last)
    return or_(refused.c.batch == batch, exists().where(again.c.batch == batch, told))


def numbers_by_hash(connection: Connection, hashes: Sequence[bytes]) -> list[int]:
    """The numbers of the identifiers with these hashes, smallest first."""
    ask = select(identifiers.c.id).where(identifiers.c.hash.in_(hashes)).order_by(identifiers.c.id)
    return list(connection.scalars(ask))
