"""What a row adds to the counts when it happens, and takes away when it leaves.

Every window has two fingers on a person's line: the head, which all windows share,
and a tail of its own. A correction (a refund, a voided order, an undone referral)
changes the row it corrects, so that the tail later takes away only what is left.
"""

from __future__ import annotations

from thang.river.compiled import inner
from thang.river.events import CODES
from thang.river.gathering import day_ring, living, month_act, open_or_close
from thang.river.orders import ADJUSTED, COUNTED, JOINED, RECOUNTED, VOIDED
from thang.river.program import (
    CLOSE,
    COUNT,
    DAYS,
    EARN,
    FAR,
    MONTHS,
    OPEN,
    ORDERS,
    POINT_DAYS,
    POINTS,
    SPEND,
    SUM,
    SWITCH_OFF,
    SWITCH_ON,
    Program,
    Rows,
)
from thang.river.work import Room, Work

QUALIFIED, UNDONE = CODES["referral_qualified"], CODES["referral_undone"]


@inner
def matches(p: Program, e: int, grade: int, bits: int) -> bool:
    """Whether an entry means acts like this one."""
    entry = p.entries[e]
    return entry.any_act != 0 or (
        entry.grade_min <= grade <= entry.grade_max
        and (bits & entry.wanted) == entry.wanted
        and (bits & entry.without) == 0
    )


@inner
def expire(p: Program, rows: Rows, w: Work, room: Room, head: int, t: int) -> None:
    """Let every row older than its window leave it."""
    if w.counted < head:
        w.leave = min(w.leave, rows[w.counted].at + p.shortest)
    if t < w.leave:
        return
    w.leave = FAR
    for n in range(p.n_windows):
        length, j = p.windows[n], w.tail[n]
        while j < head and rows[j].at + length <= t:
            kind = p.kinds[rows[j].kind]
            if (kind.windows >> n) & 1 and not rows[j].dead:
                if j < w.counted or not kind.quiet:
                    change(p, rows, w, room, j, n, -1)
            j += 1
        w.tail[n] = j
        if j < head:
            w.leave = min(w.leave, rows[j].at + length)


@inner
def catch_up(p: Program, rows: Rows, w: Work, room: Room, head: int) -> None:
    """Count the quiet rows that were passed by; those that have left a window never enter it."""
    if w.counted == head:
        return
    w.leave = min(w.leave, rows[w.counted].at + p.shortest)
    for j in range(w.counted, head):
        kind = p.kinds[rows[j].kind]
        if not kind.quiet:
            continue
        for e in range(kind.first, kind.last):
            n = p.entries[e].window
            if (n < 0 or j >= w.tail[n]) and matches(p, e, rows[j].grade, rows[j].bits):
                feed(p, rows, w, room, j, e, 1)
    w.counted, w.pending = head, 0


@inner
def change(p: Program, rows: Rows, w: Work, room: Room, j: int, window: int, sign: int) -> None:
    """Add (1) or take away (-1) what row j gives to the quantities of one window (-1: for ever)."""
    kind = p.kinds[rows[j].kind]
    for e in range(kind.by_window[window + 1, 0], kind.by_window[window + 1, 1]):
        if matches(p, e, rows[j].grade, rows[j].bits):
            feed(p, rows, w, room, j, e, sign)


@inner
def feed(p: Program, rows: Rows, w: Work, room: Room, j: int, e: int, sign: int) -> None:
    """One entry's share of `change`; what only happens once (switches, months) is in `happen`."""
    does, slot = p.entries[e].does, p.entries[e].slot
    if does == COUNT:
        w.v[slot] += sign * p.entries[e].weight
    elif does == DAYS:
        day_ring(p, w, room, p.entries[e].aux, slot, rows[j].day, sign)
    elif does == ORDERS:
        w.v[slot] += sign * rows[j].counts
    elif does == SPEND:
        w.v[slot] += sign * rows[j].left
    elif does == SUM:
        w.v[slot] += sign * p.entries[e].weight * rows[j].left
    elif does == POINTS:
        if (rows[j].earned >> p.entries[e].aux) & 1:
            w.v[slot] += sign * p.entries[e].weight
    elif does == POINT_DAYS and (rows[j].earned >> p.entries[e].weight) & 1:
        day_ring(p, w, room, p.entries[e].aux, slot, rows[j].day, sign)


@inner
def earns(p: Program, rows: Rows, w: Work, room: Room, j: int, act: int) -> bool:
    """Whether an act earns its points: below the cap, and not for a product that has earned."""
    cap = p.lines[act].cap
    if cap > 0:
        n = w.line_n[act]
        if n >= cap and w.line_at[act, n % cap] > rows[j].at - p.lines[act].per:
            return False
    if p.lines[act].once and rows[j].ref != 0:
        for i in range(w.items):
            if room[i].item_line == act and room[i].item_ref == rows[j].ref:
                return False
        room[w.items].item_line = act
        room[w.items].item_ref = rows[j].ref
        w.items += 1
    if cap > 0:
        w.line_at[act, w.line_n[act] % cap] = rows[j].at
        w.line_n[act] += 1
    return True


@inner
def happen(p: Program, rows: Rows, w: Work, room: Room, j: int) -> None:
    """Row j happens: everything it feeds, in every window."""
    k = rows[j].kind
    for e in range(p.kinds[k].first, p.kinds[k].last):
        if not matches(p, e, rows[j].grade, rows[j].bits):
            continue
        does = p.entries[e].does
        if does == EARN:
            if earns(p, rows, w, room, j, p.entries[e].aux):
                rows[j].earned |= 1 << p.entries[e].aux
        elif does == MONTHS:
            month_act(w, p.entries[e].aux, w.month, 1)
        elif does == SWITCH_ON or does == SWITCH_OFF:
            w.v[p.entries[e].slot] = 1 if does == SWITCH_ON else 0
        elif does == OPEN or does == CLOSE:
            open_or_close(w, room, p.entries[e].aux, p.entries[e].slot, rows[j].ref, does == OPEN)
        else:
            feed(p, rows, w, room, j, e, 1)


@inner
def anchored(rows: Rows, lo: int, head: int, j: int, referral: bool) -> int:
    """The row that row j corrects: the one of the same order (or referee) at its anchor."""
    low, high = lo, head
    while low < high:
        middle = (low + high) // 2
        if rows[middle].at < rows[j].anchor:
            low = middle + 1
        else:
            high = middle
    while low < head and rows[low].at == rows[j].anchor:
        k = rows[low].kind
        fits = (k == QUALIFIED) if referral else (k == COUNTED or k == JOINED)
        if fits and rows[low].ref == rows[j].ref:
            return low
        low += 1
    return -1


@inner
def in_windows(p: Program, rows: Rows, w: Work, room: Room, i: int, sign: int) -> None:
    """Change what row i gives wherever it counts: for ever, and in the windows it is in."""
    change(p, rows, w, room, i, -1, sign)
    for n in range(p.n_windows):
        if i >= w.tail[n]:
            change(p, rows, w, room, i, n, sign)


@inner
def correct(p: Program, rows: Rows, w: Work, room: Room, lo: int, j: int, months: object) -> None:
    """The row a correction is anchored to gives less, nothing, or carries its day from now."""
    k = rows[j].kind
    i = anchored(rows, lo, j, j, k == UNDONE)
    if i < 0:
        return
    in_windows(p, rows, w, room, i, -1)
    if k == ADJUSTED:
        rows[i].left += rows[j].value
    elif k == RECOUNTED:
        rows[i].counts = 1
        living(w, room, rows[i].at, rows[i].day, 1)
    else:
        if rows[i].counts:
            living(w, room, rows[i].at, rows[i].day, -1)
        forget(p, rows, w, i, months)
        rows[i].counts, rows[i].left, rows[i].dead = 0, 0, 1
        return
    in_windows(p, rows, w, room, i, 1)


@inner
def forget(p: Program, rows: Rows, w: Work, i: int, months: object) -> None:
    """An undone act no longer stands in its month."""
    k = rows[i].kind
    for e in range(p.kinds[k].first, p.kinds[k].last):
        if p.entries[e].does == MONTHS and matches(p, e, rows[i].grade, rows[i].bits):
            month_act(w, p.entries[e].aux, month_of(months, rows[i].at), -1)


@inner
def month_of(months: object, t: int) -> int:
    """The place of an instant's month in the table of first instants."""
    low, high = 0, len(months)  # type: ignore[arg-type]
    while low < high:
        middle = (low + high) // 2
        if months[middle].at <= t:  # type: ignore[index]
            low = middle + 1
        else:
            high = middle
    return low - 1


@inner
def apply(p: Program, rows: Rows, w: Work, room: Room, lo: int, j: int, months: object) -> None:
    """Row j happens, whatever it is."""
    k = rows[j].kind
    if k == ADJUSTED or k == VOIDED or k == RECOUNTED or k == UNDONE:
        correct(p, rows, w, room, lo, j, months)
        happen(p, rows, w, room, j)
        return
    if k == COUNTED:
        rows[j].counts = 1
        living(w, room, rows[j].at, rows[j].day, 1)
    happen(p, rows, w, room, j)
