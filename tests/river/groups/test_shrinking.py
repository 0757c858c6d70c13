"""Priors that a shop's own people teach, against other optimisers, grids and known shops."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize

from thang.policy.aims import Prior, Shrinkage
from thang.river.groups.shrinking import Origin, of_rates, of_shares

RULE = Shrinkage()
GIVEN = Prior(Fraction(2), Fraction(16, 10))


def _shares(seed: int, people: int, a: float, b: float) -> tuple[np.ndarray, ...]:
    dice = np.random.default_rng(seed)
    truth = dice.beta(a, b, people)
    n = dice.integers(1, 8, people)
    return truth, dice.binomial(n, truth).astype(float), n.astype(float)


def _rates(seed: int, people: int, a: float, b: float) -> tuple[np.ndarray, ...]:
    dice = np.random.default_rng(seed)
    truth, e = dice.gamma(a, 1 / b, people), dice.uniform(0.2, 3, people)
    return truth, dice.poisson(truth * e).astype(float), e


@pytest.mark.parametrize("seed", range(4))
def test_shares_are_as_likely_as_another_optimiser_can_make_them(seed: int) -> None:
    _, k, n = _shares(seed, 300, 1.5 + seed, 2.5)
    found = of_shares(k, n, GIVEN, RULE)

    def against(x: np.ndarray) -> float:
        a, b = np.exp(x)
        if not 2 <= a + b <= 50:
            return 1e9
        return -float(stats.betabinom.logpmf(k, n, a, b).sum())

    other = minimize(against, [0.5, 0.5], method="Nelder-Mead", options={"xatol": 1e-7})
    assert against(np.log([found.a, found.b])) <= other.fun + 1e-4
    assert found.origin is Origin.FITTED
    assert (found.people, found.successes) == (300, k.sum())


@pytest.mark.parametrize("seed", range(4))
def test_rates_are_as_likely_as_a_grid_can_make_them(seed: int) -> None:
    _, k, e = _rates(seed, 400, 0.4 + seed / 2, 0.8)
    found = of_rates(k, e, GIVEN, RULE)

    def told(a: float, b: float) -> float:
        return float(stats.nbinom.logpmf(k, a, b / (b + e)).sum())

    grid = [
        told(found.a * np.exp(i / 40), found.b * np.exp(j / 40))
        for i in range(-8, 9) for j in range(-8, 9)
    ]  # fmt: skip
    assert told(found.a, found.b) >= max(grid) - 1e-6


def test_known_shops_are_found_again() -> None:
    _, k, n = _shares(7, 20_000, 3.0, 5.0)
    shares = of_shares(k, n, GIVEN, RULE)
    assert (shares.a, shares.b) == pytest.approx((3, 5), rel=0.1)
    _, k, e = _rates(7, 20_000, 0.5, 1.6)
    rates = of_rates(k, e, GIVEN, RULE)
    assert (rates.a, rates.b) == pytest.approx((0.5, 1.6), rel=0.1)


def test_weights_need_not_be_whole() -> None:
    truth, k, n = _shares(3, 2_000, 3.0, 2.0)
    found = of_shares(1.5 * k, 1.5 * n, GIVEN, RULE)
    assert found.share == pytest.approx(truth.mean(), abs=0.02)


@pytest.mark.parametrize(("people", "per"), [(29, 5), (200, 0), (30, 0.6)])
def test_too_little_to_learn_from_leaves_what_was_given(people: int, per: float) -> None:
    k = np.full(people, float(per))
    for found in (of_shares(k, k + 1, GIVEN, RULE), of_rates(k, k + 1, GIVEN, RULE)):
        assert (found.a, found.b, found.origin) == (2.0, 1.6, Origin.ASSUMED)
        assert (found.people, found.successes) == (people, pytest.approx(k.sum()))


def test_nobody_at_all() -> None:
    none = np.zeros(0)
    assert of_shares(none, none, GIVEN, RULE).people == 0
    assert of_rates(np.zeros(5), np.zeros(5), GIVEN, RULE).people == 0


@pytest.mark.parametrize("every", [0.0, 1.0])
def test_a_shop_where_all_are_alike_is_not_sure_of_ever_or_never(every: float) -> None:
    n = np.full(40, 5.0)
    found = of_shares(n * every if every else np.eye(40)[0] * 20, n * (1 + 3 * (1 - every)), GIVEN,
                      RULE)  # fmt: skip
    assert 1 / 50 <= found.share <= 1 - 1 / 50
    assert 2 - 1e-9 <= found.a + found.b <= 50 + 1e-9


def test_alike_rates_stay_within_bounds() -> None:
    found = of_rates(np.full(50, 3.0), np.ones(50), GIVEN, RULE)
    assert found.rate == pytest.approx(3, rel=1e-3)
    assert found.a == pytest.approx(50)


def _auc(score: np.ndarray, good: np.ndarray) -> float:
    found = stats.mannwhitneyu(score[good], score[~good]).statistic
    return float(found / (good.sum() * (~good).sum()))


def test_shrinking_finds_the_forgiving_better_than_raw_shares() -> None:
    wins, raw_all, own_all = 0, [], []
    for seed in range(12):
        dice = np.random.default_rng(seed)
        truth, n = dice.beta(2.2, 1.8, 2_000), 1 + dice.poisson(0.8, 2_000)
        k = dice.binomial(n, truth).astype(float)
        found = of_shares(k, n.astype(float), GIVEN, RULE)
        chance = stats.beta.sf(0.6, found.a + k, found.b + n - k)
        raw, own = _auc(k / n, truth >= 0.6), _auc(chance, truth >= 0.6)
        mean = (found.a + k) / (found.a + found.b + n)
        assert np.mean((mean - truth) ** 2) < 0.7 * np.mean((k / n - truth) ** 2)
        wins += own > raw
        raw_all.append(raw)
        own_all.append(own)
    assert wins >= 10
    assert np.mean(own_all) > np.mean(raw_all) + 0.005


def test_shrinking_finds_the_viral_better_than_raw_rates() -> None:
    wins = 0
    for seed in range(12):
        dice = np.random.default_rng(seed)
        truth, e = dice.gamma(0.15, 2, 2_000), dice.uniform(0.1, 3, 2_000)
        k = dice.poisson(truth * e).astype(float)
        found = of_rates(k, e, GIVEN, RULE)
        chance = stats.gamma.sf(1.0, found.a + k, scale=1 / (found.b + e))
        wins += _auc(chance, truth >= 1) > _auc(k / e, truth >= 1)
    assert wins >= 11
