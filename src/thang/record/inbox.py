"""What platforms tell, kept as it came until it is mapped; and how far each of them was asked.

A file of its own, so that a call is on disk at once even while an import writes to the record.
Payloads are sealed, and go when they are mapped: what they said is then in the record, which knows
every event for ever; here only the number of each delivery is kept, with the hash of its bytes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from thang.record.database import Database
from thang.record.inbox_tables import (
    INBOX,
    Came,
    Count,
    Cursor,
    Due,
    Waits,
    counts,
    cursors,
    seen,
    tokens,
    waiting,
    wanted,
)
from thang.record.key import ShopKey, read_key
from thang.record.sealing import seal, unseal
from thang.record.sqlite import create_file, open_file

INBOX_FILE = "inbox.db"
TOKEN = b"token"


class Inbox:
    """An open inbox; every method that writes is one transaction, on disk when it returns."""

    def __init__(self, database: Database, key: ShopKey, clash: str) -> None:
        self._database, self._clash = database, clash
        self._cipher = AESGCM(key.derive("inbox"))
        self._secret = key.derive("inbox numbers")

    @classmethod
    def open(cls, folder: Path, clash: str) -> Inbox:
        """The inbox of a shop's folder, made where there is none. `clash` is written before the
        topic of a delivery whose number came before with other bytes.
        """
        path = folder / INBOX_FILE
        fresh = not path.exists()
        if fresh:
            create_file(path)
        database = open_file(path)
        with database.writing() as connection:
            INBOX.create_all(connection)
        if fresh:
            _sync(folder)
        return cls(database, read_key(folder), clash)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def take(self, source: str, came: Sequence[Came], now: int) -> int:
        """Keep payloads; how many of them are new. What came before to the byte is only counted."""
        with self._database.writing() as connection:
            return self._take(connection, source, came, now)

    def advance(self, at: Cursor, came: Sequence[Came], wants: Iterable[Due], now: int) -> None:
        """A page of a list with the cursor after it: both or neither."""
        with self._database.writing() as connection:
            self._take(connection, at.source, came, now)
            _want(connection, wants)
            _point(connection, at)

    def point(self, at: Cursor) -> None:
        """Where a list stands, and when it is asked for again."""
        with self._database.writing() as connection:
            _point(connection, at)

    def got(
        self, done: Sequence[Due], came: Sequence[Came], wants: Iterable[Due], now: int
    ) -> None:
        """Things that were asked for, and what they turned out to be: both or neither."""
        with self._database.writing() as connection:
            self._take(connection, done[0].source, came, now)
            for due in done:
                connection.execute(delete(wanted).where(*_is(due)))
            _want(connection, wants)

    def later(self, these: Sequence[Due], due_at: int) -> None:
        """Ask for things again at an instant."""
        with self._database.writing() as connection:
            for due in these:
                again = {"due_at": due_at, "tries": due.tries + 1}
                connection.execute(update(wanted).where(*_is(due)).values(again))

    def mapped(
        self, these: Sequence[Waits], wants: Iterable[Due], counted: Mapping[tuple[str, str], int],
        now: int,
    ) -> None:  # fmt: skip
        """Payloads that are in the record now: they go, and what became of them is counted."""
        with self._database.writing() as connection:
            numbers = [one.number for one in these]
            connection.execute(delete(waiting).where(waiting.c.id.in_(numbers)))
            _want(connection, wants)
            for (source, what), count in counted.items():
                _count(connection, source, what, count, now)

    def count(self, source: str, what: str, now: int, by: int = 1) -> None:
        """Count something that left nothing else behind."""
        with self._database.writing() as connection:
            _count(connection, source, what, by, now)

    def waits(self, limit: int) -> list[Waits]:
        """The payloads that wait, the oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(waiting).order_by(waiting.c.id).limit(limit)).all()
        return [self._opened(row) for row in rows]

    def due(self, now: int, limit: int) -> list[Due]:
        """Things to be asked for now, those first that have been due for longest."""
        asked = select(wanted).where(wanted.c.due_at <= now).order_by(wanted.c.due_at)
        with self._database.reading() as connection:
            return [Due(**row) for row in connection.execute(asked.limit(limit)).mappings()]

    def cursors(self) -> dict[tuple[str, str], Cursor]:
        """Every list's cursor, by its source and its own name."""
        with self._database.reading() as connection:
            found = [Cursor(**row) for row in connection.execute(select(cursors)).mappings()]
        return {(one.source, one.feed): one for one in found}

    def counts(self) -> list[Count]:
        """Everything that was counted."""
        with self._database.reading() as connection:
            return [Count(**row) for row in connection.execute(select(counts)).mappings()]

    def backlog(self) -> dict[str, tuple[int, int]]:
        """How many payloads of each source wait, and since when the oldest does."""
        of = select(waiting.c.source, func.count(), func.min(waiting.c.received_at))
        with self._database.reading() as connection:
            rows = connection.execute(of.group_by(waiting.c.source)).all()
        return {source: (count, oldest) for source, count, oldest in rows}

    def wants(self) -> dict[str, int]:
        """How many things of each source are still to be asked for."""
        of = select(wanted.c.source, func.count()).group_by(wanted.c.source)
        with self._database.reading() as connection:
            return dict(connection.execute(of).all())

    def token(self, source: str) -> bytes | None:
        """What was kept of a source's tokens."""
        with self._database.reading() as connection:
            asked = select(tokens.c.sealed).where(tokens.c.source == source)
            sealed = connection.scalar(asked)
        about = TOKEN + source.encode()
        return None if sealed is None else unseal(self._cipher, sealed, about)

    def keep_token(self, source: str, content: bytes) -> None:
        """Keep a source's tokens in place of what was kept before."""
        row = {"source": source, "sealed": seal(self._cipher, content, TOKEN + source.encode())}
        with self._database.writing() as connection:
            said = upsert(tokens).values(row)
            connection.execute(said.on_conflict_do_update(index_elements=["source"], set_=row))

    def _take(self, connection: Connection, source: str, came: Sequence[Came], now: int) -> int:
        new = 0
        for one in came:
            fate = self._fate(connection, source, one)
            _count(connection, source, fate, 1, now)
            if fate == "repeated":
                continue
            topic = self._clash + one.topic if fate == "clashed" else one.topic
            content = topic.encode() + b"\n" + one.body
            row = {"source": source, "received_at": now}
            sealed = seal(self._cipher, content, source.encode())
            connection.execute(insert(waiting).values(row | {"sealed": sealed}))
            new += 1
        return new

    def _fate(self, connection: Connection, source: str, one: Came) -> str:
        digest = self._hash(one.topic.encode(), one.body)
        name = self._hash(b"id", one.id.encode()) if one.id else digest
        known = self._known(connection, source, name)
        if known == digest:
            return "repeated"
        if known is not None:
            name = self._hash(name, digest)  # the same number with these other bytes
            if self._known(connection, source, name) is not None:
                return "repeated"
        row = {"source": source, "key": name, "digest": digest}
        connection.execute(insert(seen).values(row))
        return "received" if known is None else "clashed"

    def _known(self, connection: Connection, source: str, name: bytes) -> bytes | None:
        asked = select(seen.c.digest).where(seen.c.source == source, seen.c["key"] == name)
        return connection.scalar(asked)

    def _hash(self, *parts: bytes) -> bytes:
        content = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return blake2b(content, digest_size=16, key=self._secret).digest()

    def _opened(self, row: Any) -> Waits:
        content = unseal(self._cipher, row.sealed, row.source.encode())
        topic, _, body = content.partition(b"\n")
        return Waits(row.id, row.source, row.received_at, topic.decode(), body)


def _is(due: Due) -> tuple[Any, ...]:
    return (wanted.c.source == due.source, wanted.c.what == due.what, wanted.c.ref == due.ref)


def _want(connection: Connection, wants: Iterable[Due]) -> None:
    for due in wants:
        row = {"source": due.source, "what": due.what, "ref": due.ref, "due_at": due.due_at,
               "tries": 0}  # fmt: skip
        connection.execute(upsert(wanted).values(row).on_conflict_do_nothing())


def _point(connection: Connection, at: Cursor) -> None:
    row = {name: getattr(at, name) for name in cursors.c.keys()}  # noqa: SIM118 - columns' names
    keys = ["source", "feed"]
    connection.execute(upsert(cursors).values(row).on_conflict_do_update(keys, set_=row))


def _count(connection: Connection, source: str, what: str, by: int, now: int) -> None:
    row = {"source": source, "what": what, "count": by, "last_at": now}
    more = {"count": counts.c["count"] + by, "last_at": now}
    said = upsert(counts).values(row)
    connection.execute(said.on_conflict_do_update(["source", "what"], set_=more))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
