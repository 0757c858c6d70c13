"""The Harrell-Davis quantile from its definition: order statistics weighed by a beta density."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

NODES = 24


def harrell_davis(values: Sequence[int], quantile: float) -> float:
    """The quantile of the values: the i-th smallest weighs the beta mass of ((i-1)/n, i/n]."""
    weights = _beta_masses(len(values), quantile)
    return float(np.dot(weights, np.sort(np.array(values, dtype=float))))


def _beta_masses(n: int, quantile: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Mass of Beta((n+1)q, (n+1)(1-q)) in each n-th of the unit interval, by Gauss's rule."""
    a, b = (n + 1) * quantile, (n + 1) * (1 - quantile)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    x = (np.arange(n)[:, None] + (nodes[None, :] + 1) / 2) / n
    log_density = (a - 1) * np.log(x) + (b - 1) * np.log1p(-x)
    masses = np.exp(log_density - log_density.max()) @ weights
    return np.asarray(masses / masses.sum())
