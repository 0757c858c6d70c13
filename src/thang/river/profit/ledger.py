"""What is tallied of each customer, and what each of them left after all that was spent on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag

import numpy as np

from thang.model import Cost
from thang.policy.aims import Costs
from thang.river.lifetime.rows import Float64
from thang.river.tables import Int16, Int64

KINDS = tuple(cost.name.lower() for cost in Cost)
SPENT = ("discount", "shipping", "gift")  # taken as recorded; nothing stands in for them
SERVED = ("return", "contact", "support")  # what a customer asks for besides the goods


class Filled(IntFlag):
    """What stands in for a cost that nobody recorded, or that it is left out. Bits of one number
    with `lifetime.scoring.Note`.
    """

    MARGIN_OF_POLICY = 64  # goods: by the policy's margin
    MARGIN_SEEN = 128  # goods: by the margin of the revenue whose cost is recorded
    MARGIN_UNKNOWN = 256  # goods: not known, so no profit is told
    ACQUISITION_OF_POLICY = 512
    ACQUISITION_SEEN = 1024  # the mean of those recorded
    ACQUISITION_UNKNOWN = 2048  # left out
    PRICED = 4096  # fees, parcels refused, messages or minutes by the policy's prices
    UNPRICED = 8192  # there are such, and nothing says what they cost: left out


@dataclass(frozen=True)
class Tallied:
    """One row a person; money is minor units. `years` since the first order; `squares`: the sum of
    the squared money of order days; `costs` has an array for each of `KINDS`.
    """

    person: Int64
    years: Float64
    orders: Float64
    revenue: Float64
    costed: Float64
    squares: Float64
    minutes: Float64
    contacts: Float64
    refused: Float64
    costs: Mapping[str, Float64]

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True)
class Sums:
    """The shop's totals; `recorded`: people with a cost of each kind."""

    revenue: float
    costed: float
    costs: Mapping[str, float]
    recorded: Mapping[str, int]


@dataclass(frozen=True)
class Prices:
    """What stands in where a person's costs are missing; 0 where they are recorded or unknown.

    `margin` and `acquisition` are None where unknown; `seen` says that they were learnt from the
    shop's own records, not given by the policy. `kept`: the share of revenue left after goods, as
    far as known. `missing`: kinds of cost of which there is neither a record nor a price.
    """

    margin: float | None
    margin_seen: bool
    costed_share: float
    acquisition: float | None
    acquisition_seen: bool
    acquired: int
    fee_share: float
    refused: float
    contact: float
    minute: float
    kept: float
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Account:
    """What each person left: `total` to this day before acquisition, NaN where what
    goods cost is unknown; `serving`: what of it was spent on serving them.
    """

    total: Float64
    serving: Float64
    acquisition: Float64
    filled: Int16


def prices_of(sums: Sums, costs: Costs, minor: int) -> Prices:
    """What stands in, by the policy or else by the shop's own records.

    `minor`: minor units in one unit of the currency. A kind of cost that the shop records for
    anybody counts as recorded for everybody; goods and acquisition are told customer by customer.
    """
    margin, margin_seen = _margin(sums, costs)
    acquired = sums.recorded.get("acquisition", 0)
    acquisition = None if costs.acquisition is None else float(costs.acquisition) * minor
    if acquisition is None and acquired:
        acquisition = sums.costs["acquisition"] / acquired
    given = {
        "fee": costs.fee_share, "return": costs.delivery_refused,
        "contact": costs.contact, "support": costs.minute,
    }  # fmt: skip
    price = {
        kind: 0.0 if number is None or sums.recorded.get(kind) else float(number)
        for kind, number in given.items()
    }
    known = {kind for kind, number in given.items() if number is not None}
    known |= {kind for kind in KINDS if sums.recorded.get(kind)}
    known |= {"goods"} if margin is not None else set()
    known |= {"acquisition"} if acquisition is not None else set()
    return Prices(
        margin, margin_seen, sums.costed / sums.revenue if sums.revenue > 0 else 0.0,
        acquisition, costs.acquisition is None and bool(acquired), acquired,
        price["fee"], price["return"] * minor, price["contact"] * minor, price["support"] * minor,
        min(max(margin, 0.05), 1.0) if margin is not None else 1.0,
        tuple(kind for kind in KINDS if kind not in known),
    )  # fmt: skip


def _margin(sums: Sums, costs: Costs) -> tuple[float | None, bool]:
    """The margin after the cost of goods, and whether it was seen rather than given."""
    if costs.margin is not None:
        return float(costs.margin), False
    if sums.costed <= 0 or sums.costs["goods"] <= 0:
        return None, False
    return 1 - sums.costs["goods"] / sums.costed, True


def account(of: Tallied, prices: Prices) -> Account:
    """Everybody's account. Refunds have left the revenue already, and are not taken off again."""
    goods, filled = _goods(of, prices)
    fee = of.costs["fee"] + prices.fee_share * np.maximum(of.revenue, 0)
    serving = sum((of.costs[kind] for kind in SERVED), np.zeros(len(of)))
    priced = of.refused * prices.refused + of.contacts * prices.contact + of.minutes * prices.minute
    serving = serving + priced
    spent = sum((of.costs[kind] for kind in SPENT), np.zeros(len(of)))
    acquisition, more = _acquisition(of, prices)
    filled |= more | np.where(
        (priced > 0) | (fee > of.costs["fee"]), Filled.PRICED, 0
    ) | _unpriced(of, prices)  # fmt: skip
    total = of.revenue - goods - fee - serving - spent
    return Account(total, serving, acquisition, filled.astype(np.int16))


def _goods(of: Tallied, prices: Prices) -> tuple[Float64, Int64]:
    """What the goods cost; NaN for all where nothing says what any goods cost."""
    if prices.margin is None:
        return np.full(len(of), np.nan), np.full(len(of), int(Filled.MARGIN_UNKNOWN))
    open_revenue = of.revenue - of.costed
    missing = open_revenue > 0
    bit = Filled.MARGIN_SEEN if prices.margin_seen else Filled.MARGIN_OF_POLICY
    more = np.where(missing, open_revenue * (1 - prices.margin), 0.0)
    return of.costs["goods"] + more, np.where(missing, int(bit), 0)


def _acquisition(of: Tallied, prices: Prices) -> tuple[Float64, Int64]:
    """What winning each of them cost; 0 where it is unknown, and for whom was never won."""
    recorded = of.costs["acquisition"]
    missing = (recorded <= 0) & (of.orders > 0)
    if prices.acquisition is None:
        return recorded, np.where(missing, int(Filled.ACQUISITION_UNKNOWN), 0)
    seen = prices.acquisition_seen
    bit = Filled.ACQUISITION_SEEN if seen else Filled.ACQUISITION_OF_POLICY
    return np.where(missing, prices.acquisition, recorded), np.where(missing, int(bit), 0)


def _unpriced(of: Tallied, prices: Prices) -> Int64:
    """Whose parcels, messages or minutes cost something that nobody knows."""
    unknown = np.zeros(len(of), np.bool_)
    for kind, count in (("return", of.refused), ("contact", of.contacts), ("support", of.minutes)):
        if kind in prices.missing:
            unknown |= count > 0
    return np.where(unknown, int(Filled.UNPRICED), 0)
