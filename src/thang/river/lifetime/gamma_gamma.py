"""Gamma-Gamma: what a customer's orders are worth on average, learnt from few of them.

Orders of one customer are Gamma(p, ν), and ν ~ Gamma(q, γ) over customers (Fader, Hardie & Lee
2005). The likelihood asks for a customer's number of paid orders x and their sum S alone; x by
histogram, S in cells of a thousandth with their centroids when there are many.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from thang.river.lifetime.bgnbd import in_logs
from thang.river.lifetime.fitting import Prior, Slope
from thang.river.lifetime.rows import Float64, histogram

EXACT = 100_000  # customers up to whom every sum is a row of its own
FINE = 2_048  # cells in a factor of e


@dataclass(frozen=True)
class Payments:
    """The sufficient statistics of customers with paid repeat orders; money in `unit`s.

    `total`: sums S, with how many `people` are on each, and their `orders` together; `x` and
    `count`: the histogram of orders; `fixed`: Σ x ln S; `log_mean`: Σ ln of the mean orders.
    """

    total: Float64
    people: Float64
    orders: Float64
    x: Float64
    count: Float64
    fixed: float
    log_mean: float
    unit: float


def payments(paid: Float64, spend: Float64) -> Payments:
    """Of positive numbers of orders and positive mean orders."""
    unit = float(np.median(spend))
    total = paid * spend / unit
    x, count = histogram(paid, np.ones(len(paid)))
    fixed, log_mean = float((paid * np.log(total)).sum()), float(np.log(spend / unit).sum())
    if len(paid) <= EXACT:
        return Payments(total, np.ones(len(paid)), paid, x, count, fixed, log_mean, unit)
    cell = np.floor(np.log(total) * FINE).astype(np.int64)
    _, place = np.unique(cell, return_inverse=True)
    orders, people = np.bincount(place, paid), np.bincount(place).astype(np.float64)
    # Orders and people have centroids of their own in a cell, else the optimum would move.
    logs = np.log(total)
    centres = (np.bincount(place, paid * logs) / orders, np.bincount(place, logs) / people)
    nothing = np.zeros(len(people))
    return Payments(
        np.exp(np.concatenate(centres)),
        np.concatenate((nothing, people)),
        np.concatenate((orders, nothing)),
        x, count, fixed, log_mean, unit,
    )  # fmt: skip


def start() -> Float64:
    """Where to begin, the money being in units of the median customer's mean order."""
    return np.log([4.0, 3.5, 0.7])


def prior() -> Prior:
    """Weak: orders vary by half within a customer and as much between, around the median."""
    of = [[1, 0, 0], [0, 1, 0], [1, -1, 1]]
    return Prior(np.array(of, np.float64), np.log([4.0, 3.5, 0.9]), np.array([1.0, 0.7, 0.7]))


def loglik(theta: Float64, paid: Payments) -> Slope:
    """Value, gradient and Hessian in ln p, ln q, ln γ (γ in the payments' unit)."""
    p, q, gamma = natural = np.exp(theta)
    x, n = paid.x, paid.count
    customers, px = n.sum(), p * x
    reach = 1 / (gamma + paid.total)
    weight = p * paid.orders + q * paid.people
    logs, orders, people = np.log(reach), paid.orders, paid.people
    both = digamma(px + q)
    bend = polygamma(1, px + q)
    value = (n * (gammaln(px + q) - gammaln(px))).sum() + (weight * logs).sum()
    value += customers * (q * np.log(gamma) - gammaln(q)) + p * paid.fixed - paid.log_mean
    value -= customers * np.log(paid.unit)
    total = np.array(
        [
            value,
            (n * x * (both - digamma(px))).sum() + paid.fixed + (orders * logs).sum(),
            (n * both).sum() + customers * (np.log(gamma) - digamma(q)) + (people * logs).sum(),
            customers * q / gamma - (weight * reach).sum(),
            (n * x**2 * (bend - polygamma(1, px))).sum(),
            (n * x * bend).sum(),
            -(orders * reach).sum(),
            (n * bend).sum() - customers * polygamma(1, q),
            customers / gamma - (people * reach).sum(),
            (weight * reach**2).sum() - customers * q / gamma**2,
        ]
    )
    return in_logs(total, natural)
