"""Months as stacked columns, one segment a level, in people or in shares of everybody."""

from __future__ import annotations

from dataclasses import dataclass

from thang.web.charts.axis import ticks

HEIGHT = 1000.0  # drawn in thousandths of the plot's height, then stretched
GAP = 5.0  # between segments: about a pixel and a half


@dataclass(frozen=True, slots=True)
class Segment:
    """One level within one month, measured from the top."""

    level: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """One month as it is drawn."""

    month: str
    total: int
    counts: tuple[int, ...]
    href: str
    current: bool
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """`counts[m][l]` people stood on level l (lowest first) at the end of month m (oldest first).

    `hrefs` lead to each month; `current` is the index of the month the page shows.
    """

    months: tuple[str, ...]
    levels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    hrefs: tuple[str, ...] = ()
    current: int = -1
    as_share: bool = False

    def __post_init__(self) -> None:
        """A row of counts for each month, a count for each level."""
        if len(self.counts) != len(self.months):
            raise ValueError("A stack has one row of counts a month.")
        if any(len(row) != len(self.levels) for row in self.counts):
            raise ValueError("A stack's row has one count a level.")

    @property
    def ticks(self) -> tuple[float, ...]:
        """What the axis says, from the bottom; shares go to one in quarters."""
        if self.as_share:
            return (0.0, 0.25, 0.5, 0.75, 1.0)
        return ticks(max((sum(row) for row in self.counts), default=0))

    def columns(self) -> tuple[Column, ...]:
        """The months, ready to draw."""
        return tuple(self._column(m) for m in range(len(self.months)))

    def lines(self) -> tuple[float, ...]:
        """Where the grid's lines lie, from the top, in per cent of the plot's height."""
        steps = len(self.ticks) - 1
        return tuple(round(100 - 100 * i / steps, 3) for i in range(steps + 1))

    def _column(self, m: int) -> Column:
        row = self.counts[m]
        total = sum(row)
        full = (total or 1) if self.as_share else self.ticks[-1]
        shown = self.current % len(self.months)
        return Column(
            self.months[m],
            total,
            row,
            self.hrefs[m] if self.hrefs else "",
            m == shown,
            _segments(self.levels, row, full),
        )


def _segments(levels: tuple[str, ...], row: tuple[int, ...], full: float) -> tuple[Segment, ...]:
    """From the bottom up; the gap is taken from a segment's top, never all of it."""
    drawn = []
    top = HEIGHT
    for level, number in zip(levels, row, strict=True):
        height = HEIGHT * number / full
        top -= height
        if number:
            gap = min(GAP, height / 2)
            drawn.append(Segment(level, round(top + gap, 2), round(height - gap, 2)))
    return tuple(drawn)
