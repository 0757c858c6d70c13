"""Files as they really are: some rows told twice, some told after their time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from thang.model import DAY, Event
from thang.simulate.dice import Dice
from thang.simulate.scenario import Scenario

LATE_DAYS = 3.0  # mean delay of a late row


@dataclass
class Injected:
    """Message ids of the rows that were told twice, and of those that were told late."""

    duplicates: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)


def imperfect(events: Iterator[Event], scenario: Scenario, injected: Injected) -> Iterator[Event]:
    """The events as they arrive: none is lost, `at` stays what it was.

    A late row arrives days after its instant, a duplicate is the very same event again.
    What was injected is noted by message id.
    """
    dice = Dice(scenario.seed, "imperfections")
    waiting: list[tuple[int, int, Event]] = []
    turn = count()
    for event in events:
        while waiting and waiting[0][0] <= event.at:
            yield heappop(waiting)[2]
        for arrives in _arrivals(event, scenario, dice, injected):
            heappush(waiting, (arrives, next(turn), event))
    while waiting:
        yield heappop(waiting)[2]


def _arrivals(event: Event, scenario: Scenario, dice: Dice, injected: Injected) -> Iterator[int]:
    """The instants at which an event arrives: one, or two if it is told twice."""
    name = event.message_id or ""
    is_late, is_twice = dice.chance(scenario.late), dice.chance(scenario.duplicates)
    if is_late:
        injected.late.append(name)
    yield event.at + (_delay(dice) if is_late else 0)
    if is_twice:
        injected.duplicates.append(name)
        yield event.at + _delay(dice)


def _delay(dice: Dice) -> int:
    return int(dice.exponential(LATE_DAYS) * DAY)
