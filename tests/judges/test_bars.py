"""Rulings 16 to 18: the bars, the window W, and who is left out of both."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import comb

import pytest

from thang.model import DAY
from thang.policy.schema import Policy

from .bars import bar_of, bars_until, half_up, premier_estimate, published, resolve, rounded
from .by_hand import default_policy
from .quantiles import harrell_davis
from .quantities import Shop
from .rows import Row
from .story import PLAIN, bar, bought, on, row

POLICY = default_policy()
QUARTER = on("2024-04-01")


def beta_mass_up_to(x: Fraction, whole: int) -> Fraction:
    """The regularised beta function at (m, m), from the binomial sum it is for whole m."""
    n = 2 * whole - 1
    return sum((comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(whole, n + 1)), Fraction(0))


@pytest.mark.parametrize("values", [(3,), (1, 5, 9), (10, 0, 70, 5, 5, 31, 2)])
def test_the_harrell_davis_median_is_its_exact_self_for_odd_counts(values: tuple[int, ...]) -> None:
    n = len(values)
    masses = [beta_mass_up_to(Fraction(i, n), (n + 1) // 2) for i in range(n + 1)]
    weights = [masses[i + 1] - masses[i] for i in range(n)]
    exact = sum((w * v for w, v in zip(weights, sorted(values), strict=True)), Fraction(0))
    assert harrell_davis(values, 0.5) == pytest.approx(float(exact), rel=1e-12)


def test_harrell_davis_moves_with_the_values() -> None:
    values = [((i * 7919) % 997) ** 2 for i in range(150)]
    moved = [3 * value + 11 for value in values]
    assert harrell_davis(moved, 0.9) == pytest.approx(3 * harrell_davis(values, 0.9) + 11)
    assert min(values) < harrell_davis(values, 0.9) < max(values)


def test_ruling_17_a_small_shop_leans_on_three_medians() -> None:
    def estimate(n: int) -> Fraction | None:
        return premier_estimate([(100, 2)] * (n - 1) + [(10**6, 1)], POLICY)

    quantile = Fraction(harrell_davis([100] * 64 + [10**6], 0.9))
    assert estimate(29) is None
    assert estimate(30) == 300
    assert estimate(65) == (max(quantile, Fraction(300)) + 300) / 2
    assert premier_estimate([(100, 1)] * 40, POLICY) == pytest.approx(100)


@pytest.mark.parametrize(
    ("estimate", "currency", "bar_of_it"),
    [
        (20_295, "USD", 20_000),
        (27_183, "USD", 27_000),
        (32_853, "USD", 33_000),
        (99_999, "USD", 100_000),
        (4_450_000, "VND", 4_400_000),
        (4_500_000, "VND", 4_600_000),
        (725_000, "VND", 750_000),
        (724_999, "VND", 700_000),
        (0, "VND", 0),
    ],
)
def test_ruling_17_rounding(estimate: int, currency: str, bar_of_it: int) -> None:
    assert rounded(Fraction(estimate), currency) == bar_of_it


def test_halves_go_up() -> None:
    assert [half_up(Fraction(n, 2)) for n in (-1, 1, 3, 4)] == [0, 1, 2, 2]


def test_ruling_17_the_published_bar_moves_by_more_than_15_percent_twice_a_year_at_most() -> None:
    def publish(candidate: int, quarter: str, *earlier: tuple[str, int]) -> int:
        bars = tuple(bar(at, value) for at, value in earlier)
        return published(candidate, Shop(POLICY, PLAIN, bars), on(quarter))

    first, same = ("2024-01-01", 200), ("2024-04-01", 200)
    assert publish(230, "2024-04-01", first) == 200
    assert publish(231, "2024-04-01", first) == 231
    assert publish(169, "2024-07-01", first, same) == 169
    moved = ("2024-04-01", 300)
    assert publish(400, "2024-07-01", first, moved) == 300
    assert publish(400, "2024-10-01", first, moved, ("2024-07-01", 300)) == 400


def buyers(people: int, days: tuple[str, ...], amount: int = 100) -> list[Row]:
    return [bought(day, amount, person=p) for p in range(1, people + 1) for day in days]


def quarterly(rows: list[Row], policy: Policy = POLICY) -> tuple[int | None, int, int]:
    found = bar_of(rows, [], Shop(policy, PLAIN, ()), QUARTER)
    return found.premier_bar, found.buyers, found.bought_in_window


def test_ruling_16_a_bar_is_made_of_what_happened_strictly_before_its_quarter() -> None:
    early = buyers(40, ("2024-03-01", "2024-03-31 23:59:59"), 1_000_000)
    late = [bought("2024-04-01", 9 * 10**9, person=p) for p in range(1, 41)]
    assert quarterly([*early, *late]) == (6_000_000, 40, 40)


def test_ruling_16_too_few_buyers_make_no_bar() -> None:
    assert quarterly(buyers(29, ("2024-03-01",))) == (None, 29, 29)


def test_ruling_16_the_owners_figure_is_the_bar() -> None:
    premier = replace(POLICY.bars.premier, mode=Fraction(5_000_000))
    policy = replace(POLICY, bars=replace(POLICY.bars, premier=premier))
    assert quarterly(buyers(3, ("2024-03-01",)), policy)[0] == 5_000_000


def test_ruling_18_insiders_and_held_people_take_no_part() -> None:
    rows = buyers(33, ("2024-03-01", "2024-03-02"))
    left_out = [row("2024-03-05", "insider_marked", 1), row("2024-03-05", "fraud_hold_set", 2)]
    assert quarterly([*rows, *left_out])[1:] == (31, 31)


def test_ruling_17_the_median_member_spend_is_of_those_who_meet_the_entry_rule() -> None:
    members = [
        bought(day, amount, person=p)
        for p, amount in enumerate((10, 21, 1), 1)
        for day in ("2024-03-01", "2024-03-02", "2024-03-03")
    ]
    two = [bought(day, 999, person=9) for day in ("2024-03-01", "2024-03-02")]
    found = bar_of([*members, *two], [], Shop(POLICY, PLAIN, ()), QUARTER)
    assert found.median_member_spend == 30
    assert bar_of(two, [], Shop(POLICY, PLAIN, ()), QUARTER).median_member_spend is None


@pytest.mark.parametrize(
    ("people", "gap_days", "window"),
    [(49, 50, 365), (50, 50, 210), (50, 2, 180), (50, 600, 730), (50, 56, 210), (50, 57, 240)],
)
def test_ruling_17_w_is_four_usual_gaps_in_steps_of_thirty_days(
    people: int, gap_days: int, window: int
) -> None:
    rows = [
        bought(on("2020-01-01") + n * gap_days * DAY, person=p)
        for p in range(people)
        for n in (0, 1)
    ]
    assert resolve(rows, [], POLICY, QUARTER).window_days == window


def test_ruling_17_a_seasonal_shop_sees_a_whole_season() -> None:
    policy = replace(POLICY, shop=replace(POLICY.shop, seasonal=True))
    assert resolve(buyers(3, ("2024-03-01",)), [], policy, QUARTER).window_days == 395


def test_ruling_17_the_shops_gap_is_the_pooled_median_or_a_quarter_of_w() -> None:
    days = ("2024-01-01", "2024-01-11", "2024-03-01")
    found = [bar_of(buyers(n, days), [], Shop(POLICY, PLAIN, ()), QUARTER).gap for n in (49, 50)]
    assert found == [45 * DAY, 30 * DAY]


def test_ruling_3_programme_and_consent_are_resolved_by_what_anybody_ever_did() -> None:
    rows = [row("2024-03-01", "membership_joined"), row("2024-03-02", "consent_granted", 2)]
    told = [
        resolve(rows, [], POLICY, on(day)) for day in ("2024-02-29", "2024-03-01", "2024-03-02")
    ]
    assert [(s.programme, s.consent_recorded) for s in told] == [
        (False, False),
        (True, False),
        (True, True),
    ]
    yes = replace(POLICY, programme="yes")
    assert resolve([], [], yes, QUARTER).programme


def test_ruling_17_bars_come_every_quarter_from_the_first_row_on() -> None:
    bars = bars_until(buyers(1, ("2024-02-01",)), [], POLICY, PLAIN, on("2024-07-01"))
    assert [one.quarter for one in bars] == [on(f"2024-0{month}-01") for month in (1, 4, 7)]
