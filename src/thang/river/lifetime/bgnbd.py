"""BG/NBD and MBG/NBD: a living customer buys at their own pace, and after each repeat purchase
(in MBG also after the first of all) may be gone. Fader, Hardie & Lee 2005; Batislam et al. 2007.

Both have one likelihood: C(x) (α+T)^-(r+x) (1 + e^u), with
u = ln a − ln(b+x+m−1) + (r+x) ln((α+T)/(α+t)) and m = 0 or 1; P(alive) = 1/(1+e^u).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, expit, gammaln, polygamma

from thang.river.lifetime.expecting import Dropout, Moments, dropout_moments
from thang.river.lifetime.fitting import Prior, Slope
from thang.river.lifetime.rows import Cells, Float64

CHUNK = 8_192  # below the length at which BLAS would wake its threads


@dataclass(frozen=True)
class Geometric:
    """The family of two: dropout from the first purchase on (`m` 1) or the first repeat (0)."""

    name: str
    m: int

    parameters = ("r", "alpha", "a", "b")
    times = (False, True, False, False)

    def start(self, cells: Cells) -> Float64:
        """Where to begin: the shop's own pace, and one dropout in four purchases."""
        pace = ((cells.count * cells.x).sum() + 1) / ((cells.count * cells.age).sum() + 1)
        return np.log([0.5, 0.5 / pace, 0.8, 2.4])

    def prior(self) -> Prior:
        """Weak: pace 1 in 100 days within a factor of 4 or so, a quarter dropping out."""
        of = [[1, 0, 0, 0], [1, -1, 0, 0], [0, 0, 1, -1], [0, 0, 0.5, 0.5]]
        mean = [np.log(0.6), np.log(0.01), np.log(0.3), np.log(1.4)]
        return Prior(np.array(of, np.float64), np.array(mean), np.array([1.0, 1.5, 1.0, 1.0]))

    def loglik(self, theta: Float64, cells: Cells) -> Slope:
        """Value, gradient and Hessian in the log-parameters, from one pass over the rows."""
        p = np.exp(theta)
        total = np.zeros(15)
        add_counts(total, p, self.m, *cells.by_x)
        add_ages(total, p, *cells.by_age)
        for i in range(0, len(cells), CHUNK):
            rows = slice(i, i + CHUNK)
            self.add_rows(
                total, p, cells.x[rows], cells.t[rows], cells.age[rows], cells.count[rows]
            )
        return in_logs(total, p)

    def add_rows(self, total: Float64, p: Float64, x: Float64, t: Float64, age: Float64,
                 n: Float64) -> None:  # fmt: skip
        """Σ n ln(1 + e^u) and its derivatives."""
        if not self.m:
            again = x > 0
            x, t, age, n = x[again], t[again], age[again], n[again]
        r, alpha, a, _ = p
        late, last, k = 1 / (alpha + age), 1 / (alpha + t), r + x
        span = np.log(last / late)
        beyond = 1 / (p[3] + x + self.m - 1)
        u = np.log(a * beyond) + k * span
        small = np.exp(-np.abs(u))
        w = np.where(u >= 0, 1.0, small) / (1 + small)
        nw = n * w
        nv = nw * (1 - w)
        total[0] += n @ (np.maximum(u, 0) + np.log1p(small))
        d = late - last
        kd = k * d
        total[1:5] += nw @ span, nw @ kd, nw.sum() / a, -(nw @ beyond)
        vs, vd, vb = nv * span, nv * kd, nv * beyond
        total[5:] += (
            vs @ span, vs @ kd + nw @ d, vs.sum() / a, -(vs @ beyond),
            vd @ kd - (nw * kd) @ (late + last), vd.sum() / a, -(vd @ beyond),
            (nv.sum() - nw.sum()) / a**2, -vb.sum() / a, (vb + nw * beyond) @ beyond,
        )  # fmt: skip

    def alive(self, theta: Float64, x: Float64, t: Float64, age: Float64) -> Float64:
        """P(alive) of rows; in BG whoever bought once is alive for ever."""
        r, alpha, a, b = np.exp(theta)
        again = x + self.m > 0
        beyond = np.log(np.where(again, b + x + self.m - 1, 1.0))
        u = np.log(a) - beyond + (r + x) * np.log((alpha + age) / (alpha + t))
        return np.where(again, expit(-u), 1.0)

    def moments(
        self, theta: Float64, x: Float64, age: Float64, horizon: float, discount: float
    ) -> Moments:
        """Discounted purchases within `horizon` days of those alive: mean and second moment."""
        r, alpha, a, b = np.exp(theta)
        law = Dropout(r, alpha, a, b + self.m)
        return dropout_moments(law, x, age, horizon, discount)

    def tails(self, theta: Float64, x: Float64, age: Float64, horizon: float) -> Iterator[Float64]:
        """P(at least k purchases within `horizon` days) of those alive, for k = 1, 2, …

        The pace must suffice for k, and the customer must outlive the k − 1 before.
        """
        r, alpha, a, b = np.exp(theta)
        left, chance = b + x + self.m, horizon / (alpha + age + horizon)
        exactly = np.exp((r + x) * np.log1p(-chance))
        beyond, stays, k = 1 - exactly, np.ones(len(x)), 0
        while True:
            yield np.maximum(stays * beyond, 0)
            exactly *= chance * (r + x + k) / (k + 1)
            beyond -= exactly
            stays *= (left + k) / (a + left + k)
            k += 1


BG = Geometric("bg", 0)
MBG = Geometric("mbg", 1)


def add_counts(total: Float64, p: Float64, m: int, x: Float64, n: Float64) -> None:
    """The gamma functions, which ask only for x: ln C(x) over the histogram of counts."""
    r, alpha, a, b = p
    y, people = x + m, n.sum()
    total[0] += n @ (gammaln(r + x) + gammaln(b + y) - gammaln(a + b + y))
    total[0] += people * (gammaln(a + b) - gammaln(r) - gammaln(b) + r * np.log(alpha))
    rise, both = digamma(r + x) - digamma(r), digamma(a + b) - digamma(a + b + y)
    total[1] += n @ rise + people * np.log(alpha)
    total[2] += people * r / alpha
    total[3] += n @ both
    total[4] += n @ (both + digamma(b + y) - digamma(b))
    bend = polygamma(1, a + b) - polygamma(1, a + b + y)
    total[5] += n @ (polygamma(1, r + x) - polygamma(1, r))
    total[6] += people / alpha
    total[9] -= people * r / alpha**2
    total[12] += n @ bend
    total[13] += n @ bend
    total[14] += n @ (bend + polygamma(1, b + y) - polygamma(1, b))


def add_ages(total: Float64, p: Float64, age: Float64, people: Float64, bought: Float64) -> None:
    """−Σ (r+x) ln(α+T), which asks only for the ages."""
    r, late = p[0], 1 / (p[1] + age)
    weight = r * people + bought
    total[0] += weight @ np.log(late)
    total[1] += people @ np.log(late)
    total[2] -= weight @ late
    total[6] -= people @ late
    total[9] += weight @ late**2


def in_logs(total: Float64, p: Float64) -> Slope:
    """From the parameters' own derivatives (upper triangle row by row) to those in their logs."""
    size = len(p)
    gradient = p * total[1 : size + 1]
    hessian = np.zeros((size, size))
    upper = np.triu_indices(size)
    hessian[upper] = total[size + 1 :]
    hessian = hessian + np.triu(hessian, 1).T
    return Slope(float(total[0]), gradient, np.outer(p, p) * hessian + np.diag(gradient))
