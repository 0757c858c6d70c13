"""Days, months and quarters of a shop's clock, against the clock itself, read hour by hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.model import DAY, SECOND
from thang.river.calendar import (
    Calendar,
    calendar,
    days,
    end_of_day,
    instant,
    moment,
    month_start,
    quarter_starts,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 3600 * SECOND
ZONES = (
    "Asia/Ho_Chi_Minh",
    "Europe/Paris",
    "America/New_York",
    "Asia/Kolkata",  # half an hour beside the others
    "America/Asuncion",  # its clock jumps over midnight, in 2017 on the first of a month
    "America/Havana",  # its midnight comes twice, in 2015 on the first of a month
    "Australia/Lord_Howe",  # turns by half an hour
)
LOW, HIGH = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * SECOND for year in (2014, 2019))


def on_the_clock(at: int, tz: str) -> datetime:
    return (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(tz))


def at(text: str, tz: str = "UTC") -> int:
    """The instant of a clock time that exists once."""
    since = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz)).astimezone(UTC) - EPOCH
    return since // timedelta(microseconds=1)


def table(tz: str) -> Calendar:
    return calendar(tz, LOW, HIGH)


@pytest.mark.parametrize("tz", ZONES)
def test_each_month_of_the_table_begins_where_the_clock_turns_to_it(tz: str) -> None:
    cal = table(tz)
    for first, number in zip(cal.months.tolist(), cal.number.tolist(), strict=True):
        here, before = on_the_clock(first, tz), on_the_clock(first - 1, tz)
        assert here.year * 12 + here.month - 1 == number
        assert before.year * 12 + before.month - 1 == number - 1


@pytest.mark.parametrize("tz", ZONES)
def test_the_table_leaves_out_no_month_and_reaches_three_years_further(tz: str) -> None:
    cal = table(tz)
    assert np.all(np.diff(cal.number) == 1)
    assert cal.months[0] <= LOW < cal.months[1]
    last = on_the_clock(HIGH, tz)
    assert cal.number[-1] == (last.year + 3) * 12 + last.month - 1


@pytest.mark.parametrize("tz", ZONES)
def test_days_turn_at_the_clocks_midnight_whatever_the_season(tz: str) -> None:
    hours = np.arange(LOW, HIGH, HOUR, dtype=np.int64)
    beside = np.concatenate([hours - 1, hours, hours + HOUR // 2])
    told = days(table(tz), beside)
    expected = [(on_the_clock(t, tz).date() - date(1970, 1, 1)).days for t in beside[::7].tolist()]
    assert told[::7].tolist() == expected


@given(st.sampled_from(ZONES), st.integers(LOW, HIGH))
def test_any_instant_falls_on_the_day_that_its_clock_shows(tz: str, t: int) -> None:
    (told,) = days(table(tz), np.array([t], np.int64))
    assert date(1970, 1, 1) + timedelta(days=int(told)) == on_the_clock(t, tz).date()


@pytest.mark.parametrize("tz", ["Europe/Paris", "America/New_York", "Australia/Lord_Howe"])
def test_offsets_turn_to_the_second(tz: str) -> None:
    cal = table(tz)
    assert len(cal.turns) > 10
    for turn, offset in zip(cal.turns[1:].tolist(), cal.offsets[1:].tolist(), strict=True):
        assert on_the_clock(turn, tz).utcoffset() == timedelta(microseconds=offset)
        assert on_the_clock(turn - 1, tz).utcoffset() != timedelta(microseconds=offset)


def test_days_before_1970_count_backwards() -> None:
    cal = calendar("Asia/Ho_Chi_Minh", at("1969-11-01"), at("1970-02-01"))
    told = days(cal, np.array([at("1969-12-31 12:00"), at("1970-01-01 12:00")], np.int64))
    assert told.tolist() == [-1, 0]


def test_one_month_of_vietnam_in_utc() -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    assert month_start(2024 * 12 + 1, zone) == at("2024-01-31 17:00")
    assert end_of_day("2024-02-29", zone.key) == at("2024-02-29 17:00") - 1


@pytest.mark.parametrize(
    ("day", "tz", "hours"),
    [
        ("2024-03-31", "Europe/Paris", 23),
        ("2024-10-27", "Europe/Paris", 25),
        ("2024-03-10", "America/New_York", 23),
        ("2024-11-03", "America/New_York", 25),
        ("2024-11-03", "Asia/Ho_Chi_Minh", 24),
        ("2017-10-01", "America/Asuncion", 23),
        ("2015-11-01", "America/Havana", 25),
    ],
)
def test_a_day_ends_when_the_next_begins(day: str, tz: str, hours: int) -> None:
    before = date.fromisoformat(day) - timedelta(days=1)
    assert end_of_day(day, tz) - end_of_day(before.isoformat(), tz) == hours * HOUR
    assert on_the_clock(end_of_day(day, tz), tz).date().isoformat() == day
    assert on_the_clock(end_of_day(day, tz) + 1, tz).date() == date.fromisoformat(day) + timedelta(
        days=1
    )


@pytest.mark.parametrize("text", ["", "today", "2024-13-01", "2024-02-30", "01/02/2024", "2024-2"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the workspace says it in a sentence
        end_of_day(text, "Asia/Ho_Chi_Minh")


@pytest.mark.parametrize("tz", ["Asia/Ho_Chi_Minh", "Europe/Paris"])
def test_quarters_begin_after_the_first_event_and_up_to_the_end(tz: str) -> None:
    first, last = at("2024-01-01", tz), at("2024-10-01", tz)
    told = quarter_starts(calendar(tz, first, last), first, last)
    assert told == [at(f"2024-{month:02d}-01", tz) for month in (4, 7, 10)]
    assert quarter_starts(calendar(tz, first, last), first - 1, last - 1) == [
        at(f"2024-{month:02d}-01", tz) for month in (1, 4, 7)
    ]


@given(st.integers(-50 * 365 * DAY, 130 * 365 * DAY), st.sampled_from(ZONES))
def test_instants_and_moments_go_there_and_back_to_the_microsecond(t: int, tz: str) -> None:
    assert instant(moment(t, tz)) == t
    assert moment(t, tz).utcoffset() == on_the_clock(t, tz).utcoffset()
