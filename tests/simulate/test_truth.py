"""The sealed truth against the events, against its own chances, and against a game of chance."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path as File
from statistics import fmean, median, quantiles

import pytest

from thang.model import DAY, Cost, Event
from thang.simulate.shop import Simulation, lived
from thang.simulate.traits import Traits
from thang.simulate.truth import TrueValue, Truth
from thang.simulate.write import write_segment_jsonl

from .conftest import Lived


def key(event: Event) -> str:
    return event.identifiers[0].value


def at_date(truth: Truth, number: int) -> list[TrueValue]:
    return [one for one in truth.values if one.at == truth.thresholds[number].at]


def test_events_and_truth_come_together(tiny: Lived) -> None:
    events, truth = lived(tiny.truth.scenario)
    assert events == tiny.events
    assert truth == tiny.truth


def test_nothing_of_the_truth_is_among_the_events(tiny: Lived, tmp_path: File) -> None:
    path = tmp_path / "events.jsonl"
    write_segment_jsonl(tiny.events, path)
    told = path.read_text("utf-8")
    for word in (*Traits.__slots__, "came_back", "clv", "is_new", "effect", "ring", "recovery"):
        assert f'"{word}"' not in told
    assert all(f"{one.traits.forgiving:.6f}"[2:] not in told for one in tiny.truth.people)


def test_incidents_are_the_tickets_that_were_settled(small: Lived) -> None:
    opened = {event.ref: event for event in small.of("ticket_opened")}
    ids = {person.key: person.customer_id for person in small.truth.people}
    said = {event.ref: event for event in small.of("ticket_resolved")}
    for one in small.truth.incidents:
        event = opened[one.ticket]
        assert (key(event), event.grade) == (ids[one.key], one.severity)
        assert event.properties["fault"] == one.fault
        assert (one.came_back is None) == (one.chance is None) == (one.fault == "customer")
        if one.recovery == "good":
            assert said[one.ticket].at - event.at <= 3 * DAY
        elif one.recovery == "late":
            assert said[one.ticket].at - event.at > 3 * DAY
    ours = [one for one in small.truth.incidents if one.fault != "customer"]
    assert sum(one.found_by == "shop" for one in ours) / len(ours) == pytest.approx(0.7, abs=0.13)


def test_people_come_back_as_the_formula_says(small: Lived) -> None:
    """The specification's own: logit f + good recovery - 0.7 severity - 0.8 second within 90 d."""
    forgiving = {person.key: person.traits.forgiving for person in small.truth.people}
    last: dict[int, int] = {}
    back, expected, variance = 0, 0.0, 0.0
    for one in sorted(small.truth.incidents, key=lambda one: one.at):
        if one.chance is None:
            continue
        f = forgiving[one.key]
        second = one.key in last and one.at - last[one.key] <= 90 * DAY
        z = math.log(f / (1 - f)) + (one.recovery == "good") - 0.7 * one.severity - 0.8 * second
        assert one.chance == pytest.approx(1 / (1 + math.exp(-z)))
        last[one.key] = one.at
        back, expected = back + bool(one.came_back), expected + one.chance
        variance += one.chance * (1 - one.chance)
    assert back == pytest.approx(expected, abs=3.5 * math.sqrt(variance))


def test_only_whoever_does_not_come_back_does_harm(small: Lived) -> None:
    ids = {person.key: person.customer_id for person in small.truth.people}
    gone = {ids[one.key] for one in small.truth.incidents if one.came_back is False}
    for event in small.of("complaint_posted", "blocked_us", "chargeback"):
        assert key(event) in gone


def test_the_path_is_told_month_by_month(small: Lived) -> None:
    months = small.truth.months
    assert [one.month for one in months] == list(range(36))
    fits = [one.month for one in months if one.stage >= 3]
    assert small.truth.fit_month == fits[0]
    delivered = small.of("order_delivered")
    failed = {event.ref.removeprefix("PH-"): event for event in small.of("ticket_opened")}
    ours = sum(event.properties["fault"] != "customer" for event in failed.values())
    rate = {one.month: one.incidents for one in months}
    starts = [one.at for one in months]
    expected = sum(rate[sum(at <= event.at for at in starts) - 1] for event in delivered)
    assert ours == pytest.approx(expected, abs=3.5 * math.sqrt(expected) + 0.05 * expected)


def test_a_person_stands_nowhere_before_they_come_and_never_below_customer_after_they_bought(
    small: Lived,
) -> None:
    ends = [one.at for one in small.truth.months[1:]]
    for person in small.truth.people:
        assert len(person.levels) == 36
        assert set(person.levels) <= set("01234567")
        for at, level in zip(ends, person.levels, strict=False):
            assert (level == "0") == (person.arrived_at is None or person.arrived_at > at)
            bought = person.bought_at is not None and person.bought_at <= at
            assert (level >= "3") == bought
            if level >= "4":
                assert person.done_at is None or person.done_at > at
    told = Counter(level for person in small.truth.people for level in person.levels)
    assert set(told) == set("01234567")


def test_memberships_are_the_thresholds_of_the_policy(small: Lived) -> None:
    truth = small.truth
    for number, threshold in enumerate(truth.thresholds):
        rows = at_date(truth, number)
        alive = [one for one in rows if one.alive]
        high = quantiles([one.clv for one in alive], n=5, method="inclusive")[3]
        rich = max(0.0, quantiles([one.profit for one in alive], n=5, method="inclusive")[3])
        usual = median(one.minutes for one in alive)
        assert threshold.buyers == len(rows)
        assert threshold.valuable == pytest.approx(high, rel=1e-3)
        assert threshold.profitable == pytest.approx(rich, rel=1e-3)
        for one in rows:
            member = {
                "willing": one.willing >= 0.45,
                "forgiving": one.forgiving >= 0.6,
                "viral": one.viral >= 1.0,
                "valuable": one.alive and one.clv >= high,
                "profitable": one.alive and one.profit >= rich - 1 and one.minutes <= usual + 1e-4,
            }
            near = min(abs(one.clv - high), abs(one.profit - rich)) < 2.0
            assert near or one.groups == tuple(name for name, here in member.items() if here)
        assert {name for one in rows for name in one.groups} >= {"willing", "forgiving", "valuable"}


def test_half_of_the_friends_who_buy_are_new(small: Lived) -> None:
    bought = [one for one in small.truth.referrals if one.order_id]
    error = 3.5 * math.sqrt(0.25 / len(bought))
    assert fmean(one.is_new for one in bought) == pytest.approx(0.5, abs=error)
    assert not any(one.is_new for one in small.truth.referrals if not one.order_id)


def test_the_truth_may_be_asked_only_after_all_events_were_taken(tiny: Lived) -> None:
    """Half a life is half a truth: it is about what was taken so far."""
    simulation = Simulation(tiny.truth.scenario)
    events = simulation.events()
    for _ in range(len(tiny.events) // 2):
        next(events)
    half, whole = simulation.truth(), tiny.truth
    assert sum(p.ordered for p in half.people) < sum(p.ordered for p in whole.people)
    assert Cost.GOODS in {event.grade for event in tiny.of("cost_recorded")}
