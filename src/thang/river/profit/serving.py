"""How much a customer asks for: what serving them costs per revenue, drawn to the shop's mean.

Spells of service k come like Poisson(λ e), e being revenue in mean orders, and λ is Gamma(a, b)
over the shop; the posterior of λ is Gamma(a + k, b + e). k is money (or minutes) in units of a
typical spell, so that one long call is one piece of evidence and not forty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, gammaincinv

from thang.river.lifetime.rows import Float64

LEAST = 0.1  # mean orders: below, a ratio says next to nothing of the shop
SINGLE = 0.25  # quantile of what people asked for at which it was a single spell
SHAPES = (0.05, 50.0)  # of the prior


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
    """The prior by the method of moments, each customer weighing as their revenue."""
    asked = served[served > 0]
    money, times = float(np.maximum(revenue, 0).sum()), float(orders.sum())
    if not len(asked) or money <= 0 or times <= 0:
        return NOTHING
    spell, order = float(np.quantile(asked, SINGLE)), money / times
    k, e = served / spell, np.maximum(revenue / order, LEAST)
    mean, time = float(k.sum() / e.sum()), float(e.sum())
    apart = float((e * (k / e - mean) ** 2).sum()) - (len(k) - 1) * mean
    room = time - float((e**2).sum()) / time
    between = apart / room if room > 0 else 0.0
    a = float(np.clip(mean**2 / between if between > 0 else SHAPES[1], *SHAPES))
    return Burden(a, a / mean, spell, order)


def light(burden: Burden, served: Float64, revenue: Float64) -> Float64:
    """P(what serving them costs per revenue is at most the shop's median); 1/2 where unknown."""
    if burden.spell <= 0:
        return np.full(len(served), 0.5)
    k = np.maximum(served, 0) / burden.spell
    e = np.maximum(revenue, 0) / burden.order
    found: Float64 = gammainc(burden.a + k, (burden.b + e) * burden.median)
    return found
