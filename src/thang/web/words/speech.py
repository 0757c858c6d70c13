"""Whose language a page speaks while it is drawn: locale, time zone, currency, levels' names.

Held in a context variable, because macros that a template imports see no render context.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from thang.model import SECOND
from thang.policy.schema import Level
from thang.web.words import dates, formats, levels
from thang.web.words.catalogue import DEFAULT


def _now() -> int:
    return int(dt.datetime.now(dt.UTC).timestamp()) * SECOND


@dataclass(frozen=True, slots=True)
class Speech:
    """Everything a page needs to say a number, a day or a level to one viewer."""

    locale: str = DEFAULT
    tz: str = "Asia/Ho_Chi_Minh"
    currency: str = "VND"
    levels: Sequence[Level] = ()
    now: int = field(default_factory=_now)

    def count(self, number: int) -> str:
        """`24.000`"""
        return formats.count(number, self.locale)

    def count_short(self, number: int) -> str:
        """`7,1k`"""
        return formats.short(number, self.locale)

    def signed(self, number: int) -> str:
        """`+10`, `−3`"""
        return formats.signed(number, self.locale)

    def percent(self, share: float, digits: int = 1) -> str:
        """0.123 as `12,3%`"""
        return formats.percent(share, self.locale, digits)

    def decimal(self, number: float, digits: int = 1) -> str:
        """`4,8`"""
        return formats.decimal(number, self.locale, digits)

    def money(self, minor: int, currency: str = "") -> str:
        """`1.234.567 ₫`, in the shop's currency unless another is named."""
        return formats.money(minor, currency or self.currency, self.locale)

    def money_short(self, minor: int, currency: str = "") -> str:
        """`1,2 tỷ`"""
        return formats.money_short(minor, currency or self.currency, self.locale)

    def date(self, at: int | dt.date) -> str:
        """`23/11/2026`"""
        return dates.date(at, self.tz, self.locale)

    def date_short(self, at: int | dt.date) -> str:
        """`23/11`"""
        return dates.date_short(at, self.tz, self.locale)

    def date_time(self, at: int) -> str:
        """`22/11/2026 23:10`"""
        return dates.date_time(at, self.tz, self.locale)

    def month(self, of: str | dt.date) -> str:
        """`tháng 11/2026`"""
        return dates.month(of, self.locale)

    def month_short(self, of: str | dt.date) -> str:
        """`T11`"""
        return dates.month_short(of, self.locale)

    def days(self, number: int) -> str:
        """`214 ngày`"""
        return dates.days(number, self.locale, self.count(number))

    def when(self, at: int) -> str:
        """`3 ngày trước`"""
        return dates.when(at, self.now, self.locale)

    def level_name(self, level: str | int) -> str:
        """The policy's full name of a level."""
        return levels.full_name(self.levels, level, self.locale)

    def level_short(self, level: str | int) -> str:
        """The word on a level's chip."""
        return levels.short_name(self.levels, level, self.locale)

    def level_number(self, level: str | int) -> int:
        """The rung's number from below, 1 first; 0 for a level the policy does not have."""
        return levels.index_of(self.levels, level) + 1

    def level_tone(self, level: str | int) -> str:
        """The style class of a level's colour."""
        return levels.tone(self.levels, level)


_SPEECH: ContextVar[Speech | None] = ContextVar("thang_speech", default=None)


def spoken() -> Speech:
    """The speech of the page being drawn; the default one outside of any."""
    return _SPEECH.get() or Speech()


@contextmanager
def speaking(speech: Speech) -> Iterator[None]:
    """Draw what is inside for this viewer."""
    before = _SPEECH.set(speech)
    try:
        yield
    finally:
        _SPEECH.reset(before)
