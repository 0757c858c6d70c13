"""What was found out once and holds from then on: facts of Thang's own, never changed.

A finding is a word (`yardstick`, `stage`, `gate`, …), the instant it speaks of, and plain
data. Moves into and out of groups are findings about one person each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, insert, select

from thang.record.database import Database
from thang.record.tables import FINDINGS, findings, group_moves

MOVES = pa.schema(
    [("at", pa.int64()), ("person", pa.int64()), ("group", pa.int8()), ("what", pa.int8())]
)


class Turn(IntEnum):
    """What became of somebody in a group at one check."""

    LEFT = 0
    ENTERED = 1
    FAILED = 2  # below the cut at a monthly check, and still in


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; `body` is whatever JSON can hold."""

    what: str
    at: int
    found_at: int
    body: Mapping[str, Any]


def lay_findings(database: Database) -> None:
    """The tables of this module, in a record that was made before there were any."""
    with database.reading() as connection:
        if connection.dialect.has_table(connection, FINDINGS[-1].name):
            return
    with database.writing() as connection:
        for table in FINDINGS:
            table.create(connection, checkfirst=True)


def add(connection: Connection, found: Finding) -> None:
    """Append a finding."""
    row = {"what": found.what, "at": found.at, "found_at": found.found_at, "body": found.body}
    connection.execute(insert(findings), [row])


def all_of(connection: Connection, what: str) -> list[Finding]:
    """Every finding of one word, by the instant it speaks of, the later found last."""
    ask = select(findings).where(findings.c.what == what)
    rows = connection.execute(ask.order_by(findings.c.at, findings.c.id)).mappings()
    return [Finding(row["what"], row["at"], row["found_at"], row["body"]) for row in rows]


def add_moves(connection: Connection, moves: Iterable[Mapping[str, int]]) -> None:
    """Append moves of groups: `at`, `person`, `group` (its place), `what` (`Turn`)."""
    rows = [dict(move) for move in moves]
    if rows:
        connection.execute(insert(group_moves), rows)


def moves(connection: Connection) -> pa.Table:
    """Every move of groups (`MOVES`), in the order it was found."""
    columns = [group_moves.c[name] for name in MOVES.names]
    rows = connection.execute(select(*columns).order_by(group_moves.c.id)).all()
    by_name = zip(MOVES.names, zip(*rows, strict=True), strict=True) if rows else ()
    return pa.table(dict(by_name), schema=MOVES) if rows else MOVES.empty_table()
