"""Before the fold: orders, events and referrals of whole people in one line each.

What an order became (`orders.py`) are rows at their own instants; they are merged
with what happened, so that the fold walks one sorted line.
"""

from __future__ import annotations

import numpy as np

from thang.model import Flag
from thang.river.calendar import Calendar, days
from thang.river.compiled import inner, kernel
from thang.river.orders import ADDED, order_rows
from thang.river.program import FAR, Rows, room_for
from thang.river.tables import Events, Int64
from thang.river.work import ROW, Line

SELF = int(Flag.SELF)


def no_rows() -> Rows:
    """No referral rows."""
    return room_for(ADDED, 0)


def starts(person: Int64) -> Int64:
    """Where each person's rows begin in a sorted column, and the end."""
    if not len(person):
        return np.zeros(1, np.int64)
    turns = np.flatnonzero(person[1:] != person[:-1]) + 1
    return np.concatenate([[0], turns, [len(person)]]).astype(np.int64)


def prepare(events: Events, cal: Calendar, window_days: int, referrals: Rows) -> Line:
    """The lines of whole people, ready for the fold.

    `events` are sorted by person, instant and sequence; `referrals` (ADDED, sorted by
    person and instant) are those of the same people.
    """
    start = starts(events.person)
    orders = order_rows(events, start, cal, window_days)
    line = Line(
        np.zeros(len(start), np.int64),
        room_for(ROW, len(events.at) + len(orders) + len(referrals)),
    )
    merge(events, start, orders, referrals, line)
    line.rows["day"] = days(cal, line.rows["at"])
    return line


@kernel
def merge(events: Events, start: Int64, orders: Rows, referrals: Rows, line: Line) -> None:
    """Three sorted streams of each person into one: at one instant events, orders, referrals."""
    n, o, r = 0, 0, 0
    for who in range(len(start) - 1):
        i, end, person = start[who], start[who + 1], events.person[start[who]]
        line.start[who] = n
        while r < len(referrals) and referrals[r].person < person:
            r += 1
        while True:
            base = events.at[i] if i < end else FAR
            order = orders[o].at if o < len(orders) and orders[o].person == person else FAR
            mine = r < len(referrals) and referrals[r].person == person
            referral = referrals[r].at if mine else FAR
            if base == FAR and order == FAR and referral == FAR:
                break
            if base <= order and base <= referral:
                take_event(line.rows, n, events, i)
                i += 1
            elif order <= referral:
                take_added(line.rows, n, orders, o)
                o += 1
            else:
                take_added(line.rows, n, referrals, r)
                r += 1
            n += 1
    line.start[len(start) - 1] = n


@inner
def take_event(rows: Rows, n: int, events: Events, i: int) -> None:
    """Copy an event into a line."""
    row = rows[n]
    row.at = events.at[i]
    row.kind = events.kind[i]
    row.ref = events.ref[i]
    row.value = events.amount[i]
    row.left = events.amount[i]
    row.grade = events.grade[i]
    own = events.other[i] == events.person[i]
    row.bits = events.flags[i] | (SELF if own else 0)


@inner
def take_added(rows: Rows, n: int, source: Rows, i: int) -> None:
    """Copy a derived row into a line."""
    row, added = rows[n], source[i]
    row.at = added.at
    row.kind = added.kind
    row.value = added.value
    row.left = added.value
    row.ref = added.ref
    row.anchor = added.anchor
