"""Campaigns do what the truth says they do: something, nothing, or harm; and staff choose."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from statistics import fmean

import pytest

from thang.model import DAY
from thang.simulate.effects import HALF_LIFE_DAYS, Campaign, effect_on, left
from thang.simulate.people import people
from thang.simulate.scenarios import SCENARIOS
from thang.simulate.shop import lived

from .conftest import Lived, few

DAYS = 60
MONTHS = (20, 24, 28, 32)


def run(effect: float, *, people: int = 600, observed: bool = False) -> Lived:
    campaigns = tuple(
        Campaign(f"thu-{month}", month, effect=effect, observed=observed) for month in MONTHS
    )
    return Lived(*lived(replace(SCENARIOS["small"], people=people, campaigns=campaigns)))


def per_person(shop: Lived, days: int = DAYS) -> tuple[float, float, float]:
    """Orders within the days after, of the treated and the others, and the gap's error."""
    placed: dict[str, list[int]] = {}
    for event in shop.of("order_completed"):
        placed.setdefault(event.identifiers[0].value, []).append(event.at)
    found: dict[bool, list[int]] = {True: [], False: []}
    for one in shop.truth.assignments:
        times = placed.get(f"KH{one.key:06d}", [])
        found[one.treated].append(sum(0 < at - one.at < days * DAY for at in times))
    means = [fmean(found[treated]) for treated in (True, False)]
    error = sum(fmean((n - mean) ** 2 for n in found[t]) / len(found[t])
                for t, mean in zip((True, False), means, strict=True))  # fmt: skip
    return means[0], means[1], math.sqrt(error)


def test_an_effect_halves_every_fortnight() -> None:
    assert left(0) == 1.0
    assert left(int(HALF_LIFE_DAYS * DAY)) == pytest.approx(0.5)
    assert left(int(3 * HALF_LIFE_DAYS * DAY)) == pytest.approx(0.125)


def test_a_campaign_that_annoys_takes_orders_away() -> None:
    treated, others, error = per_person(run(-1.0, people=1_000), days=14)
    assert treated - others < -3.0 * error
    assert treated < others / 2


def test_an_effect_is_as_great_as_the_truth_says() -> None:
    """The fading rate summed over sixty days: 1.44 half-lives of it."""
    shop = run(3.0)
    treated, others, error = per_person(shop)
    assert treated - others > 3.0 * error
    fresh = HALF_LIFE_DAYS / math.log(2.0) * (1.0 - 0.5 ** (DAYS / HALF_LIFE_DAYS))
    rate = {person.key: person.traits.orders for person in shop.truth.people}
    met = [one for one in shop.truth.assignments if one.treated]
    more = fmean(rate[one.key] * one.effect * fresh for one in met)
    assert treated - others == pytest.approx(more, abs=3.5 * error + 0.15 * more)


def test_a_campaign_without_effect_changes_nothing_and_costs_its_messages() -> None:
    shop = few("null_campaigns", people=600)
    treated, others, error = per_person(shop)
    assert abs(treated - others) < 3.0 * error
    assert {one.effect for one in shop.truth.assignments} == {0.0}
    assert len({one.campaign for one in shop.truth.assignments}) == 10
    sent = Counter(event.ref for event in shop.of("message_delivered"))
    for campaign in {one.campaign for one in shop.truth.assignments}:
        met = [one.treated for one in shop.truth.assignments if one.campaign == campaign]
        assert sent[campaign] == sum(met)
        assert abs(sum(met) - len(met) / 2) < 3.5 * math.sqrt(len(met) / 4)


def test_staff_choose_the_good_customers_so_that_doing_nothing_looks_well() -> None:
    treated, others, error = per_person(run(0.0, observed=True))
    assert treated - others > 3.0 * error


def test_effects_differ_by_what_people_mind() -> None:
    crowd = [one.traits for one in people(replace(SCENARIOS["small"], people=2_000))]
    campaign = Campaign("gia", 3, effect=0.2, by_price=1.5)
    mean = fmean(one.price_sensitive for one in crowd)
    taus = [effect_on(campaign, one, mean) for one in crowd]
    assert fmean(taus) == pytest.approx(0.2, abs=0.02)
    assert min(taus) < 0.0
    assert max(taus) > 0.5
    most, least = (pick(crowd, key=lambda one: one.price_sensitive) for pick in (max, min))
    assert effect_on(campaign, most, mean) == max(taus)
    assert effect_on(campaign, least, mean) == min(taus)
