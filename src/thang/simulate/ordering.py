"""Orders as they go in Vietnam: paid at the door, brought in days, sometimes refused there."""

from __future__ import annotations

from thang.model import DAY, SECOND
from thang.simulate.agenda import Act, Order
from thang.simulate.instants import HOUR, MINUTE
from thang.simulate.looking import give_name, product
from thang.simulate.world import Referred, World

PARCEL_DAYS = 5
OFTEN_LATE = 0.2  # of refunds come after the return window


def place(world: World, who: int, at: int) -> None:
    """Look, fill the cart, and order, cash on delivery; the parcel leaves unless cancelled."""
    standing, dice = world.standing[who], world.dice
    if standing.done_at is not None:
        return
    if not standing.named:
        give_name(world, who, at + MINUTE)
    order = _new_order(world, who)
    _check_out(world, who, at + 3 * MINUTE, order)
    placed = at + 9 * MINUTE
    standing.ordered += 1
    _tell_referrer(world, who, placed, order)
    if dice.chance(world.scenario.dials.cancels):
        cancelled = placed + (1 + dice.below(20)) * HOUR
        world.say(cancelled, who, "order_cancelled", ref=order.id, reason="khách đổi ý")
        order_again(world, who, cancelled)
    else:
        door = world.days.parcel(placed, 1 + dice.below(PARCEL_DAYS), dice)
        world.due(door, Act.ARRIVE_PARCEL, who, order)


def _new_order(world: World, who: int) -> Order:
    dials, traits = world.scenario.dials, world.people[who].traits
    world.orders += 1
    money = world.dice.gamma(dials.ticket_order_shape, traits.ticket)
    steps = max(round(money / dials.ticket_step), 20)
    return Order(f"DH{world.orders:07d}", product(world), steps * dials.ticket_step)


def _check_out(world: World, who: int, at: int, order: Order) -> None:
    channel = world.standing[who].channel
    world.say(at, who, "product_viewed", ref=order.product, channel=channel)
    world.say(at + MINUTE, who, "product_added", ref=order.product, channel=channel)
    world.say(at + 4 * MINUTE, who, "checkout_started", channel=channel)
    world.say(
        at + 6 * MINUTE,
        who,
        "order_completed",
        ref=order.id,
        amount=order.amount,
        channel=channel,
        payment_method="cod",
        shipping=world.scenario.dials.shipping,
        product_id=order.product,
    )


def _tell_referrer(world: World, who: int, placed: int, order: Order) -> None:
    """The first order of whoever came by a friend's link is told on the friend's line."""
    link = world.referred.get(who)
    if link is None or link.order_id is not None:
        return
    world.referred[who] = Referred(
        link.referrer, link.referee, link.code, link.clicked_at, order.id
    )
    converted = placed + SECOND
    world.say(converted, link.referrer, "referral_converted", ref=link.code, other=who)


def arrive_parcel(world: World, who: int, at: int, order: Order) -> None:
    """At the door: taken and paid, or refused (`bom hàng`); then what follows from it."""
    traits, standing, dice = world.people[who].traits, world.standing[who], world.dice
    if dice.chance(traits.refuses):
        world.say(at, who, "order_delivery_failed", ref=order.id, reason="khách không nhận")
        _stay_or_go(world, who, at, traits.drops + 0.25)
        return
    world.say(at, who, "order_delivered", ref=order.id)
    standing.delivered += 1
    standing.upset = False
    _offer_membership(world, who, at)
    _after_delivery(world, who, at, order)
    _stay_or_go(world, who, at, traits.drops)


def _offer_membership(world: World, who: int, at: int) -> None:
    standing = world.standing[who]
    if not standing.enrolled and world.dice.chance(world.people[who].traits.joins):
        standing.enrolled = True
        joined = at + (1 + world.dice.below(40)) * HOUR
        world.say(joined, who, "membership_joined", ref="VIP", channel=standing.channel)


def _after_delivery(world: World, who: int, at: int, order: Order) -> None:
    dials, dice, standing = world.scenario.dials, world.dice, world.standing[who]
    if dice.chance(dials.refunds):
        days = 10 + dice.below(20) if dice.chance(OFTEN_LATE) else 1 + dice.below(5)
        world.due(at + days * DAY, Act.REFUND, who, order)
    if dice.chance(dials.trouble):
        world.due(at + (2 + dice.below(40)) * HOUR, Act.GO_WRONG, who, order)
    elif dice.chance(dials.reviews):
        world.due(at + (20 + dice.below(100)) * HOUR, Act.REVIEW, who, order)
    if not standing.tells:
        standing.tells = True
        tells = world.people[who].traits.tells
        world.due(world.days.next_busy(at + DAY, tells, dice), Act.TELL, who)


def refund(world: World, who: int, at: int, order: Order) -> None:
    """The whole order back, or a part of it."""
    dials, amount = world.scenario.dials, order.amount
    if world.dice.chance(dials.refunded_in_part):
        step = dials.ticket_step
        amount = max(int(amount * world.dice.between(0.15, 0.6)) // step, 1) * step
    world.say(at, who, "order_refunded", ref=order.id, amount=amount)


def _stay_or_go(world: World, who: int, at: int, drops: float) -> None:
    if world.dice.chance(drops):
        world.due(at + DAY, Act.LEAVE, who)
    else:
        order_again(world, who, at)


def order_again(world: World, who: int, at: int) -> None:
    """When the next order comes, by the person's own rate and the season."""
    rate = world.people[who].traits.orders
    world.due(world.days.next_busy(at, rate, world.dice), Act.ORDER, who)


def leave(world: World, who: int, at: int) -> None:
    """Done with the shop for good; a few leave its club in so many words."""
    standing = world.standing[who]
    if standing.done_at is not None:
        return
    standing.done_at = at
    if standing.enrolled and world.dice.chance(world.scenario.dials.leaves):
        world.say(at, who, "membership_left", ref="VIP")
