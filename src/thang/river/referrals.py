"""When a friend's first order counts: the one place where two people's lines meet.

A referral is qualified at the instant at which the referee's first counting order
counts, on the referrer's line, and undone if that order is (ruling 19). The engine
brings the few rows that it takes; everything else about a person is their own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from thang.model import DAY
from thang.river.compiled import inner, kernel
from thang.river.counting import QUALIFIED, UNDONE
from thang.river.orders import ADDED, COUNTED, JOINED, VOIDED, put
from thang.river.program import FAR, Rows, room_for
from thang.river.tables import Int64


class Pairs(NamedTuple):
    """Rows between two people, or a person and a name, sorted by person, `other`, instant."""

    person: Int64
    other: Int64
    at: Int64


class Links(NamedTuple):
    """`referral_converted` rows in order of time: who referred whom, with which code."""

    referrer: Int64
    referee: Int64
    at: Int64
    ref: Int64


def sorted_pairs(person: Int64, other: Int64, at: Int64) -> Pairs:
    """Pairs out of columns in any order."""
    order = np.lexsort((at, other, person))
    return Pairs(person[order], other[order], at[order])


def first_links(links: Links) -> Links:
    """The first link of each referee wins; nobody refers themself."""
    other = links.referrer != links.referee
    kept = Links(*(column[other] for column in links))
    _, first = np.unique(kept.referee, return_index=True)
    return Links(*(column[first] for column in kept))


def qualify(
    links: Links, orders: Rows, sends: Pairs, refusals: Pairs, marks: Pairs, within_days: int
) -> Rows:
    """Referral rows by referrer and instant.

    `orders` are the derived order rows of the referees, `sends` the sendings (`other` is
    the code), `refusals` explicit disqualifications, `marks` weak signs with the instant
    at which a person was first seen with them.
    """
    winners = first_links(links)
    by_at = sorted_pairs(sends.person, np.zeros_like(sends.other), sends.at)
    out = room_for(ADDED, 2 * len(winners.at))
    n = _qualify(winners, orders, sends, by_at, refusals, marks, within_days * DAY, out)
    found = out[:n]
    return found[np.lexsort((np.arange(n), found["at"], found["person"]))]


@kernel
def _qualify(
    links: Links,
    orders: Rows,
    sends: Pairs,
    all_sends: Pairs,
    refusals: Pairs,
    marks: Pairs,
    within: int,
    out: Rows,
) -> int:
    n = 0
    for i in range(len(links.at)):
        who, friend = links.referrer[i], links.referee[i]
        first = _first_order(orders, friend)
        if first < 0:
            continue
        placed, since = orders[first].anchor, max(orders[first].at, links.at[i])
        sent = _last_sent(sends if links.ref[i] else all_sends, who, links.ref[i], placed, since)
        if sent == FAR:
            sent = links.at[i]
        if sent <= placed - within or _share_a_mark(marks, who, friend, since):
            continue
        undone = min(_voided(orders, first), _refused(refusals, who, friend))
        if undone <= since:
            continue
        n = put(out, n, who, since, QUALIFIED, 0, friend, 0)
        if undone < FAR:
            n = put(out, n, who, undone, UNDONE, 0, friend, since)
    return n


@inner
def _first_order(orders: Rows, friend: int) -> int:
    """The part that counted first (placed first, then by name, where several did), or -1."""
    best = -1
    i = first_of(orders, friend)
    while i < len(orders) and orders[i].person == friend:
        if orders[i].kind == COUNTED or orders[i].kind == JOINED:
            if best >= 0 and orders[i].at > orders[best].at:
                break
            earlier = best < 0 or orders[i].anchor < orders[best].anchor
            same = best >= 0 and orders[i].anchor == orders[best].anchor
            if earlier or (same and orders[i].ref < orders[best].ref):
                best = i
        i += 1
    return best


@inner
def first_of(orders: Rows, person: int) -> int:
    """The first row of a person, or where it would be."""
    low, high = 0, len(orders)
    while low < high:
        middle = (low + high) // 2
        if orders[middle].person < person:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def _voided(orders: Rows, first: int) -> int:
    i = first
    while i < len(orders) and orders[i].person == orders[first].person:
        if (
            orders[i].kind == VOIDED
            and orders[i].ref == orders[first].ref
            and orders[i].anchor == orders[first].at
        ):
            return orders[i].at
        i += 1
    return FAR


@inner
def _place(pairs: Pairs, person: int, other: int) -> int:
    """The first row of (person, other), or where it would be."""
    low, high = 0, len(pairs.person)
    while low < high:
        middle = (low + high) // 2
        if pairs.person[middle] < person or (
            pairs.person[middle] == person and pairs.other[middle] < other
        ):
            low = middle + 1
        else:
            high = middle
    return low


@inner
def _last_sent(sends: Pairs, who: int, code: int, placed: int, known: int) -> int:
    """The latest sending at or before the order was placed; FAR: none is recorded by `known`.

    A sending recorded only after the order does not count: it is -FAR, older than any.
    """
    i = _place(sends, who, code)
    sent = FAR
    while i < len(sends.person) and sends.person[i] == who and sends.other[i] == code:
        if sends.at[i] <= placed:
            sent = sends.at[i]
        elif sends.at[i] <= known and sent == FAR:
            return -FAR
        i += 1
    return sent


@inner
def _refused(refusals: Pairs, who: int, friend: int) -> int:
    i = _place(refusals, who, friend)
    found = i < len(refusals.person) and refusals.person[i] == who and refusals.other[i] == friend
    return refusals.at[i] if found else FAR


@inner
def _share_a_mark(marks: Pairs, who: int, friend: int, known: int) -> bool:
    """Whether both had been seen with the same device, payment or address by then."""
    i = np.searchsorted(marks.person, who)
    while i < len(marks.person) and marks.person[i] == who:
        if marks.at[i] <= known:
            j = _place(marks, friend, marks.other[i])
            if (
                j < len(marks.person)
                and marks.person[j] == friend
                and marks.other[j] == marks.other[i]
                and marks.at[j] <= known
            ):
                return True
        i += 1
    return False
