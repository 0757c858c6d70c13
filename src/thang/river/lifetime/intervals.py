"""How far the truth may lie from what is expected: by own luck, and by the shop's parameters.

The first is by far the larger and the one that class borders must use; the second says only how
well the mean of many such customers is known. Intervals leave out as much on either side; but
where nothing at all is likely enough to be inside, nothing lies below, and all that is left out
lies above.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from thang.river.lifetime.fitting import Summit
from thang.river.lifetime.models import Model
from thang.river.lifetime.rows import Bool, Cells, Float64
from thang.river.tables import Int32

COUNTED = 512  # purchases up to which they are counted one by one; beyond, a gamma curve serves
NUDGE = 1e-4  # of a log-parameter, for the slope of the expectation


@dataclass(frozen=True)
class Counts:
    """For unique rows: the interval of the number of purchases, and P(at least one)."""

    low: Int32
    high: Int32
    some: Float64


def count_intervals(
    model: Model, theta: Float64, cells: Cells, alive: Float64, horizon: float, level: float
) -> Counts:
    """The interval of the purchases that each row's customer will really make."""
    counts = Counts(
        np.zeros(len(cells), np.int32), np.zeros(len(cells), np.int32), np.zeros(len(cells))
    )
    if horizon <= 0 or not len(cells):
        return counts
    many = (busiest(theta, cells, horizon) > COUNTED)[cells.pair]
    count_up(counts, model, theta, cells, alive, horizon, level, many)
    rows = np.flatnonzero(many)
    if len(rows):
        coming = model.moments(theta, cells.x[rows], cells.age[rows], horizon, 0.0)
        first, second = alive[rows] * coming.first, alive[rows] * coming.second
        low, high = gamma_interval(alive[rows], first, second, level)
        counts.some[rows] = alive[rows]
        counts.low[rows], counts.high[rows] = np.floor(low), np.ceil(high)
    return counts


def busiest(theta: Float64, cells: Cells, horizon: float) -> Float64:
    """More purchases than anybody of these pairs will make: ten standard errors, and no dropout."""
    r, alpha = np.exp(theta[:2])
    share = horizon / (alpha + cells.pair_age)
    mean = (r + cells.pair_x) * share
    most: Float64 = mean + 10 * np.sqrt(mean * (1 + share))
    return most


def count_up(
    counts: Counts, model: Model, theta: Float64, cells: Cells, alive: Float64,
    horizon: float, level: float, many: Bool,
) -> None:  # fmt: skip
    """Purchase by purchase, as long as anybody may make one more."""
    pairs = np.unique(cells.pair[~many])
    where = np.zeros(len(cells.pair_x), np.int32)
    where[pairs] = np.arange(len(pairs))
    common = 0.5 * (1 + level)
    rows, rare = np.flatnonzero(~many), np.empty(0)
    tails = model.tails(theta, cells.pair_x[pairs], cells.pair_age[pairs], horizon)
    for k, tail in zip(range(1, COUNTED + 1), tails, strict=False):
        chance = alive[rows] * tail[where[cells.pair[rows]]]
        if k == 1:
            counts.some[rows] = chance
            rare = np.where(chance > common, 1 - common, 1 - level)
        counts.low[rows[chance > common]] = k
        likely = chance > rare
        rows, rare = rows[likely], rare[likely]
        counts.high[rows] = k
        if not len(rows):
            break


def gamma_interval(
    some: Float64, first: Float64, second: Float64, level: float
) -> tuple[Float64, Float64]:
    """The interval of what is 0 with probability 1 − `some` and else like a gamma variable.

    `first` and `second` are the moments of the whole; quantiles by Wilson and Hilferty.
    """
    some = np.maximum(some, 1e-12)
    mean = first / some
    variance = np.maximum(second / some - mean**2, 0)
    flat = variance / (9 * np.maximum(mean, 1e-150) ** 2)

    def quantile(share: float | Float64) -> Float64:
        inside = np.clip((share - (1 - some)) / some, 1e-12, 1 - 1e-12)
        reached = mean * np.maximum(1 - flat + ndtri(inside) * np.sqrt(flat), 0) ** 3
        return np.where(share <= 1 - some, 0.0, reached)

    below = 0.5 * (1 - level)
    return quantile(below), quantile(np.where(below <= 1 - some, level, 1 - below))


def expected_error(summit: Summit, expected: Callable[[Float64], Float64]) -> Float64:
    """The standard error of the logarithm of `expected`, by the slope in each log-parameter."""
    slopes = []
    for i in range(len(summit.theta)):
        nudge = np.zeros(len(summit.theta))
        nudge[i] = NUDGE
        above, below = (
            np.log(np.maximum(expected(summit.theta + side * nudge), 1e-300)) for side in (1, -1)
        )
        slopes.append((above - below) / (2 * NUDGE))
    slope = np.stack(slopes)
    variance = np.einsum("in,ij,jn->n", slope, summit.covariance, slope)
    found: Float64 = np.sqrt(np.maximum(variance, 0))
    return found
