"""One run of the tiny shop, lived once for all tests that only look at it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import pytest

from thang.model import Event
from thang.simulate.scenarios import SCENARIOS
from thang.simulate.shop import Simulation
from thang.simulate.truth import Truth


@dataclass(frozen=True)
class Lived:
    events: list[Event]
    truth: Truth

    def of(self, *kinds: str) -> list[Event]:
        return [event for event in self.events if event.kind in kinds]


def live(name: str) -> Lived:
    simulation = Simulation(SCENARIOS[name])
    events = list(simulation.events())
    return Lived(events, simulation.truth())


@cache
def few(name: str, people: int = 300) -> Lived:
    """A scenario with so few people that it is quickly lived."""
    simulation = Simulation(replace(SCENARIOS[name], people=people))
    events = list(simulation.events())
    return Lived(events, simulation.truth())


@pytest.fixture(scope="session")
def tiny() -> Lived:
    return live("tiny")


@pytest.fixture(scope="session")
def small() -> Lived:
    return live("small")
