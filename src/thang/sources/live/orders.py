"""An order as a platform tells it, whole, each time something happens to it: made events.

The platform repeats the order; its events bear names that say the same again, so that they are
known however often and in whatever order they come. What became of the order follows under the
same names that the platform's exported files give it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

import msgspec

from thang.model import Event, Finality, Identifier
from thang.sources.live.contract import Facts
from thang.sources.live.people import Buyer, named
from thang.sources.live.reading import UnfitError

PLACED = "order_completed"
DELIVERED, CANCELLED = "order_delivered", "order_cancelled"
REFUNDED, FAILED = "order_refunded", "order_delivery_failed"


@dataclass(frozen=True, slots=True)
class Became:
    """What became of an order: delivered, cancelled, given back in part or whole, not taken."""

    kind: str
    at: int
    amount: int | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stands. `worth`: net of tax and shipping, in minor units."""

    number: str
    at: int
    worth: int | None
    currency: str
    buyer: Buyer
    became: tuple[Became, ...] = ()
    finality: Finality = Finality.COMPLETED
    about: Mapping[str, object] = field(default_factory=dict)


def order_events(order: Order, facts: Facts) -> tuple[Event, ...]:
    """The order, and what became of it."""
    if not order.number:
        raise UnfitError("no_order")
    if order.worth is not None and order.currency not in facts.currencies:
        raise UnfitError("currency")
    if order.worth is not None and order.worth < 0:
        raise UnfitError("negative_amount")
    found = named(order.buyer, facts.region)
    who = found.who or (Identifier(f"{facts.source}:guest", order.number),)
    about = {key: value for key, value in order.about.items() if value}
    placed = Event(
        facts.source, PLACED, order.at, who, message_id=_name(order, about), ref=order.number,
        amount=order.worth, currency=order.currency if order.worth is not None else "",
        finality=order.finality, personal=found.personal, properties=about,
    )  # fmt: skip
    return (placed, *(_after(order, became, who, facts) for became in order.became))


def _name(order: Order, about: Mapping[str, object]) -> str:
    """An order that was changed is told under another name; both are of one number."""
    said = msgspec.json.encode([order.worth, order.currency, about], order="sorted")
    return f"{order.number}:placed:{blake2b(said, digest_size=6).hexdigest()}"


def _after(order: Order, became: Became, who: tuple[Identifier, ...], facts: Facts) -> Event:
    own = f":{became.id}" if became.id else ""
    money = became.amount is not None
    return Event(
        facts.source, became.kind, max(became.at, order.at), who,
        message_id=f"{order.number}:{became.kind}{own}", ref=order.number, amount=became.amount,
        currency=order.currency if money else "", finality=order.finality,
    )  # fmt: skip
