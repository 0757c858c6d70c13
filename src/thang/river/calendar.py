"""The shop's calendar: which day, month and quarter an instant belongs to.

Instants are UTC; days, months and quarters are the shop's (`shop.tz`). Everything
an engine or kernel needs is a small table, made once per run.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from thang.model import DAY, SECOND
from thang.river.tables import Int32, Int64

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Calendar(NamedTuple):
    """Months by their first instants; `offsets[j]` from UTC holds from `turns[j]` on."""

    months: Int64  # first instants of consecutive months, UTC microseconds
    number: Int64  # year * 12 + month - 1 of each
    turns: Int64  # instants from which an offset from UTC holds
    offsets: Int64  # that offset in microseconds


def instant(moment: datetime) -> int:
    """Whole microseconds since 1970; `moment` carries its zone."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def moment(at: int, tz: str = "UTC") -> datetime:
    """The datetime of an instant in a zone."""
    return (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(tz))


def month_start(number: int, zone: ZoneInfo) -> int:
    """First instant of a month, `number` being year * 12 + month - 1."""
    return instant(datetime(number // 12, number % 12 + 1, 1, tzinfo=zone))


def end_of_day(text: str, tz: str) -> int:
    """The last instant of a shop day given as YYYY-MM-DD (ruling 4)."""
    day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=ZoneInfo(tz))
    return instant(day + timedelta(days=1)) - 1


def calendar(tz: str, first: int, last: int) -> Calendar:
    """The table from the month of `first` to three years after the month of `last`."""
    zone = ZoneInfo(tz)
    low, high = moment(first, tz), moment(last, tz)
    numbers = range(low.year * 12 + low.month - 1, high.year * 12 + high.month - 1 + 37)
    months = [month_start(number, zone) for number in numbers]
    turns, offsets = _offsets(zone, months[0], months[-1])
    return Calendar(
        np.array(months, np.int64),
        np.array(numbers, np.int64),
        np.array(turns, np.int64),
        np.array(offsets, np.int64),
    )


def _offsets(zone: ZoneInfo, first: int, last: int) -> tuple[list[int], list[int]]:
    """The instants at which the zone's offset turns, found to the second by halving."""
    turns, offsets = [first - 400 * DAY], [_offset(zone, first)]
    at = first
    while at < last:
        after = min(at + 7 * DAY, last)
        if _offset(zone, after) != offsets[-1]:
            turns.append(_turn(zone, at, after))
            offsets.append(_offset(zone, after))
        at = after
    return turns, offsets


def _turn(zone: ZoneInfo, low: int, high: int) -> int:
    before = _offset(zone, low)
    while high - low > SECOND:
        middle = (low + high) // 2 // SECOND * SECOND
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high


def _offset(zone: ZoneInfo, at: int) -> int:
    shift = (EPOCH + timedelta(microseconds=at)).astimezone(zone).utcoffset() or timedelta()
    return int(shift.total_seconds()) * SECOND


def days(cal: Calendar, at: Int64) -> Int32:
    """The shop-day number (days since 1970 on the shop's clock) of each instant."""
    if len(cal.offsets) == 1:
        alone: Int32 = ((at + cal.offsets[0]) // DAY).astype(np.int32)
        return alone
    place = np.searchsorted(cal.turns, at, side="right") - 1
    found: Int32 = ((at + cal.offsets[np.maximum(place, 0)]) // DAY).astype(np.int32)
    return found


def quarter_starts(cal: Calendar, first: int, last: int) -> list[int]:
    """First instants of the quarters that begin after `first` and at or before `last`."""
    starts = cal.months[cal.number % 3 == 0]
    return [int(at) for at in starts if first < at <= last]
