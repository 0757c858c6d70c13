"""Rows told twice and rows told late: nothing lost, nothing changed, all of it known."""

from __future__ import annotations

from collections import Counter

from thang.simulate.scenarios import SCENARIOS
from thang.simulate.shop import Simulation

from .conftest import Lived


def test_an_imperfect_file_tells_the_same_events(small: Lived) -> None:
    simulation = Simulation(SCENARIOS["small"].imperfect())
    arrived = list(simulation.events())
    truth = simulation.truth()
    once = {event.message_id: event for event in arrived}
    assert once == {event.message_id: event for event in small.events}
    times = Counter(event.message_id for event in arrived)
    assert Counter(name for name, n in times.items() if n == 2) == Counter(truth.duplicates)
    assert max(times.values()) == 2
    assert 0.017 < len(truth.duplicates) / len(small.events) < 0.023
    assert 0.045 < len(truth.late) / len(small.events) < 0.055


def test_only_what_is_noted_is_out_of_order() -> None:
    simulation = Simulation(SCENARIOS["tiny"].imperfect())
    arrived = list(simulation.events())
    truth = simulation.truth()
    noted = {*truth.late, *truth.duplicates}
    rest = [event.at for event in arrived if event.message_id not in noted]
    assert rest == sorted(rest)
    times = [event.at for event in arrived]
    assert times != sorted(times)
    assert len(rest) + len(truth.late) > len(set(noted))


def test_one_share_alone_can_be_asked_for() -> None:
    simulation = Simulation(SCENARIOS["tiny"].imperfect(duplicates=0.0, late=0.2))
    count = len(list(simulation.events()))
    truth = simulation.truth()
    assert truth.duplicates == ()
    assert 0.17 < len(truth.late) / count < 0.23
