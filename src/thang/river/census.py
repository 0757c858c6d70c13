"""What the bars need to know of everybody, at the first instant of each quarter.

The same counting as the fold's, without its rungs: who bought in the window, for how
much, who meets Member's entry rule, and the gaps between living orders.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from thang.river.asking import holds
from thang.river.compiled import inner, kernel
from thang.river.counting import apply, catch_up, expire
from thang.river.program import Program, Rows, room_for
from thang.river.standing import begin
from thang.river.tables import Int64
from thang.river.work import Line, Room, Work, Year

LONGEST_GAP = 36_500  # days; a hundred years share the last place


BUYER = np.dtype(
    [
        ("spend", np.int64),
        ("orders", np.int64),
        ("quarter", np.int32),
        ("member", np.int32),
    ],
    align=True,
)


class Census(NamedTuple):
    """`buyers`: people who bought in the window (or are Members by entry) at a quarter's start.

    `gaps[q, d]` is how many gaps of d days more (or fewer) than at the quarter before stand
    between living orders; `living[q]` counts people with one living order, and with two.
    """

    buyers: Rows
    gaps: Int64
    living: Int64


def census_room(rows: int, quarters: int) -> Census:
    """Room for the answers of one chunk."""
    return Census(
        room_for(BUYER, rows),
        np.zeros((quarters, LONGEST_GAP + 1), np.int64),
        np.zeros((quarters, 2), np.int64),
    )


@inner
def add_gaps(
    w: Work, room: Room, census: Census, known: Int64, before: int, q: int, counted: bool
) -> int:
    """Replace a person's former gaps by the present ones; how many they are now."""
    n = w.living if counted else 0
    same = 0
    while same < before and same < n - 1:
        if known[same] != room[same + 1].order_day - room[same].order_day:
            break
        same += 1
    for i in range(same, before):
        census.gaps[q, known[i]] -= 1
    for i in range(same, n - 1):
        gap = min(room[i + 1].order_day - room[i].order_day, LONGEST_GAP)
        known[i] = gap
        census.gaps[q, gap] += 1
    return max(n - 1, 0)


@inner
def count_person(
    p: Program,
    rows: Rows,
    y: Year,
    w: Work,
    room: Room,
    quarters: Int64,
    census: Census,
    known: Int64,
    lo: int,
    hi: int,
    n: int,
) -> int:
    """One person at every quarter's start after their first event; the number of rows so far."""
    begin(p, w, y, lo, rows[lo].at)
    i, gaps, counted, member = lo, -1, False, False
    for q in range(len(quarters)):
        t = quarters[q]
        if rows[lo].at >= t:
            continue
        done = i
        while i < hi and rows[i].at < t:
            if not p.kinds[rows[i].kind].quiet:
                happen_loudly(p, rows, y, w, room, lo, i)
            i += 1
        if gaps < 0 or i > done or t >= w.leave or not p.lasting:
            expire(p, rows, w, room, i, t)
            catch_up(p, rows, w, room, i)
            w.month = pass_months(y, w.month, t - 1)
            counted = not holds(p, w, p.unless, t, -1)
            gaps = add_gaps(w, room, census, known, max(gaps, 0), q, counted)
            member = counted and holds(p, w, p.member, t, -1)
        if not counted:
            continue
        if w.living > 0:
            census.living[q, 0] += 1
        if w.living > 1:
            census.living[q, 1] += 1
        orders = w.v[p.bar_orders]
        if orders > 0 or member:
            row = census.buyers[n]
            row.quarter, row.orders = q, orders
            row.spend, row.member = w.v[p.bar_spend], 1 if member else 0
            n += 1
    return n


@inner
def happen_loudly(p: Program, rows: Rows, y: Year, w: Work, room: Room, lo: int, i: int) -> None:
    """Row i happens at its instant."""
    now = rows[i].at
    expire(p, rows, w, room, i, now)
    w.month = pass_months(y, w.month, now)
    apply(p, rows, w, room, lo, i, y.months)


@inner
def pass_months(y: Year, month: int, t: int) -> int:
    """The month of instant t, which does not lie before `month`."""
    while y.months[month + 1].at <= t:
        month += 1
    return month


@kernel
def count_people(
    programs: Program,
    line: Line,
    y: Year,
    hands: Work,
    room: Room,
    quarters: Int64,
    census: Census,
    known: Int64,
) -> int:
    """Everybody of a chunk; the number of rows written. `known` has room for the longest line."""
    p, w, start, rows, n = programs[0], hands[0], line.start, line.rows, 0
    for who in range(len(start) - 1):
        lo, hi = start[who], start[who + 1]
        if hi > lo:
            n = count_person(p, rows, y, w, room, quarters, census, known, lo, hi, n)
    return n
