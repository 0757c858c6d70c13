"""Small lines: a spark of a few months, and a line within its band of likely values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MARGIN = 0.08  # of the height, so that a stroke at the edge is not cut


@dataclass(frozen=True, slots=True)
class Spark:
    """A line without axes, as tall as its own values vary; needs two of them."""

    values: tuple[int, ...]
    width: float = 64
    height: float = 20

    def points(self) -> str:
        """The corners of the line; nothing where there is no second value."""
        if len(self.values) < 2:
            return ""
        low, high = min(self.values), max(self.values)
        return _points(self.values, low, high, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Band:
    """A measured or expected value with the band it likely lies in: low <= middle <= high."""

    labels: tuple[str, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]
    width: float = 1000
    height: float = 1000

    def __post_init__(self) -> None:
        """Equally many of each, and in order."""
        if not len(self.labels) == len(self.low) == len(self.middle) == len(self.high):
            raise ValueError("A band has as many labels, lows, middles and highs.")
        if any(not a <= b <= c for a, b, c in zip(self.low, self.middle, self.high, strict=True)):
            raise ValueError("A band's middle lies between its low and its high.")

    def line(self) -> str:
        """The middle's corners; the height reaches from nothing to the greatest high."""
        return self._points(self.middle)

    def area(self) -> str:
        """The band's corners, along the highs and back along the lows."""
        there = self._points(self.high).split(" ")
        back = self._points(self.low).split(" ")
        return " ".join([*there, *reversed(back)])

    def _points(self, values: Sequence[float]) -> str:
        low = min(0.0, *self.low, 0.0)
        return _points(values, low, max((*self.high, low)), self.width, self.height)


def _points(values: Sequence[float], low: float, high: float, width: float, height: float) -> str:
    step = width / max(1, len(values) - 1)
    return " ".join(
        f"{i * step:.1f},{_y(value, low, high, height):.1f}" for i, value in enumerate(values)
    )


def _y(value: float, low: float, high: float, height: float) -> float:
    """Down from the top; a flat line lies in the middle."""
    room = height * (1 - 2 * MARGIN)
    share = (value - low) / (high - low) if high > low else 0.5
    return height * MARGIN + room * (1 - share)
