"""What a row adds to the counts when it happens, and takes away when it leaves.

Every window has two fingers on a person's line: the head, which all windows share,
and a tail of its own. A correction (a refund, a voided order, an undone referral)
changes the row it corrects, so that the tail later takes away only what is left.
"""

from __future__ import annotations

from thang.model import DAY
from thang.river.compiled import inner
from thang.river.events import CODES
from thang.river.orders import ADJUSTED, COUNTED, JOINED, RECOUNTED, VOIDED
from thang.river.program import (
    CLOSE,
    COUNT,
    DAYS,
    EARN,
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
    for n in range(p.n_windows):
        limit = t - p.windows[n]
        j = w.tail[n]
        while j < head and rows[j].at <= limit:
            if (p.kinds[rows[j].kind].windows >> n) & 1 and not rows[j].dead:
                change(p, rows, w, room, j, n, -1)
            j += 1
        w.tail[n] = j


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
def day_ring(p: Program, w: Work, room: Room, ring: int, slot: int, day: int, sign: int) -> None:
    """Distinct days of a window: a queue of (day, acts on it)."""
    base, mask = p.rings[ring].at, p.rings[ring].mask
    head, size = w.rings[ring].head, w.rings[ring].days
    if sign > 0:
        last = base + ((head + size - 1) & mask)
        if size > 0 and room[last].ring_day == day:
            if room[last].ring_n == 0:
                w.v[slot] += 1
            room[last].ring_n += 1
            return
        fresh = base + ((head + size) & mask)
        room[fresh].ring_day = day
        room[fresh].ring_n = 1
        w.rings[ring].days = size + 1
        w.v[slot] += 1
        return
    while size > 0 and room[base + (head & mask)].ring_n == 0:
        head, size = (head + 1) & mask, size - 1
    for step in range(size):
        place = base + ((head + step) & mask)
        if room[place].ring_day == day:
            room[place].ring_n -= 1
            if room[place].ring_n == 0:
                w.v[slot] -= 1
            break
    w.rings[ring].head, w.rings[ring].days = head, size


@inner
def month_act(w: Work, ring: int, month: int, by: int) -> None:
    """Acts by calendar month; 64 months back are remembered."""
    last = w.month_last[ring]
    if month > last:
        for passed in range(max(last + 1, month - 63), month + 1):
            w.month_n[ring, passed & 63] = 0
        w.month_last[ring] = month
    if month > w.month_last[ring] - 64:
        w.month_n[ring, month & 63] += by


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
def open_or_close(w: Work, room: Room, ring: int, slot: int, ref: int, opens: bool) -> None:
    """A set of open things by name; opening twice or closing the unopened does nothing."""
    n = w.open_n[ring]
    for i in range(n):
        if room[i].open_ref[ring] == ref:
            if not opens:
                room[i].open_ref[ring] = room[n - 1].open_ref[ring]
                w.open_n[ring] = n - 1
                w.v[slot] -= 1
            return
    if opens:
        room[n].open_ref[ring] = ref
        w.open_n[ring] = n + 1
        w.v[slot] += 1


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
def living(w: Work, room: Room, at: int, day: int, sign: int) -> None:
    """Keep the living orders by date, and the median gap between them.

    At most one order a day lives, so moving places one by one stays cheap for ever.
    """
    n = w.living
    i = n
    if sign > 0:
        while i > 0 and room[i - 1].order_at > at:
            room[i].order_at, room[i].order_day = room[i - 1].order_at, room[i - 1].order_day
            i -= 1
        room[i].order_at, room[i].order_day = at, day
        if i == n:
            insert_gap(room, n - 1, day - room[n - 1].order_day if n > 0 else 0)
    else:
        i = 0
        while i < n and room[i].order_at != at:
            i += 1
        if i == n:
            return
        for place in range(i, n - 1):
            after = room[place + 1]
            room[place].order_at, room[place].order_day = after.order_at, after.order_day
    w.living = n + sign
    if i < n:
        for place in range(w.living - 1):
            insert_gap(room, place, room[place + 1].order_day - room[place].order_day)
    n = w.living
    w.last_order = room[n - 1].order_at if n > 0 else 0
    if n > 2:
        middle = room[(n - 2) // 2].gap + room[(n - 1) // 2].gap
        w.gap = middle * (DAY // 2)


@inner
def insert_gap(room: Room, known: int, gap: int) -> None:
    """One more gap, of so many days, among the `known` sorted ones (none: known is below 0)."""
    place = known
    while place > 0 and room[place - 1].gap > gap:
        room[place].gap = room[place - 1].gap
        place -= 1
    if place >= 0:
        room[place].gap = gap


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
