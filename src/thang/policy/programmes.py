"""Programmes of a shop as data: points, privileges, referral rewards.

Money is whole units of the shop's currency. What they do is in `thang.river.programmes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Points:
    """How points are earned, what they are worth and how long they hold. None: they are not."""

    money_per_point: Fraction | None = None
    worth: Fraction | None = None
    least: int = 100
    expire_months: int = 12
    month_end: bool = True
    voucher_days: int = 90
    times: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReferralRewards:
    """What both sides of a referral get, when, and which referrals are looked at by people."""

    reward: str = "voucher"  # points | voucher
    referrer: int = 0
    friend: int = 0
    after_orders: int = 1
    voucher_days: int = 90
    most_per_month: int = 5
    ring: int = 4


@dataclass(frozen=True, slots=True)
class Programmes:
    """Everything of the shop's programmes."""

    points: Points = field(default_factory=Points)
    privileges: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    referral: ReferralRewards = field(default_factory=ReferralRewards)
