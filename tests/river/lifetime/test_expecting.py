"""Purchases to come: against the textbook's closed form, slow integrals, and lives played out."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import hyp2f1, roots_jacobi

from thang.river.lifetime.bgnbd import BG, MBG
from thang.river.lifetime.expecting import Dropout, dropout_moments, integrals
from thang.river.lifetime.models import MODELS, Model
from thang.river.lifetime.pareto import PARETO
from thang.river.lifetime.rows import Float64

EVERY = pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
YEAR = 365.0
DAILY = np.log(1.1) / YEAR


def at(*values: float) -> Float64:
    return np.array(values)


def textbook(p: tuple[float, ...], x: int, age: float, h: float) -> float:
    """E[Y(h)] of a living BG/NBD customer, equation 10 without its last factor."""
    r, alpha, a, b = p
    late = alpha + age
    shape = hyp2f1(r + x, b + x, a + b + x - 1, h / (late + h))
    return float((a + b + x - 1) / (a - 1) * (1 - (late / (late + h)) ** (r + x) * shape))


@pytest.mark.parametrize("p", [(0.243, 30.9, 0.793, 2.426), (2.0, 80.0, 3.5, 1.2)])
@pytest.mark.parametrize("x", [0, 1, 5, 60])
def test_where_the_textbook_is_sound_it_agrees(p: tuple[float, ...], x: int) -> None:
    found = BG.moments(np.log(p), at(x), at(270.0), 273.0, 0.0)
    assert found.purchases[0] == pytest.approx(textbook(p, x, 270.0, 273.0), rel=1e-10)
    assert found.first[0] == found.purchases[0]


@pytest.mark.parametrize(("a", "b"), [(1.0, 2.5), (0.4, 0.6), (1.0, 1e-9), (1.0, 3.0)])
@pytest.mark.parametrize("m", [0, 1])
def test_where_the_textbook_is_singular_the_answer_is_the_integral(
    a: float, b: float, m: int
) -> None:
    r, alpha, age, h = 0.6, 55.0, 100.0, YEAR
    for x in (0, 2):
        law = Dropout(r, alpha, a, b + m)
        found = integrals(law, at(x), at(alpha + age), h, DAILY)
        aside = integrals(law._replace(a=a * (1 + 1e-7)), at(x), at(alpha + age), h, DAILY)
        slow = slowly(law, x, age, h, DAILY)
        assert found.first[0] == pytest.approx(slow, rel=1e-7)
        assert found.first[0] == pytest.approx(aside.first[0], rel=1e-6)


def slowly(law: Dropout, x: int, age: float, h: float, discount: float) -> float:
    """∫ e^(−δz) E[λ e^(−λpz)] dz, p by Gauss and Jacobi, z by an adaptive rule."""
    pace, late = law.r + x, law.alpha + age
    nodes, weights = roots_jacobi(80, law.left + x - 1, law.a - 1 + 1e-12)
    p, weights = (1 + nodes) / 2, weights / weights.sum()

    def rate(z: float) -> float:
        lives = weights @ (1 + p * z / late) ** -(pace + 1)
        return float(np.exp(-discount * z) * pace / late * lives)

    return float(quad(rate, 0, h, epsabs=0, epsrel=1e-10)[0])


def test_fifty_thousand_purchases_are_no_trouble() -> None:
    p = (0.6, 55.0, 0.8, 2.5)
    for model in MODELS.values():
        found = model.moments(np.log(p), at(50_000), at(700.0), YEAR, DAILY)
        limit = (0.6 + 50_000) / (55.0 + 700) * YEAR
        assert 0.3 * limit < found.purchases[0] < limit
        assert found.first[0] < found.purchases[0]
        assert found.second[0] >= found.first[0] ** 2
        assert 0 <= model.alive(np.log(p), at(50_000), at(699.0), at(700.0))[0] <= 1
        assert model.alive(np.log(p), at(50_000), at(100.0), at(700.0))[0] < 1e-300


def test_the_table_over_ages_is_the_integral_itself() -> None:
    law, ages = Dropout(0.6, 2.0, 0.8, 2.5), np.tile(np.arange(0.0, 730), 3)
    x = np.repeat([0.0, 3, 200], 730)
    table = dropout_moments(law, x, ages, 1095.0, DAILY)
    direct = integrals(law, x, law.alpha + ages, 1095.0, DAILY)
    for mine, theirs in zip(table, direct, strict=True):
        assert mine == pytest.approx(theirs, rel=1e-9)


def test_pareto_agrees_with_its_closed_form_and_is_whole_at_s_1() -> None:
    r, alpha, s, beta = p = (0.55, 74.0, 0.61, 81.7)
    x, age, h = 3, 200.0, YEAR
    late = beta + age
    closed = (r + x) * late / ((alpha + age) * (s - 1)) * (1 - (late / (late + h)) ** (s - 1))
    found = PARETO.moments(np.log(p), at(x), at(age), h, 0.0).purchases[0]
    assert found == pytest.approx(closed, rel=1e-11)
    whole = PARETO.moments(np.log((r, alpha, 1.0, beta)), at(x), at(age), h, 0.0).purchases[0]
    assert whole == pytest.approx((r + x) * late / (alpha + age) * np.log1p(h / late), rel=1e-11)


@EVERY
@pytest.mark.parametrize("place", [(0.6, 55.0, 0.8, 2.5), (3.0, 30.0, 0.2, 40.0)])
def test_counts_one_by_one_have_the_moments_that_are_told(
    model: Model, place: tuple[float, ...]
) -> None:
    theta, x, age = np.log(place), at(0, 1, 9), at(10.0, 300, 400)
    tails = np.stack(list(islice(model.tails(theta, x, age, YEAR), 2000)))
    told = model.moments(theta, x, age, YEAR, 0.0)
    assert (np.diff(tails, axis=0) <= 1e-12).all()
    assert tails.sum(axis=0) == pytest.approx(told.purchases, rel=1e-7)
    ks = np.arange(1, 2001)[:, None]
    assert ((2 * ks - 1) * tails).sum(axis=0) == pytest.approx(told.second, rel=1e-6)


@pytest.mark.parametrize("model", [BG, MBG, PARETO], ids=lambda model: model.name)
def test_lives_played_out_come_to_what_is_told(model: Model) -> None:
    dice, people, h, age, x = np.random.default_rng(7), 400_000, YEAR, 150.0, 2
    r, alpha, a, b = p = (0.8, 60.0, 0.9, 2.0)
    pace = dice.gamma(r + x, 1 / (alpha + age), people)
    if model is PARETO:
        ends = dice.exponential(1 / dice.gamma(a, 1 / (b + age), people))
        leaves = np.zeros(people)
    else:
        ends, leaves = np.full(people, np.inf), dice.beta(a, b + x + (model is MBG), people)
    now, worth, count = np.zeros(people), np.zeros(people), np.zeros(people)
    going = np.arange(people)
    while len(going):
        now[going] += dice.exponential(1 / pace[going])
        going = going[now[going] < np.minimum(h, ends[going])]
        worth[going] += np.exp(-DAILY * now[going])
        count[going] += 1
        going = going[dice.random(len(going)) >= leaves[going]]
    told = model.moments(np.log(p), at(x), at(age), h, DAILY)
    for mine, seen in (
        (told.purchases[0], count), (told.first[0], worth), (told.second[0], worth**2),
    ):  # fmt: skip
        assert mine == pytest.approx(seen.mean(), abs=4.5 * seen.std() / people**0.5)


def test_p_alive_of_a_one_time_buyer_fades_but_in_bg() -> None:
    theta, ages = np.log((0.6, 55.0, 0.8, 2.5)), at(1.0, 100, 1000, 10_000)
    nobody = np.zeros(4)
    assert (BG.alive(theta, nobody, nobody, ages) == 1).all()
    for model in (MBG, PARETO):
        alive = model.alive(theta, nobody, nobody, ages)
        assert (np.diff(alive) < 0).all()
        assert alive[-1] < 0.2


def test_p_alive_of_pareto_is_the_textbooks() -> None:
    r, alpha, s, beta = p = (0.9, 60.0, 0.7, 30.0)
    for x, t, age in ((0, 0.0, 120.0), (2, 40.0, 120.0), (9, 119.0, 120.0)):

        def part(upto: float, k: float = r + s + x) -> float:
            shape = hyp2f1(k, s + 1, k + 1, (alpha - beta) / (alpha + upto))
            return float(shape / (alpha + upto) ** k)

        gone = s / (r + s + x) * (part(t) - part(age))
        here = (alpha + age) ** -(r + x) * (beta + age) ** -s
        found = PARETO.alive(np.log(p), at(x), at(t), at(age))[0]
        assert found == pytest.approx(here / (here + gone), rel=1e-9)
