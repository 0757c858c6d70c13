"""The bars by their parts: quantiles, rounding, publication, the window, and money's small units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import comb

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from judges import bars as judge
from judges.by_hand import default_policy
from judges.quantiles import harrell_davis as by_gauss
from judges.quantities import Shop
from judges.story import PLAIN, on
from thang.model import DAY
from thang.policy.schema import Policy, Window
from thang.river.bars import (
    Quarter,
    beta_cdf,
    estimate,
    harrell_davis,
    median_gap,
    minor_units,
    nice,
    publish,
    resolve_window,
    shop_gap,
)
from thang.river.calendar import calendar
from thang.river.tables import Bar

POLICY = default_policy()
TZ = POLICY.shop.tz
YEARS = ("2024", "2025", "2026")
STARTS = [on(f"{year}-{month:02d}-01") for year in YEARS for month in (1, 4, 7, 10)]
CALENDAR = calendar(TZ, STARTS[0], STARTS[-1])
NOTHING = np.zeros(0, np.int64)


def binomial_beta(x: Fraction, a: int, b: int) -> Fraction:
    """The regularised beta function at whole a and b: a binomial tail, exactly."""
    n = a + b - 1
    return sum((comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1)), Fraction(0))


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 40))
@example(1, 1, 13)
@example(60, 1, 40)
def test_the_beta_distribution_is_a_binomial_tail(a: int, b: int, place: int) -> None:
    exact = binomial_beta(Fraction(place, 40), a, b)
    (told,) = beta_cdf(np.array([place / 40]), a, b)
    assert told == pytest.approx(float(exact), rel=1e-11, abs=1e-300)


@pytest.mark.parametrize("q", [0.05, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("n", [1_000, 4_001])
def test_many_buyers_are_weighed_as_few_are(
    n: int, q: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the density over narrow steps, and by the distribution at their ends."""
    values = np.sort(np.random.default_rng(n).lognormal(13, 1.5, n).astype(np.int64))
    by_density = harrell_davis(values, q)
    monkeypatch.setattr("thang.river.bars.MANY", n + 1)
    assert by_density == pytest.approx(harrell_davis(values, q), rel=1e-11)


@pytest.mark.parametrize(
    ("x", "a", "b", "value"),
    [
        (0.5, 0.5, 0.5, 0.5),
        (0.25, 0.5, 0.5, 1 / 3),  # 2 / pi * asin(sqrt(x))
        (0.75, 0.5, 0.5, 2 / 3),
        (0.25, 0.5, 1.0, 0.5),  # sqrt(x)
        (0.36, 1.0, 0.5, 0.2),  # 1 - sqrt(1 - x)
        (0.0, 2.0, 3.0, 0.0),
        (1.0, 2.0, 3.0, 1.0),
    ],
)
def test_the_beta_distribution_where_it_is_known(
    x: float, a: float, b: float, value: float
) -> None:
    assert beta_cdf(np.array([x]), a, b)[0] == pytest.approx(value, rel=1e-13)


@given(
    st.lists(st.integers(0, 10**9), min_size=30, max_size=400), st.sampled_from([0.5, 0.75, 0.9])
)
def test_the_quantile_is_the_integral_of_the_beta_density(values: list[int], q: float) -> None:
    told = harrell_davis(np.sort(np.array(values, np.int64)), q)
    assert told == pytest.approx(by_gauss(values, q), rel=1e-9, abs=1e-6)


def test_the_median_of_three_weighs_seven_thirteen_seven() -> None:
    # Beta(2, 2) has the distribution 3x^2 - 2x^3: thirds of 7/27, 13/27, 7/27.
    assert harrell_davis(np.array([0, 27, 270], np.int64), 0.5) == pytest.approx(13 + 70)


def test_one_value_is_every_quantile() -> None:
    assert harrell_davis(np.array([42], np.int64), 0.9) == pytest.approx(42)


def test_a_hundred_thousand_equal_values_are_their_own_quantile() -> None:
    values = np.full(100_000, 700_000, np.int64)
    assert harrell_davis(values, 0.9) == pytest.approx(700_000, rel=1e-12)


def test_of_many_evenly_spread_values_it_is_the_ninetieth_in_a_hundred() -> None:
    values = np.arange(1, 200_001, dtype=np.int64)
    # The mean of Beta((n+1)q, (n+1)(1-q)) is q, and i/n stands half a place above its middle.
    assert harrell_davis(values, 0.9) == pytest.approx(0.9 * 200_000 + 0.5, rel=1e-9)


@pytest.mark.parametrize(
    ("value", "currency", "bar"),
    [
        (20_049.0, "USD", 20_000),  # a twentieth is 1002: steps of 1000
        (20_500.0, "USD", 21_000),  # half up
        (20_499.9, "USD", 20_000),
        (39_000.0, "USD", 39_000),
        (41_499.0, "USD", 42_000),  # a twentieth is 2075: steps of 2000, not of 2500
        (51_249.0, "USD", 50_000),  # 2562: steps of 2500
        (51_250.0, "USD", 52_500),
        (102_499.0, "USD", 100_000),  # 5125: steps of 5000
        (7.0, "USD", 7),
        (39.0, "USD", 39),
        (48.9, "USD", 48),  # a twentieth is 2.4: steps of 2
        (6_930_000.0, "VND", 7_000_000),
        (1_010_000.0, "VND", 1_000_000),  # the least step is 50,000
        (1_025_000.0, "VND", 1_050_000),
        (24_999.0, "VND", 0),
        (0.0, "VND", 0),
    ],
)
def test_bars_are_round_figures(value: float, currency: str, bar: int) -> None:
    assert nice(value, currency) == bar


@given(st.floats(100, 1e12), st.sampled_from(["VND", "USD"]))  # from there on steps are whole
def test_rounding_says_what_the_judge_says(value: float, currency: str) -> None:
    assert nice(value, currency) == judge.rounded(Fraction(value), currency)


@given(st.floats(2_000_000, 1e12))
def test_rounding_moves_a_bar_by_a_fortieth_at_most_and_settles(value: float) -> None:
    shown = nice(value, "VND")
    assert abs(shown - value) <= value / 40 * (1 + 1e-12)
    assert nice(float(shown), "VND") == shown


@pytest.mark.parametrize(
    ("currency", "units"),
    [("VND", 1), ("JPY", 1), ("KRW", 1), ("USD", 100), ("EUR", 100), ("KWD", 1000), ("TND", 1000)],
)
def test_minor_units(currency: str, units: int) -> None:
    assert minor_units(currency) == units


def quarter(
    start: int, spend: Sequence[int], again: Sequence[int] = (), members: Sequence[int] = ()
) -> Quarter:
    return Quarter(
        start, *(np.array(x, np.int64) for x in (spend, again, members)),
        gaps=np.zeros(10, np.int64), buyers=len(spend), repeaters=len(again),
    )  # fmt: skip


def all_at(money: int, people: int = 200) -> Quarter:
    """So many people who all spent this, and all of them twice buyers: three medians win."""
    return quarter(0, [money] * people, [money] * people)


def published(*spent: int, policy: Policy = POLICY) -> list[int | None]:
    """The bars when everybody spends a third of these in successive quarters."""
    found = [
        replace(all_at(money // 3), start=start)
        for money, start in zip(spent, STARTS, strict=False)
    ]
    return [bar.premier_bar for bar in publish(found, policy, PLAIN, (), CALENDAR)]


M = 1_000_000


@pytest.mark.parametrize(
    ("spent", "shown"),
    [
        ((30, 33, 30, 30), (30, 30, 30, 30)),
        ((30, 36, 36, 36), (30, 36, 36, 36)),  # the first publication is not a move
        ((30, 36, 44, 44), (30, 36, 36, 44)),  # at most once in six months
        ((40, 46, 40, 40), (40, 40, 40, 40)),  # exactly 15 % is no more than 15 %
        ((40, 48, 40, 40), (40, 48, 48, 40)),  # downwards too
        ((30, 33, 36, 36), (30, 30, 36, 36)),  # small steps add up to a move
    ],
)
def test_a_published_bar_moves_seldom(spent: tuple[int, ...], shown: tuple[int, ...]) -> None:
    assert published(*(x * M for x in spent)) == [x * M for x in shown]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=12))
def test_publication_is_what_the_judge_publishes(spent: list[int]) -> None:
    bars: tuple[Bar, ...] = ()
    for money, start in zip(spent, STARTS, strict=False):
        raw = estimate(all_at(money * M), POLICY)
        assert raw is not None
        shown = judge.published(raw, Shop(POLICY, PLAIN, bars), start)
        bars += (Bar(start, shown, None, 0, 0),)
    assert published(*(3 * x * M for x in spent)) == [bar.premier_bar for bar in bars]


@given(st.lists(st.integers(1, 60), min_size=2, max_size=12))
def test_every_move_is_of_more_than_15_percent_and_six_months_from_the_last(
    spent: list[int],
) -> None:
    shown = published(*(3 * x * M for x in spent))
    moved = [i for i, (one, two) in enumerate(pairwise(shown), 1) if one != two]
    for i in moved:
        before, after = shown[i - 1], shown[i]
        assert before is not None
        assert after is not None
        assert abs(after - before) * 100 > 15 * before
    assert all(later - earlier >= 2 for earlier, later in pairwise(moved))


def test_a_quarter_without_enough_buyers_keeps_the_bar_that_was_published() -> None:
    found = [replace(all_at(5 * M, people), start=start)
             for people, start in zip((10, 40, 10, 40), STARTS, strict=False)]  # fmt: skip
    bars = publish(found, POLICY, PLAIN, (), CALENDAR)
    assert [bar.premier_bar for bar in bars] == [None, 15 * M, 15 * M, 15 * M]
    assert [bar.raw_premier for bar in bars] == [None, 15 * M, None, 15 * M]


def test_frozen_bars_are_kept_when_new_quarters_come() -> None:
    spent = (30, 36, 45, 45, 20, 60)
    found = [replace(all_at(x * M), start=at) for x, at in zip(spent, STARTS, strict=False)]
    whole = publish(found, POLICY, PLAIN, (), CALENDAR)
    for cut in range(1, len(found)):
        before = publish(found[:cut], POLICY, PLAIN, (), CALENDAR)
        assert before + publish(found[cut:], POLICY, PLAIN, before, CALENDAR) == whole


def test_the_owners_figure_is_published_in_minor_units_at_once() -> None:
    premier = replace(POLICY.bars.premier, mode=Fraction(25, 2))
    policy = replace(
        POLICY,
        shop=replace(POLICY.shop, currency="USD"),
        bars=replace(POLICY.bars, premier=premier),
    )
    assert estimate(all_at(1), policy) == 1250
    assert published(3, 3, policy=policy) == [1250, 1250]


@pytest.mark.parametrize(("people", "bar"), [(29, None), (30, 30 * M), (65, None), (100, None)])
def test_thirty_buyers_lean_wholly_on_three_medians(people: int, bar: int | None) -> None:
    found = quarter(0, [10 * M] * (people - 1) + [500 * M], [10 * M] * (people - 1))
    if people < 30:
        assert estimate(found, POLICY) is None
    elif people == 30:
        assert estimate(found, POLICY) == bar
    else:
        weight = Fraction(people - 30, 70)
        high = max(Fraction(by_gauss(found.spend.tolist(), 0.9)), Fraction(30 * M))
        raw = weight * high + (1 - weight) * 30 * M
        assert estimate(found, POLICY) == judge.rounded(raw, "VND")


def test_where_nobody_bought_twice_the_quantile_stands_alone() -> None:
    assert estimate(quarter(0, [10 * M] * 40), POLICY) == 10 * M


@pytest.mark.parametrize(
    ("members", "median"), [((), None), ((5,), 5), ((10, 21), 16), ((10, 20), 15), ((1, 2, 90), 2)]
)
def test_the_median_member_spend(members: tuple[int, ...], median: int | None) -> None:
    (bar,) = publish([quarter(STARTS[0], [], [], members)], POLICY, PLAIN, (), CALENDAR)
    assert bar.median_member_spend == median


def histogram(*days: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.bincount(np.array(days, np.int64), minlength=5).astype(np.int64)


@given(st.lists(st.integers(0, 800), min_size=1, max_size=60))
def test_the_median_gap_is_the_middle_one(days: list[int]) -> None:
    line = sorted(days)
    middle = Fraction(line[(len(line) - 1) // 2] + line[len(line) // 2], 2)
    assert median_gap(histogram(*days)) == middle


def test_no_gap_has_no_median() -> None:
    assert median_gap(NOTHING) is None


@pytest.mark.parametrize(
    ("days", "repeaters", "gap"),
    [((10, 30), 50, 20 * DAY), ((10, 11), 50, 10 * DAY + DAY // 2), ((10, 30), 49, 45 * DAY),
     ((), 0, 45 * DAY)],
)  # fmt: skip
def test_the_shops_gap(days: tuple[int, ...], repeaters: int, gap: int) -> None:
    assert shop_gap(histogram(*days), repeaters, PLAIN, POLICY) == gap


@pytest.mark.parametrize(
    ("gap", "repeaters", "mode", "seasonal", "window"),
    [
        (60, 50, "auto", False, 240),
        (60, 49, "auto", False, 365),
        (56, 50, "auto", False, 210),  # 224 is nearer to 210
        (57, 50, "auto", False, 240),  # 228
        (1, 50, "auto", False, 180),
        (400, 50, "auto", False, 730),
        (60, 50, "auto", True, 395),
        (60, 49, "auto", True, 395),
        (400, 50, "auto", True, 730),
        (60, 50, 77, False, 77),
    ],
)
def test_the_window(gap: int, repeaters: int, mode: int | str, seasonal: bool, window: int) -> None:
    shop = replace(POLICY.shop, seasonal=seasonal)
    policy = replace(POLICY, shop=shop, window=Window(mode=mode))
    assert resolve_window(histogram(gap, gap, gap), repeaters, policy) == window


def test_a_half_step_of_the_window_goes_up() -> None:
    # 4 x 41.25 days are five and a half steps of thirty.
    policy = replace(POLICY, window=Window(min_days=1, mult_gap=Fraction(33, 8)))
    assert resolve_window(histogram(40, 40), 50, policy) == 180
