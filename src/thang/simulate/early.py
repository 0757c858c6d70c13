"""New things: who is asked to test them, who tries them, and what is said and wished."""

from __future__ import annotations

from thang.model import DAY, SECOND, Flag
from thang.simulate.agenda import Act
from thang.simulate.instants import HOUR
from thang.simulate.path import MONTH, PRE_LAUNCH
from thang.simulate.releases import FIRST, Release, Step, releases
from thang.simulate.world import World

SOON_DAYS = 8.0  # who tries at all does so about then, and within 28 days
LATEST_DAYS = 28.0
REGULAR_ORDERS, REGULAR_DAYS = 2, 200
FULFILS_MONTHS = (1.5, 6.0)
FULFILLED = 0.6  # of wishes


def expect_releases(world: World) -> None:
    """Put everything the shop will bring out on the agenda."""
    for at, release in releases(world.path, world.scenario.end):
        world.due(at, Act.RELEASE, 0, release)


def invite_newcomer(world: World, who: int, at: int) -> None:
    """Whoever comes before the launch is asked to test what will be launched."""
    if world.path.stage(at) == PRE_LAUNCH:
        _invite(world, who, at, FIRST)


def bring_out(world: World, _: int, at: int, release: Release) -> None:
    """Ask everybody whom a release is for, each a few minutes after the other."""
    for who in range(len(world.people)):
        if world.standing[who].arrived_at is None or world.standing[who].done_at is not None:
            continue
        minute = at + world.aside.below(11 * 3600) * SECOND
        if release.step is Step.TEST:
            if regular(world, who, at) and world.aside.chance(world.scenario.dials.invited):
                _invite(world, who, minute, release.product)
        elif _hears(world, who, release):
            _announce(world, who, minute, release.product)


def regular(world: World, who: int, at: int) -> bool:
    """Whether somebody has bought more than once, and not long ago."""
    standing = world.standing[who]
    last = standing.delivered_at
    fresh = last is not None and at - last < REGULAR_DAYS * DAY
    return fresh and standing.delivered >= REGULAR_ORDERS and standing.done_at is None


def _hears(world: World, who: int, release: Release) -> bool:
    """Launches are told to who has not tried yet, new versions to who has."""
    standing = world.standing[who]
    tried = release.product in standing.tried
    if tried != (release.step is Step.UPDATE) or not standing.named:
        return False
    return tried or (standing.consents and world.aside.chance(world.scenario.dials.announced))


def _invite(world: World, who: int, at: int, product: str) -> None:
    world.say(at, who, "beta_invited", ref=product)
    if not world.aside.chance(world.people[who].traits.willing):
        return
    accepted = at + (2 + world.aside.below(70)) * HOUR
    world.standing[who].tester = True
    if not world.standing[who].named:
        world.introduce(accepted - 60 * SECOND, who)
    world.say(accepted, who, "beta_accepted", ref=product)
    if world.aside.chance(world.scenario.dials.uses):
        world.say(accepted + (20 + world.aside.below(100)) * HOUR, who, "beta_used", ref=product)
        _begin(world, who, accepted + 130 * HOUR, product)


def _announce(world: World, who: int, at: int, product: str) -> None:
    world.say(at, who, "version_announced", ref=product)
    if world.aside.chance(world.people[who].traits.willing):
        days = min(world.aside.exponential(SOON_DAYS), LATEST_DAYS)
        tries = at + HOUR + int(days * DAY) // SECOND * SECOND
        world.due(tries, Act.TRY, who, product)


def try_version(world: World, who: int, at: int, product: str) -> None:
    """Somebody tries what was announced to them; nobody does who is done with the shop."""
    if world.standing[who].done_at is None:
        world.say(at, who, "version_tried", ref=product)
        _begin(world, who, at + HOUR, product)


def _begin(world: World, who: int, at: int, product: str) -> None:
    """From the first thing tried on, the person has something to speak about."""
    standing = world.standing[who]
    if not standing.tried:
        _speak_later(world, who, at, product)
    standing.tried.add(product)


def _speak_later(world: World, who: int, at: int, product: str) -> None:
    rate = world.people[who].traits.voice / world.scenario.dials.useful  # words a month
    if rate > 0.0:
        wait = int(world.aside.exponential(MONTH / rate)) // SECOND * SECOND
        speaks = max(world.days.waking(at + wait, world.aside), at + HOUR)
        world.due(speaks, Act.SPEAK, who, product)


def speak(world: World, who: int, at: int, product: str) -> None:
    """Words about a product, useful or not; some of them are a wish."""
    standing, dials = world.standing[who], world.scenario.dials
    if standing.done_at is not None:
        return
    useful = Flag.OK if world.aside.chance(dials.useful) else Flag(0)
    world.say(at, who, "feedback_given", ref=product, flags=useful)
    if world.aside.chance(dials.wishes):
        world.wishes += 1
        wish = f"YC{world.wishes:05d}"
        world.say(at + 60 * SECOND, who, "feature_requested", ref=wish)
        if world.aside.chance(FULFILLED):
            wait = int(world.aside.between(*FULFILS_MONTHS) * MONTH) // SECOND * SECOND
            world.due(at + wait, Act.FULFIL, who, wish)
    _speak_later(world, who, at + HOUR, product)


def fulfil(world: World, who: int, at: int, wish: str) -> None:
    """The shop tells the person that their wish came true."""
    if world.standing[who].done_at is None:
        world.say(at, who, "version_announced", ref=wish)
