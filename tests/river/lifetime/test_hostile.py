"""Shops that break other engines: a finite answer of the right size, and a status that says so."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.river.lifetime.shops import lived, summary

from thang.model import WrongInput
from thang.river.lifetime.models import MODELS
from thang.river.lifetime.rows import Summary
from thang.river.lifetime.scoring import Note, Scores, Terms
from thang.river.lifetime.value import fit

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")
DICE = np.random.default_rng(11)
MANY = 3_500  # customers enough for a fit without the prior
EVERY = pytest.mark.parametrize("model", MODELS)


def alike(x: int, t: int, age: int, people: int = MANY) -> Summary:
    return summary([x] * people, [t] * people, [age] * people)


def usual(seed: int, people: int = MANY) -> Summary:
    return lived(seed, people)[0]


def with_giant() -> Summary:
    people = usual(1, 900)
    return summary([*people.frequency, 20_000], [*people.recency, 700], [*people.age, 700])


def few(money: list[float]) -> Summary:
    return summary([0, 1, 0, 3, 0], [0, 20, 0, 200, 0], [30, 40, 100, 300, 5], money)


def frequent() -> Summary:
    bought = DICE.poisson(200, 500) + 1
    return summary(bought, [364] * 500, [365] * 500)


def one_timers(people: int = 800) -> Summary:
    return summary([0] * people, [0] * people, DICE.integers(0, 700, people))


def one_repeater() -> Summary:
    return summary([1] + [0] * 799, [30] + [0] * 799, DICE.integers(31, 700, 800))


def in_seconds() -> Summary:
    people = usual(5)
    times = people.recency.astype(np.int64) * 10_800, people.age.astype(np.int64) * 10_800
    return replace(people, recency=times[0], age=times[1])


def rich(factor: float) -> Summary:
    people = usual(6)
    return replace(people, spend=people.spend * factor, first=people.first * factor)


SHOPS = {
    "nobody": (summary([], [], []), "no_repeat_buyers"),
    "one buyer, today": (alike(0, 0, 0, 1), "no_repeat_buyers"),
    "five customers": (few([0, 900, 0, 1100, 0]), "prior_dominated"),
    "only one-time buyers": (one_timers(), "no_repeat_buyers"),
    "many one-time buyers": (one_timers(5_000), "no_repeat_buyers"),
    "one repeat buyer": (one_repeater(), "prior_dominated"),
    "all buy 200 times a year": (frequent(), "prior_dominated"),
    "one buys 20,000 times": (with_giant(), "converged"),
    "nobody leaves": (lived(3, MANY, truth=(1.0, 50, 1e-3, 1e3))[0], "prior_dominated"),
    "all leave after one": (alike(1, 15, 700), "prior_dominated"),
    "all the same": (alike(3, 100, 200), "prior_dominated"),
    "all new today": (alike(0, 0, 0), "no_repeat_buyers"),
    "one cohort": (lived(4, MANY, ages=np.full(MANY, 365))[0], "converged"),
    "seconds for days": (in_seconds(), "converged"),
    "amounts x 10 million": (rich(1e7), "converged"),
}


def sound(scores: Scores) -> None:
    """Finite, never negative, each interval around what it is of, probabilities below 1."""
    for field in fields(Scores):
        values = getattr(scores, field.name)
        if values is None:
            continue
        assert np.isfinite(values).all(), field.name
        assert (values >= 0).all(), field.name
    assert (scores.alive <= 1).all()
    assert (scores.purchases_low <= scores.purchases_high).all()
    assert (scores.value_low <= scores.value_high * (1 + 1e-12)).all()
    if scores.expected_low is not None and scores.expected_high is not None:
        assert (scores.expected_low <= scores.value).all()
        assert (scores.value <= scores.expected_high).all()


@EVERY
@pytest.mark.parametrize("shop", SHOPS)
def test_every_shop_gets_a_finite_answer_and_its_status(shop: str, model: str) -> None:
    people, status = SHOPS[shop]
    found = fit(people, model=model)
    assert found.status == status
    scores = found.score(Terms(horizon=365, expected=True))
    sound(scores)
    assert len(scores.person) == len(people)
    thin = (scores.note & Note.THIN) > 0
    assert thin.all() if status != "converged" else not thin.any()
    sound(fit(people, model=model, prior="none").score(Terms(horizon=365, expected=True)))


@EVERY
def test_without_repeat_buyers_no_label_may_rest_on_the_value(model: str) -> None:
    scores = fit(one_timers(), model=model).score()
    assert ((scores.note & Note.NO_REPEATS) > 0).all()
    assert ((scores.note & Note.ONE_TIMER) > 0).all()
    assert scores.purchases.max() < 0.1
    assert (scores.purchases > 0).all()


@EVERY
def test_the_frequent_go_on_and_the_gone_do_not(model: str) -> None:
    going = fit(frequent(), model=model).score(Terms(horizon=90))
    assert going.purchases.mean() == pytest.approx(49.5, rel=0.05)
    gone = fit(alike(1, 15, 700), model=model).score(Terms(horizon=365))
    assert gone.purchases.max() < 1e-6


@EVERY
def test_a_giant_is_noted_and_does_not_carry_the_others_along(model: str) -> None:
    people = with_giant()
    scores = fit(people, model=model).score(Terms(horizon=365))
    assert np.flatnonzero(scores.note & Note.BUSINESS).tolist() == [len(people) - 1]
    assert 6_000 < scores.purchases[-1] < 12_000
    assert scores.purchases_low[-1] < scores.purchases[-1] < scores.purchases_high[-1]
    plain = fit(people.take(slice(0, -1)), model=model).score(Terms(horizon=365))
    assert scores.purchases[:-1].mean() == pytest.approx(plain.purchases.mean(), rel=0.6)


def test_zero_amounts_are_left_out_and_counted() -> None:
    people = usual(8)
    spend, paid = people.spend.copy(), people.paid.copy()
    buyers = np.flatnonzero(people.frequency > 0)
    spend[buyers[:480]], paid[buyers[:480]] = 0.0, 0
    spending = fit(replace(people, spend=spend, paid=paid)).spending
    assert spending.dropped == 480
    assert spending.payers == len(buyers) - 480
    assert spending.status == "converged"


def test_five_customers_who_paid_nothing_have_no_value_and_it_is_said() -> None:
    nothing = replace(few([0, 0, 0, 0, 0]), first=np.zeros(5))
    found = fit(nothing)
    assert found.spending.status == "no_money"
    scores = found.score()
    assert (scores.value == 0).all()
    assert (scores.purchases > 0).all()
    assert ((scores.note & Note.NO_MONEY) > 0).all()


def test_a_tail_too_heavy_for_a_mean_is_answered_by_the_median() -> None:
    people = usual(6)
    wild = np.where(people.frequency > 0, DICE.random(MANY) ** (-1 / 0.5) * 1000, 0)
    found = fit(replace(people, spend=wild))
    assert found.spending.status == "heavy_tail"
    order = found.score().order
    middle = np.median(wild[wild > 0])
    assert order[people.frequency == 0] == pytest.approx(middle)
    again = people.frequency > 0
    assert (np.sign(order[again] - middle) == np.sign(wild[again] - middle)).all()
    assert (np.abs(np.log(order[again] / middle)) <= np.abs(np.log(wild[again] / middle))).all()


def test_orders_that_are_all_alike_are_that_order() -> None:
    people = usual(6)
    found = fit(replace(people, spend=np.where(people.frequency > 0, 5_000.0, 0)))
    assert found.spending.status == "constant"
    assert (found.score().order == 5_000).all()


def test_money_scales_everything_and_nothing_else() -> None:
    one, other = fit(rich(1.0)).score(), fit(rich(1e7)).score()
    assert other.value == pytest.approx(one.value * 1e7, rel=1e-6)
    assert other.value_high == pytest.approx(one.value_high * 1e7, rel=1e-6)
    assert other.purchases == pytest.approx(one.purchases)


def test_the_unit_of_time_is_no_matter_where_the_data_suffice() -> None:
    one = fit(usual(5), model="bg", prior="none").score(Terms(horizon=365, discount=0))
    other = fit(in_seconds(), model="bg", prior="none").score(
        Terms(horizon=365 * 10_800, discount=0)
    )
    assert other.purchases == pytest.approx(one.purchases, rel=1e-6)
    assert (other.purchases_high == one.purchases_high).all()


@pytest.mark.parametrize(
    ("x", "t", "age"), [(1, 0, 10), (0, 3, 10), (2, 11, 10), (-1, 0, 10), (0, 0, -1)]
)
def test_what_no_orders_can_make_is_refused_with_the_cure(x: int, t: int, age: int) -> None:
    with pytest.raises(WrongInput, match="merge purchases of one day"):
        fit(summary([0, x], [0, t], [5, age]))


def test_unknown_wishes_are_refused() -> None:
    with pytest.raises(WrongInput, match="model"):
        fit(few([0, 1, 0, 1, 0]), model="oracle")
    with pytest.raises(WrongInput, match="prior"):
        fit(few([0, 1, 0, 1, 0]), prior="strong")
    for wrong in ({"horizon": -1.0}, {"discount": -0.1}, {"level": 1.0}, {"horizon": np.nan}):
        with pytest.raises(WrongInput):
            Terms(**wrong)


histories = st.lists(
    st.tuples(st.integers(0, 900), st.integers(0, 60), st.floats(0, 1), st.floats(0, 1e9)),
    max_size=12,
)


@given(histories, st.sampled_from(sorted(MODELS)))
@settings(max_examples=40)
def test_any_legal_shop_gets_a_sound_answer(
    drawn: list[tuple[int, int, float, float]], model: str
) -> None:
    ages = [age for age, _, _, _ in drawn]
    times = [min(x, age) for age, x, _, _ in drawn]
    last = [
        max(x, int(share * age)) if x else 0
        for x, (age, _, share, _) in zip(times, drawn, strict=True)
    ]
    money = [amount if x else 0.0 for x, (_, _, _, amount) in zip(times, drawn, strict=True)]
    sound(fit(summary(times, last, ages, money), model=model).score(Terms(expected=True)))
