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

from sqlalchemy import Connection, bindparam, select, update

from thang.model import SECOND
from thang.record.acting_tables import enrolments, messages
from thang.record.bulk import run_many
from thang.record.consenting import hear
from thang.record.enrolling import TREATED
from thang.record.knowing import Person, known_of, last_words, paused
from thang.record.messages import (
    CLAIMED,
    COLUMNS,
    DELIVERED,
    FAILED,
    NAMES,
    PLANNED,
    SENT,
    UNKNOWN,
    WITHHELD,
    Message,
    message,
)
from thang.river.sending.nouns import Allowed, Known, Touch, Verdict, Wish

SHORT_REST = 2 * 3_600 * SECOND
Judge = Callable[[Wish, Known, int], Verdict]

# What is known of an outcome only grows: a later word of a lower rank changes nothing.
RANKS: Mapping[str, int] = {UNKNOWN: 1, SENT: 2, FAILED: 3, DELIVERED: 4}


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is yours to send until `message.lease_until`, to this identifier's address.

    It was allowed by the `words` known then: `begin` says whether there are later ones.
    """

    message: Message
    address: int
    person: Person
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claimed message.

    `planned` puts it back: not before `again_at`, on `channels` if they are given. It used up
    no try if it was `untried`; `doubtful` says whether the provider may have it all the same
    (None: as doubtful as it was).
    """

    state: str
    why: str = ""
    provider_id: str = ""
    again_at: int = 0
    channels: tuple[str, ...] = ()
    untried: bool = False
    doubtful: bool | None = None


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
    changes: list[dict[str, Any]] = []
    for *facts, arm in rows:
        one, person = message(facts), people[facts[_PERSON]]
        verdict = judge(_wish(one, arm), _but(known[person.number], one), now)
        if isinstance(verdict, Allowed):
            taken = _taken(one, verdict, now, lease)
            known[person.number] = _touched(known[person.number], taken)
            claims.append(Claim(taken, verdict.address, person, words))
            changes.append(_change(taken))
        else:
            changes.append(_change(_kept_back(one, verdict.why, verdict.until, now)))
    run_many(connection, _CHANGE, changes)
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


def begin(connection: Connection, held: Claim, now: int) -> bool:
    """Note that the hand-over of a claimed message begins; not if the lease is over or lost, or
    if anything was said since the claim. What has not begun was certainly not sent.
    """
    one = held.message
    row = connection.execute(_ONE.where(messages.c.id == one.id)).one()
    if not _is_held(message(row), one) or now >= one.lease_until:
        return False
    if last_words(connection) != held.words:
        return False
    run_many(connection, _BEGIN, [{"of": one.id, "new_begun": 1}])
    return True


def _is_held(now: Message, held: Message) -> bool:
    mine = (CLAIMED, held.tries, held.lease_until)
    return (now.state, now.tries, now.lease_until) == mine


def settle(connection: Connection, held: Message, outcome: Outcome, now: int, tries: int) -> bool:
    """Write down what became of a claimed message; whether it counted.

    Only who holds the lease may say anything but that the message was sent: that is true
    whoever says it. After so many `tries` a message that is put back is given up.
    """
    row = connection.execute(_ONE.where(messages.c.id == held.id)).one()
    one = message(row)
    if outcome.state in (SENT, DELIVERED):
        return _raise(connection, one, outcome, now)
    if not _is_held(one, held):
        return False
    run_many(connection, _CHANGE, [_change(_settled(one, outcome, now, tries))])
    return True


def _settled(one: Message, outcome: Outcome, now: int, tries: int) -> Message:
    doubtful = one.doubtful if outcome.doubtful is None else int(outcome.doubtful)
    done = replace(one, why=outcome.why, doubtful=doubtful, settled_at=now, lease_until=0)
    if outcome.state != PLANNED:
        state = UNKNOWN if outcome.state == FAILED and doubtful else outcome.state
        return replace(done, state=state, provider_id=outcome.provider_id)
    if outcome.untried:
        done = replace(done, tries=one.tries - 1)
    elif one.tries >= tries:
        return replace(done, state=UNKNOWN if doubtful else FAILED)
    channels = outcome.channels or one.channels
    return replace(
        done, state=PLANNED, not_before=max(outcome.again_at, now), channels=channels, settled_at=0
    )


def report(
    connection: Connection, channel: str, provider_id: str, outcome: Outcome, now: int
) -> bool:
    """What a provider says later of a message it took, however often and in whatever order."""
    if not provider_id:
        return False
    theirs = _ONE.where(messages.c.provider_id == provider_id, messages.c.channel == channel)
    row = connection.execute(theirs).first()
    told = replace(outcome, provider_id=provider_id)
    return row is not None and _raise(connection, message(row), told, now)


def _raise(connection: Connection, one: Message, outcome: Outcome, now: int) -> bool:
    # Given up without any provider's word, it may yet turn out to have been sent.
    given_up = one.state == FAILED and not one.provider_id
    if RANKS[outcome.state] <= (0 if given_up else RANKS.get(one.state, 0)):
        return False
    name = outcome.provider_id or one.provider_id
    done = replace(
        one, state=outcome.state, why=outcome.why, provider_id=name, doubtful=0, lease_until=0,
        settled_at=now,
    )  # fmt: skip
    run_many(connection, _CHANGE, [_change(done)])
    return True


def sweep(connection: Connection, now: int, limit: int, lease: int) -> list[Message]:
    """Take over messages whose lease ended without a word; they are yours to ask about. Those
    whose hand-over never began are simply put back.
    """
    ask = _ONE.where(messages.c.state == CLAIMED, messages.c.lease_until <= now)
    rows = connection.execute(ask.order_by(messages.c.lease_until).limit(limit)).all()
    ended = [message(row) for row in rows]
    taken = [replace(one, lease_until=now + lease, doubtful=1) for one in ended if one.begun]
    back = Outcome(PLANNED, "not tried", untried=True)
    idle = [_settled(one, back, now, one.tries) for one in ended if not one.begun]
    run_many(connection, _CHANGE, [_change(one) for one in (*taken, *idle)])
    return taken


def _change(one: Message) -> dict[str, Any]:
    said = {f"new_{name}": getattr(one, name) for name in _CHANGING}
    return said | {"new_channels": " ".join(one.channels), "of": one.id}


_CHANGING = (
    "channel", "not_before", "state", "lease_until", "begun", "tries", "doubtful", "provider_id",
    "why", "claimed_at", "settled_at",
)  # fmt: skip
_CHANGE = (
    update(messages)
    .where(messages.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in (*_CHANGING, "channels")})
)
_BEGIN = (
    update(messages).where(messages.c.id == bindparam("of")).values(begun=bindparam("new_begun"))
)
_PERSON = NAMES.index("person")
_ONE = select(*COLUMNS)
_DUE = (
    select(*COLUMNS, enrolments.c.arm)
    .join_from(messages, enrolments)
    .where(messages.c.state == PLANNED)
    .order_by(messages.c.not_before, messages.c.id)
)
