"""What to do next, for one person and for the shop: ranked by what it is expected to bring.

Expected is what a strategy adds to the chance of success, as believed or measured, times what a
success is worth, with more weight where the stage puts its budget, less the cost of the contact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from thang.policy.playbook.nouns import Strategy
from thang.workspace.acting.entering import Door, able, score

MOST = 10


@dataclass(frozen=True)
class Advised:
    """A strategy that fits people today: how many, what it is believed to add to each one's
    chance (`measured`: an experiment said so), and what all of it would bring, in minor units.
    """

    strategy: Strategy
    people: int
    uplift: float
    measured: bool
    brings: float
    share: float  # of the budget, for its group

    @property
    def each(self) -> float:
        """What one person of them is expected to bring."""
        return self.brings / self.people


@dataclass(frozen=True)
class PersonAdvised:
    """A strategy that fits somebody today, and why not if something holds it back."""

    strategy: Strategy
    uplift: float
    measured: bool
    brings: float
    why_not: str | None


def advised(door: Door, most: int = MOST) -> tuple[Advised, ...]:
    """The strategies that fit anybody, those that would bring the most first."""
    found = sorted(_advised(door), key=lambda one: -one.brings)
    return tuple(found[:most])


def _advised(door: Door) -> Iterator[Advised]:
    for strategy in door.playbook.strategies:
        if strategy.key in door.blocked or strategy.scope == "shop":
            continue
        mine = able(door, strategy)
        if mine.any():
            brings = float(score(door, strategy)[mine].clip(0).sum())
            yield Advised(
                strategy, int(mine.sum()), door.worth.uplift(strategy.key),
                not np.isnan(door.worth.measured(strategy.key)), brings,
                door.worth.share(strategy.group),
            )  # fmt: skip


def advised_for(door: Door, person: int) -> tuple[PersonAdvised, ...]:
    """The strategies that fit one person today, the best first; those held back come last."""
    place = int(np.searchsorted(door.facts.person, person))
    if place >= len(door.facts.person) or door.facts.person[place] != person:
        return ()
    found = [
        PersonAdvised(
            one, door.worth.uplift(one.key), not np.isnan(door.worth.measured(one.key)),
            float(score(door, one)[place]), door.blocked.get(one.key),
        )
        for one in door.playbook.strategies
        if one.scope == "person" and one.on and able(door, one)[place]
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.why_not is not None, -one.brings)))
