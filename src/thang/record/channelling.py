"""What a record says of channels: what went out on each, what rests, what went wrong last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from thang.record.acting_tables import messages, pauses
from thang.record.bulk import all_rows
from thang.record.database import Database
from thang.record.messages import CLAIMED, DELIVERED, FAILED, SENT, UNKNOWN

OUT = (SENT, DELIVERED)


@dataclass(frozen=True, slots=True)
class Rest:
    """Until when something is not used, since when that is known, and why."""

    until: int
    at: int
    why: str


@dataclass(frozen=True, slots=True)
class Traffic:
    """What became of a channel's messages: how many of each state, the last that went out, and
    the last that did not with its reason.
    """

    states: Mapping[str, int]
    last_sent: int
    last_fault: int
    fault: str


class Channelling:
    """Questions about channels; each is one reading."""

    _record: Database

    def rests(self) -> dict[str, Rest]:
        """The last word on each channel and strategy that was ever to rest."""
        with self._record.reading() as connection:
            rows = all_rows(connection, _RESTS)
        return {what: Rest(until, at, why) for what, until, at, why in rows}

    def in_doubt(self, now: int) -> bool:
        """Whether a message's lease ended without a word, so that it is to be asked about."""
        ended = (messages.c.state == CLAIMED) & (messages.c.lease_until <= now)
        with self._record.reading() as connection:
            return connection.scalar(select(messages.c.id).where(ended).limit(1)) is not None

    def traffic(self) -> dict[str, Traffic]:
        """What became of the messages of each channel that has any."""
        with self._record.reading() as connection:
            counted: dict[str, dict[str, int]] = {}
            for channel, state, many in all_rows(connection, _COUNTS):
                counted.setdefault(channel, {})[state] = many
            sent = dict(all_rows(connection, _LAST_SENT))
            faults = {key: (at, why) for key, at, why in all_rows(connection, _FAULTS)}
        return {
            key: Traffic(states, sent.get(key, 0), *faults.get(key, (0, "")))
            for key, states in counted.items()
        }


_RESTS = select(pauses.c.what, pauses.c.until, pauses.c.at, pauses.c.why).order_by(pauses.c.id)
_COUNTS = (
    select(messages.c.channel, messages.c.state, func.count())
    .where(messages.c.channel != "")
    .group_by(messages.c.channel, messages.c.state)
)
_LAST_SENT = (
    select(messages.c.channel, func.max(messages.c.claimed_at))
    .where(messages.c.state.in_(OUT))
    .group_by(messages.c.channel)
)
_FAULTS = (
    select(messages.c.channel, messages.c.settled_at, messages.c.why)
    .where(messages.c.state.in_((FAILED, UNKNOWN)), messages.c.channel != "")
    .order_by(messages.c.settled_at, messages.c.id)
)
