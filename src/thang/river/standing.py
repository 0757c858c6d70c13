"""The rungs of one person: how they are earned, held, kept, lost (domain rules 11 to 14).

Rungs are not nested, so each has a state of its own; the level is the highest held.
"""

from __future__ import annotations

from thang.river.asking import holds
from thang.river.compiled import inner
from thang.river.counting import apply, catch_up, month_of
from thang.river.program import EVERYBODY, FACT, FAR, KEPT, NONE_FALSE, SILENT, Program, Rows
from thang.river.work import Room, Work, Year

ALL = -1  # bits of all levels


@inner
def begin(p: Program, w: Work, y: Year, lo: int, t: int) -> None:
    """Empty hands for the next person, whose line begins at instant t."""
    for slot in range(p.n_slots):
        w.v[slot] = 0
    w.v[0] = 1
    for window in range(p.n_windows):
        w.tail[window] = lo
    for ring in range(p.n_rings):
        w.rings[ring].head, w.rings[ring].days = 0, 0
    for ring in range(p.months_rings):
        w.month_last[ring] = -1000
    for line in range(p.n_lines):
        w.line_n[line] = 0
    for things in range(p.open_sets):
        w.open_n[things] = 0
    for level in range(p.n_levels):
        rung = w.rungs[level]
        rung.last_act, rung.lost_at, rung.fails, rung.own = 0, 0, 0, NONE_FALSE
        rung.held = 1 if p.levels[level].form == EVERYBODY else 0
    w.living, w.last_order, w.gap, w.items, w.due = 0, 0, 0, 0, FAR
    w.level, w.since, w.bar_row, w.month = -1, 0, -1, month_of(y.months, t)
    w.held, w.ripe, w.lost, w.counted, w.pending, w.leave = 0, 0, 0, lo, 0, FAR
    raise_bars(p, w, y, w.month)


@inner
def raise_bars(p: Program, w: Work, y: Year, month: int) -> None:
    """Put the bars of a month in force."""
    row = y.months[month].bar_row
    if row == w.bar_row:
        return
    w.bar_row = row
    w.bar_gap = y.bars[row, 3]
    for bar in range(3):
        w.v[p.bar_slots[bar]] = y.bars[row, bar]


@inner
def fall_silent(p: Program, w: Work, t: int) -> None:
    """Silent levels whose last act is exactly so long ago are lost."""
    for level in range(p.n_levels):
        rule, rung = p.levels[level], w.rungs[level]
        if rule.form == SILENT and rung.last_act + rule.silence == t:
            rung.held = 0


@inner
def examine(p: Program, w: Work, y: Year, t: int, asked: int) -> None:
    """Every rung asked (a bit each) and not held is asked its entry rule; facts are as they are."""
    w.lost = 0
    for level in range(p.n_levels):
        if not (asked >> level) & 1:
            continue
        rule, rung = p.levels[level], w.rungs[level]
        if rule.form == FACT:
            rung.held = 1 if holds(p, w, rule.enter, t, -1) else 0
        elif not rung.held and rung.lost_at == t:
            w.lost = 1
        elif not rung.held:
            rung.lost_at = 0
            silent = rule.form == SILENT and rung.last_act > 0
            if silent and rung.last_act + rule.silence <= t:
                continue
            if holds(p, w, rule.enter, t, -1):
                rung.held, rung.fails = 1, 0
                rung.own = w.v[rule.own_bar] if rule.own_bar >= 0 else NONE_FALSE
                rung.hold_check = first_check(y, w.month, t) + rule.hold_months


@inner
def first_check(y: Year, month: int, t: int) -> int:
    """The month whose check is the first at or after instant t (ruling 4a: whole months follow)."""
    here = month_of(y.months, t) if y.months[month + 1].at <= t else month
    return here if y.months[here].at == t else here + 1


@inner
def renewed(p: Program, w: Work, level: int, t: int) -> bool:
    """Whether a held rung is earned again, against the lower of the own and the present bar."""
    rule, rung = p.levels[level], w.rungs[level]
    if rule.own_bar < 0:
        return holds(p, w, rule.enter, t, -1)
    present = w.v[rule.own_bar]
    lower = min(rung.own, present)
    w.v[rule.own_bar] = lower
    again = holds(p, w, rule.enter, t, -1)
    w.v[rule.own_bar] = present
    if again:
        rung.own = lower
    return again


@inner
def keep(p: Program, w: Work, level: int, c: int, t: int) -> None:
    """The check of a held rung whose hold has run out: renewed, kept, or one failure more."""
    rule, rung = p.levels[level], w.rungs[level]
    if renewed(p, w, level, t):
        rung.fails, rung.hold_check = 0, c + rule.hold_months
    elif holds(p, w, rule.keep, t, level):
        rung.fails = 0
    else:
        rung.fails += 1
        if rung.fails > rule.grace:
            rung.held = 0


@inner
def check(p: Program, w: Work, y: Year, c: int) -> None:
    """The check of month c: demotion of what is held, promotion of what is not."""
    t = y.months[c].at
    if not p.seasonal or y.months[c].number % 12 == 0:
        for level in range(p.n_levels):
            rung = w.rungs[level]
            if p.levels[level].form == KEPT and rung.held and c >= rung.hold_check:
                keep(p, w, level, c, t)
    examine(p, w, y, t, ALL)


@inner
def kept_now(p: Program, w: Work, t: int) -> int:
    """Bits of the held rungs whose keep rule holds."""
    bits = 0
    for level in range(p.n_levels):
        rule = p.levels[level]
        if rule.form == KEPT and w.rungs[level].held and holds(p, w, rule.keep, t, level):
            bits |= 1 << level
    return bits


@inner
def live(p: Program, rows: Rows, y: Year, w: Work, room: Room, lo: int, i: int, hi: int) -> int:
    """All rows of one instant: counted, what ends a rung at once, and one examination.

    Quiet rows are counted only if a rung is asked that they may bring, or one may be lost.
    Returns the place of the next instant's rows; negative (as its complement) where no rung
    could have changed, since no rule of a rung not held asks for what these rows feed.
    """
    t = rows[i].at
    at_once, ends, touched, acts, j = 0, 0, w.ripe, 0, i
    while j < hi and rows[j].at == t:
        kind = p.kinds[rows[j].kind]
        at_once |= kind.at_once
        ends |= kind.ends
        touched |= kind.touches | kind.acts
        acts |= kind.acts
        w.pending |= kind.touches if kind.quiet else 0
        j += 1
    sure = at_once or ends or w.lost or w.level < 0
    if sure:
        catch_up(p, rows, w, room, i)
    kept = kept_now(p, w, t) if at_once else 0
    for row in range(i, j):
        if not p.kinds[rows[row].kind].quiet:
            apply(p, rows, w, room, lo, row, y.months)
    if acts:
        restart(p, w, acts, t)
    if sure or w.pending & touched & ~w.held:
        catch_up(p, rows, w, room, j)
    if kept:
        ends |= kept & ~kept_now(p, w, t)
    if ends:
        end(p, w, ends, t)
    asked = ALL if w.level < 0 or w.lost else touched & ~w.held
    if asked == 0:
        return ~j
    examine(p, w, y, t, asked)
    return j


@inner
def pass_by(p: Program, rows: Rows, w: Work, i: int, hi: int, stop: int) -> int:
    """The first row from place i on that may change a rung, or lies at `stop` or later.

    Those before it are counted when somebody asks; only silence is broken at once.
    """
    if w.level < 0 or w.lost:
        return i
    unheld = ~w.held
    while i < hi and rows[i].at < min(stop, w.due):
        kind = p.kinds[rows[i].kind]
        if not kind.quiet or ((kind.touches | kind.acts | w.ripe) & unheld) != 0:
            break
        if kind.acts:
            restart(p, w, kind.acts, rows[i].at)
        w.pending |= kind.touches
        i += 1
    return i


@inner
def restart(p: Program, w: Work, acts: int, t: int) -> None:
    """Acts restart the clocks of silent levels; `due` may be early from then on."""
    for n in range(p.n_silent):
        level = p.silent[n]
        if (acts >> level) & 1:
            w.rungs[level].last_act = t
            w.due = min(w.due, t + p.levels[level].silence)


@inner
def end(p: Program, w: Work, ends: int, t: int) -> None:
    """Rungs lost at this very instant (ruling 13); they may be earned anew from the next one on."""
    for level in range(p.n_levels):
        rung = w.rungs[level]
        if (ends >> level) & 1 and rung.held:
            rung.held, rung.lost_at, w.lost = 0, t, 1
