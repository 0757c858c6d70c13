"""The invented shop lives: from a scenario to its events in time order, and its truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from thang.model import SECOND, Event
from thang.simulate import asking, campaigns, early, looking, ordering, rings, telling, trouble
from thang.simulate.agenda import Act, Due
from thang.simulate.imperfect import Injected, imperfect
from thang.simulate.knowing import truth_of
from thang.simulate.scenario import Scenario
from thang.simulate.truth import Truth
from thang.simulate.world import World, customer

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
    Act.EXTRA_ORDER: ordering.place_extra,
    Act.RELEASE: early.bring_out,
    Act.TRY: early.try_version,
    Act.SPEAK: early.speak,
    Act.FULFIL: early.fulfil,
    Act.ASK: asking.ask,
    Act.WRITE: asking.write,
    Act.CAMPAIGN: campaigns.run,
    Act.JOIN_RING: rings.join_ring,
    Act.TAKE_CHEAPLY: rings.take_cheaply,
}
FANS_BY = 0.4  # a shop's fans are among the first so many of its people


def simulate(scenario: Scenario) -> Iterator[Event]:
    """The events of the scenario, in time order; as they arrive if it is `imperfect`."""
    return Simulation(scenario).events()


def lived(scenario: Scenario) -> tuple[list[Event], Truth]:
    """All the events of a scenario, and its truth."""
    simulation = Simulation(scenario)
    events = list(simulation.events())
    return events, simulation.truth()


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

    def meet(self, customer_id: str, at: int, effect: float, name: str) -> bool:
        """Write to a customer between two events: at once, where `at` is past by now."""
        who, at = self._places.get(customer_id), max(at, self._world.agenda.now)
        return who is not None and campaigns.meet(self._world, who, at, effect, name)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {customer(one).value: place for place, one in enumerate(self._world.people)}

    def truth(self) -> Truth:
        """What really was so, up to the event taken last."""
        return truth_of(self._world, self._injected)


def _live(world: World) -> Iterator[Event]:
    _expect_everybody(world)
    early.expect_releases(world)
    asking.expect_questions(world)
    campaigns.expect_campaigns(world)
    rings.expect_rings(world)
    for at, item in world.agenda:
        if isinstance(item, Due):
            rest: tuple[Any, ...] = () if item.about is None else (item.about,)
            ACTS[item.act](world, item.who, at, *rest)
        else:
            yield item


def _expect_everybody(world: World) -> None:
    """Everybody comes by themself one day, unless a friend brings them sooner.

    The n-th of N comes when the share n / N of them has come, by the shop's path.
    """
    days, dice, scenario = world.days, world.dice, world.scenario
    strangers = {who for ring in world.rings for who in ring}
    for who in range(len(world.people)):
        latest = FANS_BY if world.people[who].traits.fan else 1.0
        at = world.path.arrival(dice.between(0.0, latest)) // SECOND * SECOND
        hour = days.waking(at, dice)
        if who not in strangers:
            world.due(hour if scenario.start <= hour < scenario.end else at, Act.ARRIVE, who)
