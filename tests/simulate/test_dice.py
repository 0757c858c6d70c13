"""Chance against the textbook's means and deviations, and against itself for ever."""

from __future__ import annotations

import math
from statistics import fmean, pvariance

import pytest

from thang.simulate.dice import Dice, pareto, rank_of

DRAWS = 20_000


def test_a_seed_gives_the_same_stream_for_ever() -> None:
    dice = Dice(7, "pinned")
    drawn = [dice.below(1_000_000) for _ in range(5)]

    assert drawn == PINNED


PINNED = [195131, 757627, 662762, 853630, 575512]


def test_streams_of_one_seed_differ_by_name_and_by_seed() -> None:
    streams = {Dice(seed, name).below(10**9) for seed in (1, 2) for name in "ab"}
    assert len(streams) == 4


@pytest.mark.parametrize("shape", [0.25, 0.5, 1.0, 3.0])
def test_gamma_has_its_mean_and_variance(shape: float) -> None:
    dice = Dice(1, "gamma")
    values = [dice.gamma(shape, 2.0) for _ in range(DRAWS)]
    assert min(values) >= 0.0
    assert fmean(values) == pytest.approx(2.0, rel=0.06)
    assert pvariance(values) == pytest.approx(4.0 / shape, rel=0.15)


@pytest.mark.parametrize(("a", "b"), [(0.65, 4.6), (2.0, 2.0)])
def test_beta_has_its_mean_and_variance(a: float, b: float) -> None:
    dice = Dice(1, "beta")
    values = [dice.beta(a, b) for _ in range(DRAWS)]
    assert min(values) >= 0.0
    assert max(values) <= 1.0
    assert fmean(values) == pytest.approx(a / (a + b), rel=0.04)
    assert pvariance(values) == pytest.approx(a * b / ((a + b) ** 2 * (a + b + 1)), rel=0.08)


def test_waiting_is_memoryless_and_the_bell_is_round() -> None:
    dice = Dice(1, "waits")
    waits = [dice.exponential(5.0) for _ in range(DRAWS)]
    assert fmean(waits) == pytest.approx(5.0, rel=0.04)
    assert sum(wait > 5.0 for wait in waits) / DRAWS == pytest.approx(math.exp(-1), abs=0.02)
    bell = [dice.normal() for _ in range(DRAWS)]
    assert fmean(bell) == pytest.approx(0.0, abs=0.04)
    assert sum(z < 1.0 for z in bell) / DRAWS == pytest.approx(0.8413, abs=0.02)


def test_weights_are_shares() -> None:
    dice = Dice(1, "weights")
    drawn = [dice.weighted((("a", 3.0), ("b", 0.0), ("c", 1.0))) for _ in range(DRAWS)]
    assert "b" not in drawn
    assert drawn.count("a") / DRAWS == pytest.approx(0.75, abs=0.02)


def test_influence_has_a_heavy_tail_and_an_end() -> None:
    assert pareto(0.0, 1.8, 12.0) == 1.0
    assert pareto(1.0 - 2.0**-1.8, 1.8, 12.0) == pytest.approx(2.0)
    assert pareto(rank_of(9.0), 1.8, 12.0) == 12.0
