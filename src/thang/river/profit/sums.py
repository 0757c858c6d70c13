"""Shares of a total in an order from the greatest on, in bounded memory however many there are.

Amounts are counted and summed in classes 2 % wide, so totals are exact and a share is off by at
most that width of one class's part in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from thang.river.lifetime.rows import Float64
from thang.river.tables import Int64

FINE, LOWEST, OCTAVES = 32, -8, 72  # classes an octave, from 2^LOWEST on, over so many octaves
SIDE = FINE * OCTAVES


@dataclass
class SortedSums:
    """Classes of amounts: losses, nothing, gains."""

    people: Int64 = field(default_factory=lambda: np.zeros(2 * SIDE + 1, np.int64))
    money: Float64 = field(default_factory=lambda: np.zeros(2 * SIDE + 1))

    def add(self, amounts: Float64) -> None:
        """Count amounts in; NaN is nobody's."""
        amounts = amounts[np.isfinite(amounts)]
        place = np.zeros(len(amounts), np.int64)
        some = amounts != 0
        rank = np.floor((np.log2(np.abs(amounts[some])) - LOWEST) * FINE).astype(np.int64)
        place[some] = np.sign(amounts[some]).astype(np.int64) * np.clip(rank + 1, 1, SIDE)
        self.people += np.bincount(place + SIDE, minlength=2 * SIDE + 1)
        self.money += np.bincount(place + SIDE, amounts, minlength=2 * SIDE + 1)

    @property
    def count(self) -> int:
        """How many were counted in."""
        return int(self.people.sum())

    @property
    def total(self) -> float:
        """Their sum."""
        return float(self.money.sum())

    def reached(self, shares: Float64) -> Float64:
        """The sum of the greatest, for each share of the people."""
        people = np.append(0, np.cumsum(self.people[::-1]))
        money = np.append(0.0, np.cumsum(self.money[::-1]))
        found: Float64 = np.interp(shares * people[-1], people, money)
        return found

    def top_share(self, share: float) -> float | None:
        """What part of the total the greatest bring; None where there is no total."""
        if self.total <= 0:
            return None
        return float(self.reached(np.array([share]))[0]) / self.total


@dataclass(frozen=True)
class Whale:
    """Profit in all, the most profitable customers first, as shares of what is left in the end.

    `of` is `total`; or `gains`, the sum of all that gained, where nothing is left in the end.
    `peak` is the most that was reached, by the share `peak_at` of the people.
    """

    of: str
    people: int
    total: float
    points: tuple[tuple[float, float], ...]
    peak: float
    peak_at: float
    losing: int


def lorenz(sums: SortedSums, steps: int = 20) -> tuple[tuple[float, float], ...]:
    """Share of the total by share of the people, the greatest first; nothing without a total."""
    if sums.total <= 0:
        return ()
    shares = np.linspace(0, 1, steps + 1)
    return tuple(zip(shares.tolist(), (sums.reached(shares) / sums.total).tolist(), strict=True))


def whale(sums: SortedSums, steps: int = 40) -> Whale | None:
    """The curve of cumulative profit; None where nobody's profit is known, or all of it is 0."""
    gains, losing = float(sums.money[SIDE + 1 :].sum()), int(sums.people[:SIDE].sum())
    scale = sums.total if sums.total > 0 else gains
    if not sums.count or scale <= 0:
        return None
    shares = np.linspace(0, 1, steps + 1)
    curve = (sums.reached(shares) / scale).tolist()
    return Whale(
        "total" if sums.total > 0 else "gains", sums.count, sums.total,
        tuple(zip(shares.tolist(), curve, strict=True)), gains / scale,
        float(sums.people[SIDE + 1 :].sum()) / sums.count, losing,
    )  # fmt: skip
