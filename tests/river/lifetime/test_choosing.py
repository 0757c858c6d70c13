"""The choice by holdout: CDNOW as measured, shops whose truth is known, and too little to choose."""

from __future__ import annotations

import numpy as np
import pytest
from tests.river.lifetime.cdnow import FITTED, LAST, came_true, fitted_on, purchases

from thang.river.lifetime.choosing import backtests, chance_of
from thang.river.lifetime.fitted import fitted
from thang.river.lifetime.models import MODELS
from thang.river.lifetime.summary import Purchases, rfm_of
from thang.river.lifetime.value import DEFAULT, fit, lifetime_of


def test_the_holdout_of_cdnow_is_the_published_one() -> None:
    tests = {test.model: test for test in backtests(purchases(), LAST, "none", LAST - FITTED)}
    bg, pareto = tests["bg"], tests["pareto"]
    assert (bg.customers, bg.days, bg.actual) == (2_357, 273, 1_882)
    assert bg.error == pytest.approx(-0.1215, abs=5e-5)
    assert bg.cumulative_error == pytest.approx(-0.0527, abs=5e-5)
    assert pareto.absolute_error == pytest.approx(0.7545, abs=5e-5)
    assert pareto.correlation == pytest.approx(0.6302, abs=5e-5)
    assert bg.naive_error == pytest.approx(0.557, abs=5e-4)
    assert max(tests.values(), key=lambda test: test.loglik).model == next(iter(tests))


def test_the_chances_of_all_that_may_happen_add_up_to_one() -> None:
    people = fitted_on().take(slice(0, 200))
    for model in MODELS.values():
        fit_ = fitted(model, people.cells)
        chances = [chance_of(fit_, people, np.full(len(people), k), 273) for k in range(200)]
        assert np.sum(chances, axis=0) == pytest.approx(1, abs=1e-4)
        rising = [chance_of(fit_, people, np.append(came_true()[:199], k), 273) for k in (0, 50)]
        assert (rising[0][:199] == rising[1][:199]).all()


def test_the_chosen_model_is_fitted_on_all_that_is_known() -> None:
    found = lifetime_of(purchases(), LAST)
    assert len(found.tests) == len(MODELS)
    assert found.buying.model.name == found.tests[0].model
    assert len(found.summary) == len(rfm_of(purchases(), LAST))
    assert [test.loglik for test in found.tests] == sorted(
        (test.loglik for test in found.tests), reverse=True
    )


def test_who_is_still_there_is_never_left_to_bg() -> None:
    people = fitted_on()
    scores = fit(people, model="bg").score()
    once = people.frequency == 0
    assert scores.alive[once].max() < 0.9
    assert (
        scores.alive[once & (people.age > 250)].mean()
        < scores.alive[once & (people.age < 200)].mean()
    )
    with_mbg = fit(people, model="mbg").score()
    assert (scores.alive == with_mbg.alive).all()
    assert (scores.purchases != with_mbg.purchases).any()


def test_a_shop_too_small_or_too_young_to_choose_takes_the_default() -> None:
    nobody = Purchases(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0))
    few = Purchases(np.arange(50), np.arange(50, dtype=np.int32), np.full(50, 1e3))
    today = Purchases(np.arange(5_000), np.zeros(5_000, np.int32), np.full(5_000, 1e3))
    for shop in (nobody, few, today):
        found = lifetime_of(shop, 60)
        assert found.tests == ()
        assert found.buying.model.name == DEFAULT
