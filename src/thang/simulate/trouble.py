"""What goes wrong after an order, how it is put right, and what people make of it."""

from __future__ import annotations

import math

from thang.model import DAY, SECOND, Flag
from thang.simulate import costs
from thang.simulate.agenda import Act, Failure, Order
from thang.simulate.instants import HOUR
from thang.simulate.world import Incident, World

SEVERITIES = ((1, 0.55), (2, 0.33), (3, 0.12))
SHOP, CARRIER, CUSTOMER = "shop", "carrier", "customer"
GOOD, LATE, BAD = "good", "late", "bad"
SECOND_DAYS = 90
OPEN_DAYS = 10  # after so long without an answer people have decided


def may_fail(world: World, who: int, at: int, order: Order, *, strained: bool) -> bool:
    """Whether something of ours goes wrong with an order that was just taken.

    A shop that took more orders than it can serve fails half as often again.
    """
    dials = world.scenario.dials
    if world.dice.chance(dials.theirs):
        _fail(world, who, at, order, CUSTOMER)
        return False
    if not world.dice.chance(world.path.incidents(at) * (1.5 if strained else 1.0)):
        return False
    _fail(world, who, at, order, CARRIER if world.dice.chance(dials.by_carrier) else SHOP)
    return True


def _fail(world: World, who: int, at: int, order: Order, fault: str) -> None:
    ours = fault != CUSTOMER
    finds = ours and world.dice.chance(world.scenario.dials.found_by_us)
    severity = world.dice.weighted(SEVERITIES)
    found = SHOP if finds else CUSTOMER
    failure = Failure(order, f"PH-{order.id}", severity, fault, found)
    world.due(at + (2 + world.dice.below(40)) * HOUR, Act.GO_WRONG, who, failure)


def go_wrong(world: World, who: int, at: int, failure: Failure) -> None:
    """A ticket is opened: broken, late, or not what was ordered; or no fault of ours."""
    theirs = failure.fault == CUSTOMER
    channel = world.standing[who].channel
    world.say(
        at,
        who,
        "ticket_opened",
        ref=failure.ticket,
        grade=failure.severity,
        flags=Flag.THEIRS if theirs else Flag(0),
        channel=channel,
        fault=failure.fault,
        detected_by=failure.found_by,
    )
    minutes = 4.0 * failure.severity + world.people[who].traits.demand
    costs.helped(world, who, at + HOUR, minutes, failure.ticket)
    world.standing[who].upset = not theirs
    recovery, hours = _recovery(world, at)
    world.due(at + hours * HOUR, Act.SETTLE, who, failure._replace(recovery=recovery))


def _recovery(world: World, at: int) -> tuple[str, int]:
    """How it ends, and after how many hours that is known."""
    dials, dice = world.scenario.dials, world.dice
    if dice.chance(world.path.resolves_well(at)):
        return GOOD, 3 + dice.below(60)
    if dice.chance(dials.never_closed):
        return "", OPEN_DAYS * 24
    if dice.chance(dials.late):
        return LATE, 80 + dice.below(140)
    return BAD, 3 + dice.below(90)


def settle(world: World, who: int, at: int, failure: Failure) -> None:
    """The ticket is closed, in time or not, well or badly; or nobody ever closes it."""
    if failure.recovery:
        flags = Flag.FAILED if failure.recovery == BAD else Flag.OK
        world.say(at, who, "ticket_resolved", ref=failure.ticket, flags=flags)
        _ask_about_it(world, who, at, failure)
    if failure.fault == CUSTOMER:
        _note(world, who, at, failure, None, None)
        return
    chance = comes_back(world, who, at, failure)
    stays = world.dice.chance(chance)
    _note(world, who, at, failure, chance, stays)
    world.standing[who].failed_at = at
    if stays:
        world.standing[who].upset = False
        wait = world.dice.exponential(world.scenario.dials.comes_back_days) * DAY
        world.due(at + HOUR + int(wait) // SECOND * SECOND, Act.EXTRA_ORDER, who)
    else:
        _resent(world, who, at, failure)


def _note(
    world: World, who: int, at: int, failure: Failure, chance: float | None, back: bool | None
) -> None:
    _, ticket, severity, fault, found_by, recovery = failure
    world.incidents.append(
        Incident(who, ticket, at, severity, fault, found_by, recovery or BAD, chance, back)
    )


def comes_back(world: World, who: int, at: int, failure: Failure) -> float:
    """The chance that the person comes back after this failure of ours and does no harm."""
    failed_at = world.standing[who].failed_at
    again = failed_at is not None and at - failed_at <= SECOND_DAYS * DAY
    dials, forgiving = world.scenario.dials, world.people[who].traits.forgiving
    ease = dials.good_recovery * (failure.recovery == GOOD)
    ease += dials.severity * failure.severity + dials.second * again
    return leaning(forgiving, ease)


def leaning(chance: float, by: float) -> float:
    """A chance moved by so much on the scale of its logit."""
    odds = chance / max(1.0 - chance, 1e-9) * math.exp(by)
    return odds / (1.0 + odds)


def _ask_about_it(world: World, who: int, at: int, failure: Failure) -> None:
    if not world.aside.chance(world.scenario.dials.answers):
        return
    best = {GOOD: ((5, 0.6), (4, 0.4)), LATE: ((3, 0.6), (2, 0.4))}
    score = world.aside.weighted(best.get(failure.recovery, ((1, 0.6), (2, 0.4))))
    world.say(at + HOUR, who, "csat_answered", ref=failure.ticket, grade=score)


def _resent(world: World, who: int, at: int, failure: Failure) -> None:
    """Whoever does not forgive goes, and some do harm: the influential in public."""
    dials, dice, traits = world.scenario.dials, world.dice, world.people[who].traits
    if dice.chance(0.3):
        stars, flags = 1 + dice.below(2), Flag.PUBLIC | Flag.VERIFIED
        product = failure.order.product
        world.say(at + 5 * HOUR, who, "product_reviewed", ref=product, grade=stars, flags=flags)
    if dice.chance(min(dials.complains * traits.influence, dials.complains_most)):
        world.say(at + 8 * HOUR, who, "complaint_posted")
        _warn_friends(world, who)
    if dice.chance(dials.blocks):
        world.say(at + 9 * HOUR, who, "blocked_us", channel=world.standing[who].channel)
    if dice.chance(dials.charges_back):
        world.ledger.earn(who, at + 10 * HOUR, -failure.order.amount)
        world.say(at + 10 * HOUR, who, "chargeback", ref=failure.order.id)
    world.due(at + 12 * HOUR, Act.LEAVE, who)


def _warn_friends(world: World, who: int) -> None:
    """Anger spreads along the ties, farther from whoever has influence."""
    chance = min(world.scenario.dials.warned * world.people[who].traits.influence, 0.9)
    for friend in world.friends[who]:
        if world.dice.chance(chance):
            world.standing[friend].warned = True
