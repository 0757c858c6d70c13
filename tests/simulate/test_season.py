"""The calendar of a Vietnamese shop: Tết by the moon, weeks, and closed carriers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from thang.simulate.season import BUSIEST, TET, busyness, carriers_rest, days_to_tet

NEW_MOON = datetime(2000, 1, 6, 18, 14, tzinfo=UTC)
LUNATION = timedelta(days=29.530588853)


@pytest.mark.parametrize("year", sorted(TET))
def test_tet_is_the_second_new_moon_after_the_winter_solstice(year: int) -> None:
    tet = TET[year]
    assert date(year, 1, 20) <= tet <= date(year, 2, 21)
    noon = datetime(year, tet.month, tet.day, 5, tzinfo=UTC)  # noon in Vietnam
    age = (noon - NEW_MOON) % LUNATION
    assert min(age, LUNATION - age) < timedelta(hours=30)  # the mean moon errs by 14 hours


def test_tet_is_known_for_every_year_from_2023_to_2028() -> None:
    assert sorted(TET) == list(range(2023, 2029))
    assert days_to_tet(date(2030, 2, 2)) is None


def test_shops_are_busiest_before_tet_and_quiet_in_it() -> None:
    before, during = date(2026, 2, 6), date(2026, 2, 18)
    assert busyness(before) > 1.4
    assert busyness(during) < 0.5
    ordinary = [busyness(date(2026, 6, 1) + timedelta(days=i)) for i in range(28)]
    assert sum(ordinary) / 28 == pytest.approx(1.0, abs=0.02)


def test_no_day_is_busier_than_the_busiest() -> None:
    days = [date(2023, 1, 1) + timedelta(days=i) for i in range(6 * 365)]
    assert all(0.0 < busyness(day) <= BUSIEST for day in days)


def test_carriers_rest_from_new_years_eve_through_the_feast() -> None:
    days = [date(2027, 2, 4) + timedelta(days=i) for i in range(9)]
    resting = [day.day for day in days if carriers_rest(day)]
    assert resting == [5, 6, 7, 8, 9, 10]
