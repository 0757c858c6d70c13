"""The facts that say how things stand: place, groups, value, open things, consent, the shop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from thang.policy.aims import GROUPS
from thang.policy.playbook.fact import SHOP, Fact, What
from thang.policy.schema import Where

# The rungs of the default ladder; a shop with another one loads the playbook with its own.
LEVELS = ("lead", "shopper", "customer", "member", "premier", "advocate", "raving_fan")
# What one may agree to; `named`: to be named in public.
CONSENTS = ("email", "messenger", "zalo_oa", "zns", "sms", "call", "audience", "named")


def level_facts(levels: Iterable[str]) -> Iterator[Fact]:
    """`is_member` and `holds_member` for each level."""
    for key in levels:
        yield Fact(f"is_{key}", What.ON, f"Whether their level is `{key}`.", of=key)
        yield Fact(f"holds_{key}", What.HOLDS, f"Whether they hold the rung `{key}`.", of=key)


def _said(what: What, scope: str, **says: str) -> tuple[Fact, ...]:
    return tuple(Fact(name, what, text, of=name, scope=scope) for name, text in says.items())


PLACES = _said(
    What.PLACE, "person",
    level="Number of their level, 0 the lowest.",
    observed="Number of the level that they would have without holds and grace.",
    days_on_level="Days since they came to their level.",
    pressure="Whether they hold a level that they would no longer earn.",
    days_to_change="Days until they lose the level if they do nothing; unknown if they do not.",
    gap="Usual days between two orders: theirs, or the shop's.",
    bar_share="Net spend within the shop's window as a share of the Premier bar.",
    usual_order="Their mean money an order, in minor units; unknown without an order.",
    days_known="Days since they were first heard of.",
)  # fmt: skip
GROUP_FACTS = tuple(
    fact
    for key in GROUPS
    for fact in (
        Fact(f"in_{key}", What.MEMBER, f"Whether they are in the group `{key}`.", of=key),
        Fact(f"{key}_score", What.SCORE, f"The chance that they are of the group `{key}`.", of=key),
    )
)
VALUES = _said(
    What.VALUE, "person",
    value="What they will bring within the policy's horizon, in minor units.",
    profit="What they leave a year after all costs, in minor units.",
    alive="The chance that they will buy again.",
    barnacle="Whether they are Member or above and cost more than they bring.",
)  # fmt: skip
STATES = _said(
    What.STATE, "person",
    waiting_minutes="Minutes their oldest unanswered message of a week waits; 0 if none does.",
    referred="Whether somebody referred them.",
    anger_risk="The chance that they do not forgive a failure: 1 less the mean of that trait.",
)  # fmt: skip
OPENS = (
    Fact("enrolled", What.OPEN, "Whether they are in the programme.", ("membership_joined",),
         ("membership_left",), by="person", lasting=True),
    Fact("open_tickets", What.OPEN, "Their tickets that are not solved.", ("ticket_opened",),
         ("ticket_resolved",), lasting=True),
    Fact("open_severe", What.OPEN, "Those of severity 2 or 3.", ("ticket_opened",),
         ("ticket_resolved",), where=Where(grade_min=2), lasting=True),
    Fact("open_wishes", What.OPEN, "Their wishes that no version has fulfilled.",
         ("feature_requested",), ("version_announced",), lasting=True),
    Fact("fraud_hold", What.OPEN, "Whether they are under a fraud hold.", ("fraud_hold_set",),
         ("fraud_hold_lifted",), by="person", lasting=True),
    Fact("insider", What.OPEN, "Whether they are staff or a reseller.", ("insider_marked",),
         ("insider_unmarked",), by="person", lasting=True),
)  # fmt: skip
CONSENT_FACTS = (
    *(
        Fact(f"consent_{key}", What.CONSENT, f"Whether they agreed to advertising: {key}.", of=key)
        for key in CONSENTS[:-1]
    ),
    Fact("consent_named", What.CONSENT, "Whether they agreed to be named.", of="named"),
    Fact("consent_any", What.CONSENT, "Whether they agreed to advertising on any channel.", of=""),
)
SHOP_FACTS = _said(
    What.SHOP, SHOP,
    stage="The stage of the shop, 1 to 5; unknown while it is.",
    launched="Whether the shop has launched.",
    days_since_launch="Days since the launch.",
    gate_open="Whether the gate for the viral ones is open.",
    gate_readiness="How much of the gate is passed, 0 to 1.",
    programme="Whether there is a membership programme.",
    shop_people="People known.",
    shop_buyers="People with an order that counts.",
    shop_fans="People on the highest level.",
    shop_valuable="People in the group `valuable`.",
    shop_waiting="People whose message has waited more than ten minutes.",
    shop_margin="Share of revenue left after the goods; unknown where it is not recorded.",
    capacity_share="Orders of the last 30 days as a share of what the shop can serve a month.",
    selling_channels="Sources with an order in the last 90 days.",
    unified_share="Share of those orders whose person is known by phone or email.",
    focus_share="Share of the last 30 days' messages that went to the stage's own group.",
    acquisition_share="Share of the last 30 days' costs of contact that went for new customers.",
    care_share="Share of the last 90 days' minutes of help given to the valuable and profitable.",
    cac="Mean cost of winning a customer in the last 90 days, in minor units.",
    newcomer_value="Mean value of who first bought within a year, in minor units.",
    cac_change="That cost over the one of the 90 days before.",
    minutes_change="Minutes of help an order in the last 90 days over those of the 90 before.",
)  # fmt: skip
OWN_FACTS = (
    Fact("days_enrolled", What.OWN, "Days since this enrolment.", of="days_enrolled"),
    Fact("own_uplift", What.OWN,
         "What this strategy adds to the share of successes, as measured; unknown before.",
         of="own_uplift"),
    Fact("closed_pushes", What.OWN, "Messages since the enrolment to people of the group `viral` "
         "by strategies that need the gate, while it was closed.", of="closed_pushes", scope=SHOP),
)  # fmt: skip
SINCE_ORDER = Fact(
    "days_since_order", What.SINCE_ORDER, "Days since their last order that counts was placed."
)

STANDINGS: tuple[Fact, ...] = (
    *level_facts(LEVELS), *PLACES, SINCE_ORDER, *GROUP_FACTS, *VALUES, *OPENS, *STATES,
    *CONSENT_FACTS, *SHOP_FACTS, *OWN_FACTS,
)  # fmt: skip
