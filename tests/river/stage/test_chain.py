"""The chain of four questions: published figures, what must always hold, and shops without data."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import comb, isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from thang.policy.aims import Prior, StageRules
from thang.river.stage.chain import Reading, readings
from thang.river.stage.chances import bound, exceeds, grows, holds, reaches, soft_and
from thang.river.stage.questions import Part, fitted
from thang.river.stage.signals import Estimate, Share, Signals
from thang.river.stage.word import Word, settled, shown

RULES = StageRules()
MONTH = 30 * 86_400_000_000
NOTHING = Signals(
    at=0, launched=None, buyers=0, active=0, fresh=(0,) * 6, orders=(0,) * 6, existing=None,
    love=Share(0, 0), rebought=Share(0, 0), third=Share(0, 0), sixth=Share(0, 0), cohorts=0,
    incidents=None, contribution=None, net_margin=None,
)  # fmt: skip
LOVED = replace(
    NOTHING, launched=True, buyers=200, active=180, love=Share(60, 100), rebought=Share(90, 600),
    third=Share(30, 100), sixth=Share(30, 100), cohorts=8, incidents=Share(4, 300),
    fresh=(30, 30, 31, 30, 31, 30), orders=(90, 92, 91, 90, 93, 91), existing=0.6,
)  # fmt: skip


def months(*some: Signals) -> list[Reading]:
    return readings([replace(one, at=n * MONTH) for n, one in enumerate(some)], RULES)


@pytest.mark.parametrize(
    ("n", "published"),
    [
        (20, (0.005, 0.036, 0.13, 0.25, 0.41, 0.76)),
        (40, (0.001, 0.041, 0.21, 0.44, 0.68, 0.96)),
        (80, (0.0, 0.016, 0.21, 0.54, 0.84, 1.0)),
        (150, (0.0, 0.003, 0.18, 0.63, 0.94, 1.0)),
    ],
)
def test_how_often_love_passes_is_as_published(n: int, published: tuple[float, ...]) -> None:
    """The table of the rule P(share >= 0.40) >= 0.80 by the true share and the answers."""
    for true, said in zip((0.25, 0.33, 0.40, 0.45, 0.50, 0.60), published, strict=True):
        passes = sum(
            comb(n, k) * true**k * (1 - true) ** (n - k)
            for k in range(n + 1)
            if reaches(Share(k, n), 0.40, RULES.ellis_prior) >= 0.80
        )
        assert isclose(passes, said, abs_tol=0.0075 if said < 0.1 else 0.02)


def test_a_soft_and_is_the_weighted_geometric_mean() -> None:
    assert isclose(
        soft_and([(0.9, 0.45), (0.5, 0.35), (0.2, 0.20)]), 0.9**0.45 * 0.5**0.35 * 0.2**0.2
    )
    assert isclose(soft_and([(0.9, 0.45), (0.5, 0.35)]), (0.9**0.45 * 0.5**0.35) ** (1 / 0.8))
    assert soft_and([(0.0, 1.0)]) == pytest.approx(0.001)


def test_chances_against_draws() -> None:
    """Quadrature and closed forms against a million draws of a fixed seed."""
    draw = np.random.default_rng(7)
    later, earlier = draw.beta(1 + 20, 1 + 80, 10**6), draw.beta(1 + 30, 1 + 70, 10**6)
    assert isclose(
        holds(Share(20, 100), Share(30, 100), 0.8), (later >= 0.8 * earlier).mean(), abs_tol=0.002
    )
    assert isclose(holds(Share(0, 0), Share(0, 0), 0.8), 0.6, abs_tol=0.002)  # 1 - 0.8 / 2
    prior = Prior(Fraction(1, 2), Fraction(19, 2))
    assert isclose(
        reaches(Share(9, 100), 0.05, prior), stats.beta.sf(0.05, 9.5, 100.5), rel_tol=1e-9
    )
    assert isclose(bound(Share(9, 100), 0.9, prior), stats.beta.ppf(0.9, 9.5, 100.5), rel_tol=1e-9)
    assert isclose(exceeds(Estimate(0.2, 0.1), 0.0), stats.norm.cdf(2))


def test_growth_against_an_ordinary_regression() -> None:
    counts = (100, 140, 120, 210, 260, 240)
    line = stats.linregress(range(6), np.log(np.array(counts) + 0.5))
    assert isclose(
        grows(counts, 0.05), stats.t.cdf((line.slope - 0.05) / line.stderr, 4), rel_tol=1e-9
    )
    assert grows((0,) * 6, 0.05) < 0.6
    assert 0.02 < grows((7, 7, 7, 7, 7, 7), 0.05) < 0.5  # six like counts are luck, not proof


def counts(most: int) -> st.SearchStrategy[Share]:
    return st.integers(0, most).flatmap(lambda n: st.integers(0, n).map(lambda k: Share(k, n)))


estimates = st.none() | st.builds(Estimate, st.floats(-1, 1), st.floats(0, 0.5))
six = st.tuples(*(st.integers(0, 500) for _ in range(6)))
any_signals = st.builds(
    Signals, at=st.just(0), launched=st.none() | st.booleans(), buyers=st.integers(0, 5000),
    active=st.integers(0, 5000), fresh=six, orders=six,
    existing=st.none() | st.floats(-0.5, 1.5), love=counts(300), rebought=counts(3000),
    third=counts(300), sixth=counts(300), cohorts=st.integers(0, 40),
    incidents=st.none() | st.tuples(st.integers(0, 900), st.integers(0, 900)).map(lambda t: Share(*t)),
    contribution=estimates, net_margin=estimates,
)  # fmt: skip


@given(st.lists(any_signals, min_size=1, max_size=9))
def test_the_five_chances_are_chances_and_sum_to_one(some: list[Signals]) -> None:
    for reading in months(*some):
        assert isclose(sum(reading.chances), 1.0)
        assert all(0 <= chance <= 1 for chance in reading.chances)
        assert all(0 <= question.chance <= 1 for question in reading.questions)
        assert 0 <= reading.confidence <= 1


@given(any_signals, st.integers(0, 100))
def test_more_who_would_miss_it_never_lower_the_fit(one: Signals, more: int) -> None:
    loved = replace(one, love=Share(one.love.n, one.love.n + more))
    less = replace(one, love=Share(0, one.love.n + more))
    assert fitted(loved, RULES).chance >= fitted(less, RULES).chance


def test_a_shop_of_which_nothing_is_known_has_not_begun_and_is_not_sure_of_more() -> None:
    (reading,) = months(NOTHING)
    assert reading.leads == 0
    assert reading.questions[1].chance <= 0.4
    assert all(part.chance is None for part in reading.questions[1].parts)


def test_without_love_and_cohorts_the_fit_stays_below_its_bound() -> None:
    quiet = replace(LOVED, love=Share(15, 19), rebought=Share(9, 29))
    found = fitted(quiet, RULES)
    assert found.chance == 0.4
    assert isclose(found.known, 0.2)
    assert months(quiet)[0].enough is False
    assert months(LOVED)[0].enough is True


def test_missing_signals_leave_their_weight_to_the_others() -> None:
    whole, part = fitted(LOVED, RULES), fitted(replace(LOVED, incidents=None), RULES)
    chances = {one.key: one.chance for one in whole.parts}
    assert isclose(
        part.chance, soft_and([(chances["love"] or 0, 0.45), (chances["back"] or 0, 0.35)])
    )


def test_growth_is_measured_from_the_second_month_of_fit() -> None:
    young = replace(LOVED, love=Share(3, 100))
    grown = replace(LOVED, active=1800)
    found = months(young, LOVED, LOVED, LOVED, grown)
    sizes = [_part(reading, "size") for reading in found]
    assert [size.n for size in sizes] == [None, None, 180, 180, 180]
    assert [round(size.chance or 0.0, 2) for size in sizes[3:]] == [0.0, 1.0]
    assert [_part(reading, "age").k for reading in found] == [0, 0, 0, 1, 2]


def test_what_was_large_shrinks_slowly() -> None:
    found = months(LOVED, LOVED, replace(LOVED, active=1800), LOVED, LOVED)
    sizes = [_part(reading, "size").chance or 0.0 for reading in found]
    assert isclose(sizes[3], 0.95 * sizes[2])
    assert isclose(sizes[4], 0.95 * sizes[3])


def _part(reading: Reading, key: str) -> Part:
    return next(p for q in reading.questions for p in q.parts if p.key == key)


def lead(*stages: int, launched: bool | None = None) -> list[Reading]:
    chances = [tuple(float(s == stage) for s in range(5)) for stage in stages]
    return [Reading(n * MONTH, (), chance, launched, True) for n, chance in enumerate(chances)]


@pytest.mark.parametrize(
    ("led", "stage"),
    [((0,), 0), ((1, 2), 1), ((1, 2, 2), 2), ((1, 2, 3, 2, 3), 1), ((1, 2, 1, 2, 2, 1), 2)],
)
def test_another_stage_has_to_lead_twice_in_a_row(led: tuple[int, ...], stage: int) -> None:
    assert settled(lead(*led), RULES)[0] == stage


def test_the_launch_counts_at_once() -> None:
    assert settled(lead(0, 0, 1, launched=True), RULES) == (1, 2 * MONTH)
    assert settled(lead(0, 0, 3, launched=True), RULES)[0] == 1  # what comes later is waited for
    assert settled(lead(0, 0, 1), RULES)[0] == 0


def test_the_owners_word_holds_until_it_runs_out_and_hides_nothing() -> None:
    found = lead(1, 1, 1)
    word = Word(MONTH, 3, "we know", "owner", until=4 * MONTH)
    now = shown(found, [word], 2 * MONTH, RULES)
    assert (now.stage, now.settled, now.word) == (3, 1, word)
    assert shown(found, [word], 4 * MONTH, RULES).stage == 1
    assert shown(found, [word], MONTH - 1, RULES).stage == 1
    later = replace(word, at=2 * MONTH, stage=2)
    assert shown(found, [word, later], 3 * MONTH, RULES).stage == 2
