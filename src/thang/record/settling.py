"""What becomes of claimed messages: begun, settled by who holds them, reported, taken over.

That a message was sent is believed whoever says it; anything else only of the lease's holder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from thang.record.acting_tables import messages
from thang.record.knowing import last_words
from thang.record.messages import (
    CLAIMED,
    DELIVERED,
    FAILED,
    ONE,
    PLANNED,
    SENT,
    UNKNOWN,
    Message,
    message,
    rewrite,
)
from thang.record.outbox import Claim

# What is known of an outcome only grows: a later word of a lower rank changes nothing.
RANKS: Mapping[str, int] = {UNKNOWN: 1, SENT: 2, FAILED: 3, DELIVERED: 4}


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


def begin(connection: Connection, held: Claim, now: int) -> bool:
    """Note that the hand-over of a claimed message begins; not if the lease is over or lost, or
    if anything was said since the claim. What has not begun was certainly not sent.
    """
    one = held.message
    row = connection.execute(ONE.where(messages.c.id == one.id)).one()
    if not _is_held(message(row), one) or now >= one.lease_until:
        return False
    if last_words(connection) != held.words:
        return False
    rewrite(connection, [replace(message(row), begun=1)])
    return True


def _is_held(now: Message, held: Message) -> bool:
    mine = (CLAIMED, held.tries, held.lease_until)
    return (now.state, now.tries, now.lease_until) == mine


def settle(connection: Connection, held: Message, outcome: Outcome, now: int, tries: int) -> bool:
    """Write down what became of a claimed message; whether it counted.

    Only who holds the lease may say anything but that the message was sent: that is true
    whoever says it. After so many `tries` a message that is put back is given up.
    """
    row = connection.execute(ONE.where(messages.c.id == held.id)).one()
    one = message(row)
    if outcome.state in (SENT, DELIVERED):
        return _raise(connection, one, outcome, now)
    if not _is_held(one, held):
        return False
    rewrite(connection, [_settled(one, outcome, now, tries)])
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
    theirs = ONE.where(messages.c.provider_id == provider_id, messages.c.channel == channel)
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
    rewrite(connection, [done])
    return True


def sweep(connection: Connection, now: int, limit: int, lease: int) -> list[Message]:
    """Take over messages whose lease ended without a word; they are yours to ask about. Those
    whose hand-over never began are simply put back.
    """
    ask = ONE.where(messages.c.state == CLAIMED, messages.c.lease_until <= now)
    rows = connection.execute(ask.order_by(messages.c.lease_until).limit(limit)).all()
    ended = [message(row) for row in rows]
    taken = [replace(one, lease_until=now + lease, doubtful=1) for one in ended if one.begun]
    back = Outcome(PLANNED, "not tried", untried=True)
    idle = [_settled(one, back, now, one.tries) for one in ended if not one.begun]
    rewrite(connection, (*taken, *idle))
    return taken
