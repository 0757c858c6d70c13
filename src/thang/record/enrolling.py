"""Who is in which strategy since when, and every step they took in it.

An enrolment is a fact with the playbook's fingerprint; what becomes of it is told by moves, the
last of which holds. What is told again changes nothing, so that a run may be repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, insert, select, update

from thang.record.acting_tables import ACTING, enrolment_moves, enrolment_stands, enrolments
from thang.record.bulk import all_rows, rows_among, run_many
from thang.record.database import Database

ENROLMENTS = pa.schema(
    [
        ("id", pa.string()),
        ("strategy", pa.string()),
        ("person", pa.int64()),
        ("cluster", pa.int64()),
        ("arm", pa.string()),
        ("at", pa.int64()),
        ("playbook", pa.string()),
        ("moved_at", pa.int64()),
        ("state", pa.string()),
        ("step", pa.int64()),
        ("due", pa.int64()),
    ]
)
ENROLMENT_MOVES = pa.schema(
    [
        ("enrolment", pa.string()),
        ("at", pa.int64()),
        ("state", pa.string()),
        ("step", pa.int64()),
        ("due", pa.int64()),
    ]
)
TREATED = "treated"
RUNNING = "running"

Row = Mapping[str, Any]


def lay_acting(database: Database) -> None:
    """The tables of acting, in a record that was made before there were any."""
    with database.reading() as connection:
        if connection.dialect.has_table(connection, ACTING[-1].name):
            return
    with database.writing() as connection:
        for table in ACTING:
            table.create(connection, checkfirst=True)


def enrol(connection: Connection, rows: Iterable[Row]) -> int:
    """Append those enrolments that are new, with their first move; how many they were."""
    by_id = {row["id"]: row for row in rows}
    known = {row[0] for row in rows_among(connection, _IDS, enrolments.c.id, list(by_id))}
    new = [row for key, row in by_id.items() if key not in known]
    run_many(connection, _ENROL, [{name: row[name] for name in _FACTS} for row in new])
    first = [_move(row["id"], row, row["at"]) for row in new]
    run_many(connection, _MOVE, first)
    run_many(connection, _STAND, first)
    return len(new)


def move(connection: Connection, rows: Iterable[Row]) -> list[Row]:
    """Append moves in their order, and return those that changed anything."""
    moves = [_move(row["enrolment"], row, row["at"]) for row in rows]
    names = list(dict.fromkeys(one["enrolment"] for one in moves))
    found = rows_among(connection, _STOOD, enrolment_stands.c.enrolment, names)
    stands = {row[0]: dict(zip(ENROLMENT_MOVES.names, row, strict=True)) for row in found}
    changed: list[Row] = []
    for one in moves:
        if stands.get(one["enrolment"]) != one:
            stands[one["enrolment"]] = one
            changed.append(one)
    run_many(connection, _MOVE, changed)
    last = {one["enrolment"]: one for one in changed}
    rows_now = [{f"new_{name}": value for name, value in one.items()} for one in last.values()]
    run_many(connection, _RESTAND, rows_now)
    return changed


def _move(enrolment: str, row: Row, at: int) -> dict[str, Any]:
    state, step, due = row.get("state", RUNNING), row.get("step", 0), row.get("due", at)
    return {"enrolment": enrolment, "at": at, "state": str(state), "step": step, "due": due}


def all_enrolments(
    connection: Connection, state: str | None, strategy: str | None, person: int | None
) -> pa.Table:
    """Enrolments with where they stand (`ENROLMENTS`), oldest first."""
    asked: list[ColumnElement[bool]] = []
    for column, value in (
        (enrolment_stands.c.state, state),
        (enrolments.c.strategy, strategy),
        (enrolments.c.person, person),
    ):
        if value is not None:
            asked.append(column == value)
    return _table(connection, _ENROLLED.where(and_(True, *asked)), ENROLMENTS)


def all_moves(connection: Connection) -> pa.Table:
    """Every move of every enrolment (`ENROLMENT_MOVES`), in the order they were made."""
    return _table(connection, _MOVES, ENROLMENT_MOVES)


def _table(connection: Connection, ask: Select[Any], schema: pa.Schema) -> pa.Table:
    rows = all_rows(connection, ask)
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema.names)
    return pa.table(dict(zip(schema.names, map(list, columns), strict=True)), schema=schema)


_FACTS = ("id", "strategy", "person", "cluster", "arm", "at", "playbook")
_IDS = select(enrolments.c.id)
_ENROL, _MOVE, _STAND = insert(enrolments), insert(enrolment_moves), insert(enrolment_stands)
_STOOD = select(*(enrolment_stands.c[name] for name in ENROLMENT_MOVES.names))
_RESTAND = (
    update(enrolment_stands)
    .where(enrolment_stands.c.enrolment == bindparam("new_enrolment"))
    .values({name: bindparam(f"new_{name}") for name in ENROLMENT_MOVES.names[1:]})
)
_ENROLLED = (
    select(
        *(enrolments.c[name] for name in _FACTS),
        enrolment_stands.c.at, enrolment_stands.c.state, enrolment_stands.c.step,
        enrolment_stands.c.due,
    )
    .join_from(enrolments, enrolment_stands)
    .order_by(enrolments.c.at, enrolments.c.id)
)  # fmt: skip
_MOVES = select(*(enrolment_moves.c[name] for name in ENROLMENT_MOVES.names)).order_by(
    enrolment_moves.c.id
)
