"""From a world that has been lived to its sealed truth."""

from __future__ import annotations

from thang.simulate.costs import goods
from thang.simulate.imperfect import Injected
from thang.simulate.instants import add_months
from thang.simulate.latent import levels, times_of
from thang.simulate.path import FIT
from thang.simulate.rates import Rates
from thang.simulate.truth import (
    TrueAssignment,
    TrueIncident,
    TrueMonth,
    TruePerson,
    TrueProduct,
    TrueReferral,
    Truth,
)
from thang.simulate.world import World, device_name
from thang.simulate.worth import worths


def truth_of(world: World, injected: Injected) -> Truth:
    """The truth of a world as far as it has been lived."""
    rates, times = Rates(world), times_of(world)
    months = _months(world)
    judged = list(worths(world, rates, times))
    rungs = levels(world, rates, times)
    ring_of = {who: number for number, ring in enumerate(world.rings) for who in ring}
    return Truth(
        scenario=world.scenario,
        months=months,
        fit_month=next((one.month for one in months if one.stage >= FIT), None),
        people=tuple(
            _person(world, who, ring_of.get(who), rungs[who]) for who in range(len(world.people))
        ),
        values=tuple(row for _, rows in judged for row in rows),
        thresholds=tuple(threshold for threshold, _ in judged),
        referrals=_referrals(world),
        incidents=tuple(
            TrueIncident(world.people[one.who].key, *one[1:]) for one in world.incidents
        ),
        assignments=tuple(
            TrueAssignment(one.campaign, world.people[one.who].key, *one[2:])
            for one in world.assigned
        ),
        extras=tuple((world.people[who].key, at) for who, at in world.extras),
        products=_products(world),
        rings=tuple(tuple(world.people[who].key for who in ring) for ring in world.rings),
        duplicates=tuple(injected.duplicates),
        late=tuple(injected.late),
    )


def _months(world: World) -> tuple[TrueMonth, ...]:
    scenario, path = world.scenario, world.path
    capacity = scenario.course.capacity * scenario.people / 1_000
    return tuple(
        TrueMonth(
            month, at, path.stage(at), round(path.incidents(at), 5), round(path.loved(at), 5),
            round(path.resolves_well(at), 5), capacity,
        )
        for month in range(scenario.months)
        for at in (add_months(scenario.start, month, scenario.tz),)
    )  # fmt: skip


def _referrals(world: World) -> tuple[TrueReferral, ...]:
    links = sorted(world.referred.values(), key=lambda link: (link.clicked_at, link.referee))
    keys = [person.key for person in world.people]
    return tuple(
        TrueReferral(keys[x.referrer], keys[x.referee], x.code, x.clicked_at, x.order_id, x.is_new)
        for x in links
    )


def _products(world: World) -> tuple[TrueProduct, ...]:
    sold = sorted(world.goods)
    return tuple(TrueProduct(product, *goods(world, product)) for product in sold)


def _person(world: World, who: int, ring: int | None, rungs: str) -> TruePerson:
    person, standing = world.people[who], world.standing[who]
    referrer = standing.referred_by
    return TruePerson(
        key=person.key,
        customer_id=person.customer_id,
        anonymous_ids=tuple(device_name(person, n + 1) for n in range(standing.device)),
        phone=person.card.e164,
        email=person.card.email,
        arrived_at=standing.arrived_at,
        bought_at=standing.bought_at,
        done_at=standing.done_at,
        enrolled_at=standing.enrolled_at,
        channel=standing.channel,
        ordered=standing.ordered,
        delivered=standing.delivered,
        enrolled=standing.enrolled,
        referred_by=None if referrer is None else world.people[referrer].key,
        ring=ring,
        friends=tuple(world.people[friend].key for friend in world.friends[who]),
        traits=person.traits,
        levels=rungs,
    )
