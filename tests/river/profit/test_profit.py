"""Who leaves profit: sampled shops, and shops that would break a careless sum."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from tests.river.profit.ledgers import sums, tallied

from thang.policy.aims import Costs, Profitable
from thang.river.profit.ledger import Tallied, prices_of
from thang.river.profit.profit import ProfitRule, Profits, profits, rule_of

ASKED = Profitable()


def told(of: Tallied, costs: Costs | None = None, least: int = 30) -> tuple[ProfitRule, Profits]:
    prices = prices_of(sums(of), costs or Costs(), 1)
    life = np.maximum(of.years, 1.0)
    rule = rule_of(of, life, prices, ASKED, least)
    return rule, profits(of, life, prices, rule, ASKED)


def sampled(people: int = 4_000, craving: float = 30.0) -> tuple[Tallied, np.ndarray, np.ndarray]:
    """Customers with a true yearly profit and a true appetite for service."""
    dice = np.random.default_rng(5)
    years = dice.uniform(0.6, 3.0, people)
    pace, order = dice.gamma(3.0, 1.5, people), dice.gamma(8.0, 25.0, people)
    appetite = dice.gamma(0.8, craving, people)  # money of service a spell of 40, per order of 200
    times = np.maximum(dice.poisson(pace * years), 1)
    spells = dice.poisson(appetite / 40 * times * order / 200)
    revenue = times * order
    of = tallied(
        people, years=years, orders=times, revenue=revenue, costed=revenue, goods=0.6 * revenue,
        squares=times * order**2, support=40.0 * spells,
    )  # fmt: skip
    true = pace * order * 0.4 - 40 * (appetite / 40 * pace * order / 200)
    return of, true, appetite


def test_profit_of_a_sampled_shop_is_found_and_its_score_finds_the_right_ones() -> None:
    of, true, appetite = sampled()
    rule, found = told(of)
    assert rule.status == "told"
    assert rule.tau is not None
    assert np.corrcoef(found.profit, true)[0, 1] > 0.8
    inside = ((found.low <= true) & (true <= found.high)).mean()
    assert 0.65 < inside < 0.92
    chosen = found.score >= 0.6
    assert 0.02 < chosen.mean() < 0.4
    assert true[chosen].mean() > 1.7 * true.mean()
    assert appetite[chosen].mean() < appetite.mean()


def test_who_surely_costs_more_than_they_bring_is_said_to() -> None:
    of, true, _ = sampled(craving=90.0)
    _, found = told(of)
    sure = found.loss >= 0.8
    assert sure.sum() > 50
    assert (true[sure] < 0).mean() > 0.8
    assert found.loss[true > np.quantile(true, 0.9)].mean() < 0.05


def test_acquisition_is_spread_over_the_life_that_is_expected() -> None:
    of = tallied(2, years=1.0, orders=4, revenue=400, costed=400, goods=100, acquisition=120)
    prices = prices_of(sums(of), Costs(), 1)
    life = np.array([1.0, 3.0])
    rule = rule_of(of, life, prices, ASKED, 1)
    found = profits(of, life, prices, rule, ASKED)
    assert found.left.tolist() == [180.0, 180.0]
    assert rule.pool.mean == pytest.approx((300 - 120 + 300 - 40) / 2)


HOSTILE: dict[str, dict[str, Any]] = {
    "five customers": {"people": 5, "revenue": 100, "costed": 100, "goods": 40, "squares": 4_000},
    "all refunds": {"people": 40, "revenue": 0, "orders": 0, "return_": 30, "costed": 0,
                    "goods": 1},
    "negative revenue": {"people": 40, "revenue": -50, "costed": -50, "goods": 10},
    "no amounts": {"people": 40, "revenue": 0, "orders": 3},
    "costs without customers": {"people": 40, "orders": 0, "support": 50, "contact": 3},
    "nobody with costs": {"people": 40, "revenue": 100, "squares": 4_000},
    "one whale": {"people": 40, "revenue": [1e15] + [1] * 39, "costed": [1e15] + [1] * 39,
                  "goods": [1e14] + [0] * 39, "squares": [1e29] + [1] * 39},
    "first day": {"people": 40, "years": 0, "revenue": 100, "costed": 100, "goods": 40},
    "nobody": {"people": 0},
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("margin", [None, 0, 1])
def test_hostile_shops_get_a_named_status_and_no_nonsense(name: str, margin: int | None) -> None:
    known = dict(HOSTILE[name])
    of = tallied(known.pop("people"), **known)
    rule, found = told(of, Costs(margin=None if margin is None else Fraction(margin)))
    assert rule.status in ("told", "few_people", "margin_unknown", "nobody")
    bare = np.isnan(found.profit)
    assert bare.all() == (rule.status in ("margin_unknown", "nobody"))
    for values in (found.profit, found.low, found.high, found.loss, found.score, found.left):
        assert np.isfinite(values[~bare]).all()
        assert np.isnan(values[bare]).all()
    assert (found.low <= found.high)[~bare].all()
    for chance in (found.loss, found.score):
        assert ((chance >= 0) & (chance <= 1))[~bare].all()


def test_five_customers_are_told_of_but_no_border_is_drawn() -> None:
    known = dict(HOSTILE["five customers"])
    rule, found = told(tallied(known.pop("people"), **known))
    assert (rule.status, rule.tau) == ("few_people", None)
    assert (found.high > found.low).all()
