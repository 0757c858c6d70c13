"""Dates and amounts as people write them, read exactly or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from thang.model import SECOND

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EXCEL_START = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's day has no zone
PARTS = re.compile(
    r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})"
    r"(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp][Mm])?)?"
)
SIGNS = re.compile(r"(?i)vnđ|vnd|usd|gbp|eur|[₫đ$£€\s\u00a0\u202f_']")


@dataclass(frozen=True, slots=True)
class Dates:
    """How a column writes its dates: an explicit format, or which of day and month comes first."""

    tz: str
    format: str | None = None
    day_first: bool | None = None  # None: only dates that can be read one way are read

    def instant(self, text: str) -> int | None:
        """Microseconds since 1970 in UTC; None: no date, or one that can be read two ways."""
        text = text.strip()
        try:
            when = self._format(text) if self.format else self._guess(text)
        except (ValueError, OverflowError):
            return None
        if when is None:
            return None
        if when.tzinfo is None:
            when = when.replace(tzinfo=ZoneInfo(self.tz))
        since = when - EPOCH
        return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds

    def _format(self, text: str) -> datetime:
        return datetime.strptime(text, self.format or "")  # noqa: DTZ007 - the shop's zone follows

    def _guess(self, text: str) -> datetime | None:
        if re.fullmatch(r"\d{8}", text):
            return datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007
        if re.fullmatch(r"\d{10}", text):
            return EPOCH + timedelta(seconds=int(text))
        if re.fullmatch(r"\d{13}", text):
            return EPOCH + timedelta(milliseconds=int(text))
        if re.fullmatch(r"\d{5}(\.\d+)?", text):
            return _serial(text)
        if re.match(r"\d{4}-\d{2}-\d{2}", text):
            return datetime.fromisoformat(text.replace(" +", "+"))
        return self._parts(text)

    def _parts(self, text: str) -> datetime | None:
        match = PARTS.fullmatch(text)
        if not match:
            return None
        one, two, three = (int(part) for part in match.groups()[:3])
        if len(match[1]) == 4:
            year, month, day = one, two, three
        else:
            order = _order(one, two) if self.day_first is None else self.day_first
            if order is None or len(match[3]) != 4:
                return None
            day, month = (one, two) if order else (two, one)
            if month > 12 and _order(one, two) is not None:
                day, month = month, day
            year = three
        hour, minute, second = (int(part or 0) for part in match.groups()[3:6])
        if match[7]:
            hour = hour % 12 + (12 if match[7].lower() == "pm" else 0)
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001


def _serial(text: str) -> datetime | None:
    days = float(text)
    if not 20_000 <= days < 80_000:
        return None
    return EXCEL_START + timedelta(seconds=round(days * 86_400))


def _order(one: int, two: int) -> bool | None:
    """True: day first, False: month first, None: it may be either (or is the same)."""
    if one > 12:
        return True
    if two > 12:
        return False
    return True if one == two else None


def day_comes_first(texts: Iterable[str]) -> tuple[bool, bool]:
    """Whether some dates of a column must begin with the day, and some with the month."""
    day = month = False
    for text in texts:
        match = PARTS.fullmatch(text.strip())
        if match and len(match[1]) < 4 and match[1] != match[2]:
            order = _order(int(match[1]), int(match[2]))
            day, month = day or order is True, month or order is False
    return day, month


def undecided(texts: Iterable[str]) -> bool:
    """Whether a column holds dates that can be read two ways."""
    for text in texts:
        match = PARTS.fullmatch(text.strip())
        if match and len(match[1]) < 4 and _order(int(match[1]), int(match[2])) is None:
            return True
    return False


def amount(text: str, decimals: int, comma: bool | None = None) -> int | None:
    """Minor units of an amount such as `1.234.567 ₫`, `1,234,567.50` or `(12.50)`; None: nonsense.

    `decimals` are those of the currency; `comma` says that the comma is the decimal sign.
    """
    plain = SIGNS.sub("", text.strip())
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()")
    if plain.startswith(("-", "−")):
        negative, plain = True, plain[1:]
    plain = _decimal_point(plain.lstrip("+"), decimals, comma)
    if not re.fullmatch(r"\d{1,18}(\.\d+)?", plain):
        return None
    try:
        minor = Decimal(plain).scaleb(decimals)
    except InvalidOperation:
        return None
    whole = int(minor.to_integral_value(rounding="ROUND_HALF_UP"))
    return -whole if negative else whole


def _decimal_point(plain: str, decimals: int, comma: bool | None) -> str:
    """The same number with a point for decimals and nothing between thousands."""
    dots, commas = plain.count("."), plain.count(",")
    if dots and commas:
        last = "," if plain.rfind(",") > plain.rfind(".") else "."
        other = "." if last == "," else ","
        return plain.replace(other, "").replace(last, ".")
    sign = "." if dots else ","
    if dots + commas == 0:
        return plain
    tail = len(plain) - plain.rfind(sign) - 1
    grouped = dots + commas > 1 or (tail == 3 and _groups(sign, decimals, comma))
    return plain.replace(sign, "") if grouped else plain.replace(sign, ".")


def _groups(sign: str, decimals: int, comma: bool | None) -> bool:
    """Whether one sign before three digits stands between thousands."""
    if decimals == 0:
        return True
    return sign == "," if comma is None else (sign == ".") is comma


def decimal_comma(texts: Iterable[str]) -> bool | None:
    """Whether a column writes decimals after a comma; None: nothing in it tells."""
    for text in texts:
        plain = SIGNS.sub("", text.strip()).strip("()-+−")
        dot, comma = plain.rfind("."), plain.rfind(",")
        if dot >= 0 and comma >= 0:
            return comma > dot
        at = max(dot, comma)
        if at >= 0 and len(plain) - at - 1 in (1, 2):
            return comma > dot
    return None
