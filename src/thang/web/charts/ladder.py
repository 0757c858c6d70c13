"""The ladder itself: one bar a rung, linear, and the climbs and falls between two rungs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDEST = 60.0  # per cent of the track; the count stands to the right of its bar
PER_DIGIT = 6.0  # what each digit above four takes away from the widest bar
LEAST = 12.0


@dataclass(frozen=True, slots=True)
class Rung:
    """One level now: its people, its change over the month, its last months, its address."""

    level: str
    count: int
    change: int = 0
    past: tuple[int, ...] = ()  # month ends, oldest first
    href: str = ""
    change_href: str = ""


@dataclass(frozen=True, slots=True)
class Climb:
    """What happened between a rung and the next one above it within the month.

    `of` are the people who stood below at the month's start, whom `up` is a share of.
    """

    up: int
    down: int
    of: int = 0
    up_href: str = ""
    down_href: str = ""
    tightest: bool = False

    @property
    def rate(self) -> float | None:
        """The share that climbed; None where nobody stood below."""
        return self.up / self.of if self.of > 0 else None


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs from the lowest up; `climbs[i]` lies between `rungs[i]` and `rungs[i + 1]`."""

    rungs: tuple[Rung, ...]
    climbs: tuple[Climb, ...] = ()

    def __post_init__(self) -> None:
        """A climb belongs between two rungs."""
        if self.climbs and len(self.climbs) != len(self.rungs) - 1:
            raise ValueError("A ladder has one climb fewer than rungs.")

    @property
    def total(self) -> int:
        """Everybody on the ladder."""
        return sum(rung.count for rung in self.rungs)

    def width(self, rung: Rung) -> float:
        """The bar's length in per cent of its track, in proportion to the people."""
        most = max((other.count for other in self.rungs), default=0)
        return round(_widest(most) * rung.count / most, 2) if most else 0.0

    def share(self, rung: Rung) -> float:
        """The rung's part of everybody."""
        return rung.count / self.total if self.total else 0.0

    def downwards(self) -> Sequence[tuple[Rung, Climb | None]]:
        """As it is drawn: the highest rung first, each with the climb below it."""
        below = (None, *self.climbs) if self.climbs else (None,) * len(self.rungs)
        return list(zip(self.rungs, below, strict=True))[::-1]


def _widest(most: int) -> float:
    """Long counts need room beside the longest bar."""
    return max(LEAST, WIDEST - PER_DIGIT * max(0, len(str(most)) - 4))
