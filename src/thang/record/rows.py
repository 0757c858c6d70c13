"""What of an event goes into the log, and what of it goes into the vault."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from thang.model import Event, Finality, Flag, WrongInput
from thang.record.vault import OWN_VALUE, Field, Said

FINALITY_FLAG = {
    Finality.DELIVERED: int(Flag.DELIVERED),
    Finality.COMPLETED: 0,
    Finality.FINAL: int(Flag.FINAL),
}
_NOT_SAID_BY_RECORD = ~int(Flag.AMOUNT | Flag.DELIVERED | Flag.FINAL)


@dataclass(frozen=True, slots=True)
class Told:
    """A new event with its number in the log, its source's, and those of whom it names."""

    seq: int
    source: int
    key: bytes
    event: Event
    people: tuple[int, ...]
    others: tuple[int, ...]


def check(event: Event) -> None:
    """`WrongInput` if an event holds a number too large to keep, or personal data of nobody."""
    amount = event.amount or 0
    small = -(1 << 15) <= event.grade < 1 << 15 and 0 <= event.flags < 1 << 15
    if not small or not all(-(1 << 63) <= n < 1 << 63 for n in (event.at, amount)):
        raise WrongInput(
            f"An event of {event.source} has a time, an amount or a grade that is too large: "
            f"check which columns are mapped to them."
        )
    if event.personal and (not event.identifiers or OWN_VALUE in event.personal):
        raise WrongInput(
            f"An event of {event.source} has personal data but names nobody, or calls it "
            f"`{OWN_VALUE}`: check the mapping of its personal columns."
        )


def event_row(told: Told, kind: int, batch: int, now: int) -> dict[str, Any]:
    """The event's row in the log."""
    event = told.event
    return {
        "seq": told.seq,
        "source": told.source,
        "key": told.key,
        "at": event.at,
        "received_at": now,
        "kind": kind,
        "subject": told.people[0] if told.people else None,
        "other": told.others[0] if told.others else None,
        "ref": keepable(event.ref),
        "amount": event.amount,
        "currency": event.currency,
        "grade": event.grade,
        "flags": _flags(event),
        "properties": properties(event),
        "batch": batch,
    }


def keepable(text: str) -> str:
    """A text as every database keeps it: PostgreSQL knows no zero byte."""
    return text.replace("\0", "\ufffd")


def properties(event: Event) -> str | None:
    """The event's properties as JSON with sorted keys; None where it has none."""
    if not event.properties:
        return None
    return msgspec.json.encode(event.properties, order="sorted").decode()


def _flags(event: Event) -> int:
    """The event's own flags, with its finality and whether it gave an amount."""
    amount = 0 if event.amount is None else int(Flag.AMOUNT)
    return int(event.flags) & _NOT_SAID_BY_RECORD | amount | FINALITY_FLAG[event.finality]


def personal(told: Iterable[Told], in_vault: set[int]) -> dict[Field, Said]:
    """What these events say for the vault; identifiers that it has already are passed over."""
    said: dict[Field, Said] = {}
    for one in told:
        numbers = (*one.people, *one.others)
        named = zip(numbers, (*one.event.identifiers, *one.event.other), strict=True)
        for number, identifier in named:
            if number not in in_vault:
                in_vault.add(number)
                said[number, OWN_VALUE] = Said(one.event.at, identifier.value)
        for field, value in one.event.personal.items():
            place = (one.people[0], field)
            if value and (place not in said or one.event.at > said[place].at):
                said[place] = Said(one.event.at, value)
    return said
