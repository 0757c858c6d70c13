"""Dates in three styles, amounts as sellers write them: read exactly or not at all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.sources.values import Dates, amount, day_comes_first, decimal_comma, undecided

from .reading import VN, at

DATES = Dates(VN)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("2026-03-05", "2026-03-05"), ("2026-03-05 14:07:09", "2026-03-05 14:07:09"),
        ("2026-03-05T14:07", "2026-03-05 14:07"), ("20260305", "2026-03-05"),
        ("25/03/2026", "2026-03-25"), ("25/03/2026 23:59:59", "2026-03-25 23:59:59"),
        ("25.3.2026", "2026-03-25"), ("03/25/2026", "2026-03-25"), ("2026/03/25", "2026-03-25"),
        ("25/03/2026 02:30 PM", "2026-03-25 14:30"), ("05/05/2026", "2026-05-05"),
        ("46086", "2026-03-05"), ("46086.5", "2026-03-05 12:00"),
    ],
)  # fmt: skip
def test_a_date_without_a_zone_is_the_shops(text: str, clock: str) -> None:
    assert DATES.instant(text) == at(clock)


def test_a_date_with_a_zone_keeps_it() -> None:
    assert DATES.instant("2026-03-05T00:00:00Z") == at("2026-03-05 07:00")
    assert DATES.instant("2026-03-05T00:00:00.000+07:00") == at("2026-03-05")
    assert DATES.instant("1772643600") == at("2026-03-05")
    assert DATES.instant("1772643600000") == at("2026-03-05")


@pytest.mark.parametrize(
    "text", ["", "hôm qua", "31/02/2026", "2026-13-01", "03/04/2026", "3/4/26", "0", "99999999"]
)
def test_what_can_be_read_two_ways_or_not_at_all_is_not_read(text: str) -> None:
    assert DATES.instant(text) is None


@given(st.dates(date(1990, 1, 1), date(2035, 12, 31)))
def test_a_column_that_begins_with_the_day_is_read_so(day: date) -> None:
    dates = Dates(VN, day_first=True)
    assert dates.instant(f"{day.day}/{day.month}/{day.year}") == at(day.isoformat())


@given(st.integers(25_000, 79_999))
def test_a_spreadsheets_serial_counts_days_from_1899(serial: int) -> None:
    day = date(1899, 12, 30) + timedelta(days=serial)
    if day.year < 2100:
        assert DATES.instant(str(serial)) == at(day.isoformat())


def test_a_column_tells_its_order_by_its_unambiguous_dates() -> None:
    assert day_comes_first(["03/04/2026", "25/03/2026"]) == (True, False)
    assert day_comes_first(["03/04/2026", "03/25/2026"]) == (False, True)
    assert undecided(["03/04/2026"])
    assert not undecided(["25/03/2026", "2026-03-04", "05/05/2026"])


@pytest.mark.parametrize(
    ("text", "decimals", "minor"),
    [
        ("1.234.567 ₫", 0, 1_234_567), ("1,234,567 đ", 0, 1_234_567), ("289000 VND", 0, 289_000),
        ("289.000", 0, 289_000), ("289,000", 0, 289_000), ("17000.00", 0, 17_000),
        ("₫ 1 234 567", 0, 1_234_567), ("1\u00a0234\u00a0567", 0, 1_234_567), ("0", 0, 0),
        ("(12.50)", 2, -1250), ("-12.50", 2, -1250), ("−12.50", 2, -1250),
        ("$1,234.50", 2, 123_450),
        ("1.234,50", 2, 123_450), ("12,5", 2, 1250), ("1,234", 2, 123_400), ("12", 2, 1200),
        ("+7.10", 2, 710), ("0.005", 2, 1), ("1.234", 3, 1234),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, decimals: int, minor: int) -> None:
    assert amount(text, decimals) == minor


@pytest.mark.parametrize("text", ["", "miễn phí", "12..5x", "NaN", "inf", "1e5", "--3", "9" * 30])
def test_nonsense_is_no_amount(text: str) -> None:
    assert amount(text, 2) is None


@given(st.integers(0, 10**12))
def test_thousands_signs_change_nothing(whole: int) -> None:
    plain = f"{whole:,}"
    assert amount(plain, 0) == amount(plain.replace(",", "."), 0) == amount(str(whole), 0) == whole
    assert amount(plain + ".25", 2) == whole * 100 + 25


def test_a_column_tells_its_decimal_sign() -> None:
    assert decimal_comma(["1.234", "7,5"]) is True
    assert decimal_comma(["1,234", "7.50"]) is False
    assert decimal_comma(["1.234", "2.500"]) is None
    assert amount("1.234", 2, comma=True) == 123_400
