"""Before the fold: the rows of one order become one order with the instant at which it counts.

Each person's order rows are gathered by order, and the orders of one shop day into
one (rulings 5 to 8). What comes out are derived rows at their own instants on the
same line: the order begins to count, a part joins it, a refund lowers it, it is
undone, a living part takes its day over. Everything else passes through.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from thang.model import DAY, Flag
from thang.river.calendar import Calendar, days
from thang.river.compiled import kernel
from thang.river.counting import ADJUSTED, COUNTED, JOINED, RECOUNTED, VOIDED
from thang.river.events import CODES, ORDER_KINDS
from thang.river.program import FAR
from thang.river.tables import Events, Int16, Int32, Int64
from thang.river.work import Line

COMPLETED, UPDATED = CODES["order_completed"], CODES["order_updated"]
DELIVERED, REFUNDED = CODES["order_delivered"], CODES["order_refunded"]
ORDER_FIRST = min(CODES[kind] for kind in ORDER_KINDS)
ORDER_LAST = max(CODES[kind] for kind in ORDER_KINDS)
HAS_AMOUNT, IS_FINAL, IS_DELIVERED = int(Flag.AMOUNT), int(Flag.FINAL), int(Flag.DELIVERED)
SELF = int(Flag.SELF)


class Added(NamedTuple):
    """Rows that prepare adds to a chunk: the engine's referral rows, or the orders' own."""

    person: Int64
    at: Int64
    kind: Int16
    value: Int64
    ref: Int64
    anchor: Int64


class Parts(NamedTuple):
    """Orders of one person: when placed, when it counts and is undone, and its money then."""

    ref: Int64
    placed: Int64
    day: Int64
    counts: Int64
    voided: Int64
    money: Int64
    state: Int64  # while emitting: 0 not yet, 1 living, 2 carries its day, 3 undone


def added(rows: int) -> Added:
    i64 = np.int64
    return Added(
        np.empty(rows, i64), np.empty(rows, i64), np.empty(rows, np.int16),
        np.empty(rows, i64), np.empty(rows, i64), np.empty(rows, i64),
    )  # fmt: skip


def no_rows() -> Added:
    """No referral rows."""
    return added(0)


def starts(person: Int64) -> Int64:
    """Where each person's rows begin in a sorted column, and the end."""
    if not len(person):
        return np.zeros(1, np.int64)
    turns = np.flatnonzero(person[1:] != person[:-1]) + 1
    return np.concatenate([[0], turns, [len(person)]]).astype(np.int64)


def order_rows(events: Events, start: Int64, cal: Calendar, window_days: int) -> Added:
    """The derived order rows of whole people, by person and instant."""
    is_order = (events.kind >= ORDER_FIRST) & (events.kind <= ORDER_LAST)
    places = np.flatnonzero(is_order)
    owner = np.searchsorted(start, places, side="right") - 1
    # One sort for all: person, then order; rows of an order stay in time.
    # An order without a name is an order of its own.
    ref = events.ref[places]
    by_order = np.lexsort((places, np.where(ref == 0, -places - 1, ref), owner))
    places, owner = places[by_order], owner[by_order]
    out = added(3 * len(places))
    n = derive_orders(
        places, owner, events.at, events.kind, events.ref, events.amount, events.flags,
        days(cal, events.at), events.person, window_days * DAY, out,
    )  # fmt: skip
    found = Added(*(column[:n] for column in out))
    order = np.lexsort((np.arange(n), found.at, found.person))
    return Added(*(column[order] for column in found))


@kernel
def derive_orders(
    places: Int64,
    owner: Int64,
    at: Int64,
    kind: Int16,
    ref: Int64,
    amount: Int64,
    flags: Int16,
    day: Int32,
    person: Int64,
    window: int,
    out: Added,
) -> int:
    """Walk people, orders and rows; the number of derived rows written."""
    n, size = len(places), 0
    longest = 1
    i = 0
    while i < n:
        j = i
        while j < n and owner[j] == owner[i]:
            j += 1
        longest = max(longest, j - i)
        i = j
    z = longest + 1
    parts = Parts(
        np.empty(z, np.int64), np.empty(z, np.int64), np.empty(z, np.int64),
        np.empty(z, np.int64), np.empty(z, np.int64), np.empty(z, np.int64),
        np.empty(z, np.int64),
    )  # fmt: skip
    i = 0
    while i < n:
        who, count = owner[i], 0
        while i < n and owner[i] == who:
            j = i + 1
            while j < n and owner[j] == who and ref[places[j]] == ref[places[i]] != 0:
                j += 1
            rows = places[i:j]
            size, found = one_order(
                rows, at, kind, ref, amount, flags, day, window, person, parts, count, out, size
            )
            count += found
            i = j
        if count > 0:
            size = count_days(parts, count, person[places[i - 1]], out, size)
    return size


@kernel
def one_order(
    rows: Int64,
    at: Int64,
    kind: Int16,
    ref: Int64,
    amount: Int64,
    flags: Int16,
    day: Int32,
    window: int,
    person: Int64,
    parts: Parts,
    place: int,
    out: Added,
    size: int,
) -> tuple[int, int]:
    """One order's rows in time: writes its part and its partial refunds; (rows written, 1 if it counts)."""
    dated, money, given, delivered = -1, 0, False, FAR
    for r in rows:
        k = kind[r]
        if k == COMPLETED or k == UPDATED or k == DELIVERED:  # noqa: PLR1714 - numba
            if dated < 0:
                dated = r
            if not given and flags[r] & HAS_AMOUNT:
                money, given = max(amount[r], 0), True
            if k == DELIVERED:
                delivered = min(delivered, at[r])
    if dated < 0:
        return size, 0
    counts = at[dated]
    if flags[dated] & IS_DELIVERED:
        counts = delivered + window if delivered < FAR else FAR
    elif not flags[dated] & IS_FINAL:
        counts = at[dated] + window
    left, counted, voided = money, money, FAR
    before = size
    for r in rows:
        k = kind[r]
        if k == COMPLETED or k == UPDATED or k == DELIVERED:  # noqa: PLR1714
            continue
        off = left
        if k == REFUNDED and flags[r] & HAS_AMOUNT:
            off = min(max(amount[r], 0), left)
        left -= off
        if left == 0:
            voided = at[r]
            break
        if at[r] <= counts:
            counted = left
        elif off > 0:
            size = put(out, size, person[r], at[r], ADJUSTED, -off, ref[r], counts)
    if counts >= FAR or voided <= counts:
        return before, 0
    parts.ref[place], parts.placed[place] = ref[dated], at[dated]
    parts.day[place], parts.counts[place] = day[dated], counts
    parts.voided[place], parts.money[place], parts.state[place] = voided, counted, 0
    return size, 1


@kernel
def put(
    out: Added, n: int, person: int, at: int, kind: int, value: int, ref: int, anchor: int
) -> int:
    out.person[n], out.at[n], out.kind[n] = person, at, kind
    out.value[n], out.ref[n], out.anchor[n] = value, ref, anchor
    return n + 1


@kernel
def count_days(parts: Parts, count: int, person: int, out: Added, size: int) -> int:
    """The orders of each shop day as one: who carries the day's count, from when to when."""
    order = np.argsort(parts.day[:count] * 1.0)
    i = 0
    while i < count:
        j = i + 1
        while j < count and parts.day[order[j]] == parts.day[order[i]]:
            j += 1
        if j == i + 1:
            size = one_part(parts, order[i], person, out, size)
        else:
            size = several_parts(parts, order[i:j], person, out, size)
        i = j
    return size


@kernel
def one_part(parts: Parts, a: int, person: int, out: Added, size: int) -> int:
    size = put(
        out, size, person, parts.counts[a], COUNTED, parts.money[a], parts.ref[a], 0
    )
    if parts.voided[a] < FAR:
        size = put(
            out, size, person, parts.voided[a], VOIDED, 0, parts.ref[a], parts.counts[a]
        )
    return size


@kernel
def several_parts(parts: Parts, mine: Int64, person: int, out: Added, size: int) -> int:
    """Parts of one day in time: at one instant what is undone goes before what begins to count."""
    carrier = -1
    while True:
        t, next_part, undo = FAR, -1, False
        for a in mine:
            if parts.state[a] == 0 and parts.counts[a] < t:
                t, next_part, undo = parts.counts[a], a, False
            if (parts.state[a] == 1 or parts.state[a] == 2) and parts.voided[a] <= t:
                if parts.voided[a] < FAR:
                    t, next_part, undo = parts.voided[a], a, True
        if next_part < 0:
            return size
        a = next_part
        if not undo:
            kind = JOINED if carrier >= 0 else COUNTED
            parts.state[a] = 1 if carrier >= 0 else 2
            carrier = carrier if carrier >= 0 else a
            size = put(out, size, person, t, kind, parts.money[a], parts.ref[a], 0)
            continue
        parts.state[a] = 3
        size = put(out, size, person, t, VOIDED, 0, parts.ref[a], parts.counts[a])
        if a == carrier:
            carrier = -1
            for b in mine:
                if parts.state[b] == 1 and (
                    carrier < 0 or parts.counts[b] < parts.counts[carrier]
                ):
                    carrier = b
            if carrier >= 0:
                parts.state[carrier] = 2
                size = put(
                    out, size, person, t, RECOUNTED, 0, parts.ref[carrier], parts.counts[carrier]
                )


def prepare(events: Events, cal: Calendar, window_days: int, referrals: Added) -> Line:
    """The lines of whole people, ready for the fold: base rows, then orders', then referrals'.

    `events` are sorted by person, instant and sequence; `referrals` (sorted the same way)
    are those of the same people.
    """
    start = starts(events.person)
    orders = order_rows(events, start, cal, window_days)
    who = np.concatenate([events.person[start[:-1]]])
    o_at = np.searchsorted(orders.person, np.append(who, np.iinfo(np.int64).max))
    r_at = np.searchsorted(referrals.person, np.append(who, np.iinfo(np.int64).max))
    total = len(events.at) + len(orders.at) + len(referrals.at)
    i64, i16 = np.int64, np.int16
    line = Line(
        np.zeros(len(start), i64), np.empty(total, i64), np.empty(total, i16),
        np.empty(total, i64), np.empty(total, i64), np.empty(total, i16),
        np.empty(total, i16), np.empty(total, i64), np.empty(total, np.int32),
    )  # fmt: skip
    merge(events, start, orders, o_at, referrals, r_at, line)
    return line._replace(day=days(cal, line.at))


@kernel
def merge(
    events: Events,
    start: Int64,
    orders: Added,
    o_at: Int64,
    referrals: Added,
    r_at: Int64,
    line: Line,
) -> None:
    """Three sorted streams of each person into one; at one instant in this order."""
    n = 0
    for who in range(len(start) - 1):
        i, o, r = start[who], o_at[who], r_at[who]
        i_end, o_end, r_end = start[who + 1], o_at[who + 1], r_at[who + 1]
        line.start[who] = n
        while i < i_end or o < o_end or r < r_end:
            base = events.at[i] if i < i_end else FAR
            order = orders.at[o] if o < o_end else FAR
            referral = referrals.at[r] if r < r_end else FAR
            if base <= order and base <= referral:
                line.at[n], line.kind[n], line.ref[n] = base, events.kind[i], events.ref[i]
                line.value[n], line.grade[n] = events.amount[i], events.grade[i]
                own = events.other[i] == events.person[i]
                line.flags[n] = events.flags[i] | (SELF if own else 0)
                line.anchor[n] = 0
                i += 1
            elif order <= referral:
                from_added(line, n, orders, o)
                o += 1
            else:
                from_added(line, n, referrals, r)
                r += 1
            n += 1
    line.start[len(start) - 1] = n


@kernel
def from_added(line: Line, n: int, rows: Added, i: int) -> None:
    line.at[n], line.kind[n], line.value[n] = rows.at[i], rows.kind[i], rows.value[i]
    line.ref[n], line.anchor[n] = rows.ref[i], rows.anchor[i]
    line.grade[n], line.flags[n] = 0, 0
