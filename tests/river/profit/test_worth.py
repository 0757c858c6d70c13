"""The chance to be worth much, against customers drawn from the very posteriors it speaks of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from thang.river.lifetime.fitted import Fitted
from thang.river.lifetime.fitting import Summit
from thang.river.lifetime.models import MODELS
from thang.river.lifetime.rows import Summary
from thang.river.lifetime.scoring import Terms
from thang.river.lifetime.spending import Spending
from thang.river.lifetime.value import Lifetime
from thang.river.profit.credibility import Pool
from thang.river.profit.pace import SpendRate, growth_by_rate, spend_rate, worth_by_rate
from thang.river.profit.worth import growth, unsure, worth_of

TERMS = Terms(730.0, 0.12, 0.4, 0.8, expected=True)
PARAMETERS = {
    "mbg": [0.6, 50.0, 0.7, 2.0], "bg": [0.6, 50.0, 0.7, 2.5], "pareto": [0.6, 40.0, 0.6, 60.0],
}  # fmt: skip
SPENDING = (6.0, 4.0, 300.0)  # p, q, gamma


def summary(frequency: list[int], recency: list[int], age: list[int]) -> Summary:
    x = np.array(frequency, np.int32)
    return Summary(
        np.arange(len(x)), x, np.array(recency, np.int32), np.array(age, np.int32), x,
        np.where(x > 0, 700.0, 0.0), np.full(len(x), 600.0),
    )  # fmt: skip


PEOPLE = summary([0, 0, 1, 3, 12, 40], [0, 0, 200, 300, 350, 390], [20, 300, 250, 700, 400, 400])


def known(model: str, people: Summary, sure: float = 0.0) -> Lifetime:
    """A shop whose parameters are known as well as `sure` says."""
    fit = Fitted(
        MODELS[model],
        Summit(np.log(PARAMETERS[model]), 0.0, np.eye(4) * sure, firm=True, rounds=1, prior=None),
        "converged",
    )
    money = Summit(np.log(SPENDING), 0.0, np.eye(3), firm=True, rounds=1, prior=None)
    spending = Spending("converged", money, 1.0, 100, 0, 0.0)
    return Lifetime(people, fit, fit, spending, ())


def drawn(model: str, x: int, age: int, draws: int = 200_000) -> np.ndarray:
    """Discounted purchases to come of living customers drawn from the posterior."""
    dice = np.random.default_rng(x + age)
    r, alpha, third, fourth = PARAMETERS[model]
    pace = dice.gamma(r + x, 1 / (alpha + age), draws)
    if model == "pareto":
        going = dice.gamma(third, 1 / (fourth + age), draws)
    else:
        going = pace * dice.beta(third, fourth + x + (model == "mbg"), draws)
    going = going + TERMS.daily
    return pace * -np.expm1(-going * TERMS.horizon) / going


@pytest.mark.parametrize("model", sorted(PARAMETERS))
def test_doubt_is_that_of_the_posterior(model: str) -> None:
    fit, cells = known(model, PEOPLE).buying, PEOPLE.cells
    found = unsure(fit, cells, TERMS)
    for i in range(len(found)):
        coming = drawn(model, int(cells.pair_x[i]), int(cells.pair_age[i]))
        assert found[i] == pytest.approx(coming.var() / coming.mean() ** 2, rel=0.06)


@pytest.mark.parametrize("model", sorted(PARAMETERS))
@pytest.mark.parametrize("tau", [40.0, 400.0, 2_000.0])
def test_chances_are_those_of_drawn_customers(model: str, tau: float) -> None:
    dice = np.random.default_rng(1)
    found = worth_of(known(model, PEOPLE), PEOPLE, TERMS, tau)
    p, q, scale = SPENDING
    for i, x in enumerate(PEOPLE.frequency.tolist()):
        coming = drawn(model, x, int(PEOPLE.age[i]))
        order = p / dice.gamma(p * x + q, 1 / (scale + x * PEOPLE.spend[i]), len(coming))
        beyond = (0.4 * coming * order >= tau).mean()
        alive = MODELS[model].alive(
            np.log(PARAMETERS[model]), *(np.array([float(one)]) for one in (
                x, PEOPLE.recency[i], PEOPLE.age[i]))
        )[0]  # fmt: skip
        assert found.valuable[i] == pytest.approx(alive * beyond, abs=0.09)


def test_unsure_parameters_draw_chances_towards_the_middle() -> None:
    sure = worth_of(known("mbg", PEOPLE), PEOPLE, TERMS, 300.0)
    vague = worth_of(known("mbg", PEOPLE, sure=1.0), PEOPLE, TERMS, 300.0)
    assert vague.valuable[-1] < sure.valuable[-1]
    assert (vague.error > 0).all()
    assert sure.value == pytest.approx(vague.value)


def test_nobody_has_a_chance_without_a_border_and_all_have_at_nothing() -> None:
    life = known("mbg", PEOPLE)
    assert np.isnan(worth_of(life, PEOPLE, TERMS, None).valuable).all()
    assert (worth_of(life, PEOPLE, TERMS, 0.0).valuable == 1).all()
    assert (worth_of(life, PEOPLE, TERMS, 1e18).valuable < 1e-6).all()


@pytest.mark.parametrize("model", sorted(PARAMETERS))
def test_value_comes_month_by_month_and_all_of_it_in_the_end(model: str) -> None:
    come = growth(known(model, PEOPLE), PEOPLE, TERMS, 24)
    assert len(come) == 24
    assert come[-1] == pytest.approx(1.0)
    steps = np.diff((0.0, *come))
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()
    assert np.diff((0.0, *growth_by_rate(TERMS, 24))).sum() == pytest.approx(1.0)


def test_expected_lives_lie_between_what_was_seen_and_the_horizon() -> None:
    found = worth_of(known("mbg", PEOPLE), PEOPLE, TERMS, None)
    assert (found.life >= PEOPLE.age / 365).all()
    assert (found.life <= (PEOPLE.age + TERMS.horizon) / 365 + 1e-9).all()


@pytest.mark.parametrize("purchases", [0, 60_000])
def test_extreme_customers_get_finite_answers(purchases: int) -> None:
    people = summary([purchases], [min(purchases, 900)], [900])
    for model in PARAMETERS:
        found = worth_of(known(model, people), people, TERMS, 500.0)
        for name in ("value", "low", "high", "variance", "valuable", "life"):
            assert np.isfinite(getattr(found, name)).all(), name


def sampled_rates() -> tuple[Summary, np.ndarray, np.ndarray]:
    """Customers whose pace and mean order are known to us alone."""
    dice, people = np.random.default_rng(9), 4_000
    age = dice.integers(60, 900, people).astype(np.int32)
    pace, mean = dice.gamma(1.5, 2.0, people), np.maximum(dice.normal(500, 120, people), 50)
    x = dice.poisson(pace * age / 365).astype(np.int32)
    spend = np.where(x > 0, mean + dice.normal(0, 100, people) / np.sqrt(np.maximum(x, 1)), 0.0)
    return (
        Summary(np.arange(people), x, np.minimum(x * 5, age).astype(np.int32), age, x,
                np.maximum(spend, 0.0), np.maximum(mean + dice.normal(0, 100, people), 1.0)),
        pace, mean,
    )  # fmt: skip


def test_rates_and_orders_of_a_sampled_shop_are_found_and_their_chances_right() -> None:
    people, pace, mean = sampled_rates()
    rate = spend_rate(people)
    assert rate.a / rate.b == pytest.approx(3.0, rel=0.07)
    assert rate.a == pytest.approx(1.5, rel=0.2)
    assert rate.pool.mean == pytest.approx(mean.mean(), rel=0.05)
    years = (1 - 1.12**-2) / np.log(1.12)
    true = 0.4 * pace * mean * years
    tau = float(np.quantile(true, 0.8))
    found = worth_by_rate(rate, people, TERMS, tau, np.ones(len(people)))
    assert found.value.sum() == pytest.approx(true.sum(), rel=0.07)
    said = found.valuable
    for low, high in ((0.0, 0.2), (0.3, 0.7), (0.8, 1.0)):
        here = (said >= low) & (said <= high)
        assert (true[here] >= tau).mean() == pytest.approx(said[here].mean(), abs=0.1)


@pytest.mark.parametrize("money", [0.0, 500.0])
def test_a_shop_of_five_one_time_buyers_gets_finite_rates(money: float) -> None:
    people = summary([0] * 5, [0] * 5, [0, 10, 200, 400, 900])
    people = replace(people, first=np.full(5, money))
    rate = spend_rate(people)
    found = worth_by_rate(rate, people, TERMS, 100.0, np.ones(5))
    values: Any
    for name in ("value", "low", "high", "variance", "valuable", "purchases"):
        values = getattr(found, name)
        assert np.isfinite(values).all(), name
        assert (values >= 0).all(), name
    assert (found.low <= found.high).all()
    assert isinstance(rate, SpendRate)
    assert isinstance(rate.pool, Pool)
