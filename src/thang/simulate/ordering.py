"""Orders as they go in Vietnam: paid at the door, brought in days, sometimes refused there."""

from __future__ import annotations

from dataclasses import replace

from thang.model import DAY, SECOND
from thang.simulate import costs, trouble
from thang.simulate.agenda import Act, Order
from thang.simulate.campaigns import skips
from thang.simulate.instants import HOUR, MINUTE
from thang.simulate.looking import give_name, product
from thang.simulate.path import PRE_LAUNCH
from thang.simulate.world import World

PARCEL_DAYS = 5
STRAINED_DAYS = 3  # a parcel takes so much longer when there are too many orders
REFUSER_DROPS = 0.25  # more chance to be done with the shop
OFTEN_LATE = 0.2  # of refunds come after the return window


def place(world: World, who: int, at: int) -> None:
    """The person's next order, unless they are done with the shop or may not order yet.

    Before the launch only testers order; a campaign that annoys makes people skip an order.
    """
    standing = world.standing[who]
    if standing.done_at is not None:
        return
    if world.path.stage(at) == PRE_LAUNCH and not standing.tester:
        launch = world.path.stage_at(PRE_LAUNCH + 1)
        wait = world.scenario.dials.decides_days
        world.due(world.days.next_busy(launch, 1.0 / wait, world.dice), Act.ORDER, who)
    elif skips(world, who, at):
        order_again(world, who, at)
    else:
        _order(world, who, at, extra=False)


def place_extra(world: World, who: int, at: int) -> None:
    """An order beside the person's own rhythm."""
    if world.standing[who].done_at is None:
        world.extras.append((who, at))
        _order(world, who, at, extra=True)


def _order(world: World, who: int, at: int, *, extra: bool) -> None:
    """Look, fill the cart, and order, cash on delivery; the parcel leaves unless cancelled."""
    standing, dice = world.standing[who], world.dice
    if not standing.named:
        give_name(world, who, at + MINUTE)
    order = _new_order(world, who, at + 8 * MINUTE)._replace(extra=extra)
    _check_out(world, who, at + 3 * MINUTE, order)
    placed = at + 9 * MINUTE
    standing.ordered += 1
    day = world.days.place(placed)
    world.placed_on[day] = world.placed_on.get(day, 0) + 1
    _tell_referrer(world, who, placed, order)
    costs.help_with_order(world, who, placed + HOUR, order)
    if dice.chance(world.scenario.dials.cancels):
        cancelled = placed + (1 + dice.below(20)) * HOUR
        world.say(cancelled, who, "order_cancelled", ref=order.id, reason="khách đổi ý")
        _go_on(world, who, cancelled, order)
    else:
        slow = STRAINED_DAYS if strained(world, day) else 0
        door = world.days.parcel(placed, 1 + slow + dice.below(PARCEL_DAYS), dice)
        world.due(door, Act.ARRIVE_PARCEL, who, order)


def strained(world: World, day: int) -> bool:
    """Whether more was ordered on a day (by place) than the shop can serve."""
    capacity = world.scenario.course.capacity * world.scenario.people / 1_000
    return world.placed_on.get(day, 0) > capacity + 1


def _new_order(world: World, who: int, at: int) -> Order:
    """An order to be; whoever minds the price looks for a coupon first."""
    dials, traits = world.scenario.dials, world.people[who].traits
    world.orders += 1
    money = world.dice.gamma(dials.ticket_order_shape, traits.ticket)
    if world.aside.chance(traits.price_sensitive * 0.5):
        money *= 1.0 - dials.coupon
        world.say(at, who, "coupon_applied", ref="GIAM10", channel=world.standing[who].channel)
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
    is_new = world.aside.chance(world.scenario.dials.friend_is_new)
    world.referred[who] = replace(link, order_id=order.id, is_new=is_new)
    converted = placed + SECOND
    world.say(converted, link.referrer, "referral_converted", ref=link.code, other=who)
    costs.rewarded(world, link.referrer, converted + SECOND)


def arrive_parcel(world: World, who: int, at: int, order: Order) -> None:
    """At the door: taken and paid, or refused (`bom hàng`); then what follows from it."""
    traits, standing, dice = world.people[who].traits, world.standing[who], world.dice
    drops = drop_chance(world, who, at)
    if dice.chance(traits.refuses):
        world.say(at, who, "order_delivery_failed", ref=order.id, reason="khách không nhận")
        costs.refused(world, who, at, order)
        _stay_or_go(world, who, at, order, drops + REFUSER_DROPS)
        return
    world.say(at, who, "order_delivered", ref=order.id)
    costs.delivered(world, who, at, order)
    standing.take(at)
    standing.upset = False
    _offer_membership(world, who, at)
    if _after_delivery(world, who, at, order):
        _go_on(world, who, at, order)  # how it is put right decides whether they stay
    else:
        _stay_or_go(world, who, at, order, drops)


def drop_chance(world: World, who: int, at: int) -> float:
    """The chance to be done with the shop after an order that was taken."""
    warned = world.scenario.dials.warned_drops if world.standing[who].warned else 0.0
    return min(world.people[who].traits.drops * world.path.weary(at) + warned, 1.0)


def _offer_membership(world: World, who: int, at: int) -> None:
    standing = world.standing[who]
    joins = world.people[who].traits.joins if world.scenario.programme else 0.0
    if not standing.enrolled and world.dice.chance(joins):
        joined = at + (1 + world.dice.below(40)) * HOUR
        standing.enrolled, standing.enrolled_at = True, joined
        world.say(joined, who, "membership_joined", ref="VIP", channel=standing.channel)


def _after_delivery(world: World, who: int, at: int, order: Order) -> bool:
    """What an order that was taken leads to; whether something of ours goes wrong with it."""
    dials, dice, standing = world.scenario.dials, world.dice, world.standing[who]
    if dice.chance(dials.refunds):
        days = 10 + dice.below(20) if dice.chance(OFTEN_LATE) else 1 + dice.below(5)
        world.due(at + days * DAY, Act.REFUND, who, order)
    if not standing.tells:
        standing.tells = True
        tells = world.people[who].traits.tells
        world.due(world.days.next_busy(at + DAY, tells, dice), Act.TELL, who)
    if trouble.may_fail(world, who, at, order, strained=strained(world, world.days.place(at))):
        return True
    if dice.chance(dials.reviews):
        world.due(at + (20 + dice.below(100)) * HOUR, Act.REVIEW, who, order)
    elif world.aside.chance(dials.rates_delivery):
        score = world.aside.weighted(((5, 0.55), (4, 0.35), (3, 0.10)))
        world.say(at + 6 * HOUR, who, "csat_answered", ref=order.id, grade=score)
    return False


def refund(world: World, who: int, at: int, order: Order) -> None:
    """The whole order back, or a part of it."""
    dials, amount = world.scenario.dials, order.amount
    if world.dice.chance(dials.refunded_in_part):
        step = dials.ticket_step
        amount = max(int(amount * world.dice.between(0.15, 0.6)) // step, 1) * step
    world.say(at, who, "order_refunded", ref=order.id, amount=amount)
    world.ledger.earn(who, at, -amount)


def _stay_or_go(world: World, who: int, at: int, order: Order, drops: float) -> None:
    if world.dice.chance(drops):
        world.due(at + DAY, Act.LEAVE, who)
    else:
        _go_on(world, who, at, order)


def _go_on(world: World, who: int, at: int, order: Order) -> None:
    if not order.extra:
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
