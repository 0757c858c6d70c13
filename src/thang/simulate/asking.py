"""What the shop asks of its customers month by month, and what they answer; and its letters."""

from __future__ import annotations

from thang.model import DAY, SECOND
from thang.simulate import costs
from thang.simulate.agenda import Act
from thang.simulate.dice import rank_of
from thang.simulate.early import regular
from thang.simulate.instants import HOUR, add_months
from thang.simulate.releases import FIRST
from thang.simulate.world import World

ASKED_AGAIN_DAYS = 120
SOMEWHAT = 0.35  # of people, beside those who would be very disappointed
UPSET = 0.4  # times the rank of an answer while something is not put right
LETTER_MONTHS = 3
NPS = 0.4  # of those who answer


def expect_questions(world: World) -> None:
    """Each month's questions and each quarter's letter, until the end."""
    scenario = world.scenario
    for month in range(1, scenario.months + 1):
        at = add_months(scenario.start, month, scenario.tz)
        world.due(at + 2 * HOUR, Act.ASK, 0)
        if month % LETTER_MONTHS == 0:
            world.due(at + 3 * HOUR, Act.WRITE, 0, f"tin-{month:02d}")


def ask(world: World, _: int, at: int) -> None:
    """Ask some of the regular customers how they would feel without the shop."""
    dials = world.scenario.dials
    for who in range(len(world.people)):
        if not regular(world, who, at) or not world.aside.chance(dials.asked):
            continue
        asked_at = world.standing[who].asked_at
        if asked_at is None or at - asked_at >= ASKED_AGAIN_DAYS * DAY:
            world.standing[who].asked_at = at
            if world.aside.chance(dials.answers):
                _answer(world, who, at + (6 + world.aside.below(60)) * HOUR)


def _answer(world: World, who: int, at: int) -> None:
    rank = liking(world, who)
    loved = world.path.loved(at)
    grade = 3 if rank > 1.0 - loved else 2 if rank > 1.0 - loved - SOMEWHAT else 1
    world.say(at, who, "pmf_answered", ref=FIRST, grade=grade)
    if world.aside.chance(NPS):
        score = min(int(4.0 * loved + 8.0 * rank + world.aside.between(0.0, 2.0)), 10)
        world.say(at + 40 * SECOND, who, "nps_answered", grade=score)


def liking(world: World, who: int) -> float:
    """Where the person stands among all people today, from 0 to 1, evenly spread."""
    own = world.scenario.dials.liking
    mood = own * world.people[who].traits.liking + (1.0 - own**2) ** 0.5 * world.aside.normal()
    return rank_of(mood) * (UPSET if world.standing[who].upset else 1.0)


def write(world: World, _: int, at: int, letter: str) -> None:
    """A letter to everybody who has bought and may be written to."""
    for who, standing in enumerate(world.standing):
        if standing.consents and standing.delivered and standing.done_at is None:
            costs.written_to(world, who, at + world.aside.below(11 * 3600) * SECOND, letter)
