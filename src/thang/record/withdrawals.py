"""Imports that were taken back: nothing is deleted, what they told is left out of what is derived.

One writer at a time gives numbers without gaps, so the events of one import are one span of
numbers, and all that is left out is a few spans. An event that another import told as well
stays; the same holds for what joins people.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, func, insert, select

from thang.model import WrongInput
from thang.record.bulk import all_rows
from thang.record.database import Database
from thang.record.spans import LeftOut, without
from thang.record.tables import (
    WITHDRAWING,
    batches,
    link_evidence,
    links,
    mark_evidence,
    retold,
    withdrawals,
)
from thang.river.tables import Int64


def lay_withdrawals(database: Database) -> None:
    """The tables of this module, in a record that was made before there were any."""
    with database.reading() as connection:
        if connection.dialect.has_table(connection, WITHDRAWING[-1].name):
            return
    with database.writing() as connection:
        for table in WITHDRAWING:
            table.create(connection, checkfirst=True)


def withdraw(connection: Connection, batch: int, now: int, *, back: bool) -> None:
    """Take an import back, or bring it back; the last word holds, the same word again adds none."""
    known = connection.scalar(select(func.count()).where(batches.c.id == batch))
    if not known:
        raise WrongInput(f"There is no import {batch}: see `thang imports`.")
    if (batch in withdrawn(connection)) is back:
        say(connection, batch, now, withdrawn=not back)


def say(connection: Connection, batch: int, now: int, *, withdrawn: bool) -> None:
    """Append a word on an import."""
    row = {"batch": batch, "withdrawn": int(withdrawn), "at": now}
    connection.execute(insert(withdrawals), [row])


def withdrawn(connection: Connection) -> frozenset[int]:
    """The imports that are taken back."""
    ask = select(withdrawals.c.batch, withdrawals.c.withdrawn).order_by(withdrawals.c.id)
    last = dict(all_rows(connection, ask))
    return frozenset(batch for batch, word in last.items() if word)


def last_word(connection: Connection) -> int:
    """A number that grows with every word on imports; whoever derives from the record notes it."""
    return connection.scalar(select(func.max(withdrawals.c.id))) or 0


def left_out(connection: Connection) -> LeftOut:
    """The events that no import speaks for any more."""
    gone = withdrawn(connection)
    if not gone:
        return LeftOut()
    told, end = [], 0
    ask = select(batches.c.id, batches.c.events).order_by(batches.c.id)
    for batch, events in all_rows(connection, ask):
        if batch in gone and events:
            told.append((end + 1, end + events))
        end += events
    again = all_rows(connection, select(retold.c.batch, retold.c.first, retold.c.last))
    kept = [(first, last) for batch, first, last in again if batch not in gone]
    return LeftOut(tuple(without(told, kept)))


def dead_links(connection: Connection, gone: LeftOut) -> Int64:
    """The numbers of links that nothing tells of but what is left out."""
    first = _two(connection, select(links.c.id, links.c.evidence))
    more = _two(connection, select(link_evidence.c.link, link_evidence.c.evidence))
    return _dead(first, more, gone)


def dead_marks(connection: Connection, gone: LeftOut) -> Int64:
    """The same of marks; one from before evidence was kept is never dead."""
    told = _two(connection, select(mark_evidence.c.mark, mark_evidence.c.evidence))
    return _dead(told, told, gone)


def _dead(first: Int64, more: Int64, gone: LeftOut) -> Int64:
    lost = first[gone.has(first[:, 1]), 0]
    alive = more[~gone.has(more[:, 1]), 0]
    dead: Int64 = np.setdiff1d(lost, alive)
    return dead


def _two(connection: Connection, ask: Select[Any]) -> Int64:
    rows = all_rows(connection, ask)
    return np.array(rows, np.int64).reshape(-1, 2)
