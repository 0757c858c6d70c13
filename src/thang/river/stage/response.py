"""What experiments say money brings: a concave curve for each group and strategy.

Margin won by spending b is A (1 - exp(-b / c)). All cells share one c, the one under which their
results are likeliest. What is estimated is the margin won at the usual spending, for there the data
are; each cell's is drawn towards the mean of all by how little is known of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thang.river.lifetime.rows import Float64
from thang.river.stage.allocation import Cell

LOWER = 0.8416212335729143  # standard errors below the mean, with a chance of 0.2
_GRID = np.geomspace(0.05, 50, 121)  # of c, in mean spendings


@dataclass(frozen=True, slots=True)
class Trial:
    """A finished experiment: what was spent, the margin that it won, the error of that."""

    spent: float
    won: float
    error: float


@dataclass(frozen=True, slots=True)
class Place:
    """A group, its strategy, and the most that its channel takes. Money is minor units."""

    group: int
    strategy: str
    cap: float


def cells(found: Mapping[Place, Sequence[Trial]]) -> list[Cell]:
    """The curves of all cells that have a trial on which something was spent."""
    known = {
        place: usable
        for place, trials in found.items()
        if (usable := [one for one in trials if one.spent > 0 and one.error > 0])
    }
    if not known:
        return []
    found_in = list(known.values())
    usual = float(np.mean([one.spent for trials in found_in for one in trials]))
    scale = usual * _scale(found_in, usual)
    mean, error = _drawn_together(*_heights(found_in, usual, scale))
    low = (mean - LOWER * error) / -np.expm1(-usual / scale)
    return [
        Cell(place.group, float(bound), scale, place.cap)
        for place, bound in zip(known, low, strict=True)
    ]


def _scale(found: Sequence[Sequence[Trial]], usual: float) -> float:
    """The likeliest c in usual spendings, each cell having its own best height."""
    fits = [_misfit(found, usual, usual * c) for c in _GRID]
    return float(_GRID[int(np.argmin(fits))])


def _misfit(found: Sequence[Sequence[Trial]], usual: float, scale: float) -> float:
    heights, _ = _heights(found, usual, scale)
    apart = [
        (one.won - height * _shape(one, usual, scale)) / one.error
        for height, trials in zip(heights, found, strict=True)
        for one in trials
    ]
    return float(np.square(apart).sum())


def _shape(one: Trial, usual: float, scale: float) -> float:
    """What a trial's spending wins, as a multiple of what the usual one does."""
    return float(np.expm1(-one.spent / scale) / np.expm1(-usual / scale))


def _heights(
    found: Sequence[Sequence[Trial]], usual: float, scale: float
) -> tuple[Float64, Float64]:  # fmt: skip
    """The least squares margin of each cell at the usual spending, and its standard error."""
    tops, weights = [], []
    for trials in found:
        shape = np.array([_shape(one, usual, scale) / one.error for one in trials])
        won = np.array([one.won / one.error for one in trials])
        weights.append(float(shape @ shape))
        tops.append(float(shape @ won) / weights[-1])
    return np.array(tops), 1 / np.sqrt(weights)


def _drawn_together(tops: Float64, errors: Float64) -> tuple[Float64, Float64]:
    """Cells as draws from one normal curve, its spread by moments: their means and errors."""
    if len(tops) == 1:
        return tops, errors
    weight = 1 / errors**2
    whole = float(weight.sum())
    centre = float(weight @ tops) / whole
    excess = float(weight @ (tops - centre) ** 2) - (len(tops) - 1)
    spread = max(excess / (whole - float(weight @ weight) / whole), 0.0)
    if not spread:
        return np.full(len(tops), centre), np.full(len(tops), whole**-0.5)
    centre = float((tops / (errors**2 + spread)).sum() / (1 / (errors**2 + spread)).sum())
    kept = spread / (spread + errors**2)
    return centre + kept * (tops - centre), np.sqrt(kept) * errors
