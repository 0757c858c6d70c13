"""What goes wrong after an order, how it is settled, and what people make of it."""

from __future__ import annotations

from thang.model import Flag
from thang.simulate.agenda import Act, Order
from thang.simulate.instants import HOUR
from thang.simulate.world import World

SEVERITIES = ((1, 0.55), (2, 0.33), (3, 0.12))
NEVER_CLOSED = 0.03


def go_wrong(world: World, who: int, at: int, order: Order) -> None:
    """A ticket is opened: broken, late, or not what was ordered."""
    ticket = f"PH-{order.id}"
    severity = world.dice.weighted(SEVERITIES)
    channel = world.standing[who].channel
    world.standing[who].upset = True
    world.say(at, who, "ticket_opened", ref=ticket, grade=severity, channel=channel)
    if not world.dice.chance(NEVER_CLOSED):
        world.due(at + (3 + world.dice.below(90)) * HOUR, Act.SETTLE, who, order)


def settle(world: World, who: int, at: int, order: Order) -> None:
    """The ticket is closed: well, and the person is content again; or badly."""
    ticket = f"PH-{order.id}"
    if world.dice.chance(world.scenario.dials.resolves_well):
        world.standing[who].upset = False
        world.say(at, who, "ticket_resolved", ref=ticket, flags=Flag.OK)
        return
    world.say(at, who, "ticket_resolved", ref=ticket, flags=Flag.FAILED)
    _resent(world, who, at, order)


def _resent(world: World, who: int, at: int, order: Order) -> None:
    """Whoever does not forgive tells it in public, or goes, or both."""
    traits, dice = world.people[who].traits, world.dice
    if dice.chance(traits.forgiving):
        world.standing[who].upset = False
        return
    if dice.chance(0.5):
        stars = 1 + dice.below(2)
        flags = Flag.PUBLIC | Flag.VERIFIED
        later = at + 5 * HOUR
        world.say(later, who, "product_reviewed", ref=order.product, grade=stars, flags=flags)
    if dice.chance(min(0.08 * traits.influence, 0.5)):
        world.say(at + 8 * HOUR, who, "complaint_posted", flags=Flag.PUBLIC)
    world.due(at + 12 * HOUR, Act.LEAVE, who)
