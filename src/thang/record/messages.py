"""Messages as the outbox keeps them: one for each step of an enrolment, from plan to outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, insert, select, update

from thang.record.acting_tables import enrolments, messages
from thang.record.bulk import rows_among, run_many
from thang.record.enrolling import TREATED

PLANNED, CLAIMED, SENT, DELIVERED = "planned", "claimed", "sent", "delivered"
FAILED, UNKNOWN, WITHHELD, CANCELLED = "failed", "unknown", "withheld", "cancelled"


@dataclass(frozen=True, slots=True)
class Message:
    """A message and what became of it; `channels` in order of preference, `channel` the one taken.

    `due` is when it was planned for, `not_before` when it is tried next; `why` says what the
    last word on it was. `begun`: its hand-over was begun under this claim. `doubtful`: an earlier
    try may have reached the provider, so that it counts as a message and is no longer simply
    called off. Its `key` is the same at every try and at every provider.
    """

    id: int
    enrolment: str
    strategy: str
    person: int
    step: int
    channels: tuple[str, ...]
    channel: str
    purpose: str
    template: str
    due: int
    not_before: int
    state: str
    lease_until: int
    begun: int
    tries: int
    doubtful: int
    key: str
    provider_id: str
    why: str
    planned_at: int
    claimed_at: int
    settled_at: int


def message_key(enrolment: str, step: int) -> str:
    """The name by which providers know a message, whatever happens: of its enrolment and step."""
    return blake2b(f"{step}/{enrolment}".encode(), digest_size=16).hexdigest()


def plan(connection: Connection, rows: Iterable[Mapping[str, Any]], now: int) -> int:
    """Put messages into the outbox, once each and only for the treated; how many are new."""
    by_key = {message_key(row["enrolment"], row["step"]): row for row in rows}
    known = {row[0] for row in rows_among(connection, _KEYS, messages.c.key, list(by_key))}
    asked = list(dict.fromkeys(row["enrolment"] for row in by_key.values()))
    arms = dict(rows_among(connection, _ARMS, enrolments.c.id, asked))
    new = [
        _planned(key, row, now)
        for key, row in by_key.items()
        if key not in known and arms.get(row["enrolment"]) == TREATED
    ]
    run_many(connection, _NEW, new)
    return len(new)


def _planned(key: str, row: Mapping[str, Any], now: int) -> dict[str, Any]:
    said = {name: row[name] for name in _SAID}
    said["channels"] = " ".join(row["channels"])
    return _BLANK | said | {"not_before": row["due"], "key": key, "planned_at": now}


def cancel(connection: Connection, which: ColumnElement[bool], why: str, now: int) -> int:
    """Call off planned messages; what is with a provider already is not called back, and what
    may be is unknown from then on.
    """
    state = case((messages.c.doubtful == 1, UNKNOWN), else_=CANCELLED)
    said = {"state": state, "why": why, "settled_at": now}
    called_off = update(messages).where(messages.c.state == PLANNED, which).values(said)
    return connection.execute(called_off).rowcount


def of_enrolments(names: Sequence[str]) -> ColumnElement[bool]:
    """Which messages belong to these enrolments, for `cancel`."""
    return messages.c.enrolment.in_(names)


def of_persons(numbers: Sequence[int]) -> ColumnElement[bool]:
    """Which messages are to people known by any of these identifiers, for `cancel`."""
    return messages.c.person.in_(numbers)


def of_strategy(strategy: str) -> ColumnElement[bool]:
    """Which messages a strategy planned, for `cancel`."""
    return messages.c.strategy == strategy


def find(
    connection: Connection, asked: Mapping[str, str | int | None], limit: int | None
) -> list[Message]:
    """Messages whose columns have what is asked (None: anything), the first planned first."""
    which = [messages.c[name] == value for name, value in asked.items() if value is not None]
    ask = select(*COLUMNS).where(and_(True, *which)).order_by(messages.c.id).limit(limit)
    return [message(row) for row in connection.execute(ask)]


def message(row: Sequence[Any]) -> Message:
    """A row of `COLUMNS` as a message."""
    said = dict(zip(NAMES, row, strict=True))
    return Message(**said | {"channels": tuple(said["channels"].split())})


def rewrite(connection: Connection, changed: Iterable[Message]) -> None:
    """Write down where messages stand now."""
    run_many(connection, _CHANGE, [_change(one) for one in changed])


def _change(one: Message) -> dict[str, Any]:
    said = {f"new_{name}": getattr(one, name) for name in _CHANGING}
    return said | {"new_channels": " ".join(one.channels), "of": one.id}


NAMES = tuple(field.name for field in fields(Message))
COLUMNS = tuple(messages.c[name] for name in NAMES)
_SAID = ("enrolment", "strategy", "person", "step", "purpose", "template", "due")
_BLANK = {
    "channel": "", "state": PLANNED, "lease_until": 0, "begun": 0, "tries": 0, "doubtful": 0,
    "provider_id": "", "why": "", "claimed_at": 0, "settled_at": 0,
}  # fmt: skip
_NEW = insert(messages)
_KEYS = select(messages.c.key)
_ARMS = select(enrolments.c.id, enrolments.c.arm)
_CHANGING = (
    "channel", "not_before", "state", "lease_until", "begun", "tries", "doubtful", "provider_id",
    "why", "claimed_at", "settled_at",
)  # fmt: skip
_CHANGE = (
    update(messages)
    .where(messages.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in (*_CHANGING, "channels")})
)
ONE = select(*COLUMNS)
