"""The shop's way: how long the stages last, how the product gets better, and how many come."""

from __future__ import annotations

from statistics import fmean, pvariance

import pytest

from thang.model import DAY
from thang.simulate.path import Course, Path
from thang.simulate.scenario import YEAR_START

YEAR = 36_525 * DAY // 100
END = YEAR_START + 3 * YEAR


def path(seed: int = 1, course: Course = Course()) -> Path:  # noqa: B008 - it is frozen
    return Path(course, YEAR_START, END, seed)


def test_stages_last_as_long_as_a_gamma_says() -> None:
    course = Course()
    starts = [path(seed).starts for seed in range(600)]
    for stage, mean in enumerate(course.dwell_months):
        lasted = [one[stage + 1] - one[stage] for one in starts]
        assert fmean(lasted) == pytest.approx(mean, rel=0.05)
        assert pvariance(lasted) == pytest.approx(mean**2 / course.dwell_shape, rel=0.2)


def test_the_product_only_gets_better_and_ends_where_the_course_says() -> None:
    way = path(4)
    days = range(YEAR_START, END + 3 * YEAR, 5 * DAY)
    assert [way.stage(at) for at in days] == sorted(way.stage(at) for at in days)
    assert {way.stage(at) for at in days} == {1, 2, 3, 4, 5}
    for read, first, last in (
        (way.incidents, 0.12, 0.03), (way.loved, 0.25, 0.48), (way.resolves_well, 0.68, 0.86),
    ):  # fmt: skip
        read_on = [read(at) for at in days]
        assert read_on == sorted(read_on, reverse=first > last)
        assert read_on[0] == pytest.approx(first)
        assert read_on[-1] == pytest.approx(last)


def test_the_product_fits_when_the_third_stage_begins() -> None:
    """Ellis' forty per cent, and six failures in a hundred orders."""
    for seed in range(20):
        way = path(seed)
        fit = way.stage_at(3)
        assert way.stage(fit + DAY) == 3
        assert way.loved(fit - 15 * DAY) < way.loved(fit) == pytest.approx(0.411, abs=0.001)
        assert way.incidents(fit) == pytest.approx(0.057, abs=0.001)


def test_arrivals_follow_their_weights() -> None:
    """Of evenly spread shares, each stage gets as many as its length times its weight."""
    course = Course(arrivals=(1.0, 1.0, 3.0, 3.0, 3.0, 3.0))
    way = path(2, course)
    came = [way.arrival((i + 0.5) / 5_000) for i in range(5_000)]
    assert came == sorted(came)
    assert came[0] >= YEAR_START
    assert came[-1] < END
    first, second, third = (way.stage_at(stage) for stage in (1, 2, 3))
    slow = (second - first) + 2.0 * (third - second)  # the weight rises evenly from 1 to 3
    fast = 3.0 * (END - third)
    early = sum(at < third for at in came)
    assert early / 5_000 == pytest.approx(slow / (slow + fast), abs=0.005)


def test_a_crash_undoes_it_all() -> None:
    way = path(1, Course(crash_month=26.0))
    before, after = YEAR_START + 2 * YEAR, YEAR_START + 27 * YEAR // 12
    assert way.stage(before) >= 3
    assert way.stage(after) == 2
    assert way.incidents(after) > 3 * way.incidents(before)
    assert way.loved(after) < way.loved(before)
    assert way.weary(after) > way.weary(before)
