"""What is asked of a fitted shop, and what each customer gets for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import Any

import numpy as np
from scipy.special import ndtri

from thang.model import WrongInput
from thang.river.lifetime.expecting import Moments
from thang.river.lifetime.rows import Float64
from thang.river.tables import Int16, Int32, Int64

WIDEST = 25.0  # logarithm of how far an interval of the expectation is drawn


class Note(IntFlag):
    """What to know of a customer's score."""

    ONE_TIMER = 1  # never came back: pace and dropout are the shop's
    SHOP_SPEND = 2  # no paid repeat order: the expected order is the shop's
    BUSINESS = 4  # buys so much oftener than all others that it may be no consumer
    THIN = 8  # the shop's data are too few: parameters lean on the prior
    NO_REPEATS = 16  # nobody of the shop came back: no label may rest on this value
    NO_MONEY = 32  # no order has a known amount: the value is unknown and given as 0


@dataclass(frozen=True)
class Terms:
    """What is asked: `horizon` in days, the yearly `discount`, the `margin` of revenue kept, and
    the `level` of the intervals; `expected` asks for the interval of the expectation as well.
    """

    horizon: float = 1_095.0
    discount: float = 0.10
    margin: float = 1.0
    level: float = 0.9
    expected: bool = False

    def __post_init__(self) -> None:
        """Refuses what no question can mean."""
        if not (self.horizon >= 0 and self.discount >= 0 and 0 < self.level < 1):
            raise WrongInput(
                "Horizon and discount must not be negative, and the level of an interval lies "
                "between 0 and 1."
            )

    @property
    def daily(self) -> float:
        """The continuous discount of a day."""
        return float(np.log1p(self.discount)) / 365

    @property
    def reach(self) -> float:
        """Half the width of a normal interval of the level, in standard errors."""
        return float(ndtri(0.5 * (1 + self.level)))


@dataclass(frozen=True)
class Scores:
    """One row a customer. Money is minor units; `note` is bits of `Note`.

    `purchases`: expected within the horizon; `purchases_low`, `_high`: what they will be;
    `order`: the expected order; `value`: discounted margin to come; `value_low`, `_high`: what it
    will really be; `expected_low`, `_high`: where its expectation lies, None if it was not asked.
    """

    person: Int64
    alive: Float64
    purchases: Float64
    purchases_low: Int32
    purchases_high: Int32
    order: Float64
    value: Float64
    value_low: Float64
    value_high: Float64
    note: Int16
    expected_low: Float64 | None = None
    expected_high: Float64 | None = None


@dataclass(frozen=True)
class Rows:
    """What the unique rows know: everything but the money."""

    alive: Float64
    living: Float64
    coming: Moments
    low: Int32
    high: Int32
    some: Float64
    error: Float64 | None


def around(
    terms: Terms, value: Float64, error: Float64 | None
) -> tuple[Float64 | None, Float64 | None]:
    """The ends of the interval of an expectation whose logarithm has a standard error."""
    if error is None:
        return None, None
    apart = np.exp(np.minimum(terms.reach * error, WIDEST))
    return value / apart, value * apart


def joined(parts: list[Scores]) -> Scores:
    """Batches as one."""
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, Any] = {}
    for name in Scores.__dataclass_fields__:
        found = [getattr(part, name) for part in parts]
        columns[name] = None if found[0] is None else np.concatenate(found)
    return Scores(**columns)
