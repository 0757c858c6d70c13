"""Campaigns as they are run: who is treated, by a coin or by staff, and what it leads to."""

from __future__ import annotations

from thang.model import DAY, SECOND
from thang.simulate import costs
from thang.simulate.agenda import Act
from thang.simulate.effects import REMEMBERED_DAYS, Campaign, effect_on, left
from thang.simulate.instants import HOUR, add_months
from thang.simulate.world import Assigned, World


def expect_campaigns(world: World) -> None:
    """Put the scenario's campaigns on the agenda."""
    scenario = world.scenario
    for number, campaign in enumerate(scenario.campaigns):
        at = add_months(scenario.start, campaign.month, scenario.tz)
        world.due(at + 3 * HOUR, Act.CAMPAIGN, 0, number)


def run(world: World, _: int, at: int, number: int) -> None:
    """Decide about every customer, write to who is treated, and note it in the truth."""
    campaign, dials = world.scenario.campaigns[number], world.scenario.dials
    mean_price = dials.price_sensitive_a / (dials.price_sensitive_a + dials.price_sensitive_b)
    for who, standing in enumerate(world.standing):
        if not standing.delivered or standing.done_at is not None or not standing.consents:
            continue
        traits = world.people[who].traits
        effect = effect_on(campaign, traits, mean_price)
        treated = _chosen(world, who, campaign)
        world.assigned.append(Assigned(campaign.name, who, at, treated, effect))
        if treated:
            sent = at + world.aside.below(6 * 3600) * SECOND
            costs.written_to(world, who, sent, campaign.name)
            standing.treated_at, standing.effect = sent, effect
            _order_more(world, who, sent, effect)


def meet(world: World, who: int, at: int, effect: float, name: str) -> bool:
    """Somebody gets a message of the shop's, which does to them what it does; whether they care.

    For whoever lives the shop day by day and decides whom to write to.
    """
    standing = world.standing[who]
    if not standing.delivered or standing.done_at is not None:
        return False
    costs.written_to(world, who, at, name)
    standing.treated_at, standing.effect = at, effect
    _order_more(world, who, at, effect)
    return True


def _chosen(world: World, who: int, campaign: Campaign) -> bool:
    """By the coin; or by staff, who like those who buy often."""
    if not campaign.observed:
        return world.aside.chance(campaign.coin)
    return world.aside.chance(0.9 if world.standing[who].delivered >= 3 else 0.1)


def _order_more(world: World, who: int, sent: int, effect: float) -> None:
    """Orders that would not have been: as often as the effect says, thinned as it fades."""
    extra = world.people[who].traits.orders * effect
    at = sent
    while extra > 0.0:
        found = world.days.next_busy(at, extra, world.aside)
        if found is None or found - sent > REMEMBERED_DAYS * DAY:
            return
        at = found
        if world.aside.chance(left(at - sent)):
            world.due(at, Act.EXTRA_ORDER, who)


def skips(world: World, who: int, at: int) -> bool:
    """Whether an order that would have been is left out, because a campaign annoyed."""
    standing = world.standing[who]
    if standing.treated_at is None or standing.effect >= 0.0 or at < standing.treated_at:
        return False
    return world.aside.chance(-standing.effect * left(at - standing.treated_at))
