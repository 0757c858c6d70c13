"""Many strategies at once: some look good by luck, and the best looks better than it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from thang.river.lifetime.rows import Bool, Float64


def discoveries(p: Sequence[float], rate: float = 0.10) -> Bool:
    """Which may be called found when at most this share of such calls may be false.

    Benjamini and Hochberg (1995). What is unknown (nan) is never found.
    """
    values = np.asarray(p, np.float64)
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(values[known], kind="stable")]
    fits = values[order] <= rate * (np.arange(len(order)) + 1) / max(len(order), 1)
    last = int(np.flatnonzero(fits)[-1]) + 1 if fits.any() else 0
    found = np.zeros(len(values), np.bool_)
    found[order[:last]] = True
    return found


def shrunk(effects: Sequence[float], errors: Sequence[float]) -> tuple[Float64, Float64]:
    """Effects drawn together by how little they differ beyond their errors, with new errors.

    DerSimonian and Laird's between-effects variance (1986); unknown effects (nan) take the mean.
    """
    y, s = np.asarray(effects, np.float64), np.asarray(errors, np.float64)
    known = np.isfinite(y) & np.isfinite(s) & (s > 0)
    if known.sum() < 2:
        return y, s
    w = 1 / s[known] ** 2
    mean = float((w * y[known]).sum() / w.sum())
    apart = float((w * (y[known] - mean) ** 2).sum()) - (int(known.sum()) - 1)
    between = max(apart / float(w.sum() - (w**2).sum() / w.sum()), 0.0)
    middle = float(
        (y[known] / (s[known] ** 2 + between)).sum() / (1 / (s[known] ** 2 + between)).sum()
    )
    own = np.where(known, between / (between + np.where(known, s, 1.0) ** 2), 0.0)
    drawn = middle + own * (np.where(known, y, middle) - middle)
    error = np.sqrt(np.where(known, own * s**2, between))
    return drawn, error
