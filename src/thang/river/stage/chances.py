"""Chances that the questions of the stage are put together from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.special import betainc, betaincinv, ndtr, stdtr

from thang.policy.aims import Prior
from thang.river.stage.signals import Estimate, Share

LEAST = 0.001  # of a chance: one silent signal must not decide alone
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)


def soft_and(parts: Iterable[tuple[float, float]]) -> float:
    """exp(Σ w ln p / Σ w) of chances and weights: all must hold, the weakest pulls hardest."""
    known = [(max(p, LEAST), w) for p, w in parts]
    total = sum(w for _, w in known)
    return float(np.exp(sum(w * np.log(p) for p, w in known) / total))


def reaches(share: Share, border: float, prior: Prior) -> float:
    """P(share >= border), the share being Beta(a + k, b + n - k)."""
    a, b = float(prior.a) + share.k, float(prior.b) + share.n - share.k
    return float(betainc(b, a, 1 - border))


def stays_below(share: Share, border: float, prior: Prior) -> float:
    """P(share <= border)."""
    return 1 - reaches(share, border, prior)


def bound(share: Share, chance: float, prior: Prior) -> float:
    """The value that the share stays below with a chance."""
    return float(betaincinv(float(prior.a) + share.k, float(prior.b) + share.n - share.k, chance))


def holds(later: Share, earlier: Share, ratio: float) -> float:
    """P(later share >= ratio x earlier share), both from Beta(1, 1).

    The mean over the quantiles of the earlier one: as exact for ten people as for ten million.
    """
    x = betaincinv(1 + earlier.k, 1 + earlier.n - earlier.k, (_NODES + 1) / 2)
    reached = betainc(1 + later.n - later.k, 1 + later.k, 1 - np.minimum(ratio * x, 1.0))
    return float((_WEIGHTS / 2 * reached).sum())


def rises(before: Share, after: Share, by: float) -> float:
    """P(share after > (1 + by) x share before)."""
    return holds(after, before, 1 + by)


def exceeds(estimate: Estimate, border: float) -> float:
    """P(number > border), normal about the estimate; an estimate without error is sure."""
    if estimate.error <= 0:
        return float(estimate.mean > border)
    return float(ndtr((estimate.mean - border) / estimate.error))


def grows(counts: Sequence[int], border: float) -> float:
    """P(slope of log counts >= border a step), Student's t about the least squares line."""
    y = np.log(np.asarray(counts, np.float64) + 0.5)
    x = np.arange(len(y)) - (len(y) - 1) / 2
    spread = float((x * x).sum())
    slope = float((x * y).sum()) / spread
    rest = y - y.mean() - slope * x
    # Counts are at best Poisson: six that lie on a line by luck are not sure of it.
    noise = max(float((rest * rest).sum()) / (len(y) - 2), float((1 / (np.exp(y))).mean()))
    return float(stdtr(len(y) - 2, (slope - border) / np.sqrt(noise / spread)))
