"""Lists of customers: filtered, sorted, one page at a time, counted as far as counting is quick.

Everything is read from `listed`, one narrow row a person that a classification writes, so a
page costs the same wherever it lies. `as_of` is the ladder's instant, and all activity and
silence is judged at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from thang.engines.duckdb import Projection
from thang.model import WrongInput
from thang.policy.schema import Policy
from thang.record import Record
from thang.workspace.choosing import Asked, Choice, chosen
from thang.workspace.explain import facets
from thang.workspace.paging import Cursor, read, written

SIZES = (25, 50, 100)
COUNTED = 100_000  # people of a list that are counted; beyond them it says "more than"
SORTS = {"since": "since", "last_order": "last_order", "orders": "orders", "person": "person"}
COLUMNS = (
    "person", "level", "since", "rungs", "last_order", "orders", "active_from", "at_risk_from",
    "dormant_from", "lost_from", "fell_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lacking:
    """The one condition that keeps a person off the next rung, in the figures of explanations."""

    quantity: str
    op: str
    value: float
    needs: float


@dataclass(frozen=True, slots=True)
class Row:
    """One person of a list: instants in microseconds UTC, None where there was no such thing."""

    person: int
    ref: str
    level: int
    since: int
    facets: tuple[str, ...]
    activity: str
    last_order: int | None
    orders: int
    fell_at: int | None
    lacking: Lacking | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page; `capped`: there are more people than `count`. Cursors are None at the ends."""

    rows: tuple[Row, ...]
    next: str | None
    previous: str | None
    count: int
    capped: bool
    as_of: int


def customers(
    record: Record, projection: Projection, policy: Policy, asked: Asked
) -> Listing:  # fmt: skip
    """One page of the people who are asked for; sorts fall, people of one rank by number.

    Errors: `WrongInput` for a filter, a sort, a size or a cursor that there is not.
    """
    if asked.size not in SIZES:
        raise WrongInput(f"A page has {', '.join(map(str, SIZES))} rows: choose one of them.")
    choice = chosen(record, projection, policy, asked)
    return _page(record, projection, policy, asked, choice)


def _page(
    record: Record, projection: Projection, policy: Policy, asked: Asked, choice: Choice
) -> Listing:
    if asked.sort not in SORTS:
        raise WrongInput(f"{asked.sort!r} is no order of a list: choose one of {', '.join(SORTS)}.")
    cursor = read(asked.cursor, asked.sort, 2) if asked.cursor else None
    found = _keyed(projection, asked.sort, choice, cursor, asked.size + 1)
    back, more = cursor is not None and not cursor.forward, len(found) > asked.size
    found = found[: asked.size]
    found = found[::-1] if back else found
    count = len(found) if cursor is None and not more else _count(projection, choice)
    return Listing(
        rows=_rows(record, projection, policy, found),
        next=_cursor(asked.sort, found, forward=True) if (more or back) else None,
        previous=_cursor(asked.sort, found, forward=False) if (more if back else cursor) else None,
        count=min(count, COUNTED),
        capped=count > COUNTED or choice.more,
        as_of=projection.meta("as_of") or 0,
    )


def everybody(
    record: Record, projection: Projection, policy: Policy, asked: Asked, portion: int
) -> Iterator[tuple[Row, ...]]:
    """All people who are asked for, by number, in portions; nothing is counted."""
    asked, cursor = replace(asked, sort="person"), None
    choice = chosen(record, projection, policy, asked)
    while found := _keyed(projection, asked.sort, choice, cursor, portion):
        yield _rows(record, projection, policy, found)
        cursor = Cursor(asked.sort, forward=True, keys=(0, int(found[-1]["person"])))


Found = list[dict[str, Any]]


def _keyed(
    projection: Projection, sort: str, choice: Choice, cursor: Cursor | None, most: int
) -> Found:
    """At most so many rows from the cursor on, in the direction of reading."""
    column, back = SORTS[sort], cursor is not None and not cursor.forward
    wheres, values = list(choice.wheres), list(choice.values)
    by_person = column == "person"
    if cursor is not None:
        rank, person = cursor.keys
        below, beyond = (">", "<") if back else ("<", ">")
        if by_person:
            wheres.append(f"person {beyond} ?")
            values.append(person)
        else:
            wheres.append(f"{column} {below}= ? and ({column} {below} ? or person {beyond} ?)")
            values += [rank, rank, person]
    turns = ("asc", "desc") if back else ("desc", "asc")
    order = f"person {turns[1]}" if by_person else f"{column} {turns[0]}, person {turns[1]}"
    where = " and ".join(wheres) or "true"
    rows = projection.sql.execute(
        f"select {', '.join(COLUMNS)} from listed where {where} "  # noqa: S608 - names of our own
        f"order by {order} limit {most}",
        values,
    ).fetchall()
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def _cursor(sort: str, found: Found, *, forward: bool) -> str | None:
    if not found:
        return None
    end = found[-1] if forward else found[0]
    return written(Cursor(sort, forward, (int(end[SORTS[sort]]), int(end["person"]))))


def _count(projection: Projection, choice: Choice) -> int:
    where = " and ".join(choice.wheres) or "true"
    ((n,),) = projection.sql.execute(
        f"select count(*) from (select 1 from listed where {where} limit {COUNTED + 1})",  # noqa: S608
        list(choice.values),
    ).fetchall()
    return int(n)


def _rows(
    record: Record, projection: Projection, policy: Policy, found: Found
) -> tuple[Row, ...]:  # fmt: skip
    persons = [int(row["person"]) for row in found]
    refs = record.refs.refs_of(np.array(persons, np.int64))
    lacking, as_of = _lacking(projection, persons), projection.meta("as_of") or 0

    @cache
    def held(rungs: int) -> tuple[str, ...]:
        return tuple(facets(policy, rungs))

    return tuple(
        Row(
            person=row["person"], ref=ref, level=row["level"], since=row["since"],
            facets=held(row["rungs"]), activity=_activity(row, as_of),
            last_order=row["last_order"] if row["orders"] else None, orders=row["orders"],
            fell_at=row["fell_at"] or None, lacking=lacking.get(row["person"]),
        )
        for row, ref in zip(found, refs, strict=True)
    )  # fmt: skip


def _activity(row: dict[str, Any], as_of: int) -> str:
    """The last stage that has begun, as `explain.activity` says it."""
    if not row["orders"]:
        return "none"
    stages = ("lost", "dormant", "at_risk", "active")
    return next((name for name in stages if row[f"{name}_from"] <= as_of), "new")


def _lacking(projection: Projection, persons: list[int]) -> dict[int, Lacking]:
    rows = projection.sql.execute(
        "select person, quantity, op, value, needs from almost where person in (select unnest(?))",
        [persons],
    ).fetchall()
    return {person: Lacking(*rest) for person, *rest in rows}
