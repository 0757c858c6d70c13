"""How near an answer comes to the truth: the usual numbers of the field."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]


def auc(score: Floats, truth: Truths) -> float:
    """Chance that a true one is scored above a false one, ties counting half; nan if all alike."""
    yes, no = int(truth.sum()), int((~truth).sum())
    if not yes or not no:
        return float("nan")
    ranks = rankdata(score)
    return float((ranks[truth].sum() - yes * (yes + 1) / 2) / (yes * no))


def precision_at(score: Floats, truth: Truths, top: int) -> float:
    """Share of true ones among the `top` highest scores; ties at the cut count by their share."""
    top = min(top, len(score))
    cut = np.sort(score)[len(score) - top]
    above, level = score > cut, score == cut
    seats = top - int(above.sum())
    return float((truth[above].sum() + seats * truth[level].mean()) / top)


def macro_f1(told: Ints, truth: Ints, classes: int) -> float:
    """Mean F1 of the classes that occur in truth or answer."""
    scores = []
    for one in range(classes):
        hit = int(((told == one) & (truth == one)).sum())
        found, meant = int((told == one).sum()), int((truth == one).sum())
        if found or meant:
            scores.append(2 * hit / (found + meant))
    return float(np.mean(scores))


def weighted_kappa(told: Ints, truth: Ints, classes: int) -> float:
    """Cohen's kappa with quadratic weights: 1 agrees wholly, 0 as by chance."""
    table = np.zeros((classes, classes))
    np.add.at(table, (told, truth), 1)
    place = np.arange(classes)
    apart = (place[:, None] - place[None, :]) ** 2
    by_chance = np.outer(table.sum(1), table.sum(0)) / table.sum()
    return float(1 - (apart * table).sum() / (apart * by_chance).sum())


def calibration_error(score: Floats, truth: Truths, bins: int = 10) -> float:
    """Mean distance between what was said and what was so, over bins of equal width."""
    place = np.minimum((score * bins).astype(np.int64), bins - 1)
    error = 0.0
    for one in range(bins):
        here = place == one
        if here.any():
            error += here.mean() * abs(float(score[here].mean()) - float(truth[here].mean()))
    return error


def coverage(low: Floats, high: Floats, truth: Floats) -> float:
    """Share of truths that lie within their interval."""
    return float(((low <= truth) & (truth <= high)).mean())


def top_share(score: Floats, value: Floats, share: float = 0.1) -> float:
    """Share of all value that the highest-scored share of people brings."""
    top = max(1, round(share * len(score)))
    chosen = np.argsort(-score, kind="stable")[:top]
    return float(value[chosen].sum() / value.sum())
