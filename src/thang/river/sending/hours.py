"""Quiet hours and days by the shop's clock: when a message may leave, and when it may next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from thang.policy.contact import Contact
from thang.river.calendar import EPOCH, instant
from thang.river.sending.channels import Channel


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of one day in which a channel may be used: from the first up to the last."""

    first: int
    last: int


def hours_of(channel: Channel, rules: Contact) -> Hours:
    """The stricter of the law's hours and the shop's own."""
    own = (rules.from_hour, rules.to_hour)
    if channel.key == "call":
        own = (rules.call_from_hour, rules.call_to_hour)
    low, high = channel.legal_hours
    return Hours(max(low, own[0]), min(high, own[1]))


@lru_cache(maxsize=4096)
def day_start(now: int, tz: str, days: int = 0) -> int:
    """The first instant of the shop's day, or of the day so many days from it."""
    local = (EPOCH + timedelta(microseconds=now)).astimezone(ZoneInfo(tz))
    return _at(local, tz, days, 0)


def opening(now: int, hours: Hours, tz: str) -> tuple[int, int]:
    """The next span in which the hours are open, the present one included: first and last end."""
    local = (EPOCH + timedelta(microseconds=now)).astimezone(ZoneInfo(tz))
    for days in (0, 1):
        first = _at(local, tz, days, hours.first)
        last = _at(local, tz, days, hours.last)
        if now < last:
            return max(first, now), last
    return _at(local, tz, 1, hours.first), _at(local, tz, 1, hours.last)


def _at(local: datetime, tz: str, days: int, hour: int) -> int:
    day = datetime(local.year, local.month, local.day, tzinfo=UTC) + timedelta(days=days)
    wall = day + timedelta(hours=hour)
    return instant(wall.replace(tzinfo=ZoneInfo(tz)))
