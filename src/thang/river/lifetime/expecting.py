"""How many purchases are to come, discounted, and how far from that the truth may lie.

Of a living customer with λ ~ Gamma(R, A) and p ~ Beta(a, b'), where R = r+x and A = α+T:
the rate of purchases at z is E[λ e^(-λpz)], so that with z = A (e^y − 1)

    E[Y(h)] = R ∫ e^((1−a)y) 2F1(a, a+b'−R−1; a+b'; 1−e^(−y)) dy  over 0 … ln(1+h/A).

Nothing here divides by a−1 or by a+b−1, where the textbook's closed form is singular, and
discounting is one factor more. Pairs of purchases give the second moment in the same way.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.polynomial.chebyshev import chebpts1, chebvander
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray
from scipy.special import hyp2f1

from thang.river.lifetime.rows import Float64

NODES, WEIGHTS = leggauss(24)
NODES, WEIGHTS = 0.5 * (NODES + 1), 0.5 * WEIGHTS  # on 0 … 1
POINTS = chebpts1(17)
LEAST = 1e-300


class Moments(NamedTuple):
    """Of the purchases to come of living customers: how many, and with w = e^(−δz) for each of
    them, E[Σ w], E[Σ w²] and E[(Σ w)²].
    """

    purchases: Float64
    first: Float64
    squares: Float64
    second: Float64


class Dropout(NamedTuple):
    """Pace Gamma(r, α), dropout Beta(a, left + x) of somebody alive after x repeat purchases."""

    r: float
    alpha: float
    a: float
    left: float


def dropout_moments(
    law: Dropout, x: Float64, age: Float64, horizon: float, discount: float
) -> Moments:
    """Both moments for pairs (x, T): in a table over ln(α+T) for each x when pairs are many."""
    if horizon <= 0 or not len(x):
        return Moments(*np.zeros((4, len(x))))
    xs, back = np.unique(x, return_inverse=True)
    if len(x) <= len(POINTS) * len(xs):
        return integrals(law, x, law.alpha + age, horizon, discount)
    place = np.log(law.alpha + age)
    low, high = place.min(), place.max()
    at = np.exp(low + 0.5 * (POINTS + 1) * (high - low))
    table = integrals(law, xs[:, None], at[None, :], horizon, discount)
    basis = chebvander(2 * (place - low) / (high - low) - 1, len(POINTS) - 1)
    return Moments(*(between(values, basis, back) for values in table))


def between(values: Float64, basis: Float64, back: NDArray[np.intp]) -> Float64:
    """The table's values, interpolated in their logarithms: one row of coefficients for each x."""
    degree = len(POINTS) - 1
    fit = chebvander(POINTS, degree) * np.where(np.arange(degree + 1) > 0, 2, 1) / len(POINTS)
    weights = np.log(np.maximum(values, LEAST)) @ fit
    found: Float64 = np.exp(np.einsum("ij,ij->i", weights[back], basis))
    return found


def integrals(law: Dropout, x: Float64, late: Float64, horizon: float, discount: float) -> Moments:
    """Gauss-Legendre in y; x and `late` = α+T broadcast."""
    pace, left = law.r + x, law.left + x
    whole = np.log1p(horizon / late)
    purchases, first, squares, pairs = np.zeros((4, *np.broadcast(x, late).shape))
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        y = whole * node
        z = late * np.expm1(y)
        kept = np.exp(-discount * z)
        waited = -np.expm1(-discount * z) / discount if discount > 0 else z
        rate = weight * survival(law, pace, left, y)
        purchases += rate
        first += rate * kept
        squares += rate * kept**2
        pairs += weight * kept * waited / late * survival(law, pace + 1, left + 1, y)
    pairs *= 2 * pace * (pace + 1) * left / (law.a + left) * whole
    purchases, first, squares = (pace * whole * one for one in (purchases, first, squares))
    return Moments(purchases, first, squares, squares + pairs)


def survival(law: Dropout, pace: Float64, left: Float64, y: Float64) -> Float64:
    """e^y E[(1 + p (e^y − 1))^-(pace+1)] over p ~ Beta(a, left)."""
    both = law.a + left
    with np.errstate(over="ignore", invalid="ignore"):
        found: Float64 = np.exp((1 - law.a) * y) * hyp2f1(
            law.a, both - pace - 1, both, -np.expm1(-y)
        )
        # Only a huge `a` overflows, and then p is all but known.
        known = np.exp(y - (pace + 1) * np.log1p(law.a / both * np.expm1(y)))
    return np.where(np.isfinite(found) & (found >= 0), found, known)
