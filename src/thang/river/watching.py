"""What is to come: the checks and instants at which an answer can change if nobody does anything.

Everything here may be early, and is never late: whoever is woken too early stays as they are.
"""

from __future__ import annotations

from thang.river.asking import holds, may_rise, read
from thang.river.compiled import inner
from thang.river.counting import expire
from thang.river.program import (
    BY_BAR,
    BY_MONTH,
    BY_SILENCE,
    BY_TIME,
    BY_WINDOW,
    EVERYBODY,
    FACT,
    FAR,
    KEPT,
    NONE_FALSE,
    SILENT,
    SINCE_ORDER,
    Program,
    Rows,
)
from thang.river.work import Room, Work, Year


@inner
def next_check(p: Program, w: Work, y: Year, t: int) -> int:
    """The month whose check is the next that can change anything if the person does nothing.

    Notes on the way when the first silent level is due, and which rungs waiting may bring.
    """
    following, first, asked = w.month + 1, len(y.months) - 1, False
    w.due, w.held, w.ripe = FAR, 0, 0
    for level in range(p.n_levels):
        rule, rung = p.levels[level], w.rungs[level]
        if rule.form != FACT and (rung.held or rule.form == EVERYBODY):
            w.held |= 1 << level
        if rule.form == FACT:
            asked |= rule.rises != 0
            w.ripe |= (1 << level) if rule.rises & BY_TIME else 0
        elif rung.held:
            if rule.form == KEPT:
                first = min(first, max(rung.hold_check, following))
            elif rule.form == SILENT and rung.last_act > 0:
                w.due = min(w.due, rung.last_act + rule.silence)
        elif rung.lost_at != 0 and holds(p, w, rule.enter, t, -1):
            asked = True
            w.ripe |= 1 << level
        elif rule.rises != 0 and may_rise(p, w, rule.enter, t):
            if rule.rises & BY_TIME:
                asked = True
                w.ripe |= 1 << level
            first = min(first, y.months[following].bar_turn)
    return following if asked else first


@inner
def observed_level(p: Program, w: Work, t: int) -> int:
    """The highest level whose entry rule (or fact) holds at instant t, nothing held."""
    for level in range(p.n_levels - 1, 0, -1):
        if p.levels[level].form != EVERYBODY and holds(p, w, p.levels[level].enter, t, -1):
            return level
    return 0


@inner
def next_change(
    p: Program,
    rows: Rows,
    w: Work,
    y: Year,
    room: Room,
    head: int,
    observed: int,
    ahead: int,
    as_of: int,
) -> int:
    """The first instant at which what is stored of a person can change without a new event.

    That is the level, the rungs held or factual, the observed level, the gap; early, never
    late, and the same whenever it is asked before it has come. Bars of quarters to come are not
    known yet, so whoever lacks but a bar, or may lose an observed level by one, is asked at
    each. It uses the person's counts up: nothing is to be read from them afterwards.
    """
    c = next_check(p, w, y, as_of)
    first: int = min(w.due, ahead)
    if c < len(y.months) - 1:
        first = min(first, y.months[c].at)
    turns = BY_BAR if 0 < w.living <= 2 else 0  # their gap is the shop's
    for level in range(p.n_levels):
        rule = p.levels[level]
        may = rule.rises != 0 and may_rise(p, w, rule.enter, as_of)
        if rule.form == EVERYBODY or level < observed:
            may = may and not w.rungs[level].held
        elif level == observed or may:
            turns |= rule.turns
        if rule.rises & BY_BAR and may:
            turns |= BY_BAR
    if turns & BY_BAR:
        first = min(first, y.months[w.month + 3 - y.months[w.month].number % 3].at)
    if turns & ~BY_BAR:
        return observed_until(p, rows, w, y, room, head, observed, turns, as_of, first)
    return first


@inner
def observed_until(
    p: Program,
    rows: Rows,
    w: Work,
    y: Year,
    room: Room,
    head: int,
    observed: int,
    turns: int,
    as_of: int,
    first: int,
) -> int:
    """When waiting changes the observed level, or `first` if that comes sooner."""
    t: int = as_of
    while True:
        after = FAR
        if turns & BY_WINDOW:
            after = w.leave
        if turns & BY_MONTH and w.month < len(y.months) - 1:
            after = min(after, y.months[w.month + 1].at)
        if turns & BY_SILENCE:
            after = min(after, next_silence(p, w, t))
        if after >= first:
            return first
        t = after
        expire(p, rows, w, room, head, t)
        while w.month < len(y.months) - 1 and y.months[w.month + 1].at <= t:
            w.month += 1
        if observed_level(p, w, t) != observed:
            return t


@inner
def next_silence(p: Program, w: Work, t: int) -> int:
    """The first instant after t at which a comparison with the time since the last order turns."""
    first = FAR
    if w.living == 0:
        return first
    for level in range(p.n_levels):
        for n in range(p.levels[level].nodes_from, p.levels[level].nodes_to):
            node = p.nodes[n]
            if p.slots[node.left].read == SINCE_ORDER:
                first = min(first, turning(p, w, t, node.left_by, node.right, node.right_by))
            if p.slots[node.right].read == SINCE_ORDER:
                first = min(first, turning(p, w, t, node.right_by, node.left, node.left_by))
    return first


@inner
def turning(p: Program, w: Work, t: int, by: int, other: int, other_by: int) -> int:
    """The first instant after t at which `by` times the silence reaches, or passes, the other."""
    value = read(p, w, other, t, -1)
    if by == 0 or value >= NONE_FALSE or p.slots[other].read == SINCE_ORDER:
        return FAR
    reached: int = w.last_order + (value * other_by) // by
    if reached > t:
        return reached
    return reached + 1 if reached == t else FAR
