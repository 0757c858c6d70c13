"""A fit that was written down and read again scores to the last bit as before."""

from __future__ import annotations

import json
from dataclasses import fields

import numpy as np
import pytest
from tests.river.lifetime.shops import lived, summary

from thang.model import WrongInput
from thang.river.lifetime.keeping import kept, restored
from thang.river.lifetime.rows import Summary
from thang.river.lifetime.scoring import Scores, Terms
from thang.river.lifetime.summary import Purchases
from thang.river.lifetime.value import Lifetime, fit, lifetime_of


def same(found: Lifetime, people: Summary) -> None:
    again = restored(json.loads(json.dumps(kept(found), allow_nan=False)), people)
    assert again.tests == found.tests
    assert again.shop_notes == found.shop_notes
    assert again.buying.errors() == found.buying.errors()
    terms = Terms(expected=True)
    one, other = found.score(terms), again.score(terms)
    for field in fields(Scores):
        assert (getattr(one, field.name) == getattr(other, field.name)).all(), field.name


@pytest.mark.parametrize("model", ["bg", "mbg", "pareto"])
@pytest.mark.parametrize("people", [4_000, 20])
def test_what_is_kept_scores_as_before(model: str, people: int) -> None:
    shop = lived(51, people)[0]
    same(fit(shop, model=model), shop)


def test_shops_without_money_or_customers_are_kept_as_well() -> None:
    for shop in (summary([], [], []), summary([0, 2], [0, 9], [10, 10], [0, 0])):
        same(fit(shop), shop)


def test_the_backtests_are_kept_with_it() -> None:
    dice = np.random.default_rng(8)
    orders = Purchases(
        dice.integers(0, 3_000, 9_000), dice.integers(0, 700, 9_000).astype(np.int32),
        dice.gamma(3, 400, 9_000),
    )  # fmt: skip
    found = lifetime_of(orders, 700)
    assert len(found.tests) == 3
    same(found, found.summary)


def test_parameters_of_another_version_are_refused_with_the_cure() -> None:
    with pytest.raises(WrongInput, match="fit the shop anew"):
        restored({"version": 0}, summary([], [], []))
