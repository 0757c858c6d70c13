"""How much a customer asks for: what serving them costs per revenue, drawn to the shop's mean.

Spells of service k come like Poisson(λ e), e being revenue in mean orders, and λ is Gamma(a, b)
over the shop; the posterior of λ is Gamma(a + k, b + e). k is money (or minutes) in units of a
typical spell, so that one long call is one piece of evidence and not forty.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.special import gammainc, gammaincinv

from thang.policy.aims import Prior, Shrinkage
from thang.river.groups.shrinking import of_rates
from thang.river.lifetime.rows import Float64

LEAST = 0.1  # mean orders: below, a ratio says next to nothing of the shop
SINGLE = 0.25  # quantile of what people asked for at which it was a single spell
FLAT, ANYBODY = Prior(Fraction(1), Fraction(1)), Shrinkage(min_people=1, min_success=0)


@dataclass(frozen=True)
class Burden:
    """The prior of a shop, and its units; `spell` 0: nobody is known to have asked for anything."""

    a: float
    b: float
    spell: float
    order: float

    @property
    def median(self) -> float:
        """The ratio that half of the shop's customers stay below."""
        return float(gammaincinv(self.a, 0.5)) / self.b


NOTHING = Burden(0.0, 0.0, 0.0, 0.0)


def burden_of(served: Float64, revenue: Float64, orders: Float64) -> Burden:
    """The prior that makes what buyers asked for most likely together (`shrinking.of_rates`)."""
    asked = served[(served > 0) & (revenue > 0)]
    money, times = float(np.maximum(revenue, 0).sum()), float(orders.sum())
    if not len(asked) or money <= 0 or times <= 0:
        return NOTHING
    spell, order = float(np.quantile(asked, SINGLE)), money / times
    paid = revenue > 0  # who paid nothing has no ratio, and would bend everybody's
    k, e = served[paid] / spell, np.maximum(revenue[paid] / order, LEAST)
    found = of_rates(k, e, FLAT, ANYBODY)
    return Burden(found.a, found.b, spell, order)


def light(burden: Burden, served: Float64, revenue: Float64) -> Float64:
    """P(what serving them costs per revenue is at most the shop's median); 1/2 where unknown."""
    if burden.spell <= 0:
        return np.full(len(served), 0.5)
    k = np.maximum(served, 0) / burden.spell
    e = np.maximum(revenue, 0) / burden.order
    found: Float64 = gammainc(burden.a + k, (burden.b + e) * burden.median)
    return found
