"""What a shop would do without Thang: the rules of thumb that each answer has to beat."""

from __future__ import annotations

import numpy as np
from scipy.cluster.vq import kmeans2

from evaluation.metrics import Floats, Ints

LEVELS = 7


def quintile(values: Floats) -> Ints:
    """0 to 4 by fifths of the people; equal values lie in one fifth."""
    cuts = np.quantile(values, [0.2, 0.4, 0.6, 0.8])
    return np.searchsorted(cuts, values, side="right").astype(np.int64)


def rfm_levels(recency: Floats, orders: Floats, spend: Floats) -> Ints:
    """Quintiles of recency, frequency and money added up and laid on seven bins."""
    total = quintile(-recency) + quintile(orders) + quintile(spend)
    return np.minimum(total * LEVELS // 13, LEVELS - 1)


def order_levels(orders: Floats) -> Ints:
    """One level more with each order: the simplest rule of all."""
    return np.minimum(np.searchsorted([1, 2, 3, 5, 8, 12], orders, side="right"), LEVELS - 1)


def clustered_levels(recency: Floats, orders: Floats, spend: Floats, seed: int = 0) -> Ints:
    """k-means with seven means on the logarithms of RFM, ordered by their mean spend."""
    rows = np.log1p(np.column_stack([recency, orders, spend]))
    spread = rows.std(axis=0)
    rows = (rows - rows.mean(axis=0)) / np.where(spread > 0, spread, 1)
    _, label = kmeans2(rows, LEVELS, minit="++", seed=seed)
    means = [spend[label == one].mean() if (label == one).any() else -1 for one in range(LEVELS)]
    place = np.argsort(np.argsort(means))
    found: Ints = place[label].astype(np.int64)
    return found


def rolling_levels(spend_90: Floats) -> Ints:
    """Seven bins by percentile of the last 90 days' spend, drawn anew each month."""
    cuts = np.quantile(spend_90, [0.5, 0.7, 0.8, 0.9, 0.95, 0.98])
    return np.searchsorted(cuts, spend_90, side="right").astype(np.int64)


def grouped(features: Floats, seed: int = 0) -> Ints:
    """k-means with five means on standardised features."""
    spread = features.std(axis=0)
    rows = (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1)
    found: Ints = kmeans2(rows, 5, minit="++", seed=seed)[1].astype(np.int64)
    return found
