"""What a campaign does: a known effect on the rate of orders that fades with a half-life."""

from __future__ import annotations

from dataclasses import dataclass

from thang.model import DAY
from thang.simulate.traits import Traits

HALF_LIFE_DAYS = 14.0
REMEMBERED_DAYS = 98.0  # seven half-lives: less than a hundredth is left


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is done at the start of a month (counted from 0), and what it does: tau(x).

    `effect` is added to 1 as a factor of the person's rate of orders when it is fresh; below
    0 it annoys. `by_price` is added for each unit by which the person's price sensitivity is
    above the mean, so that effects differ. `coin` is the share that is treated at random;
    `observed`: staff choose the good customers instead, and no before and after is right.
    """

    name: str
    month: int
    effect: float = 0.0
    by_price: float = 0.0
    coin: float = 0.5
    observed: bool = False


def effect_on(campaign: Campaign, traits: Traits, mean_price: float) -> float:
    """tau(x): what a fresh campaign adds to the rate of orders of such a person."""
    tau = campaign.effect + campaign.by_price * (traits.price_sensitive - mean_price)
    return max(tau, -1.0)


def left(age: int) -> float:
    """How much of an effect is left after so many microseconds."""
    return float(0.5 ** (age / (HALF_LIFE_DAYS * DAY)))
