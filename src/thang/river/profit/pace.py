"""Value where too few came back for a model of leaving: orders a year times the mean order.

Repeat orders a year are Poisson with a pace drawn from Gamma(a, b) over the shop; a customer's
mean order is Normal about the shop's (`credibility`, order for order). Nothing is assumed of
leaving but that silence lowers the pace.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from thang.river.lifetime.intervals import gamma_interval
from thang.river.lifetime.rows import Float64, Summary
from thang.river.lifetime.scoring import Note, Terms
from thang.river.profit.credibility import Pool, believed, pooled
from thang.river.profit.worth import Worth, reaching

SHAPE, A_YEAR = 0.6, 3.65  # of pace before there is data: as the weak prior of the models
ENOUGH = 20  # repeat buyers from whom the shape is learnt
SHAPES = (0.1, 10.0)


@dataclass(frozen=True)
class SpendRate:
    """The shop's priors: pace Gamma(a, b) a year; orders by `pool`, one order being one year."""

    a: float
    b: float
    pool: Pool

    def kept(self) -> dict[str, Any]:
        """In numbers that JSON can hold."""
        return asdict(self)


def restored_rate(what: dict[str, Any]) -> SpendRate:
    """The priors that were kept."""
    return SpendRate(what["a"], what["b"], Pool(**what["pool"]))


def spend_rate(people: Summary) -> SpendRate:
    """Learn a shop's priors."""
    k, e = people.frequency.astype(np.float64), np.maximum(people.age, 1) / 365
    mean = (float(k.sum()) + SHAPE) / (float(e.sum()) + SHAPE / A_YEAR)
    a = SHAPE
    if (k > 0).sum() >= ENOUGH:
        apart = float((e * (k / e - mean) ** 2).sum()) - (len(k) - 1) * mean
        room = float(e.sum()) - float((e**2).sum() / e.sum())
        between = apart / room if room > 0 else 0.0
        a = float(np.clip(mean**2 / between if between > 0 else SHAPES[1], *SHAPES))
    money, times = _orders(people)
    pays = times > 0
    return SpendRate(a, a / mean, _pool(money[pays], times[pays]))


def worth_by_rate(
    rate: SpendRate, people: Summary, terms: Terms, tau: float | None, alive: Float64
) -> Worth:
    """Everybody's value by pace and order; `alive` is told along, and not used."""
    years, years2 = _discounted(terms, 1), _discounted(terms, 2)
    shape = rate.a + people.frequency
    over = rate.b + people.age / 365
    money, times = _orders(people)
    seen = np.maximum(times, 1e-9)
    order = believed(rate.pool, money / seen, seen, seen * rate.pool.within)
    mean = np.maximum(order.mean, 0.0)
    doubt = (order.sd / np.maximum(mean, 1e-9)) ** 2
    own = rate.pool.within / np.maximum(mean, 1e-9) ** 2
    first, squares = shape / over * years, shape / over * years2
    second = squares + shape * (shape + 1) / over**2 * years**2
    value, square = mean * first, mean**2 * (own * squares + (1 + doubt) * second)
    some = 1 - (over / (over + terms.horizon / 365)) ** shape
    low, high = gamma_interval(some, value, square, terms.level)
    keep = terms.margin
    note = np.where(people.frequency == 0, int(Note.ONE_TIMER), 0) | int(Note.THIN)
    return Worth(
        alive, shape / over * terms.horizon / 365, keep * value, keep * low, keep * high,
        np.maximum(keep**2 * (square - value**2), 0), np.zeros(len(people)),
        reaching(np.ones(len(people)), keep * value, 1 / shape, 1 + doubt, tau),
        (people.age + terms.horizon) / 365, note.astype(np.int16),
    )  # fmt: skip


def growth_by_rate(terms: Terms, months: int) -> tuple[float, ...]:
    """The share of everybody's value that has come by each month's end: pace does not slacken."""
    until = [replace(terms, horizon=terms.horizon * (m + 1) / months) for m in range(months)]
    sums = [_discounted(one, 1) for one in until]
    return tuple(one / sums[-1] for one in sums)


def _discounted(terms: Terms, times: int) -> float:
    """Years within the horizon, each instant discounted so many times."""
    rate = terms.daily * times
    days = -np.expm1(-rate * terms.horizon) / rate if rate > 0 else terms.horizon
    return float(days) / 365


def _orders(people: Summary) -> tuple[Float64, Float64]:
    """The money of each one's paid orders, the first among them, and how many these are."""
    paid = people.first > 0
    money = people.paid * people.spend + np.where(paid, people.first, 0.0)
    return money, people.paid.astype(np.float64) + paid


def _pool(money: Float64, times: Float64) -> Pool:
    """Within: a single order's variance, taken as that between mean orders of single buyers."""
    if not len(money):
        return Pool(0.0, 0.0, 0.0, 0.0)
    mean = money / times
    center = float(money.sum() / times.sum())
    within = float((times * (mean - center) ** 2).sum()) / max(len(money) - 1, 1)
    return pooled(money, times, times * within)
