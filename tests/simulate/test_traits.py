"""Traits against the shapes they are drawn from, and against one another."""

from __future__ import annotations

import math
from statistics import correlation, fmean, median, pvariance

import pytest

from thang.simulate.dials import Dials
from thang.simulate.dice import Dice
from thang.simulate.traits import INFLUENCE_MOST, Traits, dealt, traits

COUNT = 8_000
ERROR = 3.5 / math.sqrt(COUNT)  # of a correlation: three and a half times its deviation


@pytest.fixture(scope="module")
def crowd() -> list[Traits]:
    return [one for one in traits(COUNT, Dials(), Dice(3, "traits")) if not one.fan]


def ranks(values: list[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    placed = [0.0] * len(values)
    for rank, place in enumerate(order):
        placed[place] = float(rank)
    return placed


@pytest.mark.parametrize(
    ("one", "other", "rho"),
    [
        ("influence", "orders", 0.1),
        ("influence", "forgiving", -0.4),
        ("ticket", "demand", 0.2),
        ("ticket", "orders", 0.0),
        ("ticket", "influence", 0.0),
        ("willing", "forgiving", 0.0),
    ],
)
def test_traits_go_together_as_the_specification_says(
    crowd: list[Traits], one: str, other: str, rho: float
) -> None:
    """Of bells that go together by rho, ranks go together by 6 / pi asin(rho / 2)."""
    columns = [ranks([float(getattr(person, name)) for person in crowd]) for name in (one, other)]
    assert correlation(*columns) == pytest.approx(6 / math.pi * math.asin(rho / 2), abs=ERROR)


def test_influence_has_the_tail_of_a_pareto(crowd: list[Traits]) -> None:
    """The share above x falls with x to the power of -1.8; Hill's estimate finds the 1.8."""
    reach = [one.influence for one in crowd]
    for x in (1.5, 2.0, 4.0, 8.0):
        share = x**-1.8
        error = 3.5 * math.sqrt(share * (1.0 - share) / len(reach))
        assert sum(one > x for one in reach) / len(reach) == pytest.approx(share, abs=error)
    # Capped values count as still to come, as in a study that ended early.
    uncapped = sum(one < INFLUENCE_MOST for one in reach)
    assert uncapped / sum(map(math.log, reach)) == pytest.approx(1.8, rel=0.05)


@pytest.mark.parametrize(
    ("name", "a", "b"),
    [("willing", 1.6, 2.4), ("forgiving", 2.6, 1.6), ("price_sensitive", 1.5, 3.0)],
)
def test_chances_have_the_moments_of_their_beta(
    crowd: list[Traits], name: str, a: float, b: float
) -> None:
    values = [getattr(one, name) for one in crowd]
    assert fmean(values) == pytest.approx(a / (a + b), rel=0.03)
    assert pvariance(values) == pytest.approx(a * b / ((a + b) ** 2 * (a + b + 1)), rel=0.07)


def test_rates_have_the_moments_of_their_gamma(crowd: list[Traits]) -> None:
    dials = Dials()
    rates = [one.orders for one in crowd]
    assert fmean(rates) == pytest.approx(dials.orders, rel=0.07)
    assert pvariance(rates) == pytest.approx(dials.orders**2 / dials.orders_shape, rel=0.2)


def test_demand_is_lognormal(crowd: list[Traits]) -> None:
    logs = [math.log(one.demand) for one in crowd]
    assert median(logs) == pytest.approx(math.log(4.0), abs=0.05)
    assert pvariance(logs) == pytest.approx(1.0, rel=0.06)


def test_dealing_keeps_every_value_and_follows_the_scores() -> None:
    assert dealt([30.0, 10.0, 20.0], [0.5, 2.0, -1.0]) == [20.0, 30.0, 10.0]
