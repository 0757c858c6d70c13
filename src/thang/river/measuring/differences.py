"""The difference of two arms in a number of each person: Welch's interval, sharpened by CUPED.

CUPED (Deng, Xu, Kohavi, Walker 2013) takes off what each person's own past foretells: with
θ = cov(Y, X) / var(X), Y − θ (X − mean X) has the same mean and less variance. The past must be
from before anybody was assigned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from thang.river.lifetime.rows import Bool, Float64

FEWEST = 2  # people of an arm, below which it has no spread


@dataclass(frozen=True, slots=True)
class Difference:
    """Treated less held: an estimate with its interval; `p` is the chance of one as far from 0.

    `n_treated`, `n_held`: people. nan where an arm has too few people to tell.
    """

    estimate: float
    low: float
    high: float
    error: float
    p: float
    n_treated: int
    n_held: int

    @property
    def known(self) -> bool:
        """Whether there is an interval at all."""
        return bool(np.isfinite(self.low))

    @property
    def helps(self) -> bool:
        """The whole interval is above 0."""
        return self.known and self.low > 0

    @property
    def harms(self) -> bool:
        """The whole interval is below 0."""
        return self.known and self.high < 0


def unknown(treated: int, held: int) -> Difference:
    """What can be said of arms that are too small: nothing."""
    nan = float("nan")
    return Difference(nan, nan, nan, nan, nan, treated, held)


def welch(treated: Float64, held: Float64, level: float = 0.95) -> Difference:
    """Difference of means, without the assumption that both arms spread alike (Welch 1947)."""
    n, m = len(treated), len(held)
    if n < FEWEST or m < FEWEST:
        return unknown(n, m)
    a, b = float(treated.var(ddof=1)) / n, float(held.var(ddof=1)) / m
    apart, error = float(treated.mean() - held.mean()), float(np.sqrt(a + b))
    if error == 0:
        return Difference(apart, apart, apart, 0.0, float(apart == 0), n, m)
    part = a / (a + b)
    freedom = 1 / (part**2 / (n - 1) + (1 - part) ** 2 / (m - 1))
    reach = float(stdtrit(freedom, (1 + level) / 2)) * error
    p = 2 * float(stdtr(freedom, -abs(apart / error)))
    return Difference(apart, apart - reach, apart + reach, error, p, n, m)


def cuped(y: Float64, past: Float64, treated: Bool, level: float = 0.95) -> Difference:
    """The same of `y` less what each person's `past` foretells of it."""
    return welch(*adjusted(y, past, treated), level)


def adjusted(y: Float64, past: Float64, treated: Bool) -> tuple[Float64, Float64]:
    """Both arms' numbers with the past's part taken off; as they are where the past tells nothing.

    θ is that of both arms pooled within arms, so that an effect is not taken for foresight.
    """
    theta = slope(y, past, treated)
    left = y - theta * (past - past.mean())
    return left[treated], left[~treated]


def slope(y: Float64, past: Float64, treated: Bool) -> float:
    """θ: how much of `y` a unit of the past foretells, within arms."""
    shared = spread = 0.0
    for arm in (treated, ~treated):
        if arm.sum() >= FEWEST:
            apart = past[arm] - past[arm].mean()
            shared += float((apart * (y[arm] - y[arm].mean())).sum())
            spread += float((apart * apart).sum())
    return shared / spread if spread > 0 else 0.0
