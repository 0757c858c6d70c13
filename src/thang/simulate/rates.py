"""True rates in closed form: what everybody is to be expected to do, by their latent traits.

All arrays have one place a person. Whatever a rate leaves out is said with it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from math import fsum

import numpy as np
from numpy.typing import NDArray

from thang.simulate.costs import goods
from thang.simulate.instants import add_months, local
from thang.simulate.looking import PRODUCTS
from thang.simulate.ordering import PARCEL_DAYS, REFUSER_DROPS
from thang.simulate.season import busyness
from thang.simulate.telling import REFERS, keenness
from thang.simulate.trouble import SEVERITIES
from thang.simulate.world import World

Array = NDArray[np.float64]
YEAR = 365.25
MONTH_DAYS = YEAR / 12
REFUNDED = 0.5 + 0.5 * 0.375  # of an order that is refunded, in the mean
CANCEL_DAYS = 0.44


@dataclass(frozen=True, slots=True)
class Buying:
    """How everybody buys at an instant while they are with the shop.

    `placed` is orders a day, `drops` the chance to be done with the shop after one, `taken`
    the share that is delivered; `margin` and `revenue` are minor units and `minutes` minutes
    of help, each for an order placed.
    """

    placed: Array
    drops: Array
    taken: Array
    margin: Array
    revenue: Array
    minutes: Array


class Rates:
    """The true rates of a world that has been lived."""

    def __init__(self, world: World) -> None:
        self._world, self._dials = world, world.scenario.dials
        self._trait: dict[str, Array] = {}
        self._goods = _mean_goods(world)
        self.warned = np.array([one.warned for one in world.standing])

    def trait(self, name: str) -> Array:
        """One trait of everybody."""
        if name not in self._trait:
            values = [getattr(person.traits, name) for person in self._world.people]
            self._trait[name] = np.array(values, dtype=np.float64)
        return self._trait[name]

    def willing(self) -> Array:
        """Tries, tries again, and says something useful, in the policy's shares."""
        tries = self.trait("willing")
        return 0.70 * tries + 0.30 * (1.0 - np.exp(-3.0 * self.trait("voice")))

    def forgiving(self, at: int) -> Array:
        """The chance to come back without harm after a failure as they are at an instant.

        A second failure within 90 days, which fewer forgive, is left out.
        """
        well = self._world.path.resolves_well(at)
        odds = self.trait("forgiving") / (1.0 - self.trait("forgiving")).clip(1e-9)
        mean: Array = np.zeros(len(odds))
        for severity, share in SEVERITIES:
            for chance, gain in ((well, self._dials.good_recovery), (1.0 - well, 0.0)):
                moved = odds * math.exp(gain + self._dials.severity * severity)
                mean += share * chance * moved / (1.0 + moved)
        return mean

    def buying(self, at: int) -> Buying:
        """Buying at an instant; campaigns and days of too many orders are left out."""
        dials, path = self._dials, self._world.path
        back, ours = self.forgiving(at), path.incidents(at)
        kept, takes = 1.0 - dials.cancels, 1.0 - self.trait("refuses")
        warned = dials.warned_drops * self.warned
        tired = (self.trait("drops") * path.weary(at) + warned).clip(0.0, 1.0)
        refuser = (tired + REFUSER_DROPS).clip(0.0, 1.0)
        taker = ours * (1.0 - back) + (1.0 - ours) * tired
        taken = kept * takes
        extra = taken * ours * back
        waits = 1.0 / self.trait("orders") + _parcel_days(dials.cancels)
        margin, revenue = self._money(taken, ours * (1.0 - back))
        sizes = sum(severity * share for severity, share in SEVERITIES)
        demand = self.trait("demand")
        return Buying(
            placed=1.0 / waits / (1.0 - extra),
            drops=kept * (1.0 - takes) * refuser + taken * taker,
            taken=taken,
            margin=margin,
            revenue=revenue,
            minutes=demand + taken * (ours + dials.theirs) * (4.0 * sizes + demand),
        )

    def _money(self, taken: Array, angry: Array) -> tuple[Array, Array]:
        """Margin and revenue of an order placed."""
        dials = self._dials
        coupons = 1.0 - dials.coupon * 0.5 * self.trait("price_sensitive")
        price = self.trait("ticket") * coupons
        back = dials.refunds * REFUNDED + angry * dials.charges_back
        costs = price * (self._goods + dials.fee) + dials.subsidy
        refused = (1.0 - dials.cancels - taken) * dials.refused
        revenue = taken * price * (1.0 - back)
        return revenue - taken * costs - refused, revenue

    def viral(self, at: int) -> Array:
        """New customers caused a year by whoever talks of the shop and knows enough strangers."""
        dials, own = self._dials, self.trait("converts")
        converts = float(np.maximum(own, dials.friend_converts).mean())
        told = self.trait("tells") * YEAR * self.keenness(at) * REFERS * dials.clicks
        return told * converts * self._gets_one()

    def keenness(self, at: int) -> float:
        """The share of acts of telling that come about."""
        return 1.0 if self._world.scenario.pushed else keenness(self._world, at)

    def _gets_one(self) -> float:
        """The chance that whoever orders takes a parcel in the end."""
        refuses, cancels = float(self.trait("refuses").mean()), self._dials.cancels
        stays = 1.0 - float(self.trait("drops").mean()) - REFUSER_DROPS
        again = cancels + (1.0 - cancels) * refuses * stays
        return (1.0 - cancels) * (1.0 - refuses) / (1.0 - again)


def busy_in_month(world: World, at: int) -> float:
    """How busy the thirty days from an instant on are, beside ordinary ones."""
    scenario = world.scenario
    first = local(at, scenario.tz).date()
    days = (first + timedelta(days=day) for day in range(30))
    return sum(busyness(day, seasonal=scenario.seasonal) for day in days) / 30


def expected(
    rates: Rates, world: World, at: int, months: int, yearly: float
) -> tuple[Array, Array]:
    """Orders taken, and their margin discounted by so much a year, of who is with the shop.

    Month by month: the shop gets better, the year goes round, and people go.
    """
    here: Array = np.ones(len(world.people))
    orders, margin = np.zeros(len(here)), np.zeros(len(here))
    for month in range(months):
        then = add_months(at, month, world.scenario.tz)
        buying = rates.buying(then)
        pace = buying.placed * busy_in_month(world, then) * MONTH_DAYS
        gone = (pace * buying.drops).clip(1e-12)
        placed = here * pace * (1.0 - np.exp(-gone)) / gone
        here = here * np.exp(-gone)
        orders += placed * buying.taken
        margin += placed * buying.margin * (1.0 + yearly) ** (-(month + 0.5) / 12)
    return orders, margin


def _parcel_days(cancels: float) -> float:
    """Days from an order to its end, from which on the person waits for the next wish."""
    return (1.0 - cancels) * (1.0 + (PARCEL_DAYS - 1) / 2.0) + cancels * CANCEL_DAYS


def _mean_goods(world: World) -> float:
    """What goods cost as a share of the price, each product as often as it is bought."""
    ends = [(number / PRODUCTS) ** 0.5 for number in range(PRODUCTS + 1)]
    return fsum(
        (after - before) * goods(world, f"SP{number:02d}")[0]
        for number, (before, after) in enumerate(pairwise(ends), 1)
    )
