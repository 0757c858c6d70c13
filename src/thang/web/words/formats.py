"""Numbers and money as sellers write them: `1.234.567 ₫`, `1,2 tỷ`, `250k`; `₫1,234,567`, `1.2B`.

The usual compact forms («1,2 T ₫», «250 N ₫») are unreadable to sellers: the short ones are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
    get_currency_symbol,
)

HOME_CURRENCY = "VND"  # its short amounts stand without a sign: «250k» is money to everybody
MINUS = "−"
STEPS: Mapping[str, tuple[tuple[int, str], ...]] = {
    "vi": ((1_000_000_000, " tỷ"), (1_000_000, " tr"), (1_000, "k")),
    "en": ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")),
}
NO_BREAK = "\u00a0"
ALMOST = Decimal("0.9995")  # 999.950 rounds to a million: it is said as one


def count(number: int, locale: str) -> str:
    """A whole number with its thousands apart: `24.000` or `24,000`."""
    return _real_minus(format_decimal(number, locale=locale))


def signed(number: int, locale: str) -> str:
    """A change, with its sign always written: `+10`, `−3`, `0`."""
    return ("+" if number > 0 else "") + count(number, locale)


def percent(share: float, locale: str, digits: int = 1) -> str:
    """A share of one, in hundredths: 0.123 is `12,3%`."""
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    return _real_minus(format_percent(share, format=pattern + "%", locale=locale))


def decimal(number: float, locale: str, digits: int = 1) -> str:
    """A number that need not be whole, at most so many digits after the point: `4,8`."""
    rounded = Decimal(str(number)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return _real_minus(format_decimal(rounded, format="#,##0.###", locale=locale))


def short(number: float | Decimal, locale: str) -> str:
    """At most three digits and a word: `1,2 tỷ`, `12 tr`, `250k`; below a thousand as it is."""
    amount = Decimal(str(number))
    for unit, word in _steps(locale):
        if abs(amount) >= unit * ALMOST:
            figure = format_decimal(_rounded(amount / unit), format="#,##0.#", locale=locale)
            return _real_minus(figure + word.replace(" ", NO_BREAK))
    return _real_minus(format_decimal(_rounded(amount), format="#,##0.#", locale=locale))


def money(minor: int, currency: str, locale: str) -> str:
    """An amount in minor units, to the last of them: `1.234.567 ₫`, `$12.50`."""
    return _real_minus(format_currency(_major(minor, currency), currency, locale=locale))


def money_short(minor: int, currency: str, locale: str) -> str:
    """An amount at a glance: `1,2 tỷ`; other currencies than the đồng keep their sign."""
    figure = short(_major(minor, currency), locale)
    if currency == HOME_CURRENCY:
        return figure
    sign = get_currency_symbol(currency, locale=locale)
    return f"{figure}{NO_BREAK}{sign}" if locale == "vi" else f"{sign}{figure}"


def _major(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def _steps(locale: str) -> tuple[tuple[int, str], ...]:
    return STEPS.get(locale, STEPS["en"])


def _rounded(amount: Decimal) -> Decimal:
    """One digit after the point, and none from a hundred on."""
    step = Decimal(1) if abs(amount) >= 100 else Decimal("0.1")
    return amount.quantize(step, ROUND_HALF_UP)


def _real_minus(figure: str) -> str:
    return figure.replace("-", MINUS)
