"""Every shop that can be asked for by name shows what its name says, in a few hundred people."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from thang.model import DAY, WrongInput
from thang.simulate.instants import local
from thang.simulate.scenario import RING, Scenario
from thang.simulate.scenarios import SCENARIOS
from thang.simulate.season import TET, busiest, busyness
from thang.simulate.shop import lived

from .conftest import few


def test_the_names_are_those_of_the_specification() -> None:
    sizes = {name: one.people for name, one in SCENARIOS.items()}
    wanted = {"tiny": 120, "small": 1_000, "mid": 20_000, "large": 300_000, "demo": 600}
    assert wanted.items() <= sizes.items()
    assert set(sizes) - set(wanted) == {
        "no_programme", "seasonal", "crash", "viral_too_early", "fraud_ring", "null_campaigns",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_every_scenario_can_be_lived(name: str) -> None:
    shop = few(name, people=100)
    times = [event.at for event in shop.events]
    assert times == sorted(times)
    assert times[-1] < shop.truth.scenario.end
    assert len(shop.of("order_delivered")) > 50
    assert len(shop.truth.months) == shop.truth.scenario.months
    assert len(shop.truth.people) == 100


def test_without_a_programme_nobody_joins_one() -> None:
    shop = few("no_programme")
    assert not shop.of("membership_joined", "membership_left")
    assert "4" in {level for person in shop.truth.people for level in person.levels}
    assert not any(person.enrolled for person in shop.truth.people)


def test_a_seasonal_shop_sells_before_tet() -> None:
    shop = few("seasonal")
    before = 0
    orders = shop.of("order_completed")
    for event in orders:
        day = local(event.at, "Asia/Ho_Chi_Minh").date()
        before += any(0 < (TET[year] - day).days <= 60 for year in (day.year, day.year + 1))
    assert before / len(orders) > 0.5
    ordinary = few("small").of("order_completed")
    days = [local(event.at, "Asia/Ho_Chi_Minh").date() for event in ordinary]
    near = [any(0 < (TET[y] - day).days <= 60 for y in (day.year, day.year + 1)) for day in days]
    assert sum(near) / len(near) < 0.35


def test_no_day_of_a_season_is_busier_than_the_busiest() -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(4 * 365)]
    assert max(busyness(day, seasonal=True) for day in days) <= busiest(seasonal=True)


def test_a_crash_breaks_the_shop() -> None:
    shop = few("crash", people=600)
    crash = shop.truth.scenario.start + int(26.5 * 30.44 * DAY)
    half = 180 * DAY
    rate, came = [], []
    for since in (crash - half, crash):
        here = range(since, since + half)
        delivered = sum(event.at in here for event in shop.of("order_delivered"))
        ours = [e for e in shop.of("ticket_opened") if e.properties["fault"] != "customer"]
        rate.append(sum(event.at in here for event in ours) / delivered)
        came.append(sum((person.arrived_at or 0) in here for person in shop.truth.people))
    assert rate[1] > 3 * rate[0]
    assert came[1] < came[0] / 2
    assert {one.stage for one in shop.truth.months[27:]} == {2}
    assert max(one.stage for one in shop.truth.months) >= 4


def test_courting_the_viral_too_early_costs_customers() -> None:
    """The same shop, people, and pushing; only its product is not ready: anger spreads."""
    early = few("viral_too_early", people=500)
    ready = replace(early.truth.scenario, course=SCENARIOS["small"].course)
    events, truth = lived(ready)
    told = Counter(event.kind for event in events)
    assert len(early.of("complaint_posted")) > 2 * told["complaint_posted"]
    assert len(early.of("order_delivered")) < told["order_delivered"]
    alive, alive_then = (
        sum(p.delivered > 0 and p.done_at is None for p in one.people)
        for one in (early.truth, truth)
    )
    assert alive < 0.9 * alive_then


def test_anger_alone_costs_customers() -> None:
    scenario = SCENARIOS["viral_too_early"]
    silent = replace(scenario, dials=replace(scenario.dials, warned=0.0))
    buyers = []
    for one in (scenario, silent):
        kept = [lived(replace(one, people=300, seed=seed))[1] for seed in (1, 2)]
        buyers.append(sum(p.delivered > 0 for truth in kept for p in truth.people))
    assert buyers[0] < buyers[1]


def test_a_ring_is_one_purse_behind_many_names() -> None:
    shop = few("fraud_ring")
    rings = shop.truth.rings
    assert [len(ring) for ring in rings] == [RING] * 4
    people = {person.key: person for person in shop.truth.people}
    ids = {f"KH{member:06d}": number for number, ring in enumerate(rings) for member in ring}
    marks: dict[int, set[str]] = {number: set() for number in range(4)}
    for event in shop.of("order_completed"):
        number = ids.get(event.identifiers[0].value)
        assert bool(event.marks) == (number is not None)
        if number is not None:
            marks[number].add(event.marks[0].value)
    assert all(len(one) == 1 for one in marks.values())
    assert len(set.union(*marks.values())) == 4
    for number, (leader, *others) in enumerate(rings):
        assert all(people[one].ring == number for one in (leader, *others))
        links = [one for one in shop.truth.referrals if one.referrer == leader]
        assert [one.referee for one in links] == others
        assert not any(one.is_new for one in links)
        assert not any(people[one].friends for one in (leader, *others))


def test_more_names_in_rings_than_people_are_refused() -> None:
    with pytest.raises(WrongInput, match="fewer rings"):
        Scenario("ring", people=10, months=3, rings=2)
