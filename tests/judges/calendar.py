"""The shop's calendar: its days, months and quarters, told from instants in UTC."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=200_000)
def shop_time(at: int, tz: str) -> datetime:
    """The shop's clock at an instant (microseconds since 1970, UTC)."""
    return (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(tz))


def instant(when: datetime) -> int:
    """Microseconds since 1970 of a moment that knows its zone."""
    return (when.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)


def day_of(at: int, tz: str) -> int:
    """The number of the shop day that an instant falls on."""
    return shop_time(at, tz).date().toordinal()


def month_of(at: int, tz: str) -> int:
    """The number of the calendar month that an instant falls in: year * 12 + month - 1."""
    when = shop_time(at, tz)
    return when.year * 12 + when.month - 1


@lru_cache(maxsize=10_000)
def month_start(month: int, tz: str) -> int:
    """The first instant of a calendar month, given by its number."""
    year, index = divmod(month, 12)
    return instant(datetime(year, index + 1, 1, tzinfo=ZoneInfo(tz)))


@lru_cache(maxsize=100_000)
def add_months(at: int, months: int, tz: str) -> int:
    """The same shop clock time so many months later, clipped to that month's end (ruling 4a)."""
    when = shop_time(at, tz)
    year, index = divmod(when.year * 12 + when.month - 1 + months, 12)
    last = calendar.monthrange(year, index + 1)[1]
    naive = when.replace(tzinfo=None, fold=0, year=year, month=index + 1, day=min(when.day, last))
    return instant(naive.replace(tzinfo=ZoneInfo(tz)))


def checks_between(after: int, until: int, tz: str) -> list[int]:
    """The monthly checks in (after, until]: 00:00 shop time on each first of a month."""
    months = range(month_of(after, tz), month_of(until, tz) + 1)
    return [start for start in (month_start(m, tz) for m in months) if after < start <= until]


def quarters_between(after: int, until: int, tz: str) -> list[int]:
    """The first instants of quarters in (after, until]."""
    return [at for at in checks_between(after, until, tz) if month_of(at, tz) % 3 == 0]


def is_new_year(at: int, tz: str) -> bool:
    """Whether a monthly check is the one of the first of January."""
    return month_of(at, tz) % 12 == 0


@dataclass(frozen=True, slots=True)
class Moment:
    """From when one looks back, and how much of that very instant is seen.

    `strictly` means that only what happened before `at` is seen; windows reach back
    from `at` in either case; `month` is the present month.
    """

    at: int
    strictly: bool
    month: int

    def sees(self, happened: int) -> bool:
        """Whether something that happened then is already known."""
        return happened < self.at if self.strictly else happened <= self.at


def after_events(at: int, tz: str) -> Moment:
    """The moment right after everything of an instant."""
    return Moment(at, strictly=False, month=month_of(at, tz))


def before_events(at: int, tz: str) -> Moment:
    """The moment right before the events of an instant, its windows already expired."""
    return Moment(at, strictly=True, month=month_of(at, tz))


def at_check(at: int, tz: str) -> Moment:
    """The moment of a check: strictly before, and its present month has just ended (ruling 2)."""
    return Moment(at, strictly=True, month=month_of(at, tz) - 1)
