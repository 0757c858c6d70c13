"""What a kernel holds in its hands while it walks one person's line after another.

All of it is allocated once per chunk and reset per person, so that the walk itself
never allocates. Scalars that change live in `reg`, by the names below.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from thang.river.calendar import Calendar
from thang.river.program import NONE_FALSE, NONE_TRUE, Program
from thang.river.tables import Bar, Int16, Int32, Int64, UInt8

# Places in `reg`.
MONTH, BAR_ROW, BAR_GAP, ORDERS_LIVING, GAPS_KNOWN, GAPS_STALE, ITEMS, LEVEL, SINCE = range(9)


class Line(NamedTuple):
    """Prepared rows of whole people, each person's in order of time: the fold's input.

    Person i's rows are `start[i] : start[i + 1]`. `anchor` is the instant of the row that
    this one corrects (0: none), `day` the shop day.
    """

    start: Int64
    at: Int64
    kind: Int16
    value: Int64
    ref: Int64
    grade: Int16
    flags: Int16
    anchor: Int64
    day: Int32


class Year(NamedTuple):
    """The calendar and the bars as the walk meets them, by month."""

    months: Int64
    number: Int64
    bar_row: Int32  # the bars in force from that month on
    bar_turn: Int32  # the next month from that one on at which they differ
    bars: Int64  # rows of premier_bar, median_member_spend, buyers
    gaps: Int64  # the shop's gap of each row


class Work(NamedTuple):
    """Counts and states of the person at hand."""

    v: Int64  # quantities, by slot
    tail: Int64  # first row still inside each window
    value: Int64  # money of each row, as corrected since
    counts: UInt8  # 1: the row carries its day's order
    dead: UInt8  # 1: the row has been undone
    earned: Int32  # bit of each points line for which the row earned
    ring_day: Int32
    ring_n: Int32
    ring_head: Int32
    ring_len: Int32
    month_n: Int32  # acts by month ring and month
    month_last: Int64
    line_at: Int64  # instants of the last earning acts of each line
    line_n: Int64
    item_line: Int32
    item_ref: Int64
    open_ref: Int64
    open_n: Int64
    order_at: Int64  # living orders by their date
    order_day: Int32
    gap_sorted: Int64
    held: UInt8  # levels
    last_act: Int64
    hold_check: Int64  # month from which the keep rule is asked
    fails: Int32
    own: Int64
    reg: Int64


def year(cal: Calendar, bars: list[Bar], window_us: int) -> Year:
    """Month by month, which bars are in force; row 0 stands for none yet."""
    rows = np.array(
        [[NONE_FALSE, NONE_TRUE, 0]]
        + [
            [
                NONE_FALSE if b.premier_bar is None else b.premier_bar,
                NONE_TRUE if b.median_member_spend is None else b.median_member_spend,
                b.buyers,
            ]
            for b in bars
        ],
        np.int64,
    )
    gaps = np.array([window_us // 4] + [b.gap for b in bars], np.int64)
    quarters = np.array([b.quarter for b in bars], np.int64)
    row = np.searchsorted(quarters, cal.months, side="right").astype(np.int32)
    turn = np.full(len(row) + 1, len(row), np.int32)
    for month in range(len(row) - 1, 0, -1):
        turn[month] = month if _differ(rows, gaps, row[month], row[month - 1]) else turn[month + 1]
    turn[0] = turn[1] if len(row) > 1 else len(row)
    return Year(cal.months, cal.number, row, turn, rows, gaps)


def _differ(rows: Int64, gaps: Int64, one: int, other: int) -> bool:
    return bool((rows[one] != rows[other]).any() or gaps[one] != gaps[other])


def work(program: Program, line: Line) -> Work:
    """Room for the longest line of a chunk."""
    rows = len(line.at)
    longest = int(np.diff(line.start).max()) + 2 if len(line.start) > 1 else 2
    windows, levels = len(program.windows), len(program.shape)
    ring_room, rings = int(program.ring_at[-1]), len(program.ring_mask)
    lines = len(program.line_cap)
    i32, i64, u8 = np.int32, np.int64, np.uint8
    return Work(
        v=np.zeros(len(program.read), i64),
        tail=np.zeros(max(windows, 1), i64),
        value=line.value.copy(),
        counts=np.zeros(rows, u8),
        dead=np.zeros(rows, u8),
        earned=np.zeros(rows, i32),
        ring_day=np.zeros(ring_room, i32),
        ring_n=np.zeros(ring_room, i32),
        ring_head=np.zeros(rings, i32),
        ring_len=np.zeros(rings, i32),
        month_n=np.zeros((max(program.months_rings, 1), 64), i32),
        month_last=np.zeros(max(program.months_rings, 1), i64),
        line_at=np.zeros((lines, max(int(program.line_cap.max()), 1)), i64),
        line_n=np.zeros(lines, i64),
        item_line=np.zeros(longest, i32),
        item_ref=np.zeros(longest, i64),
        open_ref=np.zeros((max(program.open_sets, 1), longest), i64),
        open_n=np.zeros(max(program.open_sets, 1), i64),
        order_at=np.zeros(longest, i64),
        order_day=np.zeros(longest, i32),
        gap_sorted=np.zeros(longest, i64),
        held=np.zeros(levels, u8),
        last_act=np.zeros(levels, i64),
        hold_check=np.zeros(levels, i64),
        fails=np.zeros(levels, i32),
        own=np.zeros(levels, i64),
        reg=np.zeros(16, i64),
    )
