"""Customers by what decides their future: purchases, the day of the last one, age; equals are one.

The likelihood asks nothing else of a customer, so a hundred million of them are some million
rows with counts, and one row's answer serves everybody in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from thang.model import WrongInput
from thang.river.tables import Int32, Int64

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True)
class Summary:
    """One row a customer; times are whole days since the customer's first purchase.

    `frequency`: days with a purchase after the first; `recency`: the day of the last of them (0:
    none); `age`: the day of observation; `paid`: how many of the repeat days brought money;
    `spend`: the mean money of these (0: none), `first`: that of the first purchase, both in the
    shop's minor units.
    """

    person: Int64
    frequency: Int32
    recency: Int32
    age: Int32
    paid: Int32
    spend: Float64
    first: Float64

    def __len__(self) -> int:
        return len(self.person)

    @cached_property
    def cells(self) -> Cells:
        """The rows that differ; found once, used by fit and score."""
        return collapse(self.frequency, self.recency, self.age)

    def take(self, chosen: Int64 | Bool | slice) -> Summary:
        """Some of the customers."""
        return Summary(
            self.person[chosen],
            self.frequency[chosen],
            self.recency[chosen],
            self.age[chosen],
            self.paid[chosen],
            self.spend[chosen],
            self.first[chosen],
        )


@dataclass(frozen=True)
class Cells:
    """Unique (x, t, T) with how many customers each holds; `place`: each customer's row.

    The unique pairs (x, T) have numbers of their own (`pair`), for what does not depend on t.
    """

    x: Float64
    t: Float64
    age: Float64
    count: Float64
    place: Int32
    pair: Int32
    pair_x: Float64
    pair_age: Float64

    def __len__(self) -> int:
        return len(self.x)

    @property
    def customers(self) -> int:
        """How many people stand behind the rows."""
        return int(self.count.sum())

    @property
    def repeaters(self) -> int:
        """How many of them bought again."""
        return int(self.count[self.x > 0].sum())

    def thinned(self, step: int) -> Cells:
        """One row in `step`, for a first look at the parameters; not for scoring."""
        rows = slice(None, None, step)
        return replace(
            self, x=self.x[rows], t=self.t[rows], age=self.age[rows], count=self.count[rows]
        )

    @cached_property
    def by_x(self) -> tuple[Float64, Float64]:
        """Distinct purchase counts, and how many customers have each."""
        return histogram(self.x, self.count)

    @cached_property
    def by_age(self) -> tuple[Float64, Float64, Float64]:
        """Distinct ages, customers of that age, their repeat purchases together."""
        ages, back = numbered(self.age.astype(np.int64))
        people = np.bincount(back, self.count).astype(np.float64)
        return (
            ages.astype(np.float64),
            people,
            np.bincount(back, self.count * self.x).astype(np.float64),
        )


def histogram(values: Float64, count: Float64) -> tuple[Float64, Float64]:
    """Distinct whole numbers and the weight on each."""
    found, back = numbered(values.astype(np.int64))
    return found.astype(np.float64), np.bincount(back, count).astype(np.float64)


def collapse(frequency: Int32, recency: Int32, age: Int32) -> Cells:
    """Customers to unique rows. Refuses what no history of purchase days can be."""
    check(frequency, recency, age)
    xs, x_rank = ranked(frequency)
    ages, age_rank = ranked(age)
    pairs, pair_of = numbered(x_rank.astype(np.int64) * len(ages) + age_rank)
    pair_x, pair_age = xs[pairs // max(len(ages), 1)], ages[pairs % max(len(ages), 1)]
    del x_rank, age_rank
    first = np.concatenate(([0], np.cumsum(np.where(pair_x > 0, pair_age + 1, 1))))
    slots, place = numbered((first[pair_of] + recency).astype(np.int64, copy=False))
    pair = np.searchsorted(first, slots, side="right").astype(np.int32) - np.int32(1)
    return Cells(
        pair_x[pair].astype(np.float64),
        (slots - first[pair]).astype(np.float64),
        pair_age[pair].astype(np.float64),
        np.bincount(place, minlength=len(slots)).astype(np.float64),
        place,
        pair,
        pair_x.astype(np.float64),
        pair_age.astype(np.float64),
    )


def check(frequency: Int32, recency: Int32, age: Int32) -> None:
    """A last purchase lies within the age, and exists exactly if there was a repeat purchase."""
    wrong = (frequency < 0) | (recency < 0) | (recency > age) | ((frequency > 0) != (recency > 0))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise WrongInput(
            f"Row {row + 1} of the purchase summary has frequency {frequency[row]}, recency "
            f"{recency[row]} and age {age[row]}: merge purchases of one day, and count days from "
            "the first purchase."
        )


def ranked(values: Int32) -> tuple[Int64, Int32]:
    """The distinct values, and each value's place among them."""
    found, place = numbered(values.astype(np.int64, copy=False))
    return found, place


def numbered(keys: Int64) -> tuple[Int64, Int32]:
    """`np.unique` with the inverse for non-negative keys, by counting where they lie densely."""
    span = int(keys.max()) + 1 if len(keys) else 0
    if span > 8 * len(keys) + (1 << 20):
        found, back = np.unique(keys, return_inverse=True)
        return found, back.astype(np.int32)
    taken = np.zeros(span, np.bool_)
    taken[keys] = True
    found = np.flatnonzero(taken)
    number = np.empty(span, np.int32)
    number[found] = np.arange(len(found), dtype=np.int32)
    return found, number[keys]
