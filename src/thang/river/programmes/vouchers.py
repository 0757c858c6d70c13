"""Vouchers: what one takes off an order, and why it does not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

HUNDRED = 100


class WhyNot(StrEnum):
    """Why a voucher cannot be redeemed."""

    EARLY = "early"
    LATE = "late"
    USED = "used"
    THEIRS = "theirs"
    WHO = "who"
    ENOUGH = "enough"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Voucher:
    """An amount (minor units) or a percentage off an order of `least` or more.

    It is for `holder` alone (an identifier's number) or for anybody, `uses` times in all and
    `each` times by one person (0: as often as it has uses), from `from_at` up to `until`.
    """

    amount: int | None
    percent: int | None
    least: int
    uses: int
    each: int
    from_at: int
    until: int
    holder: int | None = None


def off(voucher: Voucher, order: int) -> int:
    """Minor units off an order: never more than the order, parts of a unit rounded down."""
    if voucher.amount is not None:
        return min(voucher.amount, order)
    return int(order * Fraction(voucher.percent or 0, HUNDRED))


def why_not(
    voucher: Voucher, order: int, numbers: Collection[int], used: int, theirs: int, now: int
) -> WhyNot | None:
    """Why this voucher cannot be redeemed now; None: it can.

    `numbers` are all identifiers of whoever redeems it, empty for somebody unknown; `used`
    how often it was redeemed, `theirs` how often by them.
    """
    if now < voucher.from_at:
        return WhyNot.EARLY
    if now >= voucher.until:
        return WhyNot.LATE
    if used >= voucher.uses:
        return WhyNot.USED
    if voucher.holder is not None and voucher.holder not in numbers:
        return WhyNot.THEIRS
    if voucher.each and not numbers:
        return WhyNot.WHO
    if voucher.each and theirs >= voucher.each:
        return WhyNot.ENOUGH
    return WhyNot.SMALL if order < max(voucher.least, 1) else None
