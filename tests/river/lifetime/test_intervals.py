"""Intervals hold what they promise: over customers for their own luck, over shops for the mean."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from scipy.stats import gamma as gamma_law
from tests.river.lifetime.shops import TRUTH, lived, summary

from thang.river.lifetime.bgnbd import BG
from thang.river.lifetime.intervals import count_intervals, gamma_interval
from thang.river.lifetime.models import MODELS
from thang.river.lifetime.scoring import Terms
from thang.river.lifetime.value import fit

YEAR = 365


@pytest.mark.parametrize("model", MODELS)
def test_an_interval_of_counts_is_what_counting_gives(model: str) -> None:
    people = summary([0, 1, 3, 30, 2], [0, 5, 200, 390, 399], [400, 6, 210, 400, 400])
    cells, theta = people.cells, np.log((0.8, 50.0, 0.9, 3.0))
    law = MODELS[model]
    alive = law.alive(theta, cells.x, cells.t, cells.age)
    found = count_intervals(law, theta, cells, alive, YEAR, 0.8)
    tails = alive * np.stack(list(islice(law.tails(theta, cells.x, cells.age, YEAR), 400)))
    at_most = 1 - tails  # P(Y ≤ k) for k = 0, 1, …
    for row in range(len(cells)):
        assert found.low[row] == np.argmax(at_most[:, row] >= 0.1)
        most = 0.8 if found.low[row] == 0 else 0.9
        assert found.high[row] == np.argmax(at_most[:, row] >= most)
        assert found.some[row] == pytest.approx(tails[0, row])


def test_beyond_counting_one_by_one_the_curve_takes_over_smoothly() -> None:
    theta = np.log((200.0, 100.0, 1e-3, 10.0))
    ends = []
    for days in (150, 160):  # on both sides of the limit, ten standard errors before 512
        cells = summary([1], [90], [100]).cells
        found = count_intervals(BG, theta, cells, np.ones(1), days, 0.9)
        ends.append((int(found.low[0]) / days, int(found.high[0]) / days))
    assert ends[0] == pytest.approx(ends[1], rel=0.05)


def test_the_gamma_interval_is_gammas_own() -> None:
    shape, scale, some = 2.5, 40.0, 0.7
    first, second = some * shape * scale, some * shape * (shape + 1) * scale**2
    low, high = gamma_interval(np.array([some]), np.array([first]), np.array([second]), 0.8)
    assert low[0] == 0
    inside = (0.8 - 0.3) / 0.7  # nothing below 0, so that a fifth lies above
    assert high[0] == pytest.approx(gamma_law.ppf(inside, shape, scale=scale), rel=0.01)


@pytest.mark.parametrize("m", [0, 1])
def test_purchases_and_value_fall_into_their_intervals_as_often_as_promised(m: int) -> None:
    people, _, _, later = lived(21, 6_000, m, further=YEAR)
    found = fit(people, model=("bg", "mbg")[m])
    scores = found.score(Terms(horizon=YEAR, discount=0.0, level=0.8))
    held = (scores.purchases_low <= later) & (later <= scores.purchases_high)
    assert 0.78 < held.mean() < 0.91  # counts are whole, hence held a little oftener than asked
    dice = np.random.default_rng(2)
    nu = dice.gamma(6.0 * people.frequency + 4, 1 / (15 + people.frequency * people.spend / 1000))
    worth = np.where(later > 0, dice.gamma(6.0 * np.maximum(later, 1)) / nu * 1000, 0)
    inside = (scores.value_low <= worth) & (worth <= scores.value_high)
    assert 0.75 < inside.mean() < 0.85
    assert worth.sum() == pytest.approx(scores.value.sum(), rel=0.1)


def test_the_interval_of_the_expectation_covers_the_truth_over_shops() -> None:
    covered = []
    for seed in range(24):
        people = lived(100 + seed, 500)[0]
        found = fit(people, model="bg")
        scores = found.score(Terms(horizon=YEAR, discount=0.0, expected=True))
        cells = people.cells
        truth = np.log(TRUTH)
        told = BG.alive(truth, cells.x, cells.t, cells.age)
        told = told * BG.moments(truth, cells.pair_x, cells.pair_age, YEAR, 0).first[cells.pair]
        money = scores.order
        low, high = scores.expected_low / money, scores.expected_high / money
        covered.append(((low <= told[cells.place]) & (told[cells.place] <= high)).mean())
    assert 0.75 < np.mean(covered) <= 1


def test_more_customers_make_the_expectation_surer_but_not_the_luck_smaller() -> None:
    widths = []
    for people in (300, 3_000):
        scores = fit(lived(9, people)[0], model="bg").score(Terms(horizon=YEAR, expected=True))
        sure = np.median(np.log(scores.expected_high / scores.expected_low))
        widths.append((sure, np.mean(scores.value_high - scores.value_low) / scores.value.mean()))
    assert widths[1][0] < 0.6 * widths[0][0]
    assert widths[1][1] == pytest.approx(widths[0][1], rel=0.5)
