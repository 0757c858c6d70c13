"""What a kernel holds in its hands while it walks one person's line after another.

All of it is allocated once per chunk and reset per person, so that the walk itself
never allocates.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from thang.river.calendar import Calendar
from thang.river.program import (
    MOST_CAP,
    MOST_LEVELS,
    MOST_LINES,
    MOST_RINGS,
    MOST_SETS,
    MOST_SLOTS,
    MOST_WINDOWS,
    NONE_FALSE,
    NONE_TRUE,
    Program,
    Rows,
    room_for,
)
from thang.river.tables import Bar, Int64

ROW = np.dtype(
    [
        ("at", np.int64),
        ("value", np.int64),
        ("ref", np.int64),
        ("anchor", np.int64),  # instant of the row a correction corrects; of an order: when placed
        ("left", np.int64),  # money of the row, as corrected since
        ("day", np.int32),  # the shop day
        ("earned", np.int32),  # bit of each points line for which the row earned
        ("kind", np.int16),
        ("grade", np.int16),
        ("bits", np.int16),  # `Flag`s
        ("counts", np.int8),  # 1: the row carries its day's order
        ("dead", np.int8),  # 1: the row has been undone
    ],
    align=True,
)
MONTH_ROW = np.dtype(
    [
        ("at", np.int64),  # first instant
        ("number", np.int64),  # year * 12 + month - 1
        ("bar_row", np.int32),  # the bars in force from it on
        ("bar_turn", np.int32),  # the next month from it on at which they differ
    ],
    align=True,
)
RING_ENDS = np.dtype([("head", np.int32), ("days", np.int32)], align=True)
RUNG = np.dtype(
    [
        ("last_act", np.int64),
        ("hold_check", np.int64),  # month from which the keep rule is asked
        ("own", np.int64),
        ("lost_at", np.int64),  # at once, at that instant: not asked again before the next
        ("fails", np.int32),
        ("held", np.int32),
    ],
    align=True,
)


class Line(NamedTuple):
    """Prepared rows of whole people, each person's in order of time: the fold's input.

    Person i's rows are `start[i] : start[i + 1]`. The fold notes in them what became of
    each row, so a line is folded once.
    """

    start: Int64
    rows: Rows


class Year(NamedTuple):
    """The calendar and the bars as the walk meets them, by month."""

    months: Rows
    bars: Int64  # rows of premier_bar, median_member_spend, buyers, gap


# Counts and states of the person at hand: one record, for the reason PROGRAM gives.
WORK = np.dtype(
    [
        ("v", np.int64, (MOST_SLOTS,)),  # quantities, by slot
        ("tail", np.int64, (MOST_WINDOWS,)),  # first row still inside each window
        ("rings", RING_ENDS, (MOST_RINGS,)),
        ("month_n", np.int64, (MOST_RINGS, 64)),  # acts by months ring and month
        ("month_last", np.int64, (MOST_RINGS,)),
        ("line_at", np.int64, (MOST_LINES, MOST_CAP)),  # last earning acts of each points line
        ("line_n", np.int64, (MOST_LINES,)),
        ("open_n", np.int64, (MOST_SETS,)),
        ("rungs", RUNG, (MOST_LEVELS,)),
        ("month", np.int64),  # the present month
        ("bar_row", np.int64),
        ("bar_gap", np.int64),
        ("living", np.int64),  # orders
        ("last_order", np.int64),  # when the last of them counted
        ("gap", np.int64),  # median between them, from three on
        ("items", np.int64),
        ("level", np.int64),
        ("since", np.int64),
        ("due", np.int64),  # when the first silent level held may be lost; early, never late
        ("held", np.int64),  # bit of each level held, facts left out
        ("ripe", np.int64),  # bit of each level that waiting may bring
        ("lost", np.int64),  # 1: a rung was lost at once and is to be asked again
        ("counted", np.int64),  # rows from here on are not counted yet where they are quiet
        ("pending", np.int64),  # bit of each level whose entry rule they may make true
        ("leave", np.int64),  # before this instant no row leaves a window
    ],
    align=True,
)

Work = Any  # one WORK record, or its array of one


# What grows with a person's line: one table with room for the longest of a chunk, in which
# unlike things lie side by side, so that a kernel passes on one array and not five.
ROOM = np.dtype(
    [
        ("item_ref", np.int64),  # products that have earned
        ("item_line", np.int64),
        ("order_at", np.int64),  # living orders by their date
        ("order_day", np.int64),
        ("gap", np.int64),  # gaps between them, sorted
        ("open_ref", np.int64, (MOST_SETS,)),  # open things of each set
        ("ring_day", np.int32),  # days of all rings
        ("ring_n", np.int32),
    ],
    align=True,
)

Room = Any  # an array of ROOM


def year(cal: Calendar, bars: list[Bar], window_us: int) -> Year:
    """Month by month, which bars are in force; row 0 stands for none yet."""
    rows = np.array([[NONE_FALSE, NONE_TRUE, 0, window_us // 4], *map(_bar_row, bars)], np.int64)
    quarters = np.array([b.quarter for b in bars], np.int64)
    months = room_for(MONTH_ROW, len(cal.months))
    months["at"], months["number"] = cal.months, cal.number
    row = np.searchsorted(quarters, cal.months, side="right")
    months["bar_row"] = row
    turn = len(row)
    for month in range(len(row) - 1, 0, -1):
        turn = month if (rows[row[month]] != rows[row[month - 1]]).any() else turn
        months["bar_turn"][month] = turn
    months["bar_turn"][0] = turn
    return Year(months, rows)


def _bar_row(bar: Bar) -> list[int]:
    premier = NONE_FALSE if bar.premier_bar is None else bar.premier_bar
    median = NONE_TRUE if bar.median_member_spend is None else bar.median_member_spend
    return [premier, median, bar.buyers, bar.gap]


def work(program: Program, line: Line) -> tuple[Work, Room]:
    """Hands and room for the longest line of a chunk."""
    longest = int(np.diff(line.start).max()) + 2 if len(line.start) > 1 else 2
    return room_for(WORK, 1), room_for(ROOM, max(longest, int(program["ring_days"][0]) + 1))
