"""What a row adds to the counts when it happens, and takes away when it leaves.

Every window has two fingers on a person's line: the head, which all windows share,
and a tail of its own. A correction (a refund, a voided order, an undone referral)
changes the row it corrects, so that the tail later takes away only what is left.
"""

from __future__ import annotations

from thang.river.compiled import kernel
from thang.river.events import CODES
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
)
from thang.river.work import (
    GAPS_KNOWN,
    GAPS_STALE,
    ITEMS,
    MONTH,
    ORDERS_LIVING,
    Line,
    Work,
)

COUNTED, JOINED = CODES["order_counted"], CODES["order_joined"]
ADJUSTED, VOIDED = CODES["order_adjusted"], CODES["order_voided"]
RECOUNTED, UNDONE = CODES["order_recounted"], CODES["referral_undone"]
QUALIFIED = CODES["referral_qualified"]


@kernel
def matches(p: Program, e: int, grade: int, flags: int) -> bool:
    """Whether an entry means acts like this one."""
    wanted = p.e_with[e]
    return (
        p.e_grade_min[e] <= grade <= p.e_grade_max[e]
        and (flags & wanted) == wanted
        and (flags & p.e_without[e]) == 0
    )


@kernel
def expire(p: Program, line: Line, w: Work, head: int, t: int) -> int:
    """Let every row older than its window leave it; the number of windows not yet empty."""
    busy = 0
    for n in range(len(p.windows)):
        limit = t - p.windows[n]
        j = w.tail[n]
        while j < head and line.at[j] <= limit:
            if (p.k_windows[line.kind[j]] >> n) & 1 and not w.dead[j]:
                change(p, line, w, j, n, -1)
            j += 1
        w.tail[n] = j
        if j < head:
            busy += 1
    return busy


@kernel
def change(p: Program, line: Line, w: Work, j: int, window: int, sign: int) -> None:
    """Add (1) or take away (-1) what row j gives to the quantities of one window (-1: for ever)."""
    k = line.kind[j]
    for e in range(p.first[k], p.first[k + 1]):
        if p.e_window[e] == window and matches(p, e, line.grade[j], line.flags[j]):
            feed(p, line, w, j, e, sign)


@kernel
def feed(p: Program, line: Line, w: Work, j: int, e: int, sign: int) -> None:
    """One entry's share of `change`; what only happens once (switches, months) is in `happen`."""
    does, slot = p.e_does[e], p.e_slot[e]
    if does == COUNT:
        w.v[slot] += sign * p.e_weight[e]
    elif does == DAYS:
        day_ring(p, w, p.e_aux[e], slot, line.day[j], sign)
    elif does == ORDERS:
        w.v[slot] += sign * w.counts[j]
    elif does == SPEND:
        w.v[slot] += sign * w.value[j]
    elif does == SUM:
        w.v[slot] += sign * p.e_weight[e] * w.value[j]
    elif does == POINTS:
        if (w.earned[j] >> p.e_aux[e]) & 1:
            w.v[slot] += sign * p.e_weight[e]
    elif does == POINT_DAYS and (w.earned[j] >> p.e_weight[e]) & 1:
        day_ring(p, w, p.e_aux[e], slot, line.day[j], sign)


@kernel
def day_ring(p: Program, w: Work, ring: int, slot: int, day: int, sign: int) -> None:
    """Distinct days of a window: a queue of (day, acts on it)."""
    base, mask = p.ring_at[ring], p.ring_mask[ring]
    head, size = w.ring_head[ring], w.ring_len[ring]
    if sign > 0:
        last = base + ((head + size - 1) & mask)
        if size > 0 and w.ring_day[last] == day:
            if w.ring_n[last] == 0:
                w.v[slot] += 1
            w.ring_n[last] += 1
            return
        fresh = base + ((head + size) & mask)
        w.ring_day[fresh] = day
        w.ring_n[fresh] = 1
        w.ring_len[ring] = size + 1
        w.v[slot] += 1
        return
    while size > 0 and w.ring_n[base + (head & mask)] == 0:
        head, size = (head + 1) & mask, size - 1
    for step in range(size):
        place = base + ((head + step) & mask)
        if w.ring_day[place] == day:
            w.ring_n[place] -= 1
            if w.ring_n[place] == 0:
                w.v[slot] -= 1
            break
    w.ring_head[ring], w.ring_len[ring] = head, size


@kernel
def month_act(w: Work, ring: int, month: int, by: int) -> None:
    """Acts by calendar month; 64 months back are remembered."""
    last = w.month_last[ring]
    if month > last:
        for passed in range(max(last + 1, month - 63), month + 1):
            w.month_n[ring, passed & 63] = 0
        w.month_last[ring] = month
    if month > w.month_last[ring] - 64:
        w.month_n[ring, month & 63] += by


@kernel
def earns(p: Program, line: Line, w: Work, j: int, act: int) -> bool:
    """Whether an act earns its points: below the cap, and not for a product that has earned."""
    cap = p.line_cap[act]
    if cap > 0:
        n = w.line_n[act]
        if n >= cap and w.line_at[act, n % cap] > line.at[j] - p.line_per[act]:
            return False
    if p.line_once[act] and line.ref[j] != 0:
        for i in range(w.reg[ITEMS]):
            if w.item_line[i] == act and w.item_ref[i] == line.ref[j]:
                return False
        w.item_line[w.reg[ITEMS]] = act
        w.item_ref[w.reg[ITEMS]] = line.ref[j]
        w.reg[ITEMS] += 1
    if cap > 0:
        w.line_at[act, w.line_n[act] % cap] = line.at[j]
        w.line_n[act] += 1
    return True


@kernel
def open_or_close(w: Work, ring: int, slot: int, ref: int, opens: bool) -> None:
    """A set of open things by name; opening twice or closing the unopened does nothing."""
    n = w.open_n[ring]
    for i in range(n):
        if w.open_ref[ring, i] == ref:
            if not opens:
                w.open_ref[ring, i] = w.open_ref[ring, n - 1]
                w.open_n[ring] = n - 1
                w.v[slot] -= 1
            return
    if opens:
        w.open_ref[ring, n] = ref
        w.open_n[ring] = n + 1
        w.v[slot] += 1


@kernel
def happen(p: Program, line: Line, w: Work, j: int) -> None:
    """Row j happens: everything it feeds, in every window."""
    k = line.kind[j]
    for e in range(p.first[k], p.first[k + 1]):
        if not matches(p, e, line.grade[j], line.flags[j]):
            continue
        does = p.e_does[e]
        if does == EARN:
            if earns(p, line, w, j, p.e_aux[e]):
                w.earned[j] |= 1 << p.e_aux[e]
        elif does == MONTHS:
            month_act(w, p.e_aux[e], w.reg[MONTH], 1)
        elif does == SWITCH_ON or does == SWITCH_OFF:  # noqa: PLR1714 - numba compares numbers
            w.v[p.e_slot[e]] = 1 if does == SWITCH_ON else 0
        elif does == OPEN or does == CLOSE:  # noqa: PLR1714
            open_or_close(w, p.e_aux[e], p.e_slot[e], line.ref[j], does == OPEN)
        else:
            feed(p, line, w, j, e, 1)


@kernel
def anchored(line: Line, lo: int, head: int, j: int, referral: bool) -> int:
    """The row that row j corrects: the one of the same order (or referee) at its anchor."""
    low, high = lo, head
    while low < high:
        middle = (low + high) // 2
        if line.at[middle] < line.anchor[j]:
            low = middle + 1
        else:
            high = middle
    while low < head and line.at[low] == line.anchor[j]:
        k = line.kind[low]
        fits = (k == QUALIFIED) if referral else (k == COUNTED or k == JOINED)
        if fits and line.ref[low] == line.ref[j]:
            return low
        low += 1
    return -1


@kernel
def in_windows(p: Program, line: Line, w: Work, i: int, sign: int) -> None:
    """Change what row i gives wherever it still counts: for ever, and in windows it is inside of."""
    change(p, line, w, i, -1, sign)
    for n in range(len(p.windows)):
        if i >= w.tail[n]:
            change(p, line, w, i, n, sign)


@kernel
def correct(p: Program, line: Line, w: Work, lo: int, j: int, months: object) -> None:
    """A correction: the row it is anchored to gives less, nothing, or carries its day from now on."""
    k = line.kind[j]
    i = anchored(line, lo, j, j, k == UNDONE)
    if i < 0:
        return
    in_windows(p, line, w, i, -1)
    if k == ADJUSTED:
        w.value[i] += line.value[j]
    elif k == RECOUNTED:
        w.counts[i] = 1
        living(w, line.at[i], line.day[i], 1)
    else:
        if w.counts[i]:
            living(w, line.at[i], line.day[i], -1)
        forget(p, line, w, i, months)
        w.counts[i], w.value[i], w.dead[i] = 0, 0, 1
        return
    in_windows(p, line, w, i, 1)


@kernel
def forget(p: Program, line: Line, w: Work, i: int, months: object) -> None:
    """An undone act no longer stands in its month."""
    k = line.kind[i]
    for e in range(p.first[k], p.first[k + 1]):
        if p.e_does[e] == MONTHS and matches(p, e, line.grade[i], line.flags[i]):
            month_act(w, p.e_aux[e], month_of(months, line.at[i]), -1)


@kernel
def month_of(months: object, t: int) -> int:
    """The place of an instant's month in the table of first instants."""
    low, high = 0, len(months)  # type: ignore[arg-type]
    while low < high:
        middle = (low + high) // 2
        if months[middle] <= t:  # type: ignore[index]
            low = middle + 1
        else:
            high = middle
    return low - 1


@kernel
def living(w: Work, at: int, day: int, sign: int) -> None:
    """Keep the dates of the living orders sorted; gaps between them are asked for rarely."""
    n = w.reg[ORDERS_LIVING]
    if sign > 0:
        i = n
        while i > 0 and w.order_at[i - 1] > at:
            w.order_at[i], w.order_day[i] = w.order_at[i - 1], w.order_day[i - 1]
            i -= 1
        w.order_at[i], w.order_day[i] = at, day
        w.reg[ORDERS_LIVING] = n + 1
        if i < n:
            w.reg[GAPS_STALE] = 1
        return
    i = n - 1
    while i >= 0 and not (w.order_at[i] == at):
        i -= 1
    if i < 0:
        return
    for place in range(i, n - 1):
        w.order_at[place], w.order_day[place] = w.order_at[place + 1], w.order_day[place + 1]
    w.reg[ORDERS_LIVING] = n - 1
    w.reg[GAPS_STALE] = 1
    w.reg[GAPS_KNOWN] = 0


@kernel
def apply(p: Program, line: Line, w: Work, lo: int, j: int, months: object) -> None:
    """Row j happens, whatever it is."""
    k = line.kind[j]
    if k == ADJUSTED or k == VOIDED or k == RECOUNTED or k == UNDONE:  # noqa: PLR1714
        correct(p, line, w, lo, j, months)
        happen(p, line, w, j)
        return
    if k == COUNTED:
        w.counts[j] = 1
        living(w, line.at[j], line.day[j], 1)
    happen(p, line, w, j)
