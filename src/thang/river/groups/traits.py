"""How likely each person is willing, forgiving or viral: traits and their chance to be enough.

One meaning for all: the score is P(trait >= border | the person's own data, the shop's prior), so
that it is the shop's base rate where nothing is known of somebody, and never 0 or 1. A trait of
several parts is taken for a beta with the mean and the variance of their weighted sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, gammaincc, gammaincinv

from thang.policy.aims import Forgiving, Viral, Willing
from thang.river.groups.lifting import Lift
from thang.river.groups.shrinking import Believed
from thang.river.lifetime.rows import Bool, Float64

TAIL = 0.1  # on either side of an 80 % interval
EAGER = 3.0  # useful words a month, times this, is the exponent of the voice's part


@dataclass(frozen=True)
class Trait:
    """What is believed of each person; `k` of `n` is what it rests on. Beta(a, b) or Gamma(a, b).

    `mean` is the estimate, `score` its chance to reach the border, `enough` whether there is
    evidence enough to say so.
    """

    a: Float64
    b: Float64
    mean: Float64
    score: Float64
    k: Float64
    n: Float64
    enough: Bool
    is_rate: bool = False

    def bounds(self) -> tuple[Float64, Float64]:
        """The ends of the 80 % interval."""
        if self.is_rate:
            return gammaincinv(self.a, TAIL) / self.b, gammaincinv(self.a, 1 - TAIL) / self.b
        return betaincinv(self.a, self.b, TAIL), betaincinv(self.a, self.b, 1 - TAIL)


@dataclass(frozen=True)
class Tries:
    """Chances to try and to try again, which of them were taken, useful words in months."""

    try_n: Float64
    try_k: Float64
    retry_n: Float64
    retry_k: Float64
    voice: Float64
    months: Float64


@dataclass(frozen=True)
class Failures:
    """Ripe failures of ours by weight, those forgiven, months with an open wish, active ones."""

    chances: Float64
    forgiven: Float64
    wish_months: Float64
    wish_active: Float64


@dataclass(frozen=True)
class Outward:
    """Living referrals, years since first contact, other acts (columns as `lifting.ACTS`)."""

    referrals: Float64
    years: Float64
    acts: Float64


def willing(of: Tries, priors: tuple[Believed, Believed, Believed], asked: Willing) -> Trait:
    """Takes a new thing, and takes it again; priors of trying, trying again, and the voice."""
    tried = _beta(of.try_k, of.try_n, priors[0])
    again = _beta(of.retry_k, of.retry_n, priors[1])
    shares = (float(asked.share_try), float(asked.share_retry), float(asked.share_voice))
    parts = (_moments(*tried), _moments(*again), voice(of.voice, of.months, priors[2]))
    k, n = of.try_k + of.retry_k, of.try_n + of.retry_n
    return _composed(parts, shares, float(asked.tau), k, n, n >= asked.min_n)


def forgiving(of: Failures, priors: tuple[Believed, Believed], asked: Forgiving) -> Trait:
    """Stays, and does no harm, after our failures; priors of that, and of waiting for a wish.

    Who never wished for anything is judged by failures alone.
    """
    a, b = _beta(of.forgiven, of.chances, priors[0])
    waited = _beta(of.wish_active, of.wish_months, priors[1])
    gap = float(asked.gap_share)
    enough = of.chances >= float(asked.min_n)
    both = _composed(
        (_moments(a, b), _moments(*waited)), (1 - gap, gap), float(asked.tau),
        of.forgiven, of.chances, enough,
    )  # fmt: skip
    wished = of.wish_months > 0
    a, b = np.where(wished, both.a, a), np.where(wished, both.b, b)
    return Trait(
        a, b, a / (a + b), _reaches(a, b, float(asked.tau)), of.forgiven, of.chances, enough
    )


def viral(of: Outward, prior: Believed, lifted: Lift | None, asked: Viral) -> Trait:
    """Friends brought a year; without a lift everybody has the shop's plain prior."""
    years = np.maximum(of.years, float(asked.min_years))
    if lifted is None:
        a, b = prior.a + of.referrals, prior.b + years
    else:
        means = lifted.means(of.acts, prior, float(asked.lift_most))
        a, b = lifted.shape + of.referrals, lifted.shape / means + years
    score = gammaincc(a, b * float(asked.tau_per_year))
    enough = of.referrals + of.acts.sum(axis=1) > 0
    return Trait(a, b, a / b, score, of.referrals, years, enough, is_rate=True)


def voice(words: Float64, months: Float64, prior: Believed) -> tuple[Float64, Float64]:
    """Mean and variance of 1 − exp(−3 λ), λ useful words a month and Gamma: exact."""
    a, b = prior.a + words, prior.b + months
    silent = (b / (b + EAGER)) ** a
    return 1 - silent, np.maximum((b / (b + 2 * EAGER)) ** a - silent**2, 0)


def _beta(k: Float64, n: Float64, prior: Believed) -> tuple[Float64, Float64]:
    """The posterior of a share."""
    return prior.a + np.minimum(k, n), prior.b + np.maximum(n - k, 0)


def _moments(a: Float64, b: Float64) -> tuple[Float64, Float64]:
    mean = a / (a + b)
    return mean, mean * (1 - mean) / (a + b + 1)


def _composed(
    parts: tuple[tuple[Float64, Float64], ...], shares: tuple[float, ...], border: float,
    k: Float64, n: Float64, enough: Bool,
) -> Trait:  # fmt: skip
    """The weighted sum of independent parts as a beta of the same mean and variance."""
    mean: Float64 = sum((w * m for w, (m, _) in zip(shares, parts, strict=True)), np.zeros(len(k)))
    spread: Float64 = sum(
        (w * w * v for w, (_, v) in zip(shares, parts, strict=True)), np.zeros(len(k))
    )
    strength = np.maximum(mean * (1 - mean) / spread - 1, 0)
    a, b = mean * strength, (1 - mean) * strength
    return Trait(a, b, mean, _reaches(a, b, border), k, n, enough)


def _reaches(a: Float64, b: Float64, border: float) -> Float64:
    """P(share >= border)."""
    found: Float64 = betainc(b, a, 1 - border)
    return found
