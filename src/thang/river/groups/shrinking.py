"""What a shop's customers are like on the whole, from which each one's own few data are judged.

Empirical Bayes: the prior of one person's share or rate is what makes all people's counts most
likely together. A share p of k out of n is Beta(a, b), so that

    log L = Σ log [B(k + a, n − k + b) / B(a, b)],

and a rate λ with k in e time is Gamma(a, b), so that counts are negative binomial:

    log L = Σ [log Γ(a + k) − log Γ(a) − a log(1 + e/b) + k log(1/(b + e))].

Too few people, or too few of whom anything came, and the policy's priors stand instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, digamma, gammaln

from thang.policy.aims import Prior, Shrinkage
from thang.river.lifetime.rows import Float64

SHAPE = (0.01, 50.0)  # of a gamma prior: below, all rates are 0 or huge; above, all are alike
FURTHEST = 12.0  # in logarithms, beyond which no mean is looked for


class Origin(StrEnum):
    """Where a prior is from."""

    FITTED = "fitted"
    ASSUMED = "assumed"


@dataclass(frozen=True)
class Believed:
    """Beta(a, b) of a share, or Gamma(a, b) of a rate; from how many people and successes."""

    a: float
    b: float
    origin: Origin
    people: int
    successes: float

    @property
    def share(self) -> float:
        """The mean of the beta."""
        return self.a / (self.a + self.b)

    @property
    def rate(self) -> float:
        """The mean of the gamma."""
        return self.a / self.b


def of_shares(k: Float64, n: Float64, given: Prior, rule: Shrinkage) -> Believed:
    """The prior of a share; k out of n, weighted or counted, one row a person.

    The mean stays as far from 0 and 1 as so many people can tell, the strength a + b between
    the policy's bounds.
    """
    asked = n > 0
    k, n = k[asked], n[asked]
    people, successes = len(k), float(k.sum())
    if people < rule.min_people or successes < rule.min_success:
        return Believed(float(given.a), float(given.b), Origin.ASSUMED, people, successes)
    k, n, count = _alike(k, n)

    def against(x: Float64) -> tuple[float, Float64]:
        """Minus the mean log-likelihood and its slope by logit of the mean, log of the strength."""
        share, strength = 1 / (1 + np.exp(-x[0])), np.exp(x[1])
        a, b = share * strength, (1 - share) * strength
        told = betaln(k + a, n - k + b) - betaln(a, b)
        both = digamma(strength) - digamma(n + strength)
        by_a = float((count * (digamma(k + a) - digamma(a) + both)).sum())
        by_b = float((count * (digamma(n - k + b) - digamma(b) + both)).sum())
        slope = np.array([(by_a - by_b) * a * (1 - share), by_a * a + by_b * b])
        return -float((count * told).sum()) / people, -slope / people

    edge = float(np.log(people + 1))
    weakest, strongest = np.log([float(rule.weakest), float(rule.strongest)])
    span = [(-edge, edge), (float(weakest), float(strongest))]
    mean = float(np.clip(successes / (n * count).sum(), 1e-9, 1 - 1e-9))
    start = np.array([np.log(mean / (1 - mean)), np.log(float(rule.weakest) * 2)])
    x = minimize(against, _within(start, span), jac=True, method="L-BFGS-B", bounds=span).x
    share, strength = float(1 / (1 + np.exp(-x[0]))), float(np.exp(x[1]))
    return Believed(share * strength, (1 - share) * strength, Origin.FITTED, people, successes)


def of_rates(k: Float64, e: Float64, given: Prior, rule: Shrinkage) -> Believed:
    """The prior of a rate; k in e time, one row a person. Whoever was not seen is not counted."""
    seen = e > 0
    k, e = k[seen], e[seen]
    people, successes = len(k), float(k.sum())
    if people < rule.min_people or successes < rule.min_success:
        return Believed(float(given.a), float(given.b), Origin.ASSUMED, people, successes)
    centre = float(np.log(successes / e.sum()))

    def against(x: Float64) -> tuple[float, Float64]:
        """Minus the mean log-likelihood and its slope by log of the mean, log of the shape."""
        told, by_mean, by_shape = negative_binomial(k, e, np.full(len(k), x[0]), float(x[1]))
        return -float(told.mean()), -np.array([by_mean.mean(), by_shape.mean()])

    span = [(centre - 2, centre + 2), (float(np.log(SHAPE[0])), float(np.log(SHAPE[1])))]
    found = minimize(against, np.array([centre, 0.0]), jac=True, method="L-BFGS-B", bounds=span)
    mean, a = float(np.exp(found.x[0])), float(np.exp(found.x[1]))
    return Believed(a, a / mean, Origin.FITTED, people, successes)


def negative_binomial(
    k: Float64, e: Float64, log_mean: Float64, log_shape: float
) -> tuple[Float64, Float64, Float64]:
    """Each person's log-likelihood, up to what depends on k alone, and its slopes by both."""
    a, due = np.exp(log_shape), e * np.exp(np.minimum(log_mean, FURTHEST))
    told = gammaln(a + k) - gammaln(a) + a * np.log(a / (a + due)) + k * np.log(due / (a + due))
    by_mean = a * (k - due) / (a + due)
    by_shape = a * (digamma(a + k) - digamma(a) + np.log(a / (a + due)) + (due - k) / (a + due))
    return told, by_mean, by_shape


def _alike(k: Float64, n: Float64) -> tuple[Float64, Float64, Float64]:
    """Rows that differ, and how many people stand behind each."""
    rows, count = np.unique(np.stack([k, n]), axis=1, return_counts=True)
    return rows[0], rows[1], count.astype(np.float64)


def _within(start: Float64, span: list[tuple[float, float]]) -> Float64:
    low, high = np.array(span).T
    found: Float64 = np.clip(start, low, high)
    return found
