"""The sealed truth of an invented shop: what nobody at the shop can see, to judge answers by."""

from __future__ import annotations

from dataclasses import dataclass

from thang.simulate.imperfect import Injected
from thang.simulate.scenario import Scenario
from thang.simulate.traits import Traits
from thang.simulate.world import World, device_name


@dataclass(frozen=True, slots=True)
class TruePerson:
    """One person by number: every identifier they used, their traits, and how it went.

    Instants are microseconds; `arrived_at` is None for whoever never came before the end.
    """

    key: int
    customer_id: str
    anonymous_ids: tuple[str, ...]
    phone: str
    email: str | None
    arrived_at: int | None
    done_at: int | None
    channel: str
    ordered: int
    delivered: int
    enrolled: bool
    referred_by: int | None
    friends: tuple[int, ...]
    traits: Traits


@dataclass(frozen=True, slots=True)
class TrueReferral:
    """Who brought whom, by number; `order_id` is the friend's first order, if there is one."""

    referrer: int
    referee: int
    code: str
    clicked_at: int
    order_id: str | None


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that is known of a run because it was invented."""

    scenario: Scenario
    people: tuple[TruePerson, ...]
    referrals: tuple[TrueReferral, ...]
    duplicates: tuple[str, ...]
    late: tuple[str, ...]


def truth_of(world: World, injected: Injected) -> Truth:
    """The truth of a world as far as it has been lived."""
    referred = sorted(world.referred.values(), key=lambda link: (link.clicked_at, link.referee))
    keys = [person.key for person in world.people]
    return Truth(
        scenario=world.scenario,
        people=tuple(_person(world, who) for who in range(len(world.people))),
        referrals=tuple(
            TrueReferral(keys[x.referrer], keys[x.referee], x.code, x.clicked_at, x.order_id)
            for x in referred
        ),
        duplicates=tuple(injected.duplicates),
        late=tuple(injected.late),
    )


def _person(world: World, who: int) -> TruePerson:
    person, standing = world.people[who], world.standing[who]
    referrer = standing.referred_by
    return TruePerson(
        key=person.key,
        customer_id=person.customer_id,
        anonymous_ids=tuple(device_name(person, n + 1) for n in range(standing.device)),
        phone=person.card.e164,
        email=person.card.email,
        arrived_at=standing.arrived_at,
        done_at=standing.done_at,
        channel=standing.channel,
        ordered=standing.ordered,
        delivered=standing.delivered,
        enrolled=standing.enrolled,
        referred_by=None if referrer is None else world.people[referrer].key,
        friends=tuple(world.people[friend].key for friend in world.friends[who]),
        traits=person.traits,
    )
