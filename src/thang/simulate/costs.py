"""What serving people costs: told as the shop would tell it, and noted as it really was."""

from __future__ import annotations

from thang.model import SECOND, Cost
from thang.simulate.agenda import Order
from thang.simulate.dice import Dice
from thang.simulate.instants import MINUTE
from thang.simulate.world import FACEBOOK, WEBSITE, World

AD_PRICE = {FACEBOOK: 60_000, WEBSITE: 35_000}  # a first contact there; elsewhere:
AD_ELSEWHERE = 18_000


def goods(world: World, product: str) -> tuple[float, bool]:
    """What a product costs the shop, as a share of its price; and whether it is written down."""
    if product not in world.goods:
        dials, dice = world.scenario.dials, Dice(world.scenario.seed, f"goods/{product}")
        share = dice.between(dials.goods_low, dials.goods_high)
        world.goods[product] = (share, not dice.chance(dials.goods_unknown))
    return world.goods[product]


def delivered(world: World, who: int, at: int, order: Order) -> None:
    """Goods, the shop's part of the shipping, and the fee of an order that was taken."""
    dials = world.scenario.dials
    world.ledger.earn(who, at, order.amount)
    share, known = goods(world, order.product)
    bought = thousands(order.amount * share)
    fee = int(order.amount * dials.fee)
    for cost, amount in ((Cost.GOODS, bought), (Cost.SHIPPING, dials.subsidy), (Cost.FEE, fee)):
        world.ledger.spend(who, at, amount)
        if cost is not Cost.GOODS or known:
            _say(world, who, at + MINUTE, cost, amount, order.id)


def refused(world: World, who: int, at: int, order: Order) -> None:
    """A parcel that went there and back."""
    amount = world.scenario.dials.refused
    world.ledger.spend(who, at, amount)
    _say(world, who, at + MINUTE, Cost.RETURN, amount, order.id)


def acquired(world: World, who: int, at: int) -> None:
    """What it cost that somebody came who was brought by no friend."""
    channel = world.standing[who].channel
    amount = thousands(AD_PRICE.get(channel, AD_ELSEWHERE) * world.aside.between(0.7, 1.3))
    world.won[who] = amount
    world.ledger.spend(who, at, amount, on_service=True)
    _say(world, who, at + SECOND, Cost.ACQUISITION, amount, f"ads-{channel}")


def written_to(world: World, who: int, at: int, campaign: str) -> None:
    """A message of ours arrives."""
    amount = world.scenario.dials.message
    world.ledger.spend(who, at, amount, on_service=True)
    world.say(at, who, "message_delivered", ref=campaign, channel="zalo")
    _say(world, who, at + SECOND, Cost.CONTACT, amount, campaign)


def rewarded(world: World, who: int, at: int) -> None:
    """The gift for a friend who bought."""
    amount = world.scenario.dials.reward
    world.ledger.spend(who, at, amount, on_service=True)
    _say(world, who, at, Cost.GIFT, amount, world.people[who].referral_code)


def helped(world: World, who: int, at: int, minutes: float, ref: str) -> None:
    """Somebody of the shop helped for so long; less than a minute is none."""
    whole = int(minutes + world.aside.between(0.0, 1.0))
    if whole > 0:
        world.ledger.help(who, at, whole, world.scenario.dials.minute)
        world.say(at, who, "support_given", ref=ref, grade=whole)


def help_with_order(world: World, who: int, at: int, order: Order) -> None:
    """Questions about an order; as many minutes in the mean as the person asks for."""
    if world.aside.chance(0.5):
        demand = world.people[who].traits.demand
        helped(world, who, at, world.aside.gamma(2.0, 2.0 * demand), order.id)


def thousands(amount: float) -> int:
    """Whole thousands, as prices are."""
    return int(amount / 1_000 + 0.5) * 1_000


def _say(world: World, who: int, at: int, cost: Cost, amount: int, ref: str) -> None:
    world.say(at, who, "cost_recorded", ref=ref, amount=amount, grade=int(cost))
