"""Estimates with their intervals under one another on one scale, nothing marked on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 1000.0
MARGIN = 0.04  # of the scale at each end, so that no stroke is cut


@dataclass(frozen=True, slots=True)
class Interval:
    """One estimate between its bounds, in any unit."""

    low: float
    estimate: float
    high: float

    @property
    def tone(self) -> str:
        """Whether the whole of it lies above nothing (up), below it (down), or neither."""
        return "up" if self.low > 0 else "down" if self.high < 0 else ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An interval as a bar from `x`, `width` wide, with its estimate at `at`."""

    x: float
    width: float
    at: float
    tone: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale that all intervals of a chart share; it always shows nothing, at `zero`."""

    low: float
    high: float

    @classmethod
    def of(cls, intervals: Sequence[Interval | None]) -> Scale:
        """Wide enough for all of them."""
        known = [one for one in intervals if one is not None]
        low = min((one.low for one in known), default=0.0)
        high = max((one.high for one in known), default=0.0)
        low, high = min(low, 0.0), max(high, 0.0)
        return cls(low, high) if high > low else cls(-1.0, 1.0)

    @property
    def zero(self) -> float:
        """Where nothing lies."""
        return self._x(0.0)

    def drawn(self, one: Interval) -> Drawn:
        """The geometry of one interval of these."""
        x, end = self._x(one.low), self._x(one.high)
        return Drawn(round(x, 1), round(max(end - x, 2.0), 1), round(self._x(one.estimate), 1),
                     one.tone)  # fmt: skip

    def _x(self, value: float) -> float:
        room = WIDTH * (1 - 2 * MARGIN)
        share = (value - self.low) / (self.high - self.low)
        return round(WIDTH * MARGIN + room * min(max(share, 0.0), 1.0), 1)
