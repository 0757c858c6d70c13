"""The chance to ask for little, against a gamma posterior summed up on a grid."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gamma, poisson

from thang.river.profit.serving import NOTHING, Burden, burden_of, light


def test_the_posterior_is_the_one_that_a_grid_gives() -> None:
    burden = Burden(a=1.5, b=2.0, spell=10.0, order=100.0)
    grid = (np.arange(400_000) + 0.5) * 1e-4
    for k, e in ((0, 3.0), (2, 3.0), (7, 1.0)):
        weight = gamma.pdf(grid, 1.5, scale=1 / 2.0) * poisson.pmf(k, grid * e)
        said = light(burden, np.array([k * 10.0]), np.array([e * 100.0]))[0]
        below = weight[grid <= gamma.ppf(0.5, 1.5, scale=1 / 2.0)].sum() / weight.sum()
        assert said == pytest.approx(below, abs=1e-3)


def test_without_evidence_it_is_as_likely_as_not() -> None:
    burden = Burden(a=0.7, b=3.0, spell=5.0, order=10.0)
    assert light(burden, np.zeros(1), np.zeros(1))[0] == pytest.approx(0.5)
    assert light(NOTHING, np.array([0.0, 50.0]), np.array([10.0, 0.0])).tolist() == [0.5, 0.5]


def test_a_sampled_shops_prior_is_found_and_its_chances_are_right() -> None:
    dice = np.random.default_rng(7)
    people = 20_000
    ratio = dice.gamma(1.2, 1 / 3.0, people)
    orders = 1.0 + dice.poisson(5, people)
    served = 12.0 * dice.poisson(ratio * orders)
    burden = burden_of(served, orders * 50.0, orders)
    assert burden.order == pytest.approx(50.0)
    unit = burden.spell / 12.0
    assert burden.a / burden.b * unit == pytest.approx(0.4, rel=0.05)
    said = light(burden, served, orders * 50.0)
    below = ratio / unit <= burden.median
    for low, high in ((0.2, 0.4), (0.6, 0.8)):
        here = (said >= low) & (said < high)
        assert below[here].mean() == pytest.approx(said[here].mean(), abs=0.1)


def test_who_takes_without_buying_is_not_light() -> None:
    burden = burden_of(np.array([10.0, 0.0, 20.0, 0.0]), np.full(4, 100.0), np.full(4, 2.0))
    heavy, easy = light(burden, np.array([500.0, 0.0]), np.array([0.0, 500.0]))
    assert heavy < 0.05
    assert easy > 0.5


@pytest.mark.parametrize("served", [[0.0, 0.0], [0.0, 9e12], [1e-9, 1e-9]])
def test_hostile_shops_get_chances(served: list[float]) -> None:
    money = np.array([0.0, 1e12])
    burden = burden_of(np.array(served), money, np.array([0.0, 1.0]))
    said = light(burden, np.array(served), money)
    assert np.isfinite(said).all()
    assert ((said >= 0) & (said <= 1)).all()


def test_who_paid_nothing_does_not_bend_what_is_usual() -> None:
    """Refused parcels without a sale once made the shop's usual burden all but nothing."""
    dice = np.random.default_rng(11)
    orders = 1.0 + dice.poisson(4, 500)
    served, revenue = 10.0 * dice.poisson(0.5 * orders), orders * 100.0
    plain = burden_of(served, revenue, orders)
    served, revenue = np.append(served, [900.0, 900.0]), np.append(revenue, [0.0, 0.0])
    bent = burden_of(served, revenue, np.append(orders, [1.0, 1.0]))
    assert bent.median == pytest.approx(plain.median, rel=0.1)
    few, many = light(bent, np.array([10.0, 40.0]), np.array([800.0, 400.0]))
    assert few > 0.5 > many
