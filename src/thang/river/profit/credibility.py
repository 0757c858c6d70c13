"""Rates drawn to the shop's mean by how much is known of each: credibility after Bühlmann & Straub.

A customer's yearly profit θ is Normal(μ, τ²) over the shop, and what was seen of it in t years is
Normal(θ, σ²/t). μ is everybody's profit over everybody's years; σ² the mean yearly sum of squares
of single orders and costs (what a compound Poisson process varies by); and

    τ² = [Σ t (θ̂ − μ)² − (n−1) σ²] / [Σ t − Σ t²/Σ t],

but never below its own standard error σ²√(2/(n−1))/t̄: a few alike customers are no proof that
all are alike. The posterior of θ is Normal with weight Z = τ²/(τ² + v/t) on what was seen, where
v, the customer's own σ², is their own sum of squares with the shop's as one year more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from thang.river.lifetime.rows import Float64

WITHIN = float(ndtri(0.9))  # half an 80 % interval in standard deviations


@dataclass(frozen=True)
class Pool:
    """The shop's mean, the variance of a customer's year, that between customers, the mean's."""

    mean: float
    within: float
    between: float
    error: float


@dataclass(frozen=True)
class Believed:
    """A normal posterior for each."""

    mean: Float64
    sd: Float64

    @property
    def low(self) -> Float64:
        """The lower end of the 80 % interval."""
        return self.mean - WITHIN * self.sd

    @property
    def high(self) -> Float64:
        """The upper end of the 80 % interval."""
        return self.mean + WITHIN * self.sd

    def at_least(self, border: float) -> Float64:
        """P(θ >= border); certain where nothing is left to doubt."""
        sure = self.sd <= 0
        apart = (self.mean - border) / np.where(sure, 1.0, self.sd)
        found: Float64 = np.where(sure, (self.mean >= border).astype(np.float64), ndtr(apart))
        return found


def pooled(total: Float64, years: Float64, squares: Float64) -> Pool:
    """The shop's own prior, from what each left in how many years by steps of which squares."""
    people, time = len(total), float(years.sum())
    if not people or time <= 0:
        return Pool(0.0, 0.0, 0.0, 0.0)
    mean, within = float(total.sum()) / time, max(float(squares.sum()) / time, 0.0)
    apart = float((years * (total / years - mean) ** 2).sum()) - (people - 1) * within
    room = time - float((years**2).sum()) / time
    least = within * np.sqrt(2 / max(people - 1, 1)) / (time / people)
    between = max(apart / room if room > 0 else 0.0, float(least))
    return Pool(mean, within, between, within / time + between / people)


def alone(pool: Pool, rate: Float64, years: Float64, squares: Float64) -> Believed:
    """What was seen of each, drawn to nobody's mean."""
    return Believed(rate, np.sqrt((squares + pool.within) / (years + 1) / years))


def believed(pool: Pool, rate: Float64, years: Float64, squares: Float64) -> Believed:
    """Everybody's posterior; the shop's mean being unsure itself is counted in."""
    own = alone(pool, rate, years, squares).sd ** 2
    spread = pool.between + own
    weight = np.divide(pool.between, spread, out=np.zeros(len(rate)), where=spread > 0)
    mean = weight * rate + (1 - weight) * pool.mean
    variance = (1 - weight) * pool.between + (1 - weight) ** 2 * pool.error
    return Believed(mean, np.sqrt(np.maximum(variance, 0)))
