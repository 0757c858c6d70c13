"""Who knows whom: small circles of people with like purses, and a few ties between circles."""

from __future__ import annotations

from collections.abc import Sequence

from thang.simulate.dials import Dials
from thang.simulate.dice import Dice
from thang.simulate.people import Person

CIRCLE = 40
WITHIN = 0.75  # of one's ties are inside one's circle

Friends = list[list[int]]  # by place in the list of people: places of friends, in order


def friends(people: Sequence[Person], dials: Dials, seed: int) -> Friends:
    """Ties go both ways; the influential have more of them."""
    dice = Dice(seed, "circle")
    order = sorted(range(len(people)), key=lambda i: _purse(people[i], dice))
    ties: list[set[int]] = [set() for _ in people]
    for rank, place in enumerate(order):
        for _ in range(_wanted(people[place], dials, dice)):
            friend = order[_somebody(rank, len(order), dice)]
            if friend != place:
                ties[place].add(friend)
                ties[friend].add(place)
    return [sorted(tie) for tie in ties]


def _purse(person: Person, dice: Dice) -> float:
    return person.traits.ticket * (1.0 + 0.5 * dice.normal())


def _wanted(person: Person, dials: Dials, dice: Dice) -> int:
    return int(dials.friends * person.traits.influence * dice.between(0.25, 0.75) + 0.5)


def _somebody(rank: int, count: int, dice: Dice) -> int:
    if not dice.chance(WITHIN):
        return dice.below(count)
    first = rank // CIRCLE * CIRCLE
    return first + dice.below(min(CIRCLE, count - first))
