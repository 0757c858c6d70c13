"""The audit log: who did what to what, chained so that no line can be changed or lost unseen.

It holds references, never names or addresses of people. Each line's code covers the line
before it and is made with the shop's key: without the key nobody can forge one.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from thang.desk.tables import audit, meta
from thang.record.database import Database

HEAD = "audit_head"
START = b"\0" * 32


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `who` is an account's or a key's id, `about` what it was done to."""

    seq: int
    at: int
    who: str
    what: str
    about: str


@dataclass(frozen=True, slots=True)
class Damage:
    """The first place at which the log is not as it was written."""

    seq: int
    why: str


class Audit:
    """The log of one shop; lines are only ever added."""

    def __init__(self, database: Database, secret: bytes) -> None:
        self._database = database
        self._secret = secret

    def note(self, who: str, what: str, about: str, now: int) -> None:
        """Add a line."""
        with self._database.writing() as connection:
            seq, before = _head(connection)
            entry = Entry(seq + 1, now, who, what, about)
            code = self._code(before, entry)
            values = {"seq": seq + 1, "at": now, "who": who, "what": what, "about": about}
            connection.execute(insert(audit), [values | {"hash": code}])
            _set_head(connection, seq + 1, code)

    def latest(self, most: int, before: int | None = None) -> Sequence[Entry]:
        """The newest lines, or those before line `before`; the newest first."""
        ask = select(audit).order_by(audit.c.seq.desc()).limit(most)
        if before is not None:
            ask = ask.where(audit.c.seq < before)
        with self._database.reading() as connection:
            return [_entry(row) for row in connection.execute(ask)]

    def verify(self) -> Damage | None:
        """Walk the whole log; where it was first tampered with, or None."""
        with self._database.reading() as connection:
            last, head = _head(connection)
            expected, code = 1, START
            for row in connection.execute(select(audit).order_by(audit.c.seq)):
                if row.seq != expected:
                    return Damage(expected, f"line {expected} is missing")
                code = self._code(code, _entry(row))
                if not hmac.compare_digest(code, row.hash):
                    return Damage(expected, f"line {expected} was changed")
                expected += 1
        if expected - 1 != last or not hmac.compare_digest(code, head):
            return Damage(expected, f"the log should end with line {last}")
        return None

    def count(self) -> int:
        """How many lines there are."""
        with self._database.reading() as connection:
            return connection.scalar(select(func.count()).select_from(audit)) or 0

    def _code(self, before: bytes, entry: Entry) -> bytes:
        said = json.dumps([entry.seq, entry.at, entry.who, entry.what, entry.about])
        return hmac.digest(self._secret, before + said.encode("ascii"), "sha256")


def _head(connection: Connection) -> tuple[int, bytes]:
    found = connection.scalar(select(meta.c["value"]).where(meta.c["key"] == HEAD))
    if found is None:
        return 0, START
    seq, code = found.split(":")
    return int(seq), bytes.fromhex(code)


def _set_head(connection: Connection, seq: int, code: bytes) -> None:
    """The end is kept apart, so that a lost last line is missed as well."""
    value = f"{seq}:{code.hex()}"
    changed = connection.execute(update(meta).where(meta.c["key"] == HEAD).values(value=value))
    if not changed.rowcount:
        connection.execute(insert(meta), [{"key": HEAD, "value": value}])


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(row.seq, row.at, row.who, row.what, row.about)
