"""Who refers with which code, and what the shop's people said about doubtful referrals."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from thang.record.ledger_tables import referral_codes, referral_words

ACCEPTED, REFUSED = "accepted", "refused"


@dataclass(frozen=True, slots=True)
class ReferralWord:
    """What was said of a referral, between two identifiers: pay for it, or do not."""

    referrer: int
    friend: int
    state: str
    by: str
    why: str
    at: int


def code_of(connection: Connection, holder: int) -> str | None:
    """The code somebody has; None: none was given yet."""
    ask = select(referral_codes.c.code).where(referral_codes.c.holder == holder)
    found: str | None = connection.scalar(ask)
    return found


def give_code(connection: Connection, holder: int, code: str, now: int) -> None:
    """Write down that a code is somebody's, for ever."""
    connection.execute(insert(referral_codes), [{"code": code, "holder": holder, "made_at": now}])


def holder_of(connection: Connection, code: str) -> int | None:
    """Whose code it is; None: nobody's."""
    ask = select(referral_codes.c.holder).where(referral_codes.c.code == code)
    found: int | None = connection.scalar(ask)
    return found


def say(connection: Connection, word: ReferralWord) -> None:
    """Append what somebody said of a referral."""
    names = ("referrer", "friend", "state", "by", "why", "at")
    row = {name: getattr(word, name) for name in names}
    connection.execute(insert(referral_words), [row])


def words(connection: Connection) -> list[ReferralWord]:
    """Everything that was said, in its order: the last word on two people holds."""
    columns = [referral_words.c[name] for name in ReferralWord.__slots__]
    rows = connection.execute(select(*columns).order_by(referral_words.c.id))
    return [ReferralWord(*row) for row in rows]
