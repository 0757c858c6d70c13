"""The invented shop lives: from a scenario to its events in time order, and its truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from thang.model import SECOND, Event
from thang.simulate import looking, ordering, telling, trouble
from thang.simulate.agenda import Act, Due
from thang.simulate.imperfect import Injected, imperfect
from thang.simulate.scenario import Scenario
from thang.simulate.truth import Truth, truth_of
from thang.simulate.world import World

ACTS: Mapping[Act, Callable[..., None]] = {
    Act.ARRIVE: looking.arrive,
    Act.BROWSE: looking.browse,
    Act.ORDER: ordering.place,
    Act.ARRIVE_PARCEL: ordering.arrive_parcel,
    Act.REFUND: ordering.refund,
    Act.LEAVE: ordering.leave,
    Act.REVIEW: telling.review,
    Act.TELL: telling.tell,
    Act.FOLLOW_LINK: telling.follow_link,
    Act.GO_WRONG: trouble.go_wrong,
    Act.SETTLE: trouble.settle,
}
FANS_BY = 0.4  # a shop's fans are among the first so many of its people


def simulate(scenario: Scenario) -> Iterator[Event]:
    """The events of the scenario, in time order; as they arrive if it is `imperfect`."""
    return Simulation(scenario).events()


class Simulation:
    """One run of a scenario, for whoever wants the truth beside the events."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._world = World(scenario)
        self._injected = Injected()

    def events(self) -> Iterator[Event]:
        """The events, once; the truth is complete when they have all been taken."""
        lived = _live(self._world)
        if not (self.scenario.duplicates or self.scenario.late):
            return lived
        return imperfect(lived, self.scenario, self._injected)

    def truth(self) -> Truth:
        """What really was so, up to the event taken last."""
        return truth_of(self._world, self._injected)


def _live(world: World) -> Iterator[Event]:
    _expect_everybody(world)
    for at, item in world.agenda:
        if isinstance(item, Due):
            rest: tuple[Any, ...] = () if item.about is None else (item.about,)
            ACTS[item.act](world, item.who, at, *rest)
        else:
            yield item


def _expect_everybody(world: World) -> None:
    """Everybody comes by themself one day, unless a friend brings them sooner.

    Arrivals grow evenly: the n-th of N comes when the share n / N of them has come.
    """
    days, dice, scenario = world.days, world.dice, world.scenario
    length = scenario.end - scenario.start
    for who in range(len(world.people)):
        latest = FANS_BY if world.people[who].traits.fan else 1.0
        share = _when(dice.between(0.0, latest), scenario.dials.growth)
        at = scenario.start + int(share * length) // SECOND * SECOND
        hour = days.waking(at, dice)
        world.due(hour if scenario.start <= hour < scenario.end else at, Act.ARRIVE, who)


def _when(share: float, growth: float) -> float:
    """The part of the time after which `share` have come, if the rate grows to 1 + growth."""
    if growth == 0.0:
        return share
    total = share * (1.0 + growth / 2.0)
    return float((-1.0 + (1.0 + 2.0 * growth * total) ** 0.5) / growth)
