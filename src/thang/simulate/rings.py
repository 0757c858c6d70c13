"""Fraud rings: one hand behind several names, who refer one another for the reward."""

from __future__ import annotations

from thang.model import DAY, SECOND, Identifier
from thang.simulate import costs
from thang.simulate.agenda import Act, Order
from thang.simulate.instants import HOUR, MINUTE
from thang.simulate.path import MONTH
from thang.simulate.world import Referred, World

CHEAP = 60_000
STARTS = 0.5  # of the scenario: from then on


def expect_rings(world: World) -> None:
    """The last people of the list are the rings' names; each ring has its own month."""
    for number, ring in enumerate(world.rings):
        first = world.scenario.start + int((world.scenario.end - world.scenario.start) * STARTS)
        begins = first + int(number * MONTH) // SECOND * SECOND
        world.due(world.days.waking(begins, world.aside), Act.JOIN_RING, ring[0], number)


def join_ring(world: World, leader: int, at: int, number: int) -> None:
    """The leader comes and buys; then the others follow the leader's link, one every few days."""
    mark = Identifier("payment", f"the-{world.scenario.name}-{number:03d}")
    for turn, who in enumerate(world.rings[number]):
        begun = at + turn * 4 * DAY + world.aside.below(3600) * SECOND
        _come(world, who, begun)
        if turn:
            _by_link(world, leader, who, begun)
        _buy(world, who, begun + HOUR, mark, leader if turn else None)


def _come(world: World, who: int, at: int) -> None:
    standing = world.standing[who]
    standing.arrived_at, standing.channel = at, "facebook"
    world.introduce(at, who)
    world.say(at + 5 * SECOND, who, "lead_captured", channel="facebook")


def _by_link(world: World, leader: int, who: int, at: int) -> None:
    code = world.people[leader].referral_code
    world.standing[who].referred_by = leader
    world.referred[who] = Referred(leader, who, code, at)
    world.say(at, leader, "referral_sent", ref=code, share_via="facebook")
    world.say(at + 10 * SECOND, leader, "referral_clicked", ref=code, other=who)


def _buy(world: World, who: int, at: int, mark: Identifier, leader: int | None) -> None:
    """One cheap order, by the hand's one payment, told like any other; the parcel is taken."""
    world.orders += 1
    order = Order(f"DH{world.orders:07d}", "SP01", CHEAP)
    standing = world.standing[who]
    standing.ordered += 1
    world.say(at, who, "order_completed", ref=order.id, amount=order.amount, marks=(mark,),
              channel="facebook", payment_method="cod", product_id=order.product,
              shipping=world.scenario.dials.shipping)  # fmt: skip
    if leader is not None:
        link = world.referred[who]
        world.referred[who] = Referred(leader, who, link.code, link.clicked_at, order.id)
        world.say(at + SECOND, leader, "referral_converted", ref=link.code, other=who)
        costs.rewarded(world, leader, at + 2 * SECOND)
    door = world.days.parcel(at, 2, world.aside)
    world.due(door + MINUTE, Act.TAKE_CHEAPLY, who, order)


def take_cheaply(world: World, who: int, at: int, order: Order) -> None:
    """The parcel is taken; the name is never used again."""
    world.standing[who].take(at)
    world.standing[who].done_at = at
    world.say(at, who, "order_delivered", ref=order.id)
    costs.delivered(world, who, at, order)
