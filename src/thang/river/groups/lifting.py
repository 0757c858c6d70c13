"""What outward acts tell of how many friends somebody will bring: a negative binomial regression.

Referrals k in e years are negative binomial about μ e, where log μ = c + Σ β log(1 + acts) with
β >= 0: clicks on one's links, shares, reviews and answers to others may lift what is expected of
somebody, never lower it, and at most to some times the shop's mean: followers are no customers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from thang.river.groups.shrinking import SHAPE, Believed, negative_binomial
from thang.river.lifetime.rows import Float64

ACTS = ("clicks", "shares", "reviews", "answers")
MIN_PEOPLE, MIN_REFERRALS = 200, 50  # below, acts tell too little to be listened to
STEEPEST = 3.0  # of a slope


@dataclass(frozen=True)
class Lift:
    """`constant` and `slopes` (one of each of `ACTS`) of log μ, and the shape of the gamma."""

    constant: float
    slopes: tuple[float, ...]
    shape: float

    def means(self, acts: Float64, believed: Believed, most: float) -> Float64:
        """What is expected of each a year before their own referrals; `acts` has a row for each."""
        log_mean = self.constant + np.log1p(acts) @ np.array(self.slopes)
        found: Float64 = np.minimum(np.exp(log_mean), most * believed.rate)
        return found


def lift(k: Float64, e: Float64, acts: Float64, believed: Believed) -> Lift | None:
    """The regression, or None where there are too few people or referrals for one."""
    if len(k) < MIN_PEOPLE or k.sum() < MIN_REFERRALS:
        return None
    asked = np.log1p(acts)
    design = np.column_stack([np.ones(len(k)), asked])

    def against(x: Float64) -> tuple[float, Float64]:
        told, by_mean, by_shape = negative_binomial(k, e, design @ x[:-1], float(x[-1]))
        return -float(told.mean()), -np.append(by_mean @ design / len(k), by_shape.mean())

    start = np.array([np.log(believed.rate), *np.zeros(len(ACTS)), np.log(believed.a)])
    low, high = np.log(SHAPE)
    span = [(start[0] - 10, start[0] + 10), *((0.0, STEEPEST),) * len(ACTS), (low, high)]
    start[-1] = np.clip(start[-1], low, high)
    found = minimize(against, start, jac=True, method="L-BFGS-B", bounds=span).x
    slopes = tuple(float(slope) for slope in found[1:-1])
    return Lift(float(found[0]), slopes, float(np.exp(found[-1])))
