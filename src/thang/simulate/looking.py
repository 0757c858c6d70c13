"""Arriving, looking around, asking: what people do before and between orders."""

from __future__ import annotations

from thang.model import DAY, SECOND
from thang.simulate import costs, early
from thang.simulate.agenda import Act
from thang.simulate.instants import HOUR, MINUTE
from thang.simulate.world import FACEBOOK, WEBSITE, ZALO, World

CHANNELS = ((FACEBOOK, 0.45), (WEBSITE, 0.35), (ZALO, 0.20))
PRODUCTS = 60
NEW_DEVICE = 0.04  # of visits
JOINS_UNBOUGHT = 0.03  # of those who give their name, before any order
STRONG = {  # what a visit leads to, short of an order
    WEBSITE: (("product_added", 0.16), ("checkout_started", 0.05), ("sample_requested", 0.02)),
    FACEBOOK: (("price_asked", 0.16), ("product_added", 0.03), ("sample_requested", 0.02)),
    ZALO: (("price_asked", 0.18), ("product_added", 0.03), ("trial_started", 0.02)),
}


def product(world: World) -> str:
    """One of the shop's products; the first ones sell best."""
    return f"SP{1 + int(PRODUCTS * world.dice.between(0.0, 1.0) ** 2):02d}"


def arrive(world: World, who: int, at: int, referrer: int | None = None) -> None:
    """The first contact, on some channel; whoever was brought by a friend came before."""
    standing, traits = world.standing[who], world.people[who].traits
    if standing.arrived_at is not None:
        return
    standing.arrived_at, standing.referred_by = at, referrer
    standing.channel = world.dice.weighted(CHANNELS)
    standing.bored_at = at + int(traits.attention_days * DAY)
    _first_contact(world, who, at)
    if referrer is None:
        costs.acquired(world, who, at)
    if referrer is not None or world.dice.chance(world.scenario.dials.names_oneself):
        give_name(world, who, at + 2 * MINUTE)
    if _will_buy(world, who, referrer):
        wait = world.dice.exponential(world.scenario.dials.decides_days)
        world.due(world.days.next_busy(at, 1.0 / max(wait, 0.05), world.dice), Act.ORDER, who)
    early.invite_newcomer(world, who, at + HOUR)
    _look_again(world, who, at)


def _will_buy(world: World, who: int, referrer: int | None) -> bool:
    own = world.people[who].traits.converts
    brought = world.scenario.dials.friend_converts if referrer is not None else 0.0
    warned = world.scenario.dials.warned_converts if world.standing[who].warned else 1.0
    return world.dice.chance(max(own, brought) * warned)


def _first_contact(world: World, who: int, at: int) -> None:
    channel = world.standing[who].channel
    if channel == WEBSITE:
        world.say(at, who, "page", channel=channel, path="/")
    elif channel == FACEBOOK and world.dice.chance(0.5):
        world.say(at, who, "page_followed", channel=channel)
    else:
        world.say(at, who, "live_chat_message_sent", channel=channel)


def give_name(world: World, who: int, at: int) -> None:
    """Leave name and phone on a form, and perhaps consent to be written to."""
    dials, dice = world.scenario.dials, world.dice
    channel = world.standing[who].channel
    world.introduce(at, who)
    world.say(at + 5 * SECOND, who, "lead_captured", channel=channel)
    if dice.chance(dials.consents):
        world.standing[who].consents = True
        world.say(at + 10 * SECOND, who, "consent_granted", ref="zalo", purpose="marketing")
        if dice.chance(0.08):
            later = at + int(dice.exponential(200.0 * DAY)) // SECOND * SECOND
            world.say(later, who, "consent_withdrawn", ref="zalo", purpose="marketing")
    if world.scenario.programme and dice.chance(JOINS_UNBOUGHT):
        standing = world.standing[who]
        standing.enrolled, standing.enrolled_at = True, at + MINUTE
        world.say(at + MINUTE, who, "membership_joined", ref="VIP", channel=channel)


def browse(world: World, who: int, at: int) -> None:
    """One visit: some pages or messages, perhaps an earnest step, and when the next one is."""
    standing, dice = world.standing[who], world.dice
    if standing.done_at is not None or (not standing.ordered and at > standing.bored_at):
        return
    if standing.named and standing.channel == WEBSITE and dice.chance(NEW_DEVICE):
        standing.device += 1
        world.introduce(at, who)
    for step in range(1 + dice.below(4)):
        _look(world, who, at + step * (40 + dice.below(60)) * SECOND)
    for kind, chance in STRONG[standing.channel]:
        if dice.chance(chance * (0.6 + world.people[who].traits.willing)):
            at_step = at + (6 + dice.below(4)) * MINUTE
            about = "" if kind == "checkout_started" else product(world)
            world.say(at_step, who, kind, ref=about, channel=standing.channel)
    if not standing.named and dice.chance(0.06):
        give_name(world, who, at + 12 * MINUTE)
    _look_again(world, who, at)


def _look(world: World, who: int, at: int) -> None:
    channel = world.standing[who].channel
    if channel == WEBSITE:
        if world.dice.chance(0.3):
            world.say(at, who, "page", channel=channel, path="/bo-suu-tap")
        else:
            world.say(at, who, "product_viewed", ref=product(world), channel=channel)
    elif world.dice.chance(0.6):
        world.say(at, who, "live_chat_message_sent", channel=channel)
    else:
        world.say(at, who, "link_clicked", channel=channel)


def _look_again(world: World, who: int, at: int) -> None:
    visits = world.people[who].traits.visits
    world.due(world.days.next_busy(at, visits, world.dice), Act.BROWSE, who)
