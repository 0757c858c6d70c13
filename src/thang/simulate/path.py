"""A shop's way through the five stages: how good its product is, how loved, how many come."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from thang.model import DAY
from thang.simulate.dice import Dice

MONTH = 365.25 * DAY / 12
# How far the product has come when each stage begins, from 0 to 1, and after the last.
PROGRESS = (0.0, 0.1, 0.7, 0.9, 1.0, 1.0)
PRE_LAUNCH, FIT = 1, 3  # stages: not for sale yet; the first in which the product fits


@dataclass(frozen=True, slots=True)
class Course:
    """What a way is drawn from. Pairs say how it is at first and at last.

    Months in the stages 1 to 4 are drawn from a Gamma with these means; the fifth lasts.
    `incidents` are failures of ours per order, `loved` the share of people who would be very
    disappointed without the product, `weary` a factor of the chance to be done with the shop.
    `arrivals` weigh how many come: one number as each stage begins, then one for ever.
    `capacity` is orders a day for each thousand people there are.
    """

    dwell_months: tuple[float, float, float, float] = (2.5, 7.5, 4.5, 9.0)
    dwell_shape: float = 9.0
    incidents: tuple[float, float] = (0.12, 0.03)
    loved: tuple[float, float] = (0.25, 0.48)
    weary: tuple[float, float] = (1.5, 0.9)
    resolves_well: tuple[float, float] = (0.68, 0.86)
    arrivals: tuple[float, float, float, float, float, float] = (0.4, 0.9, 1.0, 1.2, 2.2, 2.2)
    capacity: float = 14.0
    crash_month: float | None = None  # from then on quality, love and arrivals break down
    crash_incidents: float = 0.25
    crash_loved: float = 0.2
    crash_arrivals: float = 0.15
    crash_weary: float = 2.5


class Path:
    """The way of one shop from its start on (microseconds); it goes on as it ended."""

    def __init__(self, course: Course, start: int, end: int, seed: int) -> None:
        self.course, self.start = course, start
        dice = Dice(seed, "path")
        dwells = [dice.gamma(course.dwell_shape, mean) for mean in course.dwell_months]
        self.starts = (0.0, *accumulate(dwells))  # months after the start, by stage
        self._days = max((end - start) // DAY, 1)
        weights = [self._arrivals((day + 0.5) * DAY / MONTH) for day in range(self._days)]
        self._arrived = [0.0, *accumulate(weights)]
        self._span = end - start

    def months(self, at: int) -> float:
        """Months of equal length since the start."""
        return (at - self.start) / MONTH

    def crashed(self, at: int) -> bool:
        """Whether the shop has broken down."""
        crash = self.course.crash_month
        return crash is not None and self.months(at) >= crash

    def stage(self, at: int) -> int:
        """1 to 5; a shop that broke down is back at 2, where the product does not fit yet."""
        if self.crashed(at):
            return 2
        return bisect_right(self.starts, max(self.months(at), 0.0))

    def stage_at(self, stage: int) -> int:
        """The instant at which a stage begins, on whole seconds."""
        return self.start + int(self.starts[stage - 1] * MONTH) // 1_000_000 * 1_000_000

    def progress(self, at: int) -> float:
        """How far the product has come, from 0 to 1."""
        return self._along(self.months(at), PROGRESS)

    def incidents(self, at: int) -> float:
        """Failures of ours per delivered order."""
        if self.crashed(at):
            return self.course.crash_incidents
        return self._between(self.course.incidents, at)

    def loved(self, at: int) -> float:
        """The true share of people who would be very disappointed without the product."""
        return self.course.crash_loved if self.crashed(at) else self._between(self.course.loved, at)

    def weary(self, at: int) -> float:
        """Times the chance of a person to be done with the shop after an order."""
        return self.course.crash_weary if self.crashed(at) else self._between(self.course.weary, at)

    def resolves_well(self, at: int) -> float:
        """The chance that a failure is put right, and in time."""
        return self._between(self.course.resolves_well, at)

    def arrival(self, share: float) -> int:
        """The instant at which `share` of all people have come."""
        reached = share * self._arrived[-1]
        day = min(bisect_right(self._arrived, reached), self._days) - 1
        within = (reached - self._arrived[day]) / (self._arrived[day + 1] - self._arrived[day])
        return self.start + int((day + within) / self._days * self._span)

    def _between(self, ends: tuple[float, float], at: int) -> float:
        return ends[0] + (ends[1] - ends[0]) * self.progress(at)

    def _arrivals(self, months: float) -> float:
        crash = self.course.crash_month
        broken = crash is not None and months >= crash
        slow = self.course.crash_arrivals if broken else 1.0
        return self._along(months, self.course.arrivals) * slow

    def _along(self, months: float, marks: tuple[float, ...]) -> float:
        """A number that goes straight from mark to mark while the stages pass."""
        stage = bisect_right(self.starts, max(months, 0.0))
        if stage == len(self.starts):
            return marks[-1]
        begun, ends = self.starts[stage - 1], self.starts[stage]
        part = (max(months, 0.0) - begun) / (ends - begun)
        return marks[stage - 1] + (marks[stage] - marks[stage - 1]) * part
