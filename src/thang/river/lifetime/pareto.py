"""Pareto/NBD: while a customer lives they buy at their own pace, and may be gone at any moment.

Schmittlein, Morrison & Colombo 1987. The likelihood is a mixture over when the customer left:
not yet, or at some τ between the last purchase and now. The integral over τ takes sixteen
Gauss-Legendre nodes in a variable in which the integrand is log-concave, cut off where it has
fallen by e^-25; its derivatives are moments over the same nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.special import digamma, gammaln, polygamma

from thang.river.lifetime.bgnbd import CHUNK, in_logs
from thang.river.lifetime.expecting import NODES, WEIGHTS, Moments
from thang.river.lifetime.fitting import Prior, Slope
from thang.river.lifetime.rows import Cells, Float64

LEFT_NODES, LEFT_WEIGHTS = leggauss(16)
LEFT_NODES, LEFT_WEIGHTS = 0.5 * (LEFT_NODES + 1), 0.5 * LEFT_WEIGHTS
CUT = 25.0
# Sums over the nodes: of nothing, the four terms, and the products of each two of them.
PRODUCTS = tuple((i, j) for i in range(4) for j in range(i, 4))


@dataclass(frozen=True)
class Pareto:
    """Pace Gamma(r, α), dropout rate Gamma(s, β)."""

    name: str = "pareto"

    parameters = ("r", "alpha", "s", "beta")
    times = (False, True, False, True)

    def start(self, cells: Cells) -> Float64:
        """Where to begin: the shop's own pace, and lives about as long as it has been observed."""
        age = float((cells.count * cells.age).sum() + 1)
        pace = (float((cells.count * cells.x).sum()) + 1) / age
        return np.log([0.5, 0.5 / pace, 0.6, 0.6 * max(age / max(cells.customers, 1), 1.0)])

    def prior(self) -> Prior:
        """Weak: pace 1 in 100 days and a life of 200, each within a factor of 4 or so."""
        of = [[1, 0, 0, 0], [1, -1, 0, 0], [0, 0, 1, 0], [0, 0, 1, -1]]
        mean = [np.log(0.6), np.log(0.01), np.log(0.6), np.log(0.005)]
        return Prior(np.array(of, np.float64), np.array(mean), np.array([1.0, 1.5, 1.0, 1.5]))

    def loglik(self, theta: Float64, cells: Cells) -> Slope:
        """Value, gradient and Hessian in the log-parameters, from one pass over the rows."""
        p = np.exp(theta)
        total = np.zeros(15)
        add_counts(total, p, *cells.by_x)
        for i in range(0, len(cells), CHUNK):
            rows = slice(i, i + CHUNK)
            add_rows(total, p, cells.x[rows], cells.t[rows], cells.age[rows], cells.count[rows])
        return in_logs(total, p)

    def alive(self, theta: Float64, x: Float64, t: Float64, age: Float64) -> Float64:
        """P(alive) of rows."""
        p, found = np.exp(theta), np.empty(len(x))
        for i in range(0, len(x), CHUNK):
            rows = slice(i, i + CHUNK)
            here, gone, _ = mixture(p, x[rows], t[rows], age[rows], None)
            found[rows] = here / (here + gone)
        return found

    def moments(
        self, theta: Float64, x: Float64, age: Float64, horizon: float, discount: float
    ) -> Moments:
        """Discounted purchases within `horizon` days of those alive: mean and second moment."""
        r, alpha, s, beta = np.exp(theta)
        whole = np.log1p(horizon / (beta + age))
        purchases, first, squares, pairs = np.zeros((4, len(x)))
        for node, weight in zip(NODES, WEIGHTS, strict=True):
            y = whole * node
            z = (beta + age) * np.expm1(y)
            kept = np.exp(-discount * z)
            waited = -np.expm1(-discount * z) / discount if discount > 0 else z
            rate = weight * whole * (beta + age) * np.exp((1 - s) * y)
            purchases += rate
            first += rate * kept
            squares += rate * kept**2
            pairs += rate * kept * waited
        pace, more = (r + x) / (alpha + age), (r + x + 1) / (alpha + age)
        purchases, first, squares = (pace * one for one in (purchases, first, squares))
        return Moments(purchases, first, squares, squares + 2 * pace * more * pairs)

    def tails(self, theta: Float64, x: Float64, age: Float64, horizon: float) -> Iterator[Float64]:
        """P(at least k purchases within `horizon` days) of those alive, for k = 1, 2, …"""
        r, alpha, s, beta = np.exp(theta)
        whole = np.log1p(horizon / (beta + age))[:, None]
        y = np.append(whole * NODES, whole, axis=1)
        exposed = (beta + age)[:, None] * np.expm1(y)
        weight = np.append(WEIGHTS * whole * s, np.ones_like(whole), axis=1) * np.exp(-s * y)
        chance = exposed / (alpha + age[:, None] + exposed)
        exactly = np.exp((r + x)[:, None] * np.log1p(-chance))
        beyond, k = 1 - exactly, 0
        while True:
            yield np.maximum(np.einsum("ij,ij->i", weight, beyond), 0)
            exactly *= chance * (r + x[:, None] + k) / (k + 1)
            beyond -= exactly
            k += 1


PARETO = Pareto()


def add_counts(total: Float64, p: Float64, x: Float64, n: Float64) -> None:
    """What asks only for x, and for nothing."""
    r, alpha, s, beta = p
    people = n.sum()
    total[0] += n @ gammaln(r + x) + people * (r * np.log(alpha) + s * np.log(beta) - gammaln(r))
    total[1] += n @ digamma(r + x) + people * (np.log(alpha) - digamma(r))
    total[2:5] += people * np.array([r / alpha, np.log(beta), s / beta])
    total[5] += n @ polygamma(1, r + x) - people * polygamma(1, r)
    total[6] += people / alpha
    total[9] -= people * r / alpha**2
    total[13] += people / beta
    total[14] -= people * s / beta**2


def add_rows(total: Float64, p: Float64, x: Float64, t: Float64, age: Float64, n: Float64) -> None:
    """Σ n ln(here + gone) and its derivatives: moments of the nodes' own derivatives."""
    r, alpha, s, beta = p
    sums = np.zeros((15, len(x)))
    here, gone, shift = mixture(p, x, t, age, sums)
    share = 1 / (here + gone)
    bent_a, bent_b = 1 / (alpha + age), 1 / (beta + age)
    # A node's gradient is its terms times these; that of being here still is `now`.
    scales = (-1.0, -(r + x), -1.0, -(s + 1))
    now = (np.log(bent_a), -(r + x) * bent_a, np.log(bent_b), -s * bent_b)
    mean = [share * (here * now[i] + scales[i] * sums[1 + i]) for i in range(4)]
    total[0] += n @ (np.log(here + gone) + shift + (r + x) * now[0] + s * now[2])
    total[1:5] += [n @ one for one in mean]
    for at, (i, j) in enumerate(PRODUCTS):
        both = here * now[i] * now[j] + scales[i] * scales[j] * sums[5 + at]
        total[5 + at] += n @ (share * both - mean[i] * mean[j])
    share = n * share
    total[6] -= share @ (here * bent_a + sums[2])
    total[9] += share @ ((r + x) * (here * bent_a**2 + sums[9]))
    total[12] -= share @ gone / s**2
    total[13] -= share @ (here * bent_b + sums[4])
    total[14] += share @ (here * s * bent_b**2 + (s + 1) * sums[14])


def mixture(
    p: Float64, x: Float64, t: Float64, age: Float64, sums: Float64 | None
) -> tuple[Float64, Float64, Float64]:
    """Weights of being here still and of having gone, both times e^-shift; `sums` are filled."""
    r, alpha, s, beta = p
    least = min(alpha, beta)
    start = least + t
    whole = cut(p, x, t, np.log((least + age) / start))
    top = (r + x) * np.log((alpha + age) / (alpha + t)) + s * np.log((beta + age) / (beta + t))
    shift = np.maximum(top, 0)
    gone = np.zeros(len(x))
    for node, weight in zip(LEFT_NODES, LEFT_WEIGHTS, strict=True):
        reached = start * np.exp(whole * node)
        a, b = reached + (alpha - least), reached + (beta - least)
        log_a, log_b = np.log(a), np.log(b)
        v = (r + x) * (np.log(alpha + age) - log_a) + s * (np.log(beta + age) - log_b) - shift
        v = np.exp(v) * (weight * s) * whole * reached / b
        gone += v
        if sums is not None:
            add_products(sums, v, (log_a, 1 / a, log_b - 1 / s, 1 / b))
    return np.exp(-shift), gone, shift


def add_products(sums: Float64, v: Float64, terms: tuple[Float64, ...]) -> None:
    """One node's share of the weighted sums of its terms and of their products."""
    weighted = [v * term for term in terms]
    for i, one in enumerate(weighted):
        sums[1 + i] += one
    for at, (i, j) in enumerate(PRODUCTS):
        sums[5 + at] += weighted[i] * terms[j]


def cut(p: Float64, x: Float64, t: Float64, whole: Float64) -> Float64:
    """Where the integrand has fallen by e^-CUT; Newton from the right never overshoots."""
    r, alpha, s, beta = p
    least = min(alpha, beta)
    more_a, more_b = (alpha - least) / (least + t), (beta - least) / (least + t)
    for _ in range(8):
        grown = np.exp(whole)
        over = (r + x) * np.log((grown + more_a) / (1 + more_a))
        over += (s + 1) * np.log((grown + more_b) / (1 + more_b)) - whole - CUT
        if not (over > 1).any():
            break
        steep = (r + x) * grown / (grown + more_a) + (s + 1) * grown / (grown + more_b) - 1
        whole = np.where(over > 0, whole - over / steep, whole)
    return whole
