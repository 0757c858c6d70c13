"""Credibility against integrals on a grid, against sampled shops, and on hostile ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from thang.river.profit.credibility import Pool, believed, pooled

SHOP = 6_000


def shop(seed: int) -> tuple[np.ndarray, ...]:
    """Paces and order profits of invented customers, what came of them, and their true rates."""
    dice = np.random.default_rng(seed)
    years = dice.uniform(0.5, 3.0, SHOP)
    pace, order = dice.gamma(3.0, 2.0, SHOP), dice.normal(80.0, 20.0, SHOP)
    times = dice.poisson(pace * years)
    drawn = [dice.normal(m, 25.0, n) for m, n in zip(order, times, strict=True)]
    total = np.array([one.sum() for one in drawn])
    squares = np.array([(one**2).sum() for one in drawn])
    return pace * order, total, years, squares


def test_the_posterior_is_the_one_that_an_integral_gives() -> None:
    pool = Pool(mean=100.0, within=900.0, between=2_500.0, error=0.0)
    rate, years, squares = np.array([40.0, 300.0]), np.array([0.5, 4.0]), np.array([400.0, 5_000.0])
    found = believed(pool, rate, years, squares)
    theta = np.linspace(-900, 1_200, 400_001)
    for i in range(2):
        spread = np.sqrt((squares[i] + pool.within) / (years[i] + 1) / years[i])
        weight = norm.pdf(theta, pool.mean, np.sqrt(pool.between)) * norm.pdf(
            rate[i], theta, spread
        )
        weight /= weight.sum()
        mean = (weight * theta).sum()
        assert found.mean[i] == pytest.approx(mean, rel=1e-6)
        assert found.sd[i] == pytest.approx(np.sqrt((weight * (theta - mean) ** 2).sum()), rel=1e-5)
        beyond = weight[theta >= 120.0].sum()
        assert found.at_least(120.0)[i] == pytest.approx(beyond, abs=1e-4)


def test_a_sampled_shops_variances_are_found() -> None:
    true, total, years, squares = shop(3)
    pool = pooled(total, years, squares)
    assert pool.mean == pytest.approx(true.mean(), rel=0.05)
    assert pool.between == pytest.approx(true.var(), rel=0.15)


def test_intervals_hold_what_they_say_and_drawing_to_the_mean_pays() -> None:
    true, total, years, squares = shop(4)
    found = believed(pooled(total, years, squares), total / years, years, squares)
    inside = ((found.low <= true) & (true <= found.high)).mean()
    assert 0.74 < inside < 0.88
    raw = np.sqrt(((total / years - true) ** 2).mean())
    assert np.sqrt(((found.mean - true) ** 2).mean()) < 0.95 * raw
    said = found.at_least(500.0)
    for low, high in ((0.0, 0.2), (0.4, 0.6), (0.8, 1.0)):
        here = (said >= low) & (said <= high)
        assert (true[here] >= 500.0).mean() == pytest.approx(said[here].mean(), abs=0.08)


@pytest.mark.parametrize("people", [1, 2, 5])
def test_few_alike_people_are_no_proof_that_all_are_alike(people: int) -> None:
    years = np.ones(people)
    total, squares = np.full(people, 100.0), np.full(people, 5_000.0)
    pool = pooled(total, years, squares)
    found = believed(pool, total / years, years, squares)
    assert pool.between > 0
    assert (found.sd > 0).all()


@pytest.mark.parametrize(
    ("total", "squares"),
    [
        ([0.0] * 5, [0.0] * 5),
        ([-500.0, -2.0, -9e9, -1.0, -1.0], [250_000.0, 4.0, 8e19, 1.0, 1.0]),
        ([1e15, 0.0, 0.0, 0.0, 0.0], [1e30, 0.0, 0.0, 0.0, 0.0]),
        ([5.0, 5.0, 5.0, 5.0, 5.0], [0.0] * 5),
    ],
)
def test_hostile_shops_get_finite_answers(total: list[float], squares: list[float]) -> None:
    years = np.full(5, 0.5)
    pool = pooled(np.array(total), years, np.array(squares))
    found = believed(pool, np.array(total) / years, years, np.array(squares))
    for values in (found.mean, found.sd, found.low, found.high, found.at_least(0.0)):
        assert np.isfinite(values).all()
    assert (found.sd >= 0).all()
    assert pool.between >= 0


def test_nobody_is_no_error() -> None:
    assert pooled(np.zeros(0), np.zeros(0), np.zeros(0)) == Pool(0.0, 0.0, 0.0, 0.0)
