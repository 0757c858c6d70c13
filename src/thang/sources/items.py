"""A marketplace's order export: one item a row, what belongs to the order repeated on each.

An order is gathered from its rows, wherever they stand; what its status says became of it follows
as events of their own, under names that a later export of the same order says again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from thang.model import DAY, Event, Gathered, Identifier
from thang.sources.people import identifiers, masked
from thang.sources.rows import Reading, decimals_of
from thang.sources.values import amount

DELIVERED, CANCELLED, REFUNDED = "order_delivered", "order_cancelled", "order_refunded"
WHEN = {DELIVERED: "delivered_at", CANCELLED: "cancelled_at", REFUNDED: "cancelled_at"}
PRIVATE = ("name", "phone", "email", "address", "note")
Placed = tuple[str, list[str]]  # where a row stands, and its cells


@dataclass(frozen=True)
class Order:
    """The rows of one order."""

    number: str
    rows: Sequence[Placed]
    reading: Reading

    def said(self, role: str) -> str:
        """What the order says once: on its first row that says it; merged cells say it there."""
        found = (self.reading.cell(cells, role) for _, cells in self.rows)
        return next((text for text in found if text), "")

    def each(self, role: str) -> list[str]:
        """What every item says for itself."""
        return [self.reading.cell(cells, role) for _, cells in self.rows]

    def money(self, text: str) -> int | None:
        """An amount of the shop's currency; None where it is none."""
        return amount(text, decimals_of(self.reading.currency), self.reading.comma)


def read_items(rows: Iterator[tuple[str, list[str], str]], reading: Reading) -> Iterator[Gathered]:
    """Orders as they first come, then refused rows of orders that cannot be read."""
    orders: dict[str, list[Placed]] = {}
    number = ""
    for where, cells, wrong in rows:
        own = reading.cell(cells, "order_id")
        number = own or (number if reading.cell(cells, "product") else "")
        trouble = wrong or ("" if number else "no_order")
        if not orders and not trouble and " " in own:
            trouble = "description"
        if trouble:
            yield reading.refused(where, cells, trouble)
        else:
            orders.setdefault(number, []).append((where, cells))
    for number, placed in orders.items():
        yield from _gathered(Order(number, placed, reading))


def _gathered(order: Order) -> Iterator[Gathered]:
    told = _events(order)
    if isinstance(told, str):
        yield from (order.reading.refused(where, cells, told) for where, cells in order.rows)
    else:
        yield Gathered(len(order.rows), told)


def _events(order: Order) -> tuple[Event, ...] | str:
    """The order and what became of it, or the reason for which it is none."""
    reading, status = order.reading, order.said("status").casefold()
    if any(word.casefold() in status for word in reading.format.waiting):
        return "unpaid"
    at = reading.dates.instant(order.said("at"))
    if at is None or at < 0:
        return "date"
    if at > reading.now + DAY:
        return "future"
    who = _who(order)
    if not who:
        return "no_identifier"
    worth = _worth(order)
    if isinstance(worth, str):
        return worth
    bought = Event(
        source=reading.source, kind="order_completed", at=at, identifiers=who,
        message_id=order.number, ref=order.number, amount=worth, currency=reading.currency,
        finality=reading.format.finality, personal=_personal(order), properties=_properties(order),
    )  # fmt: skip
    return (bought, *_became(order, bought, status))


def _who(order: Order) -> tuple[Identifier, ...]:
    """A name on a platform is one of that platform alone; what is masked names nobody."""
    form, region = order.reading.format, order.reading.region
    own = order.said("customer_id")
    scoped = f"{form.scope}:{own}" if own and form.scope and not masked(own) else own
    found = identifiers(scoped, order.said("phone"), order.said("email"), region)
    if found or form.guests == "refuse":
        return found
    return identifiers(f"{form.scope or order.reading.source}:guest:{order.number}")


def _worth(order: Order) -> int | str | None:
    """Net of shipping and tax: what the order says of itself, else the sum of its items."""
    total = order.said("amount")
    if not total:
        items = [order.money(text) for text in order.each("item_amount") if text]
        return "amount" if None in items else sum(filter(None, items)) if items else None
    parts = [order.money(total), *(order.money(order.said(r) or "0") for r in ("tax", "shipping"))]
    if None in parts:
        return "amount"
    whole, *off = (part or 0 for part in parts)
    return "negative_amount" if whole < 0 else max(whole - sum(off), 0)


def _became(order: Order, bought: Event, status: str) -> Iterator[Event]:
    """Delivered, cancelled, given back: as its status, its dates and its refund say."""
    form = order.reading.format
    kinds = dict.fromkeys(
        kind for kind, words in form.statuses.items()
        if any(word.casefold() in status for word in words)
    )  # fmt: skip
    said = list(kinds)[:1]
    refund = order.money(order.said("refund") or "0") or 0
    if order.said("delivered_at") and DELIVERED not in said:
        said.insert(0, DELIVERED)
    if refund > 0 and REFUNDED not in said:
        said.append(REFUNDED)
    for kind in said:
        yield _after(order, bought, kind, refund if kind == REFUNDED else 0)


def _after(order: Order, bought: Event, kind: str, refund: int) -> Event:
    """What happened to an order, at its own date where the file has one, else at the order's."""
    reading = order.reading
    at = reading.dates.instant(order.said(WHEN.get(kind, "")))
    return Event(
        source=reading.source, kind=kind, at=max(at or 0, bought.at),
        identifiers=bought.identifiers, message_id=f"{order.number}:{kind}", ref=order.number,
        amount=refund or None, currency=reading.currency if refund else "",
        finality=reading.format.finality,
    )  # fmt: skip


def _personal(order: Order) -> dict[str, str]:
    """What the file tells of a person in full; of what is masked only a hint is kept."""
    said = {role: text for role in PRIVATE if (text := order.said(role))}
    hint = " ".join(text for text in said.values() if masked(text))
    clear = {role: text for role, text in said.items() if not masked(text)}
    return clear | ({"masked_hint": hint} if hint else {})


def _properties(order: Order) -> dict[str, object]:
    whole: Callable[[str], int] = lambda text: int(float(text)) if _is_number(text) else 0  # noqa: E731
    found: dict[str, object] = {
        "lines": len(order.rows),
        "pieces": sum(map(whole, order.each("quantity"))) or len(order.rows),
        "status": order.said("status")[:100],
        "product": order.said("product")[:500],
    }
    return {name: value for name, value in found.items() if value}


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
