"""Telling others: reviews, shares, answers in the community, and friends brought by a code."""

from __future__ import annotations

from thang.model import Flag
from thang.simulate.agenda import Act, Order
from thang.simulate.instants import HOUR, MINUTE
from thang.simulate.looking import arrive, product
from thang.simulate.world import FACEBOOK, Referred, World

REFERS = 0.42  # of acts of telling
ACTS = (("refer", REFERS), ("share", 0.33), ("answer", 0.15), ("make", 0.10))
OWN_CLICK = 0.02  # of sendings: the sender tries the link
PUBLIC_SHARE = 0.75


def review(world: World, who: int, at: int, order: Order) -> None:
    """Stars for the product of an order that went well."""
    stars = world.dice.weighted(((5, 0.6), (4, 0.28), (3, 0.09), (2, 0.03)))
    public = Flag.PUBLIC if world.dice.chance(0.85) else Flag(0)
    flags = Flag.VERIFIED | public
    world.say(at, who, "product_reviewed", ref=order.product, grade=stars, flags=flags)


def tell(world: World, who: int, at: int) -> None:
    """One act of telling others, unless upset; and when the next one comes."""
    standing = world.standing[who]
    if standing.done_at is not None:
        return
    keen = world.scenario.pushed or world.dice.chance(keenness(world, at))
    if keen and not standing.upset:
        kind = world.dice.weighted(ACTS)
        {"refer": _refer, "share": _share, "answer": _answer, "make": _make}[kind](world, who, at)
    tells = world.people[who].traits.tells
    world.due(world.days.next_busy(at, tells, world.dice), Act.TELL, who)


def keenness(world: World, at: int) -> float:
    """The share of acts of telling that come about: the better the product, the more."""
    return 0.5 + 0.5 * world.path.progress(at)


def _share(world: World, who: int, at: int) -> None:
    public = Flag.PUBLIC if world.dice.chance(PUBLIC_SHARE) else Flag(0)
    if world.dice.chance(0.5):
        number = world.days.place(at) // 7
        world.say(at, who, "post_shared", ref=f"BV{number:04d}", flags=public, channel=FACEBOOK)
    else:
        channel = world.standing[who].channel
        world.say(at, who, "product_shared", ref=product(world), flags=public, channel=channel)


def _make(world: World, who: int, at: int) -> None:
    """A picture or film of one's own with the product in it."""
    world.say(at, who, "ugc_posted", ref=product(world), flags=Flag.PUBLIC, channel=FACEBOOK)


def _answer(world: World, who: int, at: int) -> None:
    useful = Flag.OK if world.dice.chance(0.7) else Flag(0)
    world.say(at, who, "community_answered", flags=useful, channel=FACEBOOK)


def _refer(world: World, who: int, at: int) -> None:
    """Send the code to a friend, best to one the shop does not know yet."""
    dice, code = world.dice, world.people[who].referral_code
    world.say(at, who, "referral_sent", ref=code, share_via=world.standing[who].channel)
    if dice.chance(OWN_CLICK):
        world.say(at + MINUTE, who, "referral_clicked", ref=code, other=who)
    friends = _strangers(world, who) or world.friends[who]
    if friends and dice.chance(world.scenario.dials.clicks):
        friend = dice.one_of(friends)
        clicked = at + (1 + dice.below(60)) * HOUR + dice.below(60) * MINUTE
        world.due(clicked, Act.FOLLOW_LINK, friend, who)


def _strangers(world: World, who: int) -> list[int]:
    """Friends the shop does not know yet; where there are none, friends of friends."""
    near = world.friends[who]
    far = (other for friend in near for other in world.friends[friend] if other != who)
    for circle in (near, far):
        found = [place for place in circle if world.standing[place].arrived_at is None]
        if found:
            return found
    return []


def follow_link(world: World, who: int, at: int, referrer: int) -> None:
    """A friend opens the link: it counts for the sender, and brings whoever was a stranger.

    The shop asks a stranger's name before it tells the sender, so that it knows who clicked.
    """
    code = world.people[referrer].referral_code
    if world.standing[who].arrived_at is None:
        world.referred[who] = Referred(referrer, who, code, at)
        arrive(world, who, at, referrer)
    elif world.standing[who].named:
        world.say(at, who, "link_clicked", channel=world.standing[who].channel)
    else:
        return
    world.say(at + 3 * MINUTE, referrer, "referral_clicked", ref=code, other=who)
