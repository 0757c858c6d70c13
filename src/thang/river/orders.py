"""The rows of one order become one order, with the instant at which it counts.

And the orders of one shop day become one (rulings 5 to 8). What comes out are derived
rows: the day's order begins to count, a part joins it, a refund lowers it, it is
undone, a living part takes its day over.
"""

from __future__ import annotations

import numpy as np

from thang.model import DAY, Flag
from thang.river.calendar import Calendar, days
from thang.river.compiled import allocating, allocating_kernel, inner
from thang.river.events import CODES, ORDER_KINDS
from thang.river.program import FAR, Rows, room_for
from thang.river.tables import Events, Int32, Int64

COMPLETED, UPDATED = CODES["order_completed"], CODES["order_updated"]
DELIVERED, REFUNDED = CODES["order_delivered"], CODES["order_refunded"]
COUNTED, JOINED = CODES["order_counted"], CODES["order_joined"]
ADJUSTED, VOIDED = CODES["order_adjusted"], CODES["order_voided"]
RECOUNTED = CODES["order_recounted"]
ORDER_FIRST = min(CODES[kind] for kind in ORDER_KINDS)
ORDER_LAST = max(CODES[kind] for kind in ORDER_KINDS)
HAS_AMOUNT, IS_FINAL, IS_DELIVERED = int(Flag.AMOUNT), int(Flag.FINAL), int(Flag.DELIVERED)
SHORT = 48  # below, moving rows one by one is quicker than sorting

# Rows that are added to people's lines: the orders' own, and the referrals'. `anchor` of an
# order that begins to count is the instant at which it was placed; of a correction, the
# instant of the row it corrects.
ADDED = np.dtype(
    [
        ("person", np.int64),
        ("at", np.int64),
        ("value", np.int64),
        ("ref", np.int64),
        ("anchor", np.int64),
        ("kind", np.int16),
    ],
    align=True,
)
# An order of one person: when placed, when it counts and is undone, and its money then.
PART = np.dtype(
    [
        ("ref", np.int64),
        ("placed", np.int64),
        ("counts", np.int64),
        ("voided", np.int64),
        ("money", np.int64),
        ("day", np.int64),
        ("state", np.int64),  # while emitting: 0 not yet, 1 living, 2 carries its day, 3 undone
    ],
    align=True,
)


def order_rows(events: Events, start: Int64, cal: Calendar, window_days: int) -> Rows:
    """The derived order rows of whole people, sorted by person and instant."""
    is_order = (events.kind >= ORDER_FIRST) & (events.kind <= ORDER_LAST)
    places = np.flatnonzero(is_order)
    owner = np.searchsorted(start, places, side="right") - 1
    longest = int(np.bincount(owner).max()) if len(owner) else 0
    parts, out = room_for(PART, longest + 1), room_for(ADDED, 3 * len(places) + 1)
    shop_days = days(cal, events.at[places])
    n = derive_orders(places, owner, shop_days, events, window_days * DAY, parts, out)
    return out[:n]


@allocating_kernel
def derive_orders(
    places: Int64, owner: Int64, day: Int32, events: Events, window: int, parts: Rows, out: Rows
) -> int:
    """Person by person, order by order; the number of derived rows written."""
    n, size, i = len(places), 0, 0
    rank = np.empty(len(parts), np.int64)
    while i < n:
        end = i
        while end < n and owner[end] == owner[i]:
            end += 1
        first = size
        by_order(rank, events.ref, places, i, end)
        count, j = 0, i
        while j < end:
            k = j + 1
            ref = events.ref[places[rank[j - i]]]
            while k < end and ref != 0 and events.ref[places[rank[k - i]]] == ref:
                k += 1
            size, found = one_order(
                rank[j - i : k - i], places, day, events, window, parts[count], out, size
            )
            count += found
            j = k
        size = count_days(parts, count, events.person[places[i]], out, size)
        by_instant(out, first, size)
        i = end
    return size


@allocating
def by_order(rank: Int64, ref: Int64, places: Int64, first: int, end: int) -> None:
    """The rows of one person by order, those of one order still in time; `rank` of them."""
    n = end - first
    if n > SHORT:
        keys = np.empty(n, np.int64)
        for i in range(n):
            keys[i] = ref[places[first + i]]
        order = np.argsort(keys, kind="mergesort")
        for i in range(n):
            rank[i] = first + order[i]
        return
    for i in range(n):
        row, j = first + i, i
        while j > 0 and ref[places[rank[j - 1]]] > ref[places[row]]:
            rank[j] = rank[j - 1]
            j -= 1
        rank[j] = row


@allocating
def by_instant(out: Rows, first: int, end: int) -> None:
    """Sort one person's derived rows by instant, in place and stable."""
    if end - first > SHORT:
        keys = np.empty(end - first, np.int64)
        for i in range(end - first):
            keys[i] = out[first + i].at
        order = np.argsort(keys, kind="mergesort")
        copy = out[first:end].copy()
        for i in range(end - first):
            out[first + i] = copy[order[i]]
        return
    for i in range(first + 1, end):
        j = i
        while j > first and out[j - 1].at > out[j].at:
            swap(out, j)
            j -= 1


@inner
def swap(out: Rows, j: int) -> None:
    """Change places with the row before."""
    a, b = out[j - 1], out[j]
    a.at, b.at = b.at, a.at
    a.value, b.value = b.value, a.value
    a.ref, b.ref = b.ref, a.ref
    a.anchor, b.anchor = b.anchor, a.anchor
    a.kind, b.kind = b.kind, a.kind


@inner
def one_order(
    rank: Int64,
    places: Int64,
    day: Int32,
    events: Events,
    window: int,
    part: Rows,
    out: Rows,
    size: int,
) -> tuple[int, int]:
    """One order's rows in time: its part and its partial refunds; (rows so far, 1 if it counts)."""
    dated, delivered = -1, FAR
    for i in rank:
        k = events.kind[places[i]]
        if k == COMPLETED or k == UPDATED or k == DELIVERED:
            dated = i if dated < 0 else dated
            if k == DELIVERED:
                delivered = min(delivered, events.at[places[i]])
    if dated < 0:
        return size, 0
    placed = places[dated]
    counts = counts_at(events.at[placed], events.flags[placed], delivered, window)
    left, known = first_amount(rank, places, events, counts)
    begun, voided, counted = size, FAR, left
    for i in rank:
        r = places[i]
        k, change = events.kind[r], 0
        if k == COMPLETED or k == UPDATED or k == DELIVERED:
            # The past stays as it was lived: an order is worth nothing until it is said.
            if not known and events.flags[r] & HAS_AMOUNT and events.at[r] > counts:
                change, known = max(events.amount[r], 0), True
        elif k == REFUNDED and events.flags[r] & HAS_AMOUNT:
            change = -min(max(events.amount[r], 0), left)
        else:
            change = -left
        left += change
        undoes = not (k == COMPLETED or k == UPDATED or k == DELIVERED)
        if undoes and left == 0:
            voided = events.at[r]
            break
        if events.at[r] <= counts:
            counted = left
        elif change != 0:
            who = events.person[r]
            size = put(out, size, who, events.at[r], ADJUSTED, change, events.ref[r], counts)
    if counts >= FAR or voided <= counts:
        return begun, 0
    part.ref, part.placed, part.day = events.ref[placed], events.at[placed], day[dated]
    part.counts, part.voided, part.money, part.state = counts, voided, counted, 0
    return size, 1


@inner
def first_amount(rank: Int64, places: Int64, events: Events, counts: int) -> tuple[int, bool]:
    """What an order is said to be worth by the time it counts, and whether it is said at all."""
    for i in rank:
        r = places[i]
        k = events.kind[r]
        if k == COMPLETED or k == UPDATED or k == DELIVERED:
            if events.at[r] <= counts and events.flags[r] & HAS_AMOUNT:
                return max(events.amount[r], 0), True
    return 0, False


@inner
def counts_at(placed: int, flags: int, delivered: int, window: int) -> int:
    """From when an order counts, by what its source records (ruling 5); FAR: it is pending."""
    if flags & IS_FINAL:
        return placed
    if flags & IS_DELIVERED:
        return delivered + window if delivered < FAR else FAR
    return placed + window


@inner
def put(
    out: Rows, n: int, person: int, at: int, kind: int, value: int, ref: int, anchor: int
) -> int:
    """Write one derived row; how many there are now."""
    row = out[n]
    row.person, row.at, row.kind = person, at, kind
    row.value, row.ref, row.anchor = value, ref, anchor
    return n + 1


@allocating
def count_days(parts: Rows, count: int, person: int, out: Rows, size: int) -> int:
    """The orders of each shop day as one: who carries the day's count, from when to when."""
    if count == 0:
        return size
    keys = np.empty(count, np.int64)
    for a in range(count):
        keys[a] = parts[a].day
    order = np.argsort(keys, kind="mergesort")
    i = 0
    while i < count:
        j = i + 1
        while j < count and keys[order[j]] == keys[order[i]]:
            j += 1
        if j == i + 1:
            size = one_part(parts[order[i]], person, out, size)
        else:
            size = several_parts(parts, order[i:j], person, out, size)
        i = j
    return size


@inner
def one_part(part: Rows, person: int, out: Rows, size: int) -> int:
    """A day with a single order."""
    size = put(out, size, person, part.counts, COUNTED, part.money, part.ref, part.placed)
    if part.voided < FAR:
        size = put(out, size, person, part.voided, VOIDED, 0, part.ref, part.counts)
    return size


@inner
def several_parts(parts: Rows, mine: Int64, person: int, out: Rows, size: int) -> int:
    """Parts of one day in time: at one instant what is undone goes before what begins to count."""
    carrier = -1
    while True:
        a = next_turn(parts, mine)
        if a < 0:
            return size
        part = parts[a]
        if part.state == 0:
            kind = COUNTED if carrier < 0 else JOINED
            part.state = 2 if carrier < 0 else 1
            carrier = a if carrier < 0 else carrier
            size = put(out, size, person, part.counts, kind, part.money, part.ref, part.placed)
            continue
        part.state = 3
        size = put(out, size, person, part.voided, VOIDED, 0, part.ref, part.counts)
        if a == carrier:
            carrier = eldest(parts, mine)
            if carrier >= 0:
                heir = parts[carrier]
                heir.state = 2
                size = put(out, size, person, part.voided, RECOUNTED, 0, heir.ref, heir.counts)


@inner
def next_turn(parts: Rows, mine: Int64) -> int:
    """The part of a day to which something happens next, or -1."""
    t, found = FAR, -1
    for a in mine:
        part = parts[a]
        living = part.state == 1 or part.state == 2
        if living and part.voided < FAR and part.voided <= t:
            t, found = part.voided, a
        elif part.state == 0 and part.counts < t:
            t, found = part.counts, a
    return found


@inner
def eldest(parts: Rows, mine: Int64) -> int:
    """The living part of a day that counted first, or -1."""
    best = -1
    for b in mine:
        if parts[b].state == 1 and (best < 0 or parts[b].counts < parts[best].counts):
            best = b
    return best
