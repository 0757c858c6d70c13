"""Who is valuable: the chance that a customer's expected value reaches the shop's border.

What a customer is worth hangs on a pace λ, a way of leaving and a mean order that are known only
by their posteriors. While somebody is alive, the purchases to come are taken as a gamma variable
of the same mean and variance (the doubt about the shop's parameters counted in), the mean order
as one over a gamma variable, which by Gamma-Gamma it is. Their quotient is beta prime; whoever has
left is worth nothing. So with shapes k and h, in closed form,

    P(worth >= border) = P(alive) I(1/(1+u); h, k),  u = border k / (mean worth (h − 1)).

Purchases to come of given (λ, p) are λ (1 − e^−(λp+δ)h)/(λp+δ), for Pareto with μ for λp; their
cv² is taken over the posteriors at Gauss points of the quantiles, which no order count overflows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.special import betainc, betaincinv, gammaincinv

from thang.river.lifetime.bgnbd import Geometric
from thang.river.lifetime.fitted import Fitted
from thang.river.lifetime.rows import Cells, Float64, Summary
from thang.river.lifetime.scoring import Rows, Scores, Terms
from thang.river.lifetime.value import Lifetime
from thang.river.tables import Int16, Int32

NODES, WEIGHTS = leggauss(16)
NODES, WEIGHTS = 0.5 * (NODES + 1), 0.5 * WEIGHTS  # quantiles on 0 … 1
GRID = np.outer(WEIGHTS, WEIGHTS)
CHUNK = 4_096  # pairs at once: some megabytes
LEAST = 1e-9


@dataclass(frozen=True)
class Worth:
    """One row a person; money is minor units of margin over the horizon, or of revenue where the
    margin is unknown. `low`, `high`: 80 % bounds of what will really come; `life`: years to stay.
    """

    alive: Float64
    purchases: Float64
    value: Float64
    low: Float64
    high: Float64
    variance: Float64  # of what will really come
    error: Float64  # standard error of the logarithm of its expectation, by the parameters
    valuable: Float64
    life: Float64  # years from the first order to the expected end, within the horizon
    note: Int16


def worth_of(life: Lifetime, people: Summary, terms: Terms, tau: float | None) -> Worth:
    """By the fitted model; `terms` with a level of 0.8 and `expected`."""
    rows, cells = life.rows(terms, people.cells), people.cells
    scores = life.batch(terms, people, rows, cells.place)
    order = life.spending.order(people.paid.astype(np.float64), people.spend)
    spread = unsure(life.buying, cells, terms)[cells.pair][cells.place]
    living, _, squares, second = _coming(rows, cells.place)
    square = order.mean**2 * (order.own * squares + order.mean_square * second)
    error = np.zeros(len(people)) if rows.error is None else rows.error[cells.place]
    doubt = (1 + spread) * (1 + error**2) - 1
    return Worth(
        scores.alive, scores.purchases, scores.value, scores.value_low, scores.value_high,
        np.maximum(terms.margin**2 * square - scores.value**2, 0), error,
        reaching(living, scores.value, doubt, order.mean_square, tau),
        _life(life.buying, people, scores, terms),
        scores.note,
    )  # fmt: skip


def reaching(
    living: Float64, value: Float64, doubt: Float64, mean_square: Float64, tau: float | None
) -> Float64:
    """P(worth >= tau); NaN where there is no border. `doubt`: squared coefficient of variation of
    the purchases of the living; `mean_square`: as in `spending.Order`.
    """
    if tau is None:
        return np.full(len(value), np.nan)
    if tau <= 0:
        return np.ones(len(value))
    k = 1 / np.maximum(doubt, LEAST)
    h = 2 + 1 / np.maximum(mean_square - 1, LEAST)
    mean = np.maximum(value / np.maximum(living, LEAST), LEAST)
    beyond = np.minimum(tau / mean * (k / (h - 1)), 1 / LEAST)
    found: Float64 = living * betainc(h, k, 1 / (1 + beyond))
    return found


def unsure(fit: Fitted, cells: Cells, terms: Terms) -> Float64:
    """The squared coefficient of variation of a living customer's purchases to come, per pair."""
    found = np.zeros(len(cells.pair_x))
    for first in range(0, len(found), CHUNK):
        pairs = slice(first, first + CHUNK)
        found[pairs] = _cv2(fit, cells.pair_x[pairs], cells.pair_age[pairs], terms)
    return found


def _cv2(fit: Fitted, x: Float64, age: Float64, terms: Terms) -> Float64:
    if terms.horizon <= 0:
        return np.zeros(len(x))
    r, alpha, *leaving = np.exp(fit.theta)
    xs, back = np.unique(x, return_inverse=True)
    pace = gammaincinv(r + xs[:, None], NODES)[back] / (alpha + age)[:, None]
    if isinstance(fit.model, Geometric):
        a, b = leaving
        share = betaincinv(a, b + fit.model.m + xs[:, None], NODES)[back]
        going = pace[:, :, None] * share[:, None, :] + terms.daily
    else:
        s, beta = leaving
        going = (gammaincinv(s, NODES)[None, :] / (beta + age)[:, None])[:, None, :] + terms.daily
    going = np.maximum(going, LEAST)
    coming = pace[:, :, None] * -np.expm1(-going * terms.horizon) / going
    first = np.einsum("ijk,jk->i", coming, GRID)
    second = np.einsum("ijk,jk->i", coming**2, GRID)
    found: Float64 = np.maximum(second / np.maximum(first, 1e-150) ** 2 - 1, 0)
    return found


def _coming(rows: Rows, place: Int32) -> tuple[Float64, ...]:
    """P(alive), purchases discounted, their squares and the second moment, for each customer."""
    living = rows.living[place]
    return living, *(living * one[place] for one in rows.coming[1:])


def _life(fit: Fitted, people: Summary, scores: Scores, terms: Terms) -> Float64:
    """Years seen and, within the horizon, to come: what is expected, at the pace of the living."""
    r, alpha = np.exp(fit.theta[:2])
    pace = (r + people.frequency) / (alpha + people.age)
    ahead = np.minimum(scores.purchases / np.maximum(pace, LEAST), terms.horizon)
    found: Float64 = (people.age + ahead) / 365
    return found


def growth(life: Lifetime, people: Summary, terms: Terms, months: int) -> tuple[float, ...]:
    """The share of everybody's value that has come by each month's end; the last is 1."""
    order = life.spending.order(people.paid.astype(np.float64), people.spend).mean
    cells = people.cells
    weight = order * life.buying.alive(cells)[cells.place]
    pairs = np.bincount(cells.pair[cells.place], weight, minlength=len(cells.pair_x))
    until = [terms.horizon * (month + 1) / months for month in range(months)]
    sums = [float(pairs @ life.buying.moments(cells, h, terms.daily).first) for h in until]
    return tuple(one / sums[-1] for one in sums) if sums and sums[-1] > 0 else ()
