"""The outbox: a message is claimed before it is sent and settled after, and both are on disk.

A claim is a lease. Who holds it may hand the message to a provider; if nothing is heard by
the lease's end, the message may have gone out, and is swept: whoever takes it over asks the
provider before anything is tried again. Every rule of contact is asked in the transaction
that claims, with what is known then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from thang.model import SECOND
from thang.record.acting_tables import enrolments, messages
from thang.record.consenting import hear
from thang.record.enrolling import TREATED
from thang.record.knowing import Person, known_of, last_words, paused
from thang.record.messages import (
    CLAIMED,
    COLUMNS,
    NAMES,
    PLANNED,
    UNKNOWN,
    WITHHELD,
    Message,
    message,
    rewrite,
)
from thang.river.sending.nouns import Allowed, Known, Touch, Verdict, Wish

SHORT_REST = 2 * 3_600 * SECOND
Judge = Callable[[Wish, Known, int], Verdict]


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is yours to send until `message.lease_until`, to this identifier's address.

    It was allowed by the `words` known then: `begin` says whether there are later ones.
    """

    message: Message
    address: int
    person: Person
    words: tuple[int, ...]


def due_persons(connection: Connection, now: int, limit: int) -> list[int]:
    """Whom the next claim is about, by the numbers their messages have."""
    return list(dict.fromkeys(row[_PERSON] for row in _due(connection, now, limit)))


def claim(
    connection: Connection, now: int, limit: int, people: Mapping[int, Person], judge: Judge,
    lease: int,
) -> list[Claim]:  # fmt: skip
    """Claim what is due and may go out now; put off or withhold what may not.

    `people` says who the persons of due messages are now; messages of others stay as they are.
    """
    hear(connection, now)
    rows = [row for row in _due(connection, now, limit) if row[_PERSON] in people]
    words = last_words(connection)
    known = known_of(connection, [people[row[_PERSON]] for row in rows], now)
    claims: list[Claim] = []
    changes: list[Message] = []
    for *facts, arm in rows:
        one, person = message(facts), people[facts[_PERSON]]
        verdict = judge(_wish(one, arm), _but(known[person.number], one), now)
        if isinstance(verdict, Allowed):
            taken = _taken(one, verdict, now, lease)
            known[person.number] = _touched(known[person.number], taken)
            claims.append(Claim(taken, verdict.address, person, words))
            changes.append(taken)
        else:
            changes.append(_kept_back(one, verdict.why, verdict.until, now))
    rewrite(connection, changes)
    return claims


def _due(connection: Connection, now: int, limit: int) -> Sequence[Any]:
    """What is due, without what only waits for a channel that has a short rest: else each rest
    would have every waiting message judged and put off.
    """
    rests = [key for key, until in paused(connection).items() if now < until <= now + SHORT_REST]
    ask = _DUE.where(messages.c.not_before <= now, messages.c.channels.not_in(rests))
    return connection.execute(ask.limit(limit)).all()


def _wish(one: Message, arm: str) -> Wish:
    return Wish(one.strategy, one.purpose, one.channels, one.due, treated=arm == TREATED)


def _but(known: Known, one: Message) -> Known:
    """A message in doubt is among the touches, and does not stand in its own way."""
    if not one.doubtful:
        return known
    own = Touch(one.claimed_at, one.channel, one.purpose, one.strategy)
    others = list(known.touches)
    if own in others:
        others.remove(own)
    return replace(known, touches=tuple(others))


def _touched(known: Known, one: Message) -> Known:
    touch = Touch(one.claimed_at, one.channel, one.purpose, one.strategy)
    return replace(known, touches=(*known.touches, touch))


def _taken(one: Message, verdict: Allowed, now: int, lease: int) -> Message:
    until = min(now + lease, verdict.until)
    return replace(
        one, state=CLAIMED, channel=verdict.channel, lease_until=until, tries=one.tries + 1,
        claimed_at=now, begun=0,
    )  # fmt: skip


def _kept_back(one: Message, why: str, until: int | None, now: int) -> Message:
    if until is not None:
        return replace(one, not_before=until, why=str(why))
    state = UNKNOWN if one.doubtful else WITHHELD
    return replace(one, state=state, why=str(why), settled_at=now)


_PERSON = NAMES.index("person")
_DUE = (
    select(*COLUMNS, enrolments.c.arm)
    .join_from(messages, enrolments)
    .where(messages.c.state == PLANNED)
    .order_by(messages.c.not_before, messages.c.id)
)
