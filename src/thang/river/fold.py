"""The fold: a customer's history on the ladder, from their events, the policy and the calendar.

One pass over each person's line. It stops at three kinds of instants, in this order
where they fall together: a silence that is due, the monthly check, and the person's
own events (all of one instant together, after which the rungs are examined once).
Everything Thang says of a person's level comes from here: history, evidence, any
past date (`as_of`), and the next instant at which the answer can change.
"""

from __future__ import annotations

from typing import NamedTuple

from thang.river.asking import holds, hopes, read
from thang.river.compiled import kernel
from thang.river.counting import apply, expire, month_of
from thang.river.program import (
    BAR,
    BY_BAR,
    BY_TIME,
    EVERYBODY,
    FACT,
    FAR,
    KEPT,
    NONE_FALSE,
    SILENT,
    Program,
)
from thang.river.tables import Int8, Int16, Int32, Int64
from thang.river.work import (
    BAR_GAP,
    BAR_ROW,
    LEVEL,
    MONTH,
    ORDERS_LIVING,
    SINCE,
    Line,
    Work,
    Year,
)

EVENT, CHECK, DUE = 0, 1, 2


class Moves(NamedTuple):
    """Transitions in the order they were found: person's place in the chunk, instant, from, to."""

    who: Int32
    at: Int64
    before: Int8
    after: Int8
    cause: Int8


class Places(NamedTuple):
    """Where each person of the chunk stands at `as_of`, and the evidence."""

    level: Int8
    observed: Int8
    since: Int64
    rungs: Int32  # bit of each level held or factual
    next_change: Int64
    last_order: Int64  # 0: none
    orders: Int32
    gap: Int64
    then: Int64  # quantities when the level was reached, by slot
    now: Int64  # quantities at as_of
    asked_from: Int64  # per level: first instant a check asks the keep rule
    fails: Int16
    own: Int64


@kernel
def begin(p: Program, w: Work, y: Year, lo: int, t: int) -> int:
    """Empty hands for the next person; the place of the first check after instant t."""
    w.v[:] = 0
    w.v[0] = 1
    w.tail[:] = lo
    w.ring_head[:] = 0
    w.ring_len[:] = 0
    w.month_last[:] = -1000
    w.line_n[:] = 0
    w.open_n[:] = 0
    w.last_act[:] = 0
    w.fails[:] = 0
    w.own[:] = NONE_FALSE
    w.reg[:] = 0
    for level in range(len(p.shape)):
        w.held[level] = 1 if p.shape[level] == EVERYBODY else 0
    month = month_of(y.months, t)
    w.reg[MONTH] = month
    w.reg[BAR_ROW] = -1
    raise_bars(p, w, y, month)
    w.reg[LEVEL] = -1
    return month + 1


@kernel
def raise_bars(p: Program, w: Work, y: Year, month: int) -> None:
    """Put the bars of a month in force."""
    row = y.bar_row[month]
    if row == w.reg[BAR_ROW]:
        return
    w.reg[BAR_ROW] = row
    w.reg[BAR_GAP] = y.gaps[row]
    for slot in range(len(p.read)):
        if p.read[slot] == BAR:
            w.v[slot] = y.bars[row, p.slot_aux[slot]]


@kernel
def due(p: Program, w: Work) -> int:
    """The instant at which the first silent level held is lost."""
    first = FAR
    for level in range(len(p.shape)):
        if p.shape[level] == SILENT and w.held[level] and w.last_act[level] > 0:
            first = min(first, w.last_act[level] + p.silence[level])
    return first


@kernel
def examine(p: Program, w: Work, t: int, barred: int) -> None:
    """Promotion: every rung not held is asked its own entry rule; facts are as they are."""
    for level in range(len(p.shape)):
        shape = p.shape[level]
        if shape == FACT:
            w.held[level] = 1 if holds(p, w, p.enter[level], t, level) else 0
        elif shape != EVERYBODY and not w.held[level] and not (barred >> level) & 1:
            if shape == SILENT and w.last_act[level] > 0:
                if w.last_act[level] + p.silence[level] <= t:
                    continue
            if holds(p, w, p.enter[level], t, -1):
                hold(p, w, level, t)


@kernel
def hold(p: Program, w: Work, level: int, t: int) -> None:
    """A rung is earned, or renewed: its hold begins at t, against the bar now in force."""
    w.held[level] = 1
    w.fails[level] = 0
    bar = p.own_bar[level]
    w.own[level] = w.v[bar] if bar >= 0 else NONE_FALSE


@kernel
def first_check(y: Year, t: int, months: int) -> int:
    """The check from which a keep rule is asked: the first at or after t + months (ruling 4a)."""
    month = month_of(y.months, t)
    return month + months + (0 if y.months[month] == t else 1)


@kernel
def renewed(p: Program, w: Work, level: int, t: int) -> bool:
    """Whether a held rung is earned again, against the lower of the own and the present bar."""
    bar = p.own_bar[level]
    if bar < 0:
        return holds(p, w, p.enter[level], t, -1)
    present = w.v[bar]
    w.v[bar] = min(w.own[level], present)
    again = holds(p, w, p.enter[level], t, -1)
    if again:
        w.own[level] = w.v[bar]
    w.v[bar] = present
    return again


@kernel
def keep(p: Program, w: Work, y: Year, level: int, check: int) -> None:
    """The monthly check of a held rung whose hold has run out: renewed, kept, or one failure more."""
    t = y.months[check]
    if renewed(p, w, level, t):
        w.fails[level] = 0
        w.hold_check[level] = check + p.hold_months[level]
        return
    if holds(p, w, p.keep[level], t, level):
        w.fails[level] = 0
        return
    w.fails[level] += 1
    if w.fails[level] > p.grace[level]:
        w.held[level] = 0


@kernel
def check(p: Program, w: Work, y: Year, c: int) -> None:
    """The monthly check: demotion of what is held, promotion of what is not."""
    t = y.months[c]
    fresh = 0
    for level in range(len(p.shape)):
        if p.shape[level] == KEPT and not w.held[level]:
            fresh |= 1 << level
    if not p.seasonal or y.number[c] % 12 == 0:
        for level in range(len(p.shape)):
            if p.shape[level] == KEPT and w.held[level] and c >= w.hold_check[level]:
                keep(p, w, y, level, c)
    examine_new(p, w, y, t, ~fresh)


@kernel
def examine_new(p: Program, w: Work, y: Year, t: int, barred: int) -> None:
    """Examine, and start the hold of what was gained."""
    before = 0
    for level in range(len(p.shape)):
        if w.held[level]:
            before |= 1 << level
    kept = 0
    for level in range(len(p.shape)):
        if p.shape[level] == KEPT:
            kept |= 1 << level
    examine(p, w, t, barred & kept)
    for level in range(len(p.shape)):
        if p.shape[level] == KEPT and w.held[level] and not (before >> level) & 1:
            w.hold_check[level] = first_check(y, t, p.hold_months[level])


@kernel
def events(p: Program, line: Line, w: Work, y: Year, lo: int, i: int, hi: int) -> int:
    """All rows of one instant: counted, what ends a rung at once, and one examination."""
    t = line.at[i]
    at_once, ends, j = 0, 0, i
    while j < hi and line.at[j] == t:
        k = line.kind[j]
        at_once |= p.k_at_once[k]
        ends |= p.k_ends[k]
        j += 1
    kept = 0
    if at_once:
        for level in range(len(p.shape)):
            if p.shape[level] == KEPT and w.held[level] and holds(p, w, p.keep[level], t, level):
                kept |= 1 << level
    for row in range(i, j):
        apply(p, line, w, lo, row, y.months)
        acts = p.k_acts[line.kind[row]]
        if acts:
            for level in range(len(p.shape)):
                if (acts >> level) & 1:
                    w.last_act[level] = t
    gone = end(p, w, t, ends, kept)
    examine_new(p, w, y, t, gone)
    return j


@kernel
def end(p: Program, w: Work, t: int, ends: int, kept: int) -> int:
    """Rungs lost at this very instant (ruling 13); they may be earned anew from the next one on."""
    gone = 0
    for level in range(len(p.shape)):
        if p.shape[level] == KEPT and w.held[level]:
            undone = (kept >> level) & 1 and not holds(p, w, p.keep[level], t, level)
            if undone or (ends >> level) & 1:
                w.held[level] = 0
                gone |= 1 << level
    return gone


@kernel
def record(
    p: Program, w: Work, out: Places, moves: Moves, n: int, who: int, t: int, cause: int
) -> int:
    """Note a move, with the quantities that made it; the number of moves so far."""
    top = 0
    for level in range(len(p.shape)):
        if w.held[level]:
            top = level
    if top == w.reg[LEVEL]:
        return n
    moves.who[n], moves.at[n], moves.cause[n] = who, t, cause
    moves.before[n], moves.after[n] = w.reg[LEVEL], top
    w.reg[LEVEL], w.reg[SINCE] = top, t
    for slot in range(len(p.read)):
        out.then[who, slot] = read(p, w, slot, t, top)
    return n + 1


@kernel
def walk(
    p: Program, line: Line, y: Year, w: Work, out: Places, moves: Moves, n: int, who: int, as_of: int
) -> int:
    """One person's line from the first event to `as_of`; the number of moves so far."""
    lo, hi = line.start[who], line.start[who + 1]
    i, c = lo, begin(p, w, y, lo, line.at[lo])
    while True:
        event = line.at[i] if i < hi else FAR
        monthly, silent = y.months[c], due(p, w)
        t = min(event, monthly, silent)
        if t > as_of:
            break
        busy = expire(p, line, w, i, t)
        if silent == t:
            for level in range(len(p.shape)):
                if p.shape[level] == SILENT and w.last_act[level] + p.silence[level] == t:
                    w.held[level] = 0
            n = record(p, w, out, moves, n, who, t, DUE)
        if monthly == t:
            w.reg[MONTH] = c - 1
            raise_bars(p, w, y, c)
            check(p, w, y, c)
            n = record(p, w, out, moves, n, who, t, CHECK)
            c = next_check(p, w, y, c, busy, min(event, as_of))
        if event == t:
            w.reg[MONTH] = c - 1
            raise_bars(p, w, y, c - 1)
            i = events(p, line, w, y, lo, i, hi)
            n = record(p, w, out, moves, n, who, t, EVENT)
    finish(p, line, y, w, out, who, i, hi, as_of)
    return n


@kernel
def next_check(p: Program, w: Work, y: Year, c: int, busy: int, until: int) -> int:
    """The next check that can matter: with every window empty and nothing held, only new bars do."""
    if busy or p.patient or y.months[c + 1] > until:
        return c + 1
    for level in range(len(p.shape)):
        if w.held[level] and (p.shape[level] == KEPT or p.shape[level] == SILENT):
            return c + 1
    turn = min(y.bar_turn[c + 1], len(y.months) - 1)
    if y.months[turn] <= until:
        return turn
    month = month_of(y.months, until)
    return month if y.months[month] == until else month + 1


@kernel
def finish(
    p: Program, line: Line, y: Year, w: Work, out: Places, who: int, i: int, hi: int, as_of: int
) -> None:
    """What is known of a person at `as_of`."""
    expire(p, line, w, i, as_of)
    month = month_of(y.months, as_of)
    w.reg[MONTH] = month
    raise_bars(p, w, y, month)
    rungs, observed = 0, 0
    for level in range(len(p.shape)):
        if w.held[level]:
            rungs |= 1 << level
        if p.shape[level] != EVERYBODY and holds(p, w, p.enter[level], as_of, -1):
            observed = level
    out.level[who], out.observed[who] = w.reg[LEVEL], observed
    out.since[who], out.rungs[who] = w.reg[SINCE], rungs
    living = w.reg[ORDERS_LIVING]
    out.orders[who] = living
    out.last_order[who] = w.order_at[living - 1] if living > 0 else 0
    for slot in range(len(p.read)):
        out.now[who, slot] = read(p, w, slot, as_of, w.reg[LEVEL])
    for level in range(len(p.shape)):
        out.own[who, level], out.fails[who, level] = w.own[level], w.fails[level]
        waits = p.shape[level] == KEPT and w.held[level]
        out.asked_from[who, level] = y.months[w.hold_check[level]] if waits else 0
    out.next_change[who] = next_change(p, line, w, y, i, hi, month, as_of)


@kernel
def next_change(
    p: Program, line: Line, w: Work, y: Year, i: int, hi: int, month: int, as_of: int
) -> int:
    """The first instant at which the answer can change without a new event; early, never late."""
    first = due(p, w)
    if i < hi:
        first = min(first, line.at[i])
    for level in range(len(p.shape)):
        if p.shape[level] == EVERYBODY:
            continue
        if w.held[level]:
            if p.shape[level] == KEPT:
                asked = max(w.hold_check[level], month + 1)
                first = min(first, y.months[min(asked, len(y.months) - 1)])
            continue
        hope = hopes(p, w, p.enter[level], as_of, -1)
        if hope & BY_BAR:
            ahead = 3 - y.number[month] % 3
            first = min(first, y.months[month + ahead])
        if hope & BY_TIME or hope == 8:
            first = min(first, y.months[month + 1])
    return first


@kernel
def fold_people(
    p: Program,
    line: Line,
    y: Year,
    w: Work,
    out: Places,
    moves: Moves,
    first: int,
    as_of: int,
) -> tuple[int, int]:
    """Fold people from place `first` on, until all are done or `moves` may not hold the next one.

    Returns the place of the next person and the number of moves written. People whose
    first event lies after `as_of` stand nowhere (level -1).
    """
    n, who, room = 0, first, len(moves.who)
    while who < len(line.start) - 1:
        lo, hi = line.start[who], line.start[who + 1]
        if hi == lo or line.at[lo] > as_of:
            out.level[who], out.next_change[who] = -1, line.at[lo] if hi > lo else FAR
        else:
            most = 3 * (hi - lo) + 3 * len(y.months) + 8
            if room - n < most:
                break
            n = walk(p, line, y, w, out, moves, n, who, as_of)
        who += 1
    return who, n
