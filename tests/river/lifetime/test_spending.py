"""Gamma-Gamma: the published CDNOW table, its expectation, and what is learnt of each customer."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma as gamma_law
from tests.river.lifetime.cdnow import fitted_on
from tests.river.lifetime.shops import lived, summary

from thang.river.lifetime.spending import Spending, spending_of


def test_cdnow_has_the_published_parameters() -> None:
    found = spending_of(fitted_on(), prior="none")
    assert found.status == "converged"
    assert found.payers == 946
    assert found.correlation == pytest.approx(0.114, abs=5e-4)
    p, q, gamma = found.parameters.values()
    assert (p, q, gamma / 100) == pytest.approx((6.2496, 3.7442, 15.4435), abs=0.51e-4)
    again = fitted_on().paid > 0
    assert fitted_on().spend[again].mean() / 100 == pytest.approx(35.08, abs=5e-3)


def test_the_expected_order_is_the_posterior_mean() -> None:
    found = spending_of(fitted_on(), prior="none")
    p, q, gamma = found.parameters.values()
    paid, spend = 3.0, 4_200.0

    def weight(nu: float) -> float:
        orders = gamma_law.pdf(paid * spend, p * paid, scale=1 / nu)
        return float(orders * gamma_law.pdf(nu, q, scale=1 / gamma))

    ends = (1e-6, 0.2)
    whole = quad(weight, *ends, epsabs=0)[0]
    mean = quad(lambda nu: p / nu * weight(nu), *ends, epsabs=0)[0] / whole
    square = quad(lambda nu: (p / nu) ** 2 * weight(nu), *ends, epsabs=0)[0] / whole
    order = found.order(np.array([paid]), np.array([spend]))
    assert order.mean[0] == pytest.approx(mean, rel=1e-5)
    assert order.mean_square[0] == pytest.approx(square / mean**2, rel=1e-5)
    assert order.own[0] == pytest.approx(square / p / mean**2, rel=1e-5)


def test_a_customers_own_orders_weigh_as_much_as_there_are() -> None:
    found = spending_of(lived(3, 4_000)[0])
    shop = found.order(np.zeros(1), np.zeros(1)).mean[0]
    for spend in (shop / 3, shop * 3):
        learnt = found.order(np.array([1.0, 5, 100]), np.full(3, spend)).mean
        apart = np.abs(np.log(learnt / spend))
        assert (np.diff(apart) < 0).all()
        assert apart[-1] < 0.02


def test_few_payers_are_drawn_to_the_median_and_it_is_said() -> None:
    people = summary([1, 2, 5, 0], [3, 4, 50, 0], [60] * 4, [1_000.0, 4_000, 9_000, 0])
    found = spending_of(people)
    assert (found.status, found.payers, found.unit) == ("few_payers", 3, 4_000)
    order = found.order(people.paid.astype(np.float64), people.spend).mean
    assert order == pytest.approx(
        [2_000, 4_000, np.exp((np.log(4_000) + 5 * np.log(9_000)) / 6), 4_000]
    )


def test_where_nobody_paid_twice_the_first_orders_speak() -> None:
    people = summary([0, 0, 0], [0, 0, 0], [5, 6, 7])
    people.first[:] = (500.0, 700.0, 0.0)
    found = spending_of(people)
    assert (found.status, found.unit, found.parameters) == ("few_payers", 600.0, {})


@pytest.mark.parametrize("factor", [1e-3, 1e9])
def test_money_in_other_units_is_the_same_fit(factor: float) -> None:
    people = lived(3, 4_000)[0]
    one, other = spending_of(people), spending_of(scaled(people, factor))
    assert other.parameters["p"] == pytest.approx(one.parameters["p"], rel=1e-6)
    assert other.parameters["gamma"] == pytest.approx(one.parameters["gamma"] * factor, rel=1e-6)


def scaled(people: object, factor: float) -> object:
    from dataclasses import replace

    return replace(people, spend=people.spend * factor)


def test_the_truth_is_found_within_its_standard_errors() -> None:
    found: Spending = spending_of(lived(17, 12_000)[0], prior="none")
    assert found.summit is not None
    truth = np.log([6.0, 4.0, 15_000.0 / found.unit])
    off = (found.summit.theta - truth) / found.summit.log_errors
    assert np.abs(off).max() < 4
