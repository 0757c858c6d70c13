"""The latent level: the rung on which somebody's true rates put them, month by month.

The thresholds are those of the default policy, asked of what twelve months at the person's
present true rates would bring, whatever chance made of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thang.model import DAY
from thang.simulate.instants import add_months
from thang.simulate.looking import STRONG
from thang.simulate.rates import YEAR, Array, Rates
from thang.simulate.telling import ACTS, PUBLIC_SHARE
from thang.simulate.world import World

FAR = np.iinfo(np.int64).max
Bools = NDArray[np.bool_]
Whole = NDArray[np.int64]
LEAD, SHOPPER, CUSTOMER, MEMBER, PREMIER, ADVOCATE, RAVING = range(1, 8)
# The default policy's numbers.
STRONG_DAYS = 180
MEMBER_ORDERS, UNENROLLED_ORDERS = 2, 3
PREMIER_ORDERS, PREMIER_QUANTILE, PREMIER_MEDIANS, FEWEST_BUYERS = 3, 0.9, 3.0, 30
ADVOCATE_ORDERS, ADVOCATE_POINTS, ADVOCATE_REFERRALS = 2, 3.0, 1.0
FAN_REFERRALS, FEW_FAN_REFERRALS, FEW_BUYERS = 3.0, 2.0, 500
CAPPED = 8.0  # points a year: two in 90 days
GOOD_REVIEW = 0.88 * 0.85  # four stars or five, and public


@dataclass(frozen=True, slots=True)
class Times:
    """When it was so of everybody, in microseconds; `FAR` if never before the end."""

    arrived: Whole
    bored: Whole
    bought: Whole
    done: Whole
    enrolled: Whole
    strangers: Whole  # until then there is a friend, or a friend's friend, who is new

    def strangers_left(self, at: int) -> Array:
        """The share of the year before in which there was somebody new to tell."""
        left: Array = ((self.strangers - at) / (YEAR * DAY) + 1.0).clip(0.0, 1.0)
        return left


def times_of(world: World) -> Times:
    """The turning points of everybody's way with the shop."""
    ways = world.standing
    return Times(
        arrived=_whole([one.arrived_at for one in ways]),
        bored=_whole([one.bored_at for one in ways]),
        bought=_whole([one.bought_at for one in ways]),
        done=_whole([one.done_at for one in ways]),
        enrolled=_whole([one.enrolled_at for one in ways]),
        strangers=_last_stranger(world),
    )


def _whole(values: list[int | None]) -> Whole:
    return np.array([FAR if value is None else value for value in values], dtype=np.int64)


def _last_stranger(world: World) -> Whole:
    arrived = [FAR if one.arrived_at is None else one.arrived_at for one in world.standing]
    near = [max((arrived[one] for one in ties), default=0) for ties in world.friends]
    far = [max((near[one] for one in ties), default=0) for ties in world.friends]
    return np.array([max(pair) for pair in zip(near, far, strict=True)], dtype=np.int64)


def levels(world: World, rates: Rates, times: Times) -> list[str]:
    """A digit for each month and person: the latent level at the month's end, 0 not come yet."""
    scenario = world.scenario
    columns = [
        _level(world, rates, times, add_months(scenario.start, month, scenario.tz))
        for month in range(1, scenario.months + 1)
    ]
    return ["".join(map(str, row)) for row in np.column_stack(columns).tolist()]


def _level(world: World, rates: Rates, times: Times, at: int) -> NDArray[np.int8]:
    alive = (times.bought <= at) & (times.done > at)
    buying = rates.buying(at)
    orders = buying.placed * buying.taken * YEAR
    spend = buying.placed * buying.revenue * YEAR
    friends = rates.viral(at) * times.strangers_left(at)
    points, outward = _points(world, rates, orders, friends, at)
    enrolled = times.enrolled <= at if world.scenario.programme else np.zeros(len(alive), bool)
    enough = MEMBER_ORDERS if world.scenario.programme else UNENROLLED_ORDERS
    member = alive & (enrolled | (not world.scenario.programme)) & (orders >= enough)
    advocate = alive & (orders >= ADVOCATE_ORDERS)
    advocate &= (friends >= ADVOCATE_REFERRALS) | (points >= ADVOCATE_POINTS)
    wanted = FEW_FAN_REFERRALS if (times.bought <= at).sum() < FEW_BUYERS else FAN_REFERRALS
    raving = advocate & (friends >= wanted) & (1.0 - np.exp(-outward / 12.0) >= 0.5)
    raving &= spend >= (np.median(spend[member]) if member.any() else np.inf)
    rungs = (
        (LEAD, times.arrived <= at),
        (SHOPPER, (times.arrived <= at) & _looks(world, rates, times, at)),
        (CUSTOMER, times.bought <= at),
        (MEMBER, member),
        (PREMIER, alive & (orders >= PREMIER_ORDERS) & (spend >= _bar(spend, orders, alive))),
        (ADVOCATE, advocate),
        (RAVING, raving),
    )
    level = np.zeros(len(alive), dtype=np.int8)
    for rung, here in rungs:
        level[here] = rung
    return level


def _bar(spend: Array, orders: Array, alive: Bools) -> float:
    """The true counterpart of the premier bar; nobody reaches it among too few buyers."""
    if alive.sum() < FEWEST_BUYERS:
        return float("inf")
    regular = alive & (orders >= MEMBER_ORDERS)
    middle = float(np.median(spend[regular])) if regular.any() else 0.0
    return max(float(np.quantile(spend[alive], PREMIER_QUANTILE)), PREMIER_MEDIANS * middle)


def _looks(world: World, rates: Rates, times: Times, at: int) -> Bools:
    """Whether an earnest step is to be expected within its days of somebody still looking."""
    steps = {channel: sum(chance for _, chance in acts) for channel, acts in STRONG.items()}
    channel = np.array([steps.get(one.channel, 0.0) for one in world.standing])
    often = rates.trait("visits") * STRONG_DAYS * channel * (0.6 + rates.trait("willing"))
    looking: Bools = (times.bored > at) & (times.done > at) & (often >= 1.0)
    return looking


def _points(
    world: World, rates: Rates, orders: Array, friends: Array, at: int
) -> tuple[Array, Array]:
    """Advocacy points and outward acts a year, by the policy's points and caps."""
    share = dict(ACTS)
    acts = rates.trait("tells") * YEAR * rates.keenness(at)
    shared = acts * (share["share"] * PUBLIC_SHARE + share["make"])
    reviews = orders * world.scenario.dials.reviews * GOOD_REVIEW
    clicked = acts * share["refer"] * world.scenario.dials.clicks
    answers = acts * share["answer"] * 0.7
    capped = sum(np.minimum(one, CAPPED) for one in (shared, reviews, clicked))
    return capped + 0.5 * answers + 3.0 * friends, shared + reviews + clicked + friends
