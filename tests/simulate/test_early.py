"""New things and questions: asked before tried, tried before spoken of, answered as it is."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import pytest

from thang.model import DAY, Event, Flag
from thang.simulate.path import Path

from .conftest import Lived

HOUR = DAY // 24


def by_person_and_ref(events: list[Event]) -> dict[tuple[str, str], list[int]]:
    """When it happened, by what the shop knows the person by and by `ref`."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for event in events:
        found[key(event), event.ref].append(event.at)
    return found


def key(event: Event) -> str:
    return event.identifiers[0].value


def test_tests_are_offered_accepted_and_used_in_this_order(small: Lived) -> None:
    """Whoever comes before the launch is asked under the name of a device, and used later on."""
    asked, agreed, used = (
        Counter(event.ref for event in small.of(kind))
        for kind in ("beta_invited", "beta_accepted", "beta_used")
    )
    assert sum(used.values()) > 10
    for ref, count in used.items():
        assert count <= agreed[ref] <= asked[ref]
    first = {kind: min(e.at for e in small.of(kind)) for kind in ("beta_invited", "beta_accepted")}
    assert first["beta_invited"] < first["beta_accepted"] < min(e.at for e in small.of("beta_used"))
    tests = by_person_and_ref(small.of("beta_invited"))
    for event in small.of("beta_accepted"):
        if key(event).startswith("KH") and (key(event), event.ref) in tests:
            assert min(tests[key(event), event.ref]) < event.at


def test_versions_are_tried_within_thirty_days_of_being_announced(small: Lived) -> None:
    told = by_person_and_ref(small.of("version_announced"))
    tried = small.of("version_tried")
    assert len(tried) > 200
    for event in tried:
        waits = [event.at - at for at in told[key(event), event.ref]]
        assert any(0 < wait <= 30 * DAY for wait in waits)


def test_the_willing_try_as_often_as_their_trait_says(small: Lived) -> None:
    """Sum of chances against count of tries, over announcements that had time to ripen."""
    traits = {person.customer_id: person.traits for person in small.truth.people}
    done = {person.customer_id: person.done_at for person in small.truth.people}
    tried = by_person_and_ref(small.of("version_tried"))
    expected, variance, found = 0.0, 0.0, 0
    for event in small.of("version_announced"):
        gone = done[key(event)]
        ripe = event.at + 30 * DAY
        if event.ref.startswith("YC") or ripe > small.truth.scenario.end:
            continue
        if gone is not None and gone < ripe:
            continue
        chance = traits[key(event)].willing
        expected, variance = expected + chance, variance + chance * (1.0 - chance)
        found += any(event.at < at <= ripe for at in tried[key(event), event.ref])
    assert found > 150
    assert found == pytest.approx(expected, abs=3.5 * math.sqrt(variance))


def test_wishes_come_with_words_and_are_fulfilled_to_whoever_wished(small: Lived) -> None:
    wishes = {event.ref: event for event in small.of("feature_requested")}
    words = {(key(event), event.at) for event in small.of("feedback_given")}
    fulfilled = [event for event in small.of("version_announced") if event.ref.startswith("YC")]
    assert len(wishes) > len(fulfilled) > 10
    for event in wishes.values():
        assert (key(event), event.at - 60_000_000) in words
    for event in fulfilled:
        assert key(event) == key(wishes[event.ref])
        assert event.at > wishes[event.ref].at + 40 * DAY
    useful = [Flag.OK in event.flags for event in small.of("feedback_given")]
    assert sum(useful) / len(useful) == pytest.approx(0.6, abs=0.08)


def test_answers_are_as_many_very_disappointed_as_is_true(small: Lived) -> None:
    """Everybody's rank is evenly spread; the upset, few, answer lower."""
    scenario = small.truth.scenario
    path = Path(scenario.course, scenario.start, scenario.end, scenario.seed)
    answers = small.of("pmf_answered")
    assert len(answers) > 80
    assert {event.grade for event in answers} == {1, 2, 3}
    expected = sum(path.loved(event.at) for event in answers)
    own = scenario.dials.liking**2  # answers of one person go together
    spread = math.sqrt(len(answers) * 0.25 * (1.0 + 2.0 * own))
    assert sum(event.grade == 3 for event in answers) == pytest.approx(expected, abs=3 * spread)


def test_only_testers_order_before_the_launch(small: Lived) -> None:
    scenario = small.truth.scenario
    launch = Path(scenario.course, scenario.start, scenario.end, scenario.seed).stage_at(2)
    early = {key(event) for event in small.of("order_completed") if event.at < launch}
    accepted = {key(event) for event in small.of("beta_accepted")}
    devices = {p.anonymous_ids[0]: p.customer_id for p in small.truth.people if p.anonymous_ids}
    assert early <= accepted | {devices.get(name, "") for name in accepted}
