"""What the default policy's quantities are called; one that a shop added keeps its own name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thang.policy.schema import Measure, Quantity
from thang.web.words.marking import N_

NAMES: Mapping[str, str] = {
    "strong_acts": N_("Clear signs of interest"),
    "weak_acts": N_("Light signs of interest"),
    "weak_days": N_("Days with a light sign of interest"),
    "orders_ever": N_("Orders ever"),
    "orders": N_("Orders"),
    "spend": N_("Money spent"),
    "enrolled": N_("Joined the membership programme"),
    "open_channels": N_("Channels with consent to be written to"),
    "referrals": N_("People brought who bought"),
    "advocacy_points": N_("Points for advocacy"),
    "advocacy_days": N_("Days with an act of advocacy"),
    "outward_points": N_("Points for telling others"),
    "outward_months_of_6": N_("Months with telling others, of the last 6"),
    "outward_months_of_3": N_("Months with telling others, of the last 3"),
    "severe_tickets": N_("Severe complaints still open"),
    "negative_reviews": N_("Bad public reviews"),
    "public_complaints": N_("Public complaints"),
    "since_order": N_("Days since the last order"),
    "gap": N_("Usual days between orders"),
    "fraud_hold": N_("Held for suspected fraud"),
    "insider": N_("Works for the shop"),
    "premier_bar": N_("Bar of the Premier level"),
    "median_member_spend": N_("What a member usually spends"),
    "buyers": N_("Buyers of the shop"),
    "own_bar": N_("Bar at which the level was earned"),
}

MONEY = frozenset({Measure.SPEND, Measure.SUM, Measure.BAR, Measure.OWN_BAR})
DAYS = frozenset({Measure.SINCE_ORDER, Measure.GAP})


@dataclass(frozen=True, slots=True)
class Said:
    """How to speak of a quantity: a message, what its numbers are, and over how many days."""

    message: str
    unit: str  # "money", "days", "switch" or "count"
    within: int | None


def said(quantity: Quantity, window_days: int) -> Said:
    """The words for a quantity under a policy whose window W has so many days."""
    within = window_days if quantity.within == "W" else quantity.within
    return Said(
        message=NAMES.get(quantity.name, quantity.name.replace("_", " ")),
        unit=_unit(quantity),
        within=within if isinstance(within, int) else None,
    )


def _unit(quantity: Quantity) -> str:
    if quantity.measure in MONEY and quantity.name != "buyers":
        return "money"
    if quantity.measure in DAYS:
        return "days"
    if quantity.measure is Measure.OPEN and quantity.by == "person":
        return "switch"
    return "count"
