"""From orders to a customer's few numbers: how often, how lately, since when, for how much."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thang.river.calendar import Calendar, days
from thang.river.events import CODES
from thang.river.lifetime.rows import Float64, Summary
from thang.river.tables import Int32, Int64

Rows = NDArray[np.void]  # derived rows of orders: `orders.ADDED`
COUNTED, JOINED = CODES["order_counted"], CODES["order_joined"]
ADJUSTED, VOIDED = CODES["order_adjusted"], CODES["order_voided"]


class Purchases(NamedTuple):
    """Orders that count: whose, on which shop day (days since 1970), for how much money.

    Money is net of refunds, in minor units; 0 where it is not known.
    """

    person: Int64
    day: Int32
    money: Float64


def purchases_of(rows: Rows, cal: Calendar, until: int) -> Purchases:
    """The orders that still count at the instant `until`, from the derived rows of `order_rows`."""
    rows = rows[(rows["at"] <= until) & np.isin(rows["kind"], (COUNTED, JOINED, ADJUSTED, VOIDED))]
    begins = np.isin(rows["kind"], (COUNTED, JOINED))
    counts = np.where(begins, rows["at"], rows["anchor"])
    order = np.lexsort((~begins, counts, rows["ref"], rows["person"]))
    rows, counts = rows[order], counts[order]
    starts = runs(rows["person"], rows["ref"], counts)
    if not len(starts):
        return Purchases(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0))
    money = np.add.reduceat(rows["value"].astype(np.float64), starts)
    lives = ~np.logical_or.reduceat(rows["kind"] == VOIDED, starts)
    first = rows[starts][lives]
    return Purchases(first["person"].copy(), days(cal, first["anchor"].copy()), money[lives])


def rfm_of(purchases: Purchases, today: int) -> Summary:
    """One row a customer up to and with the shop day `today`, sorted by person.

    Purchases of one day are one purchase with their money together. Whoever first bought later
    than `today` is not there yet.
    """
    person, day, money = by_day(purchases, today)
    if not len(person):
        nobody = np.empty(0, np.int32)
        return Summary(person, nobody, nobody, nobody, nobody, money, money)
    starts = runs(person)
    times = np.diff(np.append(starts, len(person)))
    again = np.ones(len(person), np.bool_)
    again[starts] = False
    pays = again & (money > 0)
    paid = np.add.reduceat(pays.astype(np.int32), starts)
    spent = np.add.reduceat(np.where(pays, money, 0.0), starts)
    last = day[np.append(starts[1:], len(day)) - 1]
    return Summary(
        person[starts],
        (times - 1).astype(np.int32),
        (last - day[starts]).astype(np.int32),
        (today - day[starts]).astype(np.int32),
        paid,
        spent / np.maximum(paid, 1),
        money[starts],
    )


def bought_between(purchases: Purchases, of: Int64, after: int, until: int) -> Int64:
    """On how many days each of the persons `of` (sorted) bought: after one day, until another."""
    person, day, _ = by_day(purchases, until)
    person = person[day > after]
    return np.searchsorted(person, of, side="right") - np.searchsorted(person, of, side="left")


def by_day(purchases: Purchases, until: int) -> Purchases:
    """One row a person and day, sorted, with the money of the day; nothing after `until`."""
    person, day, money = purchases
    if len(day) and day.max() > until:
        early = day <= until
        person, day, money = person[early], day[early], money[early]
    if not in_order(person, day):
        order = ordering(person, day)
        person, day, money = person[order], day[order], money[order]
    starts = runs(person, day)
    if len(starts) == len(person):
        return Purchases(person, day, money)
    return Purchases(person[starts], day[starts], np.add.reduceat(money, starts))


def ordering(person: Int64, day: Int32) -> Int64:
    """How to sort by person, then day: in one key where both fit into it."""
    first, least = int(day.min()), int(person.min())
    span = int(day.max()) - first + 1
    if int(person.max()) - least < 2**62 // span:
        return np.argsort((person - least) * span + (day - first), kind="stable")
    return np.lexsort((day, person))


def in_order(person: Int64, day: Int32) -> bool:
    """Whether rows are sorted by person, then day."""
    same = person[1:] == person[:-1]
    return bool(((person[1:] > person[:-1]) | (same & (day[1:] >= day[:-1]))).all())


def runs(*keys: Int64 | Int32) -> Int64:
    """Where a new combination of the keys begins, in rows sorted by them."""
    fresh = np.ones(len(keys[0]), np.bool_)
    fresh[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return np.flatnonzero(fresh)
