"""What one sum cannot hold: distinct days, months with acts, open things, gaps between orders."""

from __future__ import annotations

from thang.model import DAY
from thang.river.compiled import inner
from thang.river.program import Program
from thang.river.work import Room, Work


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
