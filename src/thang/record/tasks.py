"""Tasks for the shop's people: what a strategy asks of a human hand, until done or dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, insert, select, update

from thang.model import WrongInput
from thang.record.acting_tables import tasks
from thang.record.bulk import rows_among, run_many

OPEN, DONE, DROPPED = "open", "done", "dropped"


@dataclass(frozen=True, slots=True)
class Task:
    """One task; `person` is None where it is about the shop, `by` who settled it, `at` when."""

    id: str
    strategy: str
    person: int | None
    what: str
    due: int
    state: str
    by: str
    at: int


def add(connection: Connection, rows: Iterable[Mapping[str, Any]], now: int) -> int:
    """Append tasks (`id`, `strategy`, `person`, `what`, `due`), once each; how many are new."""
    by_id = {row["id"]: row for row in rows}
    known = {row[0] for row in rows_among(connection, select(tasks.c.id), tasks.c.id, list(by_id))}
    new = [
        {name: row[name] for name in ("id", "strategy", "person", "what", "due")}
        | {"state": OPEN, "by": "", "at": now}
        for key, row in by_id.items()
        if key not in known
    ]
    run_many(connection, insert(tasks), new)
    return len(new)


def settle(connection: Connection, key: str, state: str, by: str, now: int) -> None:
    """Call a task done, dropped, or open again; WrongInput if there is none."""
    if state not in (OPEN, DONE, DROPPED):
        raise ValueError(f"a task is {OPEN}, {DONE} or {DROPPED}, not {state}")
    said = {"state": state, "by": by, "at": now}
    changed = connection.execute(update(tasks).where(tasks.c.id == key).values(said))
    if not changed.rowcount:
        raise WrongInput("There is no such task: it may have been removed; open the list again.")


def find(connection: Connection, asked: Mapping[str, str | int | None]) -> list[Task]:
    """Tasks whose columns have what is asked (None: anything), the most urgent first."""
    ask = select(*(tasks.c[field.name] for field in fields(Task))).order_by(tasks.c.due, tasks.c.id)
    for name, value in asked.items():
        if value is not None:
            ask = ask.where(tasks.c[name] == value)
    return [Task(*row) for row in connection.execute(ask)]
