"""A table with one order, or one event, a row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from thang.model import DAY, Event, Gathered, Refused
from thang.river.bars import THREE_DECIMALS, ZERO_DECIMALS
from thang.river.events import stored_kind
from thang.sources.formats import Format
from thang.sources.people import identifiers, masked
from thang.sources.values import Dates, amount

TIMELY = ("order_completed", "order_delivered", "order_cancelled", "order_refunded")
KEPT = ("product", "quantity", "country", "status")


def decimals_of(currency: str) -> int:
    """Digits after the point of a currency's whole unit."""
    return 0 if currency in ZERO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


@dataclass(frozen=True)
class Reading:
    """How the rows of one file are read: its format, its columns, and what was learnt of them."""

    format: Format
    places: Mapping[str, int]
    header: Sequence[str]
    source: str
    dates: Dates
    currency: str
    currencies: frozenset[str]
    comma: bool | None
    region: str | None
    now: int

    def cell(self, cells: Sequence[str], role: str) -> str:
        """The text of a role in a row, or nothing."""
        place = self.places.get(role)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    def refused(self, where: str, cells: Sequence[str], reason: str, rows: int = 1) -> Gathered:
        """A row that is kept with the reason for which it is no event."""
        raw = json.dumps(dict(zip(self.header, cells, strict=False)), ensure_ascii=False)
        return Gathered(rows, (), Refused(self.source, where, reason, WHY[reason], raw))


WHY = {
    "encoding": "It holds bytes that do not fit the file's encoding: save the file as UTF-8.",
    "cell_too_long": "A cell is longer than 32,000 characters: shorten it.",
    "cells": "Its quotes do not close: check the row in the file.",
    "columns": "It has not as many cells as the header has columns: check its delimiters.",
    "date": "Its date cannot be read one way: write YYYY-MM-DD, or give date_format in --map.",
    "future": "Its date lies in the future: correct it.",
    "amount": "Its amount cannot be read: write digits, with one sign for decimals.",
    "negative_amount": "An order cannot be worth less than nothing: mark it as a refund.",
    "currency": "Its currency has no rate: add it under shop.rates in policy.yaml.",
    "no_identifier": "It names nobody: a customer id, a phone or an e-mail is needed.",
    "no_customer": "The line has no customer, and guests cannot be told apart.",
    "quantity": "Its quantity cannot be read: write a whole number.",
    "stock_correction": "A negative quantity outside a cancellation is a correction of stock.",
    "adjustment": "It is an adjustment of the books, not an order.",
    "refund_without_order": "No earlier order of this customer holds what is given back.",
    "description": "It describes the columns and is no order.",
    "no_order": "It belongs to no order: its order number is missing.",
    "unpaid": "It is not paid for yet: bring the file again when it is.",
    "json": "The line is no JSON object: check it.",
    "no_event": "A track call needs an event's name.",
    "type": "This type of call is not known.",
    "too_large": "It is larger than 32 KB: send less with each event.",
    "deep": "It holds lists within lists, more than 64 deep: flatten it.",
}


def read_rows(rows: Iterator[tuple[str, list[str], str]], reading: Reading) -> Iterator[Gathered]:
    """Each row's event, or its refusal."""
    seen: Counter[str] = Counter()
    for where, cells, wrong in rows:
        if wrong:
            yield reading.refused(where, cells, wrong)
            continue
        yield one_row(where, cells, reading, seen)


def one_row(where: str, cells: list[str], reading: Reading, seen: Counter[str]) -> Gathered:
    """One row: its order and what its status says, its event, or why it is neither."""
    cell: Callable[[str], str] = lambda role: reading.cell(cells, role)  # noqa: E731
    at = reading.dates.instant(cell("at"))
    if at is None or at < 0:
        return reading.refused(where, cells, "date")
    if at > reading.now + DAY:
        return reading.refused(where, cells, "future")
    who = identifiers(cell("customer_id"), cell("phone"), cell("email"), reading.region)
    if not who:
        return reading.refused(where, cells, "no_identifier")
    currency = cell("currency").upper() or reading.currency
    if currency not in reading.currencies:
        return reading.refused(where, cells, "currency")
    money = _money(cells, reading, decimals_of(currency))
    if isinstance(money, str):
        return reading.refused(where, cells, money)
    kind = stored_kind(cell("kind")) if cell("kind") else reading.format.kind
    event = Event(
        source=reading.source,
        kind=kind,
        at=at,
        identifiers=who,
        message_id=cell("message_id") or None,
        ref=cell("order_id") or _own_ref(kind, who[0].value, cell("at"), seen),
        amount=money,
        currency=currency if money is not None else "",
        grade=_grade(cell("grade")),
        finality=reading.format.finality,
        personal=_personal(reading, cells),
        properties=_properties(reading, cells),
    )
    return Gathered(1, _with_status(event, cell("status"), reading.format))


def _own_ref(kind: str, who: str, at: str, seen: Counter[str]) -> str:
    """A purchase without a number is an order of its own: the nth of that person and date."""
    if not kind.startswith("order_"):
        return ""
    key = f"{who}:{at}"
    seen[key] += 1
    return f"{key}:{seen[key]}"


def _money(cells: Sequence[str], reading: Reading, decimals: int) -> int | str | None:
    """Net of tax and shipping where the row tells them; a reason where it cannot be read."""
    text = reading.cell(cells, "amount")
    if not text:
        return None
    total = amount(text, decimals, reading.comma)
    if total is None:
        return "amount"
    for role in ("tax", "shipping"):
        part = reading.cell(cells, role)
        off = amount(part, decimals, reading.comma) if part else 0
        if off is None:
            return "amount"
        total -= off
    return total if total >= 0 else "negative_amount"


def _grade(text: str) -> int:
    return int(float(text)) if text.replace(".", "", 1).isdigit() else 0


def _personal(reading: Reading, cells: Sequence[str]) -> dict[str, str]:
    roles = ("name", "phone", "email", "address", "note")
    return {role: text for role in roles if (text := reading.cell(cells, role))}


def _properties(reading: Reading, cells: Sequence[str]) -> dict[str, object]:
    found: dict[str, object] = {
        role: text[:500] for role in KEPT if (text := reading.cell(cells, role))
    }
    if any(masked(reading.cell(cells, role)) for role in ("phone", "email", "name")):
        found["masked"] = True
    return found


def _with_status(event: Event, status: str, form: Format) -> tuple[Event, ...]:
    """The order, and what its status says became of it: at the same instant, for want of one."""
    plain = status.casefold()
    for kind, words in form.statuses.items():
        if event.kind == "order_completed" and any(word.casefold() in plain for word in words):
            after = replace(
                event, kind=kind, message_id=None, amount=None, currency="", personal={}
            )  # fmt: skip
            return (event, after)
    return (event,)
