"""How long people stand on a rung before the next: those still waiting count for what they waited.

Aalen and Johansen's estimator (1978): the chance to have gone up by a time, falling or leaving
being another way out. A mean over those who moved would leave out everybody who never does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from thang.river.lifetime.rows import Float64
from thang.river.tables import Int8

WAITS, UP, DOWN = 0, 1, 2


@dataclass(frozen=True)
class Curve:
    """The chance to have gone up by each time, with its standard error; times in days."""

    time: Float64
    up: Float64
    error: Float64
    people: int

    def at(self, days: float, level: float = 0.90) -> tuple[float, float, float]:
        """P(up within so many days) with its interval; nan beyond what anybody has lived."""
        if not len(self.time) or days > self.time[-1]:
            return (float("nan"),) * 3
        place = int(np.searchsorted(self.time, days, side="right")) - 1
        if place < 0:
            return 0.0, 0.0, 0.0
        return self._band(place, level)

    def _band(self, place: int, level: float) -> tuple[float, float, float]:
        """On the scale of log(−log), on which the band stays between 0 and 1."""
        p, e = float(self.up[place]), float(self.error[place])
        if p <= 0 or p >= 1 or e <= 0:
            return p, p, p
        reach = float(ndtri((1 + level) / 2)) * e / abs(p * np.log(p))
        return p, float(p ** np.exp(reach)), float(p ** np.exp(-reach))

    @property
    def median(self) -> float:
        """The time by which half have gone up; inf if it never comes to that."""
        there = np.flatnonzero(self.up >= 0.5)
        return float(self.time[there[0]]) if len(there) else float("inf")


def aalen_johansen(days: Float64, ends: Int8) -> Curve:
    """`days` each person stood there, and how it ended (`WAITS` still, `UP`, `DOWN`)."""
    order = np.argsort(days, kind="stable")
    time, ends = days[order], ends[order]
    at, first = np.unique(time, return_index=True)
    ups = np.add.reduceat((ends == UP).astype(np.float64), first) if len(time) else time
    outs = np.add.reduceat((ends != WAITS).astype(np.float64), first) if len(time) else time
    risk = (len(time) - first).astype(np.float64)
    stays = np.cumprod(1 - outs / risk)
    before = np.append(1.0, stays[:-1])
    up = np.cumsum(before * ups / risk)
    return Curve(at, up, np.sqrt(np.maximum(_variance(up, before, ups, outs, risk), 0)), len(time))


def _variance(up: Float64, before: Float64, ups: Float64, outs: Float64, risk: Float64) -> Float64:
    """The delta method's (Choudhury 2002), by running sums: no loop over pairs of times."""
    left = np.maximum(risk - outs, 1e-9)
    hazard = np.where(risk > outs, outs / (risk * left), 0.0)
    own = before**2 * ups * (risk - ups) / risk**3
    shared = before * ups / risk**2
    found: Float64 = (
        up**2 * np.cumsum(hazard) - 2 * up * np.cumsum(up * hazard) + np.cumsum(up**2 * hazard)
        + np.cumsum(own) - 2 * (up * np.cumsum(shared) - np.cumsum(up * shared))
    )  # fmt: skip
    return found
