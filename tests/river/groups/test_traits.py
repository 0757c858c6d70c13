"""Scores of traits against sampled posteriors, and what data may do to them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from thang.policy.aims import Forgiving, Viral, Willing
from thang.river.groups.lifting import Lift, lift
from thang.river.groups.shrinking import Believed, Origin
from thang.river.groups.traits import Failures, Outward, Tries, forgiving, viral, willing

TRY, RETRY, VOICE, STAY, WAIT, BRING = (
    Believed(a, b, Origin.ASSUMED, 0, 0)
    for a, b in ((1.2, 2.8), (1.5, 2.5), (0.5, 2.0), (2.0, 1.6), (2.0, 1.6), (0.15, 0.5))
)


def _of(*numbers: float) -> list[np.ndarray]:
    return [np.array([float(number)]) for number in numbers]


def _outward(referrals: float, years: float, clicks: float = 0) -> Outward:
    return Outward(*_of(referrals, years), np.array([[clicks, 0.0, 0.0, 0.0]]))


@pytest.mark.parametrize(
    "counts", [(0, 0, 0, 0, 0, 0), (2, 1, 0, 0, 0, 1), (4, 4, 3, 2, 2, 6), (9, 1, 6, 0, 0, 24)]
)
def test_willing_is_what_sampling_its_parts_says(counts: tuple[int, ...]) -> None:
    try_n, try_k, retry_n, retry_k, words, months = counts
    found = willing(Tries(*_of(*counts)), (TRY, RETRY, VOICE), Willing())
    dice, many = np.random.default_rng(1), 400_000
    sampled = (
        0.35 * dice.beta(1.2 + try_k, 2.8 + try_n - try_k, many)
        + 0.35 * dice.beta(1.5 + retry_k, 2.5 + retry_n - retry_k, many)
        + 0.30 * (1 - np.exp(-3 * dice.gamma(0.5 + words, 1 / (2 + months), many)))
    )
    assert found.mean[0] == pytest.approx(sampled.mean(), abs=0.003)
    assert found.score[0] == pytest.approx((sampled >= 0.45).mean(), abs=0.02)
    low, high = found.bounds()
    assert (low[0], high[0]) == pytest.approx(np.quantile(sampled, [0.1, 0.9]), abs=0.02)
    assert (found.k[0], found.n[0]) == (try_k + retry_k, try_n + retry_n)
    assert found.enough[0] == (try_n + retry_n >= 2)


@pytest.mark.parametrize(("chances", "forgiven", "months", "active"),
                         [(0, 0, 0, 0), (3, 1.5, 0, 0), (1.5, 1.5, 6, 5), (4.5, 0, 12, 1)])  # fmt: skip
def test_forgiving_is_what_sampling_says(
    chances: float, forgiven: float, months: float, active: float
) -> None:
    of = Failures(*_of(chances, forgiven, months, active))
    found = forgiving(of, (STAY, WAIT), Forgiving())
    dice, many = np.random.default_rng(2), 400_000
    sampled = dice.beta(2 + forgiven, 1.6 + chances - forgiven, many)
    if months:
        waits = dice.beta(2 + active, 1.6 + months - active, many)
        sampled = 0.75 * sampled + 0.25 * waits
    assert found.mean[0] == pytest.approx(sampled.mean(), abs=0.003)
    assert found.score[0] == pytest.approx((sampled >= 0.6).mean(), abs=0.015)
    assert found.enough[0] == (chances >= 1.5)


@pytest.mark.parametrize(("referrals", "years"), [(0, 0.01), (0, 3), (1, 0.5), (5, 2)])
def test_viral_is_the_tail_of_a_gamma(referrals: int, years: float) -> None:
    found = viral(_outward(referrals, years), BRING, None, Viral())
    own = stats.gamma(0.15 + referrals, scale=1 / (0.5 + max(years, 0.1)))
    assert found.score[0] == pytest.approx(own.sf(1))
    assert found.mean[0] == pytest.approx(own.mean())
    low, high = found.bounds()
    assert (low[0], high[0]) == pytest.approx(own.ppf([0.1, 0.9]))
    assert found.enough[0] == (referrals > 0)


def test_a_click_is_evidence_that_somebody_reaches_out() -> None:
    assert viral(_outward(0, 1, clicks=1), BRING, None, Viral()).enough[0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_good_news_never_lowers_a_score(k: int, more: int, months: int) -> None:
    n = k + more
    priors = (TRY, RETRY, VOICE)
    less, much = (
        willing(Tries(*_of(n + 1, taken, 1, 1, 0, months)), priors, Willing()).score[0]
        for taken in (k, k + 1)
    )
    assert 0 <= less <= much + 1e-9 <= 1 + 1e-9
    less, much = (
        forgiving(Failures(*_of(n + 1, taken, 0, 0)), (STAY, WAIT), Forgiving()).score[0]
        for taken in (k, k + 1)
    )
    assert 0 <= less <= much <= 1
    less, much = (
        viral(_outward(brought, months), BRING, None, Viral()).score[0] for brought in (k, k + 1)
    )
    assert 0 <= less <= much <= 1


def test_no_data_is_the_base_rate_for_everybody() -> None:
    nobody = willing(Tries(*(np.zeros(3),) * 6), (TRY, RETRY, VOICE), Willing())
    assert len(set(nobody.score.tolist())) == 1
    assert 0 < nobody.score[0] < 0.6
    assert not nobody.enough.any()


def _shop(seed: int, people: int, slope: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    acts = dice.poisson(dice.gamma(0.5, 4, (people, 4))).astype(float)
    years = dice.uniform(0.2, 3, people)
    means = 0.15 * np.exp(slope * np.log1p(acts[:, 0]))
    return dice.poisson(dice.gamma(0.8, means / 0.8) * years).astype(float), years, acts


def test_acts_that_tell_are_found_and_others_are_not() -> None:
    k, years, acts = _shop(5, 6_000, 0.7)
    plain = Believed(0.5, 1.5, Origin.FITTED, 6_000, float(k.sum()))
    found = lift(k, years, acts, plain)
    assert found is not None
    assert found.slopes[0] == pytest.approx(0.7, abs=0.1)
    assert max(found.slopes[1:]) < 0.1
    assert found.shape == pytest.approx(0.8, rel=0.3)


def test_acts_lift_at_most_so_many_times_and_never_lower() -> None:
    k, years, acts = _shop(6, 2_000, -0.5)
    plain = Believed(0.3, 1.5, Origin.FITTED, 2_000, float(k.sum()))
    found = lift(k, years, acts, plain)
    assert found is not None
    assert min(found.slopes) >= 0
    steep = Lift(-1.0, (3.0, 3.0, 3.0, 3.0), 0.3)
    assert steep.means(np.full((1, 4), 1e6), plain, 3.0)[0] == pytest.approx(0.6)
    famous = viral(_outward(0, 1, clicks=1e9), plain, steep, Viral(lift_most=Fraction(3)))
    assert famous.mean[0] <= 0.6


@pytest.mark.parametrize(("people", "each"), [(199, 1.0), (400, 0.1)])
def test_a_small_shop_is_not_asked_what_acts_tell(people: int, each: float) -> None:
    k = np.full(people, each)
    assert lift(k, np.ones(people), np.ones((people, 4)), BRING) is None
