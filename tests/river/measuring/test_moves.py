"""Moves and waiting: against sums by hand, a slow restatement, and sampled lives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from thang.river.measuring.moves import first_passage, moves
from thang.river.measuring.waiting import DOWN, UP, WAITS, aalen_johansen


def test_a_row_is_its_counts_and_ten_of_the_pool() -> None:
    counts = np.array([[80, 20, 0], [10, 70, 20], [0, 0, 0]])
    found = moves(counts)
    # Steps: up 40, stay 150, down 10; the highest rung knows stay and down alone.
    a = 10 * 150 / 160
    assert found.rows[2].people == 0
    assert found.rows[2].stay.share == pytest.approx(a / 10)
    assert found.rows[2].stay.low == pytest.approx(stats.beta.ppf(0.05, a, 10 - a), rel=1e-6)
    assert found.rows[2].up.share == 0.0
    assert found.rows[0].up.share == pytest.approx((20 + 10 * 40 / 190) / 110, rel=1e-6)
    assert found.net_up == pytest.approx(1_000 * (40 - 10) / 200)


tables = st.lists(
    st.lists(st.integers(0, 200), min_size=7, max_size=7), min_size=7, max_size=7
).map(np.array)


@given(tables)
def test_shares_are_shares_within_their_intervals(counts: np.ndarray) -> None:
    found = moves(counts)
    for row in found.rows:
        assert row.up.share + row.stay.share + row.down.share == pytest.approx(1)
        for part in (row.up, row.stay, row.down):
            assert 0 <= part.low <= part.share + 1e-9
            assert part.share <= part.high + 1e-9 <= 1 + 2e-9


def test_few_people_are_drawn_to_the_shop() -> None:
    counts = np.array([[900, 100, 0], [0, 0, 1], [0, 100, 900]])
    assert moves(counts).rows[1].up.share < 0.3  # one of one has gone up


def test_first_passage_against_walks() -> None:
    counts = np.array([[90, 10, 0], [20, 70, 10], [0, 10, 90]])
    dice, months = np.random.default_rng(2), []
    chances = counts / counts.sum(axis=1, keepdims=True)
    for _ in range(4_000):
        at, n = 1, 0
        while at < 2:
            at, n = int(dice.choice(3, p=chances[at])), n + 1
        months.append(n)
    assert first_passage(counts, 1) == pytest.approx(np.mean(months), rel=0.06)
    assert np.isnan(first_passage(np.zeros((3, 3), int), 1))


def by_hand(days: list[float], ends: list[int]) -> dict[float, float]:
    """The chance to have gone up, time by time, by the book."""
    up, left, found = 0.0, 1.0, {}
    for time in sorted(set(days)):
        risk = sum(d >= time for d in days)
        ups = sum(d == time and e == UP for d, e in zip(days, ends, strict=True))
        outs = sum(d == time and e != WAITS for d, e in zip(days, ends, strict=True))
        up += left * ups / risk
        left *= 1 - outs / risk
        found[time] = up
    return found


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from([WAITS, UP, DOWN])), min_size=1, max_size=40
    )
)
def test_the_curve_is_the_one_by_hand(lives: list[tuple[int, int]]) -> None:
    days, ends = [float(d) for d, _ in lives], [e for _, e in lives]
    found = aalen_johansen(np.array(days), np.array(ends, np.int8))
    assert dict(zip(found.time.tolist(), found.up.tolist(), strict=True)) == pytest.approx(
        by_hand(days, ends)
    )
    assert np.isfinite(found.error).all()


def lived(dice: np.random.Generator, people: int) -> tuple[np.ndarray, np.ndarray]:
    """Up at 1 in 100 a day, down at 1 in 200, watched for up to a year."""
    first = dice.exponential(1 / 0.015, people)
    ups = dice.random(people) < 2 / 3
    watched = dice.uniform(30, 365, people)
    ends = np.where(first > watched, WAITS, np.where(ups, UP, DOWN)).astype(np.int8)
    return np.minimum(first, watched), ends


def test_bands_hold_the_truth_as_often_as_they_say() -> None:
    dice, truth = np.random.default_rng(3), 2 / 3 * (1 - np.exp(-0.015 * 90))
    inside = []
    for _ in range(400):
        p, low, high = aalen_johansen(*lived(dice, 200)).at(90)
        assert low <= p <= high
        inside.append(low <= truth <= high)
    assert 0.86 <= np.mean(inside) <= 0.94


def test_a_median_counts_those_who_never_go_up() -> None:
    days, ends = np.array([1.0, 2.0, 3.0, 4.0]), np.array([UP, DOWN, DOWN, WAITS], np.int8)
    found = aalen_johansen(days, ends)
    assert found.median == float("inf")
    assert found.at(2.5)[0] == pytest.approx(0.25)
    assert np.isnan(found.at(99)[0])
    assert found.at(0.5) == (0.0, 0.0, 0.0)
    nobody = aalen_johansen(np.zeros(0), np.zeros(0, np.int8))
    assert nobody.people == 0
    assert np.isnan(nobody.at(90)[0])
