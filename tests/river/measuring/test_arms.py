"""Differences of arms against scipy, published intervals, and coverage in sampled shops."""

from __future__ import annotations

from math import isclose, isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from thang.river.measuring.differences import Difference, cuped, slope, welch
from thang.river.measuring.power import (
    arms_as_meant,
    months_needed,
    people_needed,
    power_of_means,
    power_of_rates,
)
from thang.river.measuring.rates import Arm, beats, newcombe, wilson
from thang.river.measuring.several import discoveries, shrunk
from thang.river.measuring.star import Guard, Star, claim, net_moves, star
from thang.river.measuring.watched import always_valid

some = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40).map(np.array)


@given(some, some)
def test_welch_is_scipys(a: np.ndarray, b: np.ndarray) -> None:
    found = welch(a, b)
    if found.error == 0 or found.error < 1e-9 * max(abs(a).max(), abs(b).max()):
        return
    theirs = stats.ttest_ind(a, b, equal_var=False)
    low, high = theirs.confidence_interval(0.95)
    assert isclose(found.p, theirs.pvalue, rel_tol=1e-6, abs_tol=1e-12)
    assert isclose(found.low, low, rel_tol=1e-6, abs_tol=1e-6 * found.error)
    assert isclose(found.high, high, rel_tol=1e-6, abs_tol=1e-6 * found.error)


@pytest.mark.parametrize(("n", "m"), [(0, 0), (1, 50), (50, 1), (0, 9)])
def test_arms_too_small_to_tell_tell_nothing(n: int, m: int) -> None:
    found = welch(np.ones(n), np.arange(m, dtype=float))
    assert not found.known
    assert isnan(found.estimate)
    assert not found.helps
    assert not found.harms


def test_newcombes_published_example() -> None:
    """56 of 70 against 48 of 80 (Newcombe 1998, table II, method 10)."""
    found = newcombe(Arm(56, 70), Arm(48, 80))
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
    nothing = newcombe(Arm(0, 10), Arm(0, 20))
    assert (round(nothing.low, 4), round(nothing.high, 4)) == (-0.1611, 0.2775)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_scipys(kn: tuple[int, int]) -> None:
    theirs = stats.binomtest(*kn).proportion_ci(0.95, method="wilson")
    assert np.allclose(wilson(Arm(*kn)), (theirs.low, theirs.high), atol=1e-9)


def test_a_posterior_against_draws() -> None:
    draw = np.random.default_rng(3)
    a, b = draw.beta(31, 171, 10**6), draw.beta(21, 181, 10**6)
    assert isclose(beats(Arm(30, 200), Arm(20, 200)), (a > b).mean(), abs_tol=0.002)
    assert isclose(beats(Arm(30, 200), Arm(20, 200), 0.02), (a > b + 0.02).mean(), abs_tol=0.002)
    assert beats(Arm(0, 0), Arm(0, 0)) == pytest.approx(0.5)


def sampled(dice: np.random.Generator, effect: float, people: int) -> tuple[np.ndarray, ...]:
    """Skewed spend that its own past foretells, a fifth held out."""
    taste = dice.lognormal(3, 1, people)
    past, y = (taste * dice.lognormal(0, 0.4, people) for _ in range(2))
    treated = dice.random(people) < 0.8
    return y + effect * treated, past, treated


def test_cuped_covers_as_often_as_it_says_and_is_narrower() -> None:
    dice = np.random.default_rng(8)
    inside, narrow, wide, bias = [], [], [], []
    for _ in range(600):
        y, past, treated = sampled(dice, 5.0, 600)
        found, plain = cuped(y, past, treated), welch(y[treated], y[~treated])
        inside.append(found.low <= 5.0 <= found.high)
        narrow.append(found.high - found.low)
        wide.append(plain.high - plain.low)
        bias.append(found.estimate - 5.0)
    assert 0.92 <= np.mean(inside) <= 0.975
    assert np.mean(narrow) < 0.65 * np.mean(wide)
    assert abs(np.mean(bias)) < 2 * np.std(bias) / np.sqrt(len(bias))


def test_a_past_that_tells_nothing_changes_nothing() -> None:
    dice = np.random.default_rng(1)
    y, treated = dice.normal(size=200), dice.random(200) < 0.5
    assert slope(y, np.zeros(200), treated) == 0.0
    assert cuped(y, np.full(200, 7.0), treated) == welch(y[treated], y[~treated])


def test_an_effect_is_not_taken_for_foresight() -> None:
    """With arms pooled whole, a past that happens to differ between arms would eat the effect."""
    dice = np.random.default_rng(2)
    treated = np.arange(400) < 200
    past = dice.normal(size=400) + 3.0 * treated
    y = dice.normal(size=400) + 10.0 * treated
    assert abs(slope(y, past, treated)) < 0.2


def test_whoever_looks_every_day_is_fooled_seldom() -> None:
    dice = np.random.default_rng(5)
    fooled_plain = fooled = 0
    for _ in range(200):
        y, treated = dice.normal(size=2_000), dice.random(2_000) < 0.5
        looks = [welch(y[:n][treated[:n]], y[:n][~treated[:n]]) for n in range(100, 2_001, 50)]
        fooled_plain += any(look.low > 0 or look.high < 0 for look in looks)
        fooled += any(w.low > 0 or w.high < 0 for w in map(always_valid, looks))
    assert fooled_plain > 0.15 * 200
    assert fooled <= 0.05 * 200


def test_a_real_effect_is_found_while_watched() -> None:
    dice = np.random.default_rng(6)
    y, treated = dice.normal(size=4_000), dice.random(4_000) < 0.5
    y = y + 0.3 * treated
    found = always_valid(welch(y[treated], y[~treated]))
    assert found.helps
    assert found.p < 0.01
    plain = welch(y[treated], y[~treated])
    assert found.low < plain.low < plain.high < found.high


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0.01, 0.5))
def test_discoveries_are_scipys(p: list[float], rate: float) -> None:
    theirs = stats.false_discovery_control(p) <= rate
    near = np.isclose(stats.false_discovery_control(p), rate, rtol=1e-9)
    assert (discoveries(p, rate) == theirs)[~near].all()


def test_what_is_unknown_is_never_found() -> None:
    assert discoveries([float("nan"), 0.001], 0.1).tolist() == [False, True]
    assert discoveries([], 0.1).tolist() == []


def test_drawn_together_is_nearer_to_the_truth() -> None:
    dice = np.random.default_rng(9)
    raw, drawn = [], []
    for _ in range(200):
        true, errors = dice.normal(1.0, 0.3, 12), dice.uniform(0.2, 1.5, 12)
        seen = true + errors * dice.normal(size=12)
        found, _ = shrunk(seen, errors)
        raw.append(((seen - true) ** 2).mean())
        drawn.append(((found - true) ** 2).mean())
    assert np.mean(drawn) < 0.4 * np.mean(raw)
    alone, errors = shrunk([2.0], [0.5])
    assert (alone.tolist(), errors.tolist()) == ([2.0], [0.5])


@pytest.mark.parametrize(
    ("people", "held", "lift", "published"),
    [
        (500, 0.5, 0.4, 0.28), (2_000, 0.1, 0.2, 0.14), (2_000, 0.5, 0.2, 0.30),
        (2_000, 0.5, 0.4, 0.79), (10_000, 0.1, 0.2, 0.51), (10_000, 0.2, 0.2, 0.75),
        (10_000, 0.5, 0.2, 0.89), (50_000, 0.1, 0.2, 0.99),
    ],
)  # fmt: skip
def test_power_is_as_published(people: int, held: float, lift: float, published: float) -> None:
    """One move in ten a period: what a shop of this size can prove at all."""
    assert power_of_rates(0.1, lift, people, held) == pytest.approx(published, abs=0.06)


def test_as_many_as_are_needed_are_enough() -> None:
    for base, lift, held in ((0.1, 0.2, 0.5), (0.02, 0.5, 0.2), (0.4, -0.1, 0.1)):
        needed = int(people_needed(base, lift, held))
        assert power_of_rates(base, lift, needed, held) == pytest.approx(0.8, abs=0.01)
    assert months_needed(0.1, 0.2, 2_000, 0.5) == 4
    assert months_needed(0.1, 0.01, 200, 0.5) is None
    assert months_needed(0.1, 0.2, 0, 0.5) is None
    assert people_needed(0.1, 0.0, 0.5) == float("inf")
    assert power_of_means(0.5, 1.0, 128, 0.5) == pytest.approx(0.80, abs=0.01)


def test_uneven_arms_are_noticed() -> None:
    theirs = stats.chisquare([530, 470], [500, 500]).pvalue
    assert arms_as_meant(530, 470, 0.5) == pytest.approx(theirs)
    assert arms_as_meant(800, 200, 0.2) == pytest.approx(1.0)
    assert arms_as_meant(0, 0, 0.5) == 1.0
    assert arms_as_meant(5_000, 4_000, 0.5) < 0.001


GOOD = Difference(5.0, 1.0, 9.0, 2.0, 0.01, 100, 100)
FLAT = Difference(0.1, -1.0, 1.2, 0.5, 0.8, 100, 100)
QUIET = Guard("opt_out", Difference(0.0, -0.001, 0.001, 0.0005, 1.0, 100, 100), 0.02)


def test_a_claim_needs_all_of_it() -> None:
    both = [Star(GOOD, GOOD, GOOD)] * 2
    assert claim(both, 0.5, [QUIET], 0.9) == []
    assert claim(both[:1], 0.5, [QUIET], 0.9) == ["level_ups"]
    assert claim([both[0], Star(FLAT, FLAT, GOOD)], 0.5, [QUIET], 0.9) == ["level_ups", "margin"]
    assert claim(both, 0.5, [QUIET], 0.5) == ["kept"]
    assert claim(both, 0.5, [QUIET], float("nan")) == ["kept"]
    loud = Guard("opt_out", Difference(0.01, 0.0, 0.02, 0.005, 0.05, 100, 100), 0.02)
    assert claim(both, 0.5, [loud], 0.9) == ["opt_out"]
    assert claim([], 0.5, [], 0.9) == ["level_ups", "margin"]


def test_the_star_counts_up_and_down_by_what_rungs_are_worth() -> None:
    worth = np.array([0.0, 1.0, 3.0])
    assert net_moves(np.array([0, 1, 2]), np.array([1, 2, 0]), worth).tolist() == [1.0, 2.0, -3.0]
    dice = np.random.default_rng(4)
    treated = dice.random(3_000) < 0.5
    moved = (dice.random(3_000) < 0.10 + 0.06 * treated).astype(float)
    found = star(moved, moved * 9 + dice.normal(size=3_000), np.zeros(3_000), moved, treated)
    assert found.level_ups.helps
    assert found.level_ups.low < 60 < found.level_ups.high
