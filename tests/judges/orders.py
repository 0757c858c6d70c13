"""What became of each order, and which days of buying count at a moment (rulings 5 to 9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from thang.model import DAY, Flag
from thang.policy.schema import Policy
from thang.river.events import ORDER_KINDS

from .calendar import Moment, day_of
from .rows import Row

PLACING = ("order_completed", "order_updated", "order_delivered")
UNDOING = ("order_cancelled", "order_delivery_failed", "chargeback")
REFUND = "order_refunded"


@dataclass(frozen=True, slots=True)
class Part:
    """One order as it was lived, from the instant at which it counts.

    `money` lists what is left of it and since when; `voided_at` is None while it stands.
    """

    ref: int
    seq: int
    placed_at: int
    placed_day: int
    counts_at: int
    money: tuple[tuple[int, int], ...]
    voided_at: int | None

    def lives(self, moment: Moment) -> bool:
        """Whether it counts and is not undone, as far as the moment sees."""
        undone = self.voided_at is not None and moment.sees(self.voided_at)
        return moment.sees(self.counts_at) and not undone

    def left(self, moment: Moment) -> int:
        """Its net money at the moment, in minor units."""
        return [amount for since, amount in self.money if moment.sees(since)][-1]


@dataclass(frozen=True, slots=True)
class DayOrder:
    """All living parts that were placed on one shop day: they count as one order."""

    date: int
    parts: tuple[Part, ...]


def parts_of(line: Sequence[Row], policy: Policy) -> list[Part]:
    """Every order of one person's line (in time) that ever counts."""
    told: dict[tuple[int, int], list[Row]] = {}
    for row in line:
        if row.kind in ORDER_KINDS:
            told.setdefault((row.ref, 0 if row.ref else row.seq), []).append(row)
    parts = (_part(rows, policy) for rows in told.values())
    return [part for part in parts if part is not None]


def _part(rows: list[Row], policy: Policy) -> Part | None:
    placing = [row for row in rows if row.kind in PLACING]
    counts_at = _counts_at(placing, policy) if placing else None
    if counts_at is None:
        return None
    left = _left_at_first([row for row in rows if row.at <= counts_at])
    if left is None:
        return None
    amount_known = any(_gives_amount(row) and row.at <= counts_at for row in placing)
    later = [row for row in rows if row.at > counts_at]
    money, voided_at = _afterwards(left, later, amount_known)
    first = placing[0]
    return Part(
        ref=first.ref,
        seq=first.seq,
        placed_at=first.at,
        placed_day=day_of(first.at, policy.shop.tz),
        counts_at=counts_at,
        money=((counts_at, left), *money),
        voided_at=voided_at,
    )


def _counts_at(placing: list[Row], policy: Policy) -> int | None:
    first = placing[0]
    window = policy.shop.return_window_days * DAY
    if first.flags & Flag.FINAL:
        return first.at
    if not first.flags & Flag.DELIVERED:
        return first.at + window
    delivered = [row.at for row in placing if row.kind == "order_delivered"]
    return delivered[0] + window if delivered else None


def _gives_amount(row: Row) -> bool:
    return row.kind in PLACING and bool(row.flags & Flag.AMOUNT)


def _left_at_first(rows: list[Row]) -> int | None:
    """What is left when it begins to count, from all that is known then; None: it never counts."""
    amounts = [max(0, row.amount) for row in rows if _gives_amount(row)]
    left = amounts[0] if amounts else 0
    for row in rows:
        if row.kind in UNDOING:
            return None
        if row.kind == REFUND:
            left -= _refunded(row, left)
            if left == 0:
                return None
    return left


def _afterwards(
    left: int, rows: list[Row], amount_known: bool
) -> tuple[list[tuple[int, int]], int | None]:
    """How its money went on, and when it was voided."""
    money: list[tuple[int, int]] = []
    for row in rows:
        if row.kind in UNDOING:
            return money, row.at
        if row.kind == REFUND:
            left -= _refunded(row, left)
            if left == 0:
                return money, row.at
        elif _gives_amount(row) and not amount_known:
            # The past stays as it was lived: the order was worth nothing until it was said.
            amount_known = True
            left += max(0, row.amount)
        money.append((row.at, left))
    return money, None


def _refunded(row: Row, left: int) -> int:
    if not row.flags & Flag.AMOUNT:
        return left
    return min(max(0, row.amount), left)


def living_day_orders(parts: Iterable[Part], moment: Moment) -> list[DayOrder]:
    """The orders that count at a moment, same-day ones merged, by their dates (ruling 8)."""
    days: dict[int, list[Part]] = {}
    for part in parts:
        if part.lives(moment):
            days.setdefault(part.placed_day, []).append(part)
    merged = [DayOrder(min(p.counts_at for p in ps), tuple(ps)) for ps in days.values()]
    return sorted(merged, key=lambda order: order.date)
