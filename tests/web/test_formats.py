"""Numbers, money and dates, against what a Vietnamese and an English reader expect to see."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.model import DAY, SECOND
from thang.web.words import dates, formats
from thang.web.words.speech import Speech, speaking, spoken

NBSP = "\u00a0"
HOUR = 3600 * SECOND


@pytest.mark.parametrize(
    ("minor", "currency", "vi", "en"),
    [
        (1_234_567, "VND", f"1.234.567{NBSP}₫", "₫1,234,567"),
        (0, "VND", f"0{NBSP}₫", "₫0"),
        (-60_000, "VND", f"−60.000{NBSP}₫", "−₫60,000"),
        (1_250, "USD", f"12,50{NBSP}US$", "$12.50"),
    ],
)
def test_money_to_the_last_unit(minor: int, currency: str, vi: str, en: str) -> None:
    assert formats.money(minor, currency, "vi") == vi
    assert formats.money(minor, currency, "en") == en


@pytest.mark.parametrize(
    ("amount", "vi", "en"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1_000, "1k", "1k"),
        (1_250, "1,3k", "1.3k"),
        (250_000, "250k", "250k"),
        (999_400, "999k", "999k"),
        (999_500, f"1{NBSP}tr", "1M"),
        (1_200_000, f"1,2{NBSP}tr", "1.2M"),
        (12_340_000, f"12,3{NBSP}tr", "12.3M"),
        (123_400_000, f"123{NBSP}tr", "123M"),
        (1_200_000_000, f"1,2{NBSP}tỷ", "1.2B"),
        (4_321_000_000_000, f"4.321{NBSP}tỷ", "4,321B"),
        (-250_000, "−250k", "−250k"),
    ],
)
def test_short_money_is_what_sellers_say(amount: int, vi: str, en: str) -> None:
    assert formats.money_short(amount, "VND", "vi") == vi
    assert formats.money_short(amount, "VND", "en") == en


def test_short_money_of_another_currency_keeps_its_sign() -> None:
    assert formats.money_short(125_000_000, "USD", "en") == "$1.3M"
    assert formats.money_short(125_000_000, "USD", "vi") == f"1,3{NBSP}tr{NBSP}US$"


WORDS = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9}


@given(st.integers(-(10**14), 10**14))
def test_a_short_number_is_near_the_true_one_and_never_a_thousand_of_a_unit(number: int) -> None:
    shown = formats.short(number, "en").replace(",", "").replace("−", "-")
    match = re.fullmatch(r"(-?\d+(?:\.\d)?)([kMB]?)", shown)
    assert match
    figure, unit = float(match[1]), WORDS[match[2]]
    assert abs(figure * unit - number) <= max(0.05 * abs(number), 0)
    if match[2] != "B":
        assert abs(figure) < 1000


def test_counts_shares_and_changes() -> None:
    assert formats.count(24_000, "vi") == "24.000"
    assert formats.count(24_000, "en") == "24,000"
    assert formats.percent(0.123, "vi") == "12,3%"
    assert formats.percent(0.123, "en") == "12.3%"
    assert formats.percent(0.25, "vi", 0) == "25%"
    assert formats.decimal(4.8, "vi") == "4,8"
    assert formats.decimal(5.0, "vi") == "5"
    assert [formats.signed(n, "vi") for n in (10, 0, -3)] == ["+10", "0", "−3"]


def test_dates_in_both_languages() -> None:
    day = dt.date(2026, 11, 3)
    assert dates.date(day, "Asia/Ho_Chi_Minh", "vi") == "03/11/2026"
    assert dates.date(day, "Asia/Ho_Chi_Minh", "en") == "3 Nov 2026"
    assert dates.date_short(day, "Asia/Ho_Chi_Minh", "vi") == "03/11"
    assert dates.month("2026-11", "vi") == "tháng 11/2026"
    assert dates.month(day, "en") == "November 2026"
    assert [dates.month_short(f"2026-{m:02}", "vi") for m in (1, 9, 12)] == ["T1", "T9", "T12"]
    assert dates.month_short("2026-11-01", "en") == "Nov"


def test_the_day_is_the_shops_not_londons() -> None:
    late = round(dt.datetime(2026, 11, 22, 23, 10, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).timestamp())
    early = (late + 3600) * SECOND
    assert dates.date_time(late * SECOND, "Asia/Ho_Chi_Minh", "vi") == "22/11/2026 23:10"
    assert dates.date(early, "Asia/Ho_Chi_Minh", "vi") == "23/11/2026"
    assert dates.date(early, "UTC", "vi") == "22/11/2026"


@pytest.mark.parametrize(
    ("away", "vi", "en"),
    [
        (0, "vừa xong", "just now"),
        (-59 * SECOND, "vừa xong", "just now"),
        (-60 * SECOND, "1 phút trước", "1 minute ago"),
        (-HOUR + 1, "59 phút trước", "59 minutes ago"),
        (-HOUR, "1 giờ trước", "1 hour ago"),
        (-3 * DAY, "3 ngày trước", "3 days ago"),
        (2 * HOUR, "2 giờ nữa", "in 2 hours"),
        (DAY, "1 ngày nữa", "in 1 day"),
        (5 * DAY, "5 ngày nữa", "in 5 days"),
    ],
)
def test_how_long_ago(away: int, vi: str, en: str) -> None:
    now = 1_795_000_000 * SECOND
    assert dates.when(now + away, now, "vi") == vi
    assert dates.when(now + away, now, "en") == en


def test_a_length_in_days_has_its_thousands_apart() -> None:
    assert Speech("vi").days(1_214) == "1.214 ngày"
    assert Speech("en").days(1) == "1 day"


def test_speech_ends_with_its_page() -> None:
    with speaking(Speech("en")):
        with speaking(Speech("vi", tz="UTC")):
            assert spoken().tz == "UTC"
        assert spoken().locale == "en"
    assert spoken().locale == "vi"
