"""Instants (microseconds since 1970) and the shop days they lie in, by the shop's own clock."""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from thang.model import SECOND
from thang.simulate.dice import Dice
from thang.simulate.season import HOURS, busiest, busyness, carriers_rest

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


def instant(when: datetime) -> int:
    """Microseconds since 1970 of a moment that knows its time zone."""
    return (when - EPOCH) // timedelta(microseconds=1)


def local(at: int, tz: str) -> datetime:
    """The shop's clock at an instant."""
    return (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(tz))


def add_months(at: int, months: int, tz: str) -> int:
    """So many months later (or earlier) by the shop's clock, clipped to the month's end."""
    here = local(at, tz)
    year, month = divmod(here.year * 12 + here.month - 1 + months, 12)
    day = min(here.day, monthrange(year, month + 1)[1])
    return instant(here.replace(year=year, month=month + 1, day=day))


class Days:
    """The shop days of a scenario, each with its midnight and how busy it is."""

    def __init__(self, start: int, end: int, tz: str, seasonal: bool = False) -> None:
        first, last = local(start, tz).date(), local(end, tz).date()
        count = (last - first).days + 2
        self.dates = [first + timedelta(days=i) for i in range(count)]
        self._midnights = [_midnight(day, tz) for day in self.dates]
        self._busiest = busiest(seasonal=seasonal)
        self._busyness = [busyness(day, seasonal=seasonal) / self._busiest for day in self.dates]
        self.end = end

    def place(self, at: int) -> int:
        """Which of the days an instant lies in."""
        return min(max(bisect_right(self._midnights, at) - 1, 0), len(self.dates) - 1)

    def next_busy(self, after: int, per_day: float, dice: Dice) -> int | None:
        """When that comes which comes `per_day` times an ordinary day; None: not before the end.

        Candidates come as often as on the busiest day; a quieter day lets fewer of them pass.
        """
        if per_day <= 0.0:
            return None
        at: float = after
        while True:
            at += dice.exponential(24.0 * HOUR / (per_day * self._busiest))
            if at >= self.end:
                return None
            if dice.chance(self._busyness[self.place(int(at))]):
                return max(self.waking(int(at), dice), after + MINUTE)

    def waking(self, at: int, dice: Dice) -> int:
        """A whole second on the same day, at an hour when people are up."""
        hour = dice.one_of(HOURS)
        return self._midnights[self.place(at)] + hour * HOUR + dice.below(3600) * SECOND

    def parcel(self, after: int, days: int, dice: Dice) -> int:
        """When a parcel is at the door, `days` later, in working hours, never during Tết."""
        place = self.place(after) + days
        while place < len(self.dates) - 1 and carriers_rest(self.dates[place]):
            place += 1
        midnight = self._midnights[min(place, len(self.dates) - 1)]
        beyond = max(place - len(self.dates) + 1, 0)
        return midnight + (beyond * 24 + 8) * HOUR + dice.below(11 * 3600) * SECOND


def _midnight(day: date, tz: str) -> int:
    return instant(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(tz)))
