"""Shares by shares: what part of a total so great a part of the people brings, greatest first."""

from __future__ import annotations

from dataclasses import dataclass

TENTHS = 10


@dataclass(frozen=True, slots=True)
class Curve:
    """Points (share of the people, share of the total) with rising shares of the people.

    `level` is where a straight line lies for comparison; None: the diagonal of equal parts.
    """

    points: tuple[tuple[float, float], ...]
    level: float | None = None
    width: float = 1000
    height: float = 1000

    def __post_init__(self) -> None:
        """From nobody to everybody, in order."""
        shares = [share for share, _ in self.points]
        if len(shares) < 2 or shares != sorted(set(shares)):
            raise ValueError("A curve has two points or more, with rising shares of the people.")

    def line(self) -> str:
        """The curve's corners."""
        return " ".join(f"{self._x(share):.1f},{self._y(part):.1f}" for share, part in self.points)

    def area(self) -> str:
        """The corners of what lies between the curve and nothing."""
        (first, _), (last, _) = self.points[0], self.points[-1]
        ends = (f"{self._x(share):.1f},{self._y(0):.1f}" for share in (last, first))
        return " ".join((self.line(), *ends))

    def compared(self) -> str:
        """The ends of the line to compare with."""
        left, right = (0.0, 1.0) if self.level is None else (self.level, self.level)
        return f"0.0,{self._y(left):.1f} {self.width:.1f},{self._y(right):.1f}"

    def rows(self) -> tuple[tuple[float, float], ...]:
        """The curve in tenths of the people, for a table."""
        return tuple(self._at(i / TENTHS) for i in range(1, TENTHS + 1))

    def _at(self, share: float) -> tuple[float, float]:
        before = [point for point in self.points if point[0] <= share + 1e-9][-1]
        after = next((point for point in self.points if point[0] >= share - 1e-9), before)
        span = after[0] - before[0]
        way = (share - before[0]) / span if span > 0 else 0.0
        return share, before[1] + way * (after[1] - before[1])

    def _x(self, share: float) -> float:
        return share * self.width

    def _y(self, part: float) -> float:
        low = min(0.0, *(part for _, part in self.points))
        high = max(1.0, *(part for _, part in self.points))
        return self.height * (1 - (part - low) / (high - low))
