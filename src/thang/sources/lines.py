"""A table of line items: gathered into orders, and cancelled lines into refunds of their orders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from thang.model import DAY, Event, Gathered
from thang.sources.people import identifiers
from thang.sources.rows import Reading, decimals_of
from thang.sources.values import amount


@dataclass(slots=True)
class Line:
    """One item as read: what is left of it may be given back later."""

    where: str
    cells: list[str]
    order: str
    product: str
    quantity: int
    money: int
    at: int
    customer: str


@dataclass(slots=True)
class Order:
    """The lines of one order number, in the order of the file."""

    number: str
    lines: list[Line] = field(default_factory=list)

    @property
    def at(self) -> int:
        """When its first line was bought."""
        return min(line.at for line in self.lines)

    @property
    def customer(self) -> str:
        """Who bought it."""
        return self.lines[0].customer


def read_lines(rows: Iterator[tuple[str, list[str], str]], reading: Reading) -> Iterator[Gathered]:
    """Orders in time, then what was given back of them; refused lines as they come."""
    orders: dict[str, Order] = {}
    cancelled: dict[str, Order] = {}
    for where, cells, wrong in rows:
        line = wrong or _line(where, cells, reading)
        if isinstance(line, str):
            yield reading.refused(where, cells, line)
            continue
        given_back = reading.format.cancel_prefix and line.order.startswith(
            reading.format.cancel_prefix
        )
        if not given_back and line.quantity <= 0:
            yield reading.refused(where, cells, "stock_correction")
            continue
        into = cancelled if given_back else orders
        into.setdefault(line.order, Order(line.order)).lines.append(line)
    for order in sorted(orders.values(), key=lambda o: o.at):
        yield Gathered(len(order.lines), (_order_event(order, reading),))
    yield from _refunds(orders, cancelled, reading)


def _line(  # noqa: PLR0911 - each return is a reason of its own
    where: str, cells: list[str], reading: Reading
) -> Line | str:
    """One line, or the reason for which it is none."""
    form = reading.format
    number = reading.cell(cells, "order_id")
    at = reading.dates.instant(reading.cell(cells, "at"))
    if at is None or at < 0:
        return "date"
    if at > reading.now + DAY:
        return "future"
    if form.adjust_prefix and number.startswith(form.adjust_prefix):
        return "adjustment"
    who = identifiers(reading.cell(cells, "customer_id"))
    customer = who[0].value if who else ""
    if not customer and form.guests == "refuse":
        return "no_customer"
    try:
        quantity = int(float(reading.cell(cells, "quantity")))
    except ValueError:
        return "quantity"
    product = reading.cell(cells, "product")
    price = amount(reading.cell(cells, "price"), decimals_of(reading.currency) + 3, reading.comma)
    if price is None:
        return "amount"
    free = product in form.shipping or product in form.worthless
    # Prices are read a thousandth finer than the currency, since a price may be.
    money = 0 if free or price < 0 else round(abs(quantity) * price / 1000)
    return Line(where, cells, number, product, quantity, money, at, customer)


def _order_event(order: Order, reading: Reading) -> Event:
    line = order.lines[0]
    return Event(
        source=reading.source,
        kind="order_completed",
        at=order.at,
        identifiers=identifiers(order.customer or f"guest:{order.number}"),
        message_id=order.number,
        ref=order.number,
        amount=sum(line.money for line in order.lines),
        currency=reading.currency,
        finality=reading.format.finality,
        properties={
            "lines": len(order.lines),
            "pieces": sum(line.quantity for line in order.lines),
            "country": reading.cell(line.cells, "country"),
        },
    )


def _refunds(
    orders: dict[str, Order], cancelled: dict[str, Order], reading: Reading
) -> Iterator[Gathered]:
    """Cancelled lines find the customer's latest earlier order that holds as many of it."""
    held: dict[tuple[str, str], list[Line]] = {}
    for order in sorted(orders.values(), key=lambda o: o.at):
        for line in order.lines:
            held.setdefault((line.customer, line.product), []).append(line)
    for back in sorted(cancelled.values(), key=lambda o: o.at):
        found: dict[str, list[Line]] = {}
        for line in back.lines:
            bought = _bought(held.get((line.customer, line.product), ()), line)
            if bought is None:
                yield reading.refused(line.where, line.cells, "refund_without_order")
                continue
            bought.quantity -= abs(line.quantity)
            found.setdefault(bought.order, []).append(line)
        for number, lines in found.items():
            yield Gathered(len(lines), (_refund_event(back.number, number, lines, reading),))


def _bought(held: list[Line] | tuple[()], back: Line) -> Line | None:
    for line in reversed(held):
        if line.at <= back.at and line.quantity >= abs(back.quantity):
            return line
    return None


def _refund_event(back: str, order: str, lines: list[Line], reading: Reading) -> Event:
    return Event(
        source=reading.source,
        kind="order_refunded",
        at=min(line.at for line in lines),
        identifiers=identifiers(lines[0].customer),
        message_id=f"{back}:{order}",
        ref=order,
        amount=sum(line.money for line in lines),
        currency=reading.currency,
        finality=reading.format.finality,
        properties={"lines": len(lines)},
    )
