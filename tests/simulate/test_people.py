"""Traits are drawn as the specification says, whatever the size of the shop."""

from __future__ import annotations

from statistics import correlation, fmean

from thang.simulate.circle import friends
from thang.simulate.people import Person, people
from thang.simulate.scenario import Scenario


def crowd(count: int = 4_000) -> list[Person]:
    return people(Scenario("crowd", people=count, months=1))


def ranks(values: list[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    placed = [0.0] * len(values)
    for rank, place in enumerate(order):
        placed[place] = float(rank)
    return placed


def test_influence_goes_against_forgiving_and_a_little_with_buying() -> None:
    traits = [person.traits for person in crowd() if not person.traits.fan]
    influence = ranks([one.influence for one in traits])
    against = correlation(influence, ranks([one.forgiving for one in traits]))
    along = correlation(influence, ranks([one.orders for one in traits]))
    assert -0.46 < against < -0.32
    assert 0.0 < along < 0.2


def test_influence_is_heavy_tailed() -> None:
    influence = sorted(person.traits.influence for person in crowd())
    assert influence[0] >= 1.0
    median = influence[len(influence) // 2]
    assert 1.40 < median < 1.54  # 2 to the power of 1 / 1.8
    assert influence[-1] <= 12.0 < 20 * median


def test_rates_and_chances_are_what_they_say() -> None:
    scenario = Scenario("crowd", people=4_000, months=1)
    traits = [person.traits for person in people(scenario) if not person.traits.fan]
    assert 0.85 < fmean(one.orders for one in traits) / scenario.dials.orders < 1.15
    for name in ("drops", "converts", "refuses", "joins", "willing", "forgiving"):
        assert all(0.0 <= getattr(one, name) <= 1.0 for one in traits)
    assert 0.05 <= fmean(one.refuses for one in traits) <= 0.08


def test_even_a_tiny_shop_has_its_fans() -> None:
    share = Scenario("x", people=1, months=1).dials.fans
    fans = [sum(person.traits.fan for person in crowd(count)) for count in (120, 600, 4_000)]
    assert fans == [int(count * share) for count in (120, 600, 4_000)]


def test_friendship_goes_both_ways_and_prefers_like_purses() -> None:
    crowd_of_people = crowd(2_000)
    ties = friends(crowd_of_people, Scenario("x", people=1, months=1).dials, seed=1)
    pairs = [(one, other) for one, near in enumerate(ties) for other in near]
    assert all(one in ties[other] and one != other for one, other in pairs)
    purse = ranks([float(person.traits.ticket) for person in crowd_of_people])
    assert correlation([purse[one] for one, _ in pairs], [purse[other] for _, other in pairs]) > 0.2
    known = [float(len(near)) for near in ties]
    assert correlation(known, [person.traits.influence for person in crowd_of_people]) > 0.5
