"""The fold: a customer's history on the ladder, from their events, the policy and the calendar.

One pass over each person's line. It stops at three kinds of instants, in this order
where they fall together: a silence that is due, the monthly check, and the person's
own events (all of one instant together, after which the rungs are examined once).
Everything Thang says of a person's level comes from here: history, evidence, any
past date (`as_of`), and the next instant at which the answer can change.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from thang.river.asking import read
from thang.river.compiled import inner, kernel
from thang.river.counting import catch_up, expire, month_of
from thang.river.program import FAR, KEPT, Program, Rows, room_for
from thang.river.standing import begin, check, fall_silent, live, pass_by, raise_bars
from thang.river.tables import Int64
from thang.river.watching import next_change, next_check, observed_level
from thang.river.work import Line, Room, Work, Year

EVENT, CHECK, DUE = 0, 1, 2


# Transitions in the order they were found; `who` is the person's place in the chunk.
MOVE = np.dtype(
    [
        ("at", np.int64),
        ("who", np.int32),
        ("before", np.int8),
        ("after", np.int8),
        ("cause", np.int8),
    ],
    align=True,
)
PLACE = np.dtype(
    [
        ("since", np.int64),
        ("next_change", np.int64),
        ("last_order", np.int64),  # 0: none
        ("gap", np.int64),  # median between orders; the shop's before the third, 0 before the first
        ("rungs", np.int32),  # bit of each level held or factual
        ("orders", np.int32),
        ("level", np.int8),
        ("observed", np.int8),
    ],
    align=True,
)
STANCE = np.dtype(
    [
        ("asked_from", np.int64),  # first instant at which a check asks the keep rule
        ("own", np.int64),
        ("fails", np.int64),
    ],
    align=True,
)


class Places(NamedTuple):
    """Where each person of the chunk stands at `as_of`, and the evidence, if asked for."""

    people: Rows
    rungs: Rows  # person x level: STANCE
    then: Int64  # person x slot: quantities when the level was reached
    now: Int64  # and at as_of


def places_room(people: int, program: Program, *, then: bool, now: bool) -> Places:
    """Room for the answers of one chunk; with `then`, also for how each rung is held."""
    slots, levels = int(program["n_slots"][0]), int(program["n_levels"][0])
    return Places(
        room_for(PLACE, people),
        room_for(STANCE, (people if then else 0, levels)),
        np.zeros((people if then else 0, slots), np.int64),
        np.zeros((people if now else 0, slots), np.int64),
    )


@inner
def record(
    p: Program,
    rows: Rows,
    w: Work,
    room: Room,
    out: Places,
    moves: Rows,
    n: int,
    who: int,
    i: int,
    t: int,
    cause: int,
) -> int:
    """Note a move, with the quantities that made it; the number of moves so far."""
    top = 0
    for level in range(p.n_levels):
        if w.rungs[level].held:
            top = level
    if top == w.level:
        return n
    move = moves[n]
    move.who, move.at, move.cause, move.before, move.after = who, t, cause, w.level, top
    w.level, w.since = top, t
    if len(out.then):
        catch_up(p, rows, w, room, i)
        for slot in range(p.n_slots):
            out.then[who, slot] = read(p, w, slot, t, top)
    return n + 1


@inner
def walk(
    p: Program,
    start: Int64,
    rows: Rows,
    y: Year,
    w: Work,
    room: Room,
    out: Places,
    moves: Rows,
    n: int,
    who: int,
    as_of: int,
) -> int:
    """One person's line from the first event to `as_of`; the number of moves so far."""
    lo, hi = start[who], start[who + 1]
    begin(p, w, y, lo, rows[lo].at)
    i, c = lo, len(y.months) - 1
    while True:
        monthly = y.months[c].at
        i = pass_by(p, rows, w, i, hi, min(monthly, as_of + 1))
        event, silent = rows[i].at if i < hi else FAR, w.due
        t = min(event, monthly, silent)
        if t > as_of:
            break
        expire(p, rows, w, room, i, t)
        if silent == t or monthly == t:
            catch_up(p, rows, w, room, i)
        while y.months[w.month + 1].at <= t:
            w.month += 1
        if silent == t:
            fall_silent(p, w, t)
            n = record(p, rows, w, room, out, moves, n, who, i, t, DUE)
        if monthly == t:
            raise_bars(p, w, y, c)
            w.month = c - 1  # the check's present month is the one that has just ended
            check(p, w, y, c)
            n = record(p, rows, w, room, out, moves, n, who, i, t, CHECK)
            w.month = c
        if event == t:
            raise_bars(p, w, y, w.month)
            if silent == t or monthly == t:
                w.lost = 1  # what was held has just changed: every rung is examined
            i = live(p, rows, y, w, room, lo, i, hi)
            if i < 0:
                i = ~i
                continue
            n = record(p, rows, w, room, out, moves, n, who, i, t, EVENT)
        c = next_check(p, w, y, t)
    finish(p, rows, y, w, room, out, who, i, hi, as_of)
    return n


@inner
def finish(
    p: Program,
    rows: Rows,
    y: Year,
    w: Work,
    room: Room,
    out: Places,
    who: int,
    i: int,
    hi: int,
    as_of: int,
) -> None:
    """What is known of a person at `as_of`."""
    expire(p, rows, w, room, i, as_of)
    catch_up(p, rows, w, room, i)
    w.month = month_of(y.months, as_of)
    raise_bars(p, w, y, w.month)
    place = out.people[who]
    place.level, place.rungs = w.level, 0
    for level in range(p.n_levels):
        if w.rungs[level].held:
            place.rungs |= 1 << level
    place.since, place.orders, place.last_order = w.since, w.living, w.last_order
    place.gap = 0 if w.living == 0 else w.gap if w.living > 2 else w.bar_gap
    place.observed = observed_level(p, w, as_of)
    if len(out.now):
        for slot in range(p.n_slots):
            out.now[who, slot] = read(p, w, slot, as_of, w.level)
    if len(out.rungs):
        tell(p, w, y, out, who)
    ahead = rows[i].at if i < hi else FAR
    place.next_change = next_change(p, rows, w, y, room, i, place.observed, ahead, as_of)


@inner
def tell(p: Program, w: Work, y: Year, out: Places, who: int) -> None:
    """How each rung is held."""
    for level in range(p.n_levels):
        rung, stance = w.rungs[level], out.rungs[who, level]
        stance.own, stance.fails = rung.own, rung.fails
        if p.levels[level].form == KEPT and rung.held:
            stance.asked_from = y.months[min(rung.hold_check, len(y.months) - 1)].at


@kernel
def fold_people(
    programs: Program,
    line: Line,
    y: Year,
    hands: Work,
    room: Room,
    out: Places,
    moves: Rows,
    first: int,
    as_of: int,
) -> tuple[int, int]:
    """Fold people from place `first` on, until all are done or `moves` may not hold the next one.

    Returns the place of the next person and the number of moves written. People whose
    first event lies after `as_of` stand nowhere (level -1).
    """
    p, w, start, rows = programs[0], hands[0], line.start, line.rows
    n, who = 0, first
    while who < len(start) - 1:
        lo, hi = start[who], start[who + 1]
        if hi == lo or rows[lo].at > as_of:
            out.people[who].level = -1
            out.people[who].next_change = rows[lo].at if hi > lo else FAR
        else:
            if len(moves) - n < 3 * (hi - lo) + 3 * len(y.months) + 8:
                break
            n = walk(p, start, rows, y, w, room, out, moves, n, who, as_of)
        who += 1
    return who, n
