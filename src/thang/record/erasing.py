"""Erasing a person: every row that names them is emptied, their keys destroyed, the bytes gone.

Events keep their number and their keyed hash, so that an old file which tells them again
brings nobody back; numbers of the erased are never given out again. Each step may be repeated,
so an erasure that was cut off is completed by running it once more.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    Table,
    Text,
    delete,
    insert,
    inspect,
    or_,
    select,
    text,
    update,
)  # fmt: skip

from thang.record.acting_tables import consents, messages, tasks, troubles, windows
from thang.record.database import Database
from thang.record.ledger_tables import referral_codes, referral_words
from thang.record.postgres import FREE
from thang.record.tables import (
    BIG,
    RECORD,
    events,
    fields,
    identifiers,
    link_evidence,
    links,
    mark_evidence,
    marks,
    subjects,
    words,
)  # fmt: skip

BEGUN, EMPTIED, DONE = "begun", "emptied", "done"
HASH_BYTES = 16

# An erasure: which numbers, how far it came, and what it took away, counted and never named.
erasures = Table(
    "erasures",
    RECORD,
    Column("id", BIG, primary_key=True),
    Column("numbers", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("counts", Text, nullable=False),
    Column("asked_at", BIG, nullable=False),
    Column("done_at", BIG, nullable=True),
)
# Keyed hashes of what the erased were known by, for backups that still hold them.
erased = Table(
    "erased",
    RECORD,
    Column("hash", LargeBinary, primary_key=True),
    Column("at", BIG, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure; `counts` says how much went where, instants are microseconds since 1970."""

    id: int
    numbers: tuple[int, ...]
    state: str
    counts: dict[str, int]
    asked_at: int
    done_at: int | None


def lay_erasures(database: Database) -> None:
    """The tables of this module, in a record that was made before there were any."""
    with database.reading() as connection:
        if connection.dialect.has_table(connection, erased.name):
            return
    with database.writing() as connection:
        for table in (erasures, erased):
            table.create(connection, checkfirst=True)


def begin(connection: Connection, numbers: Sequence[int], now: int) -> int:
    """Write down that these numbers are to be erased, before anything of them goes."""
    row = {"numbers": json.dumps(sorted(numbers)), "state": BEGUN, "counts": "{}"}
    done = connection.execute(insert(erasures).values(**row, asked_at=now, done_at=None))
    return int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0


def all_erasures(connection: Connection) -> list[Erasure]:
    """Every erasure, oldest first."""
    rows = connection.execute(select(erasures).order_by(erasures.c.id)).all()
    return [
        Erasure(one, tuple(json.loads(numbers)), state, json.loads(counts), asked, done)
        for one, numbers, state, counts, asked, done in rows
    ]


def erased_hashes(connection: Connection) -> list[tuple[bytes, int]]:
    """What the erased were known by, as keyed hashes, and when they were erased."""
    return [(row.hash, row.at) for row in connection.execute(select(erased))]


def empty(
    connection: Connection, erasure: Erasure, counts: dict[str, int], now: int
) -> dict[str, int]:
    """Take everything of these numbers out of the record, and note what went so far."""
    mine = erasure.numbers
    with _unguarded(connection):
        counts |= _emptied_events(connection, mine) | _taken_out(connection, mine)
    counts["identifiers"] = _forget_hashes(connection, mine, now)
    connection.execute(
        update(erasures)
        .where(erasures.c.id == erasure.id)
        .values(state=EMPTIED, counts=json.dumps(counts))
    )
    return counts


def finish(connection: Connection, erasure: Erasure, counts: dict[str, int], now: int) -> None:
    """Write the receipt: from now on only its counts say that there was anybody."""
    said = {"state": DONE, "counts": json.dumps(counts), "done_at": now}
    connection.execute(update(erasures).where(erasures.c.id == erasure.id).values(**said))


def empty_vault(connection: Connection, numbers: Sequence[int]) -> None:
    """Destroy the keys of these people, and what was sealed under them."""
    for table in (words, fields, subjects):
        connection.execute(delete(table).where(table.c.identifier.in_(numbers)))


def scrub(database: Database) -> None:
    """Write everything anew without the space of rows that are gone.

    A server's own log and backups are its keeper's: they go as these are turned over.
    """
    if database.engine.dialect.name == "sqlite":
        _scrub_file(database)
    else:
        _scrub_schema(database)


def _scrub_file(database: Database) -> None:
    with database.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        for order in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM"):
            raw.execute(order)
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _scrub_schema(database: Database) -> None:
    free = database.engine.execution_options(isolation_level="AUTOCOMMIT", **{FREE: True})
    with free.connect() as connection:
        for name in inspect(connection).get_table_names():
            connection.exec_driver_sql(f'VACUUM FULL "{name}"')


def _emptied_events(connection: Connection, mine: Sequence[int]) -> dict[str, int]:
    nothing = {
        "subject": None, "other": None, "ref": "", "amount": None, "currency": "", "grade": 0,
        "flags": 0, "properties": None, "at": events.c.received_at,
    }  # fmt: skip
    own = connection.execute(update(events).where(events.c.subject.in_(mine)).values(**nothing))
    named = update(events).where(events.c.other.in_(mine)).values(other=None)
    return {"events": own.rowcount, "events_of_others": connection.execute(named).rowcount}


def _taken_out(connection: Connection, mine: Sequence[int]) -> dict[str, int]:
    joined = select(links.c.id).where(or_(links.c.a.in_(mine), links.c.b.in_(mine)))
    marked = select(marks.c.id).where(marks.c.identifier.in_(mine))
    orders = {
        "link_evidence": delete(link_evidence).where(link_evidence.c.link.in_(joined)),
        "links": delete(links).where(or_(links.c.a.in_(mine), links.c.b.in_(mine))),
        "mark_evidence": delete(mark_evidence).where(mark_evidence.c.mark.in_(marked)),
        "marks": delete(marks).where(marks.c.identifier.in_(mine)),
        "consents": delete(consents).where(consents.c.identifier.in_(mine)),
        "windows": delete(windows).where(windows.c.identifier.in_(mine)),
        "tickets": delete(troubles).where(troubles.c.identifier.in_(mine)),
        "tasks": delete(tasks).where(tasks.c.person.in_(mine)),
        "planned_messages": update(messages)
        .where(messages.c.person.in_(mine), messages.c.state == "planned")
        .values(state="cancelled", why="erased"),
        "messages": update(messages).where(messages.c.person.in_(mine)).values(provider_id=""),
        "referral_codes": delete(referral_codes).where(referral_codes.c.holder.in_(mine)),
        "referral_words": update(referral_words)
        .where(or_(referral_words.c.referrer.in_(mine), referral_words.c.friend.in_(mine)))
        .values(why=""),
    }
    return {name: connection.execute(order).rowcount for name, order in orders.items()}


def _forget_hashes(connection: Connection, mine: Sequence[int], now: int) -> int:
    """The hashes go to the list of the erased; a number without its hash is nobody's."""
    known = {row.hash for row in connection.execute(select(erased.c.hash))}
    rows = connection.execute(
        select(identifiers.c.id, identifiers.c.hash).where(identifiers.c.id.in_(mine))
    ).all()
    for number, digest in rows:
        if digest in known:
            connection.execute(update(erased).where(erased.c.hash == digest).values(at=now))
        else:
            connection.execute(insert(erased).values(hash=digest, at=now))
        fresh = os.urandom(HASH_BYTES)
        connection.execute(update(identifiers).where(identifiers.c.id == number).values(hash=fresh))
    return len(rows)


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """The law is the one reason to change facts: their guards stand aside in one transaction."""
    back = _lowered_in_sqlite if connection.dialect.name == "sqlite" else _lowered_in_postgres
    raise_again = back(connection)
    yield
    raise_again()


def _lowered_in_sqlite(connection: Connection) -> Callable[[], None]:
    guards = connection.execute(
        text("select name, sql from sqlite_master where type = 'trigger' and name like '%!_no!_%' "
             "escape '!'")
    ).all()  # fmt: skip
    for name, _ in guards:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')

    def raised() -> None:
        for _, said in guards:
            connection.exec_driver_sql(said)

    return raised


def _lowered_in_postgres(connection: Connection) -> Callable[[], None]:
    guarded = (events, links, link_evidence, mark_evidence, consents, windows, troubles,
               referral_codes, referral_words)  # fmt: skip

    def turned(how: str) -> None:
        for table in guarded:
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" {how} TRIGGER USER')

    turned("DISABLE")
    return lambda: turned("ENABLE")
