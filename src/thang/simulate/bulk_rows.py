"""One row group of benchmark rows: drawn column by column, then sorted once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from thang.model import SECOND, Flag
from thang.river.events import CODES
from thang.river.tables import Int16, Int64
from thang.simulate import bulk_tables as mix

START = 1_672_506_000  # seconds: 2023-01-01 00:00 in Vietnam
DAY = 86_400
SPAN = 3 * 365 * DAY
# A sorting key in one word: person of the group, seconds since START, place before sorting.
TIME_BITS, PLACE_BITS = 27, 20
MOST_ROWS = 1 << PLACE_BITS
MOST_PEOPLE = 1 << (64 - TIME_BITS - PLACE_BITS)
SPREAD = np.int64(0x1E3779B97F4A7C15)  # odd: scatters small numbers over the whole word
POSITIVE = np.int64((1 << 63) - 1)

PLACED, DELIVERED = CODES["order_completed"], CODES["order_delivered"]
CANCELLED, REFUNDED = CODES["order_cancelled"], CODES["order_refunded"]
ORDER_FLAGS = int(Flag.DELIVERED)
ABOUT_PRODUCTS = [CODES[kind] for kind in mix.ABOUT_PRODUCTS]
SHARES = [CODES["post_shared"], CODES["product_shared"]]
REFERRALS = [CODES["referral_sent"], CODES["referral_clicked"], CODES["referral_converted"]]
TICKETS = [CODES["ticket_opened"], CODES["ticket_resolved"]]


@dataclass(frozen=True, slots=True)
class Draft:
    """Rows in any order, whole people one after the other; `owner` counts them from 0."""

    owner: Int64
    seconds: Int64
    kind: Int16
    ref: Int64
    amount: Int64
    grade: Int16
    flags: Int16
    other: Int64


def rows_of(
    counts: Int64, people_before: int, rows_before: int, chance: Generator
) -> dict[str, Int64 | Int16]:
    """The sorted columns of the next people, by name; `counts` rows for each of them."""
    draft = _drawn(counts, chance)
    heads = _order_heads(counts, chance)
    _write_orders(draft, heads, chance)
    _write_refunds(draft, heads, chance)
    _write_telling(draft, people_before, len(counts), chance)
    _write_the_rest(draft, people_before, chance)
    return _sorted(draft, people_before, rows_before)


def _dice(chance: Generator, count: int) -> Int64:
    """Places in a table of `mix.SIZE`, two random bytes each."""
    return chance.integers(0, mix.SIZE, size=count, dtype=np.uint16).astype(np.int64)


def _drawn(counts: Int64, chance: Generator) -> Draft:
    n = int(counts.sum())
    owner = np.repeat(np.arange(len(counts)), counts)
    return Draft(
        owner=owner,
        seconds=_seconds(owner, len(counts), chance),
        kind=mix.KIND_OF[_dice(chance, n)],
        ref=np.zeros(n, dtype=np.int64),
        amount=np.zeros(n, dtype=np.int64),
        grade=np.zeros(n, dtype=np.int16),
        flags=np.zeros(n, dtype=np.int16),
        other=np.zeros(n, dtype=np.int64),
    )


def _seconds(owner: Int64, people: int, chance: Generator) -> Int64:
    """Each person comes at some time and stays for some; their rows lie evenly in between."""
    come = chance.integers(0, SPAN - DAY, size=people)
    stay = DAY + ((SPAN - come - DAY) * _dice(chance, people)) // mix.SIZE
    within = chance.integers(0, 1 << 32, size=len(owner), dtype=np.uint32).astype(np.int64)
    return come[owner] + ((within * stay[owner]) >> 32)


def _order_heads(counts: Int64, chance: Generator) -> Int64:
    """Places of rows that, with the next row of the same person, become one order."""
    first = np.cumsum(counts) - counts
    pairs = counts // 2
    starts = np.repeat(first - 2 * (np.cumsum(pairs) - pairs), pairs)
    places = starts + 2 * np.arange(len(starts))
    return places[_dice(chance, len(places)) < mix.ORDER_PAIRS * mix.SIZE]


def _write_orders(draft: Draft, heads: Int64, chance: Generator) -> None:
    """Placed and, days later, at the door; a few are cancelled instead."""
    n, ends = len(heads), heads + 1
    gone = _dice(chance, n) < mix.CANCELLED * mix.SIZE
    draft.kind[heads] = PLACED
    draft.kind[ends] = np.where(gone, CANCELLED, DELIVERED)
    draft.ref[heads] = draft.ref[ends] = chance.integers(1, POSITIVE, size=n)
    draft.amount[heads] = mix.MONEY[_dice(chance, n)]
    draft.flags[heads] = ORDER_FLAGS | int(Flag.AMOUNT)
    draft.flags[ends] = ORDER_FLAGS
    days = np.where(gone, DAY // 2, chance.integers(DAY, 5 * DAY, size=n))
    draft.seconds[ends] = draft.seconds[heads] + days


def _write_refunds(draft: Draft, heads: Int64, chance: Generator) -> None:
    """Some delivered orders come back, wholly or by half, in place of a row of the same person."""
    after = heads + 2
    inside = after < len(draft.owner)
    heads, after = heads[inside], after[inside]
    free = (draft.owner[after] == draft.owner[heads]) & (draft.kind[after] != PLACED)
    free &= draft.kind[heads + 1] == DELIVERED
    free &= _dice(chance, len(heads)) < mix.REFUNDED * mix.SIZE
    heads, after = heads[free], after[free]
    whole = _dice(chance, len(heads)) < mix.SIZE // 2
    draft.kind[after] = REFUNDED
    draft.ref[after] = draft.ref[heads]
    draft.amount[after] = np.where(whole, draft.amount[heads], draft.amount[heads] // 2)
    draft.flags[after] = ORDER_FLAGS | int(Flag.AMOUNT)
    days = chance.integers(DAY, 20 * DAY, size=len(heads))
    draft.seconds[after] = draft.seconds[heads + 1] + days


def _write_telling(draft: Draft, people_before: int, people: int, chance: Generator) -> None:
    """Codes of one's own; clicks and friends are other people of this file."""
    told = np.flatnonzero(np.isin(draft.kind, REFERRALS))
    person = draft.owner[told] + people_before + 1
    draft.ref[told] = (person * SPREAD) & POSITIVE
    met = told[draft.kind[told] != REFERRALS[0]]
    known = max(people_before + people, 2)
    person = draft.owner[met] + people_before + 1
    other = chance.integers(1, known + 1, size=len(met))
    draft.other[met] = np.where(other == person, person % known + 1, other)
    shared = np.flatnonzero(np.isin(draft.kind, SHARES))
    seen = _dice(chance, len(shared)) < 0.75 * mix.SIZE
    draft.flags[shared] = np.where(seen, int(Flag.PUBLIC), 0)


def _write_the_rest(draft: Draft, people_before: int, chance: Generator) -> None:
    """What products are about, stars, and tickets, one ticket a person."""
    about = np.flatnonzero(np.isin(draft.kind, ABOUT_PRODUCTS))
    product = 1 + _dice(chance, len(about)) % mix.PRODUCTS
    draft.ref[about] = (product * SPREAD) & POSITIVE
    reviews = np.flatnonzero(draft.kind == CODES["product_reviewed"])
    draft.grade[reviews] = mix.STARS[_dice(chance, len(reviews)) % len(mix.STARS)]
    draft.flags[reviews] = int(Flag.PUBLIC | Flag.VERIFIED)
    tickets = np.flatnonzero(np.isin(draft.kind, TICKETS))
    draft.ref[tickets] = ((draft.owner[tickets] + people_before + 1) * SPREAD ^ 1) & POSITIVE
    opened = tickets[draft.kind[tickets] == TICKETS[0]]
    draft.grade[opened] = mix.SEVERITIES[_dice(chance, len(opened)) % len(mix.SEVERITIES)]
    closed = tickets[draft.kind[tickets] == TICKETS[1]]
    draft.flags[closed] = int(Flag.OK)


def _sorted(draft: Draft, people_before: int, rows_before: int) -> dict[str, Int64 | Int16]:
    n = len(draft.owner)
    key = draft.owner.astype(np.uint64) << np.uint64(TIME_BITS + PLACE_BITS)
    key |= draft.seconds.astype(np.uint64) << np.uint64(PLACE_BITS)
    key |= np.arange(n, dtype=np.uint64)
    key.sort()
    place = (key & np.uint64(MOST_ROWS - 1)).astype(np.int64)
    seconds = (key >> np.uint64(PLACE_BITS)) & np.uint64((1 << TIME_BITS) - 1)
    return {
        "person": (key >> np.uint64(TIME_BITS + PLACE_BITS)).astype(np.int64) + people_before + 1,
        "at": (seconds.astype(np.int64) + START) * SECOND,
        "seq": np.arange(rows_before + 1, rows_before + n + 1),
        "kind": draft.kind[place],
        "ref": draft.ref[place],
        "amount": draft.amount[place],
        "grade": draft.grade[place],
        "flags": draft.flags[place],
        "other": draft.other[place],
    }
