"""Accounts against plain sums on paper, and what stands in for costs that nobody recorded."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from tests.river.profit.ledgers import sums, tallied

from thang.policy.aims import Costs
from thang.river.profit.ledger import Filled, Prices, account, prices_of

BARE = Costs()


def prices(of: Any, costs: Costs = BARE, minor: int = 1) -> Prices:
    return prices_of(sums(of), costs, minor)


def test_an_account_is_revenue_less_everything_that_was_recorded() -> None:
    of = tallied(
        1, revenue=1_000, costed=1_000, goods=400, discount=30, shipping=25, fee=20, return_=15,
        contact=5, support=10, gift=40, acquisition=100,
    )  # fmt: skip
    found = account(of, prices(of))
    assert found.total[0] == 1_000 - 400 - 30 - 25 - 20 - 15 - 5 - 10 - 40
    assert found.serving[0] == 15 + 5 + 10
    assert found.acquisition[0] == 100
    assert found.filled[0] == 0


def test_goods_without_a_cost_take_the_margin_that_was_seen_and_say_so() -> None:
    of = tallied(3, revenue=[1_000, 500, 800], costed=[1_000, 0, 300], goods=[600, 0, 200])
    learnt = prices(of)
    seen = 1 - 800 / 1_300
    assert learnt.margin == pytest.approx(seen)
    assert learnt.margin_seen
    assert learnt.costed_share == pytest.approx(1_300 / 2_300)
    found = account(of, learnt)
    assert found.total == pytest.approx([400, 500 * seen, 800 - 200 - 500 * (1 - seen)])
    filled = [Filled(int(bits)) & ~Filled.ACQUISITION_UNKNOWN for bits in found.filled]
    assert filled == [Filled(0), Filled.MARGIN_SEEN, Filled.MARGIN_SEEN]


def test_the_policys_margin_goes_before_the_one_that_was_seen() -> None:
    of = tallied(2, revenue=[1_000, 500], costed=[1_000, 0], goods=[600, 0])
    learnt = prices(of, Costs(margin=Fraction(1, 4)))
    assert account(of, learnt).total == pytest.approx([400, 125])
    assert Filled(int(account(of, learnt).filled[1])) & Filled.MARGIN_OF_POLICY


def test_without_any_margin_nobodys_profit_is_told() -> None:
    of = tallied(2, revenue=[1_000, 0], support=[0, 50])
    learnt = prices(of)
    assert learnt.margin is None
    assert "goods" in learnt.missing
    found = account(of, learnt)
    assert np.isnan(found.total).all()
    assert all(Filled(int(bits)) & Filled.MARGIN_UNKNOWN for bits in found.filled)


def test_prices_of_the_policy_are_whole_units_and_stand_in_only_where_none_is_recorded() -> None:
    asked = Costs(
        margin=Fraction(1, 2), minute=Fraction(2), contact=Fraction(1, 10),
        delivery_refused=Fraction(3), fee_share=Fraction(2, 100), acquisition=Fraction(7),
    )  # fmt: skip
    of = tallied(1, revenue=10_000, minutes=5, contacts=10, refused=1)
    found = account(of, prices(of, asked, minor=100))
    assert found.serving[0] == pytest.approx(5 * 200 + 10 * 10 + 300)
    assert found.total[0] == pytest.approx(10_000 * 0.5 - 200 - 1_400)
    assert found.acquisition[0] == 700
    assert Filled(int(found.filled[0])) & Filled.PRICED
    recorded = tallied(1, revenue=10_000, minutes=5, support=123, fee=50)
    told = account(recorded, prices(recorded, asked, minor=100))
    assert told.serving[0] == 123
    assert told.total[0] == pytest.approx(5_000 - 123 - 50)


def test_acquisition_is_the_mean_of_those_recorded_else_it_is_left_out_by_name() -> None:
    of = tallied(3, revenue=100, costed=100, goods=10, acquisition=[40, 20, 0])
    found = account(of, prices(of))
    assert found.acquisition == pytest.approx([40, 20, 30])
    assert Filled(int(found.filled[2])) == Filled.ACQUISITION_SEEN
    without = tallied(1, revenue=100, costed=100, goods=10)
    found = account(without, prices(without))
    assert found.acquisition[0] == 0
    assert Filled(int(found.filled[0])) == Filled.ACQUISITION_UNKNOWN
    assert "acquisition" in prices(without).missing


def test_minutes_without_a_price_are_named() -> None:
    of = tallied(2, revenue=100, costed=100, goods=10, acquisition=5, minutes=[0, 30])
    found = account(of, prices(of))
    assert [Filled(int(bits)) for bits in found.filled] == [Filled(0), Filled.UNPRICED]
