"""What the default policy's quantities are called; one that a shop added keeps its own name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thang.policy.schema import Measure, Quantity
from thang.web.words.catalogue import noted

NAMES: Mapping[str, str] = {
    "strong_acts": noted("Clear signs of interest"),
    "weak_acts": noted("Light signs of interest"),
    "weak_days": noted("Days with a light sign of interest"),
    "orders_ever": noted("Orders ever"),
    "orders": noted("Orders"),
    "spend": noted("Money spent"),
    "enrolled": noted("Joined the membership programme"),
    "open_channels": noted("Channels with consent to be written to"),
    "referrals": noted("People brought who bought"),
    "advocacy_points": noted("Points for advocacy"),
    "advocacy_days": noted("Days with an act of advocacy"),
    "outward_points": noted("Points for telling others"),
    "outward_months_of_6": noted("Months with telling others, of the last 6"),
    "outward_months_of_3": noted("Months with telling others, of the last 3"),
    "severe_tickets": noted("Severe complaints still open"),
    "negative_reviews": noted("Bad public reviews"),
    "public_complaints": noted("Public complaints"),
    "since_order": noted("Days since the last order"),
    "gap": noted("Usual days between orders"),
    "fraud_hold": noted("Held for suspected fraud"),
    "insider": noted("Works for the shop"),
    "premier_bar": noted("Bar of the Premier level"),
    "median_member_spend": noted("What a member usually spends"),
    "buyers": noted("Buyers of the shop"),
    "own_bar": noted("Bar at which the level was earned"),
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
