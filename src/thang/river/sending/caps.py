"""How often is enough: the shop's limits by its own days, the law's by any 24 hours.

A touch whose instant lies ahead, because a clock was set back, counts as one of today.
"""

from __future__ import annotations

from collections.abc import Sequence

from thang.model import DAY
from thang.policy.contact import Contact
from thang.river.sending.channels import CHANNELS, Channel
from thang.river.sending.hours import day_start
from thang.river.sending.nouns import MARKETING, Known, Touch, Why, Withheld

WEEK = 7  # days, the present one included


def enough(strategy: str, known: Known, now: int, rules: Contact, tz: str) -> Withheld | None:
    """Why somebody got enough advertising, over all channels; None: they did not."""
    today, tomorrow = day_start(now, tz), day_start(now, tz, 1)
    touches = counted(known.touches)
    here = [touch for touch in touches if touch.at >= today]
    if known.severity >= rules.mute_severity:
        return Withheld(Why.MUTED, tomorrow)
    if any(touch.strategy != strategy for touch in here):
        return Withheld(Why.OTHER_STRATEGY, tomorrow)
    if len(here) >= rules.per_day:
        return Withheld(Why.CAP_DAY, tomorrow if rules.per_day else None)
    most = rules.per_week_few if known.few else rules.per_week
    week = [touch.at for touch in touches if touch.at >= day_start(now, tz, 1 - WEEK)]
    if len(week) >= most:
        return Withheld(Why.CAP_WEEK, _week_later(week, most, now, tz))
    return None


def enough_here(channel: Channel, known: Known, now: int, rules: Contact) -> Withheld | None:
    """Why a person got as much advertising on one channel as the law allows in 24 hours."""
    most = channel.legal_per_day
    if channel.key == "call":
        most = min(most, rules.calls_per_day)
    here = sorted(t.at for t in counted(known.touches) if t.channel == channel.key)
    here = [at for at in here if at > now - DAY]
    if len(here) < most:
        return None
    return Withheld(Why.CAP_LAW, here[-most] + DAY if most else None)


def counted(touches: Sequence[Touch]) -> list[Touch]:
    """The touches that limits count: advertising that reached for the person."""
    silent = [key for key, channel in CHANNELS.items() if not channel.contacts]
    return [t for t in touches if t.purpose == MARKETING and t.channel not in silent]


def _week_later(week: list[int], most: int, now: int, tz: str) -> int | None:
    """The day on which so many of these touches are a week old that one more is allowed."""
    if not most:
        return None
    return max(day_start(sorted(week)[-most], tz, WEEK), day_start(now, tz, 1))
