"""Days, months and instants as a person reads them, in the shop's own time zone.

Instants are microseconds since 1970 in UTC; months are `2026-11` or any day within them.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from thang.model import DAY, SECOND
from thang.web.words.catalogue import say, say_many

MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY_PATTERN = {"vi": "dd/MM/yyyy", "en": "d MMM yyyy"}
SHORT_PATTERN = {"vi": "dd/MM", "en": "d MMM"}
TIME_PATTERN = {"vi": "dd/MM/yyyy HH:mm", "en": "d MMM yyyy, HH:mm"}
MONTH_PATTERN = {"vi": "'tháng' M/yyyy", "en": "MMMM yyyy"}
SHORT_MONTH_PATTERN = {"vi": "'T'M", "en": "MMM"}


def date(at: int | dt.date, tz: str, locale: str) -> str:
    """The shop's day of an instant: `23/11/2026` or `23 Nov 2026`."""
    return format_date(_day(at, tz), DAY_PATTERN[locale], locale)


def date_short(at: int | dt.date, tz: str, locale: str) -> str:
    """The same where the year is plain: `23/11` or `23 Nov`."""
    return format_date(_day(at, tz), SHORT_PATTERN[locale], locale)


def date_time(at: int, tz: str, locale: str) -> str:
    """An instant to the minute on the shop's clock: `22/11/2026 23:10`."""
    return format_datetime(_local(at, tz), TIME_PATTERN[locale], locale=locale)


def month(of: str | dt.date, locale: str) -> str:
    """A month in full: `tháng 11/2026` or `November 2026`."""
    return format_date(_first_of(of), MONTH_PATTERN[locale], locale)


def month_short(of: str | dt.date, locale: str) -> str:
    """A month where the year is plain: `T11` or `Nov`."""
    return format_date(_first_of(of), SHORT_MONTH_PATTERN[locale], locale)


def days(number: int, locale: str, shown: str) -> str:
    """A length of time in days; `shown` is the number as the language writes it."""
    return say_many(locale, "%(n)s day", "%(n)s days", number, n=shown)


def when(at: int, now: int, locale: str) -> str:
    """How long ago an instant was, or how far off it is: `3 ngày trước`, `2 giờ nữa`."""
    span = abs(now - at)
    if span < MINUTE:
        return say(locale, "just now")
    return _ahead(span, locale) if at > now else _ago(span, locale)


def _ago(span: int, locale: str) -> str:
    if span < HOUR:
        n = span // MINUTE
        return say_many(locale, "%(n)s minute ago", "%(n)s minutes ago", n, n=n)
    if span < DAY:
        n = span // HOUR
        return say_many(locale, "%(n)s hour ago", "%(n)s hours ago", n, n=n)
    n = span // DAY
    return say_many(locale, "%(n)s day ago", "%(n)s days ago", n, n=n)


def _ahead(span: int, locale: str) -> str:
    if span < HOUR:
        n = span // MINUTE
        return say_many(locale, "in %(n)s minute", "in %(n)s minutes", n, n=n)
    if span < DAY:
        n = span // HOUR
        return say_many(locale, "in %(n)s hour", "in %(n)s hours", n, n=n)
    n = span // DAY
    return say_many(locale, "in %(n)s day", "in %(n)s days", n, n=n)


@cache
def _zone(tz: str) -> ZoneInfo:
    return ZoneInfo(tz)


def _local(at: int, tz: str) -> dt.datetime:
    """Whole seconds are enough to read, and divide without rounding, before 1970 too."""
    return dt.datetime.fromtimestamp(at // SECOND, dt.UTC).astimezone(_zone(tz))


def _day(at: int | dt.date, tz: str) -> dt.date:
    return at if isinstance(at, dt.date) else _local(at, tz).date()


def _first_of(month: str | dt.date) -> dt.date:
    if isinstance(month, dt.date):
        return month
    return dt.date.fromisoformat(f"{month}-01" if len(month) == 7 else month)
