"""The difference of two arms in a share of people: Newcombe's interval, and a posterior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, ndtr, ndtri

from thang.river.measuring.differences import Difference, unknown

NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)


@dataclass(frozen=True, slots=True)
class Arm:
    """`k` of `n` people did it."""

    k: int
    n: int

    @property
    def share(self) -> float:
        """The plain share."""
        return self.k / self.n if self.n else float("nan")


def wilson(arm: Arm, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of one share (1927)."""
    z = float(ndtri((1 + level) / 2))
    middle = (arm.k + z * z / 2) / (arm.n + z * z)
    reach = z / (arm.n + z * z) * np.sqrt(arm.k * (arm.n - arm.k) / arm.n + z * z / 4)
    return max(float(middle - reach), 0.0), min(float(middle + reach), 1.0)


def newcombe(treated: Arm, held: Arm, level: float = 0.95) -> Difference:
    """Newcombe's hybrid score interval (1998, method 10); the test is that of pooled shares."""
    if not treated.n or not held.n:
        return unknown(treated.n, held.n)
    apart = treated.share - held.share
    (a, b), (c, d) = wilson(treated, level), wilson(held, level)
    low = apart - np.sqrt((treated.share - a) ** 2 + (d - held.share) ** 2)
    high = apart + np.sqrt((b - treated.share) ** 2 + (held.share - c) ** 2)
    pooled = (treated.k + held.k) / (treated.n + held.n)
    error = float(np.sqrt(pooled * (1 - pooled) * (1 / treated.n + 1 / held.n)))
    p = 2 * float(ndtr(-abs(apart) / error)) if error > 0 else 1.0
    return Difference(apart, float(low), float(high), error, p, treated.n, held.n)


def beats(treated: Arm, held: Arm, by: float = 0.0) -> float:
    """P(share treated > share held + by), both from Beta(1, 1), by quadrature."""
    x = betaincinv(1 + held.k, 1 + held.n - held.k, (NODES + 1) / 2) + by
    a, b = 1 + treated.k, 1 + treated.n - treated.k
    above = betainc(b, a, 1 - np.clip(x, 0.0, 1.0))
    return float((WEIGHTS / 2 * above).sum())
