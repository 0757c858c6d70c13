"""Points of people: awarded, taken back, spent, expired. Each call is whole or not at all.

What is taken back after it was spent is owed, and the next points pay for it first. People
merge: what other numbers of a person hold is gathered on the person's own accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from thang.record import ledger, lots
from thang.record.ledger import Account, Transfer
from thang.record.ledger_tables import accounts, transfers
from thang.river.sending.law import FOREVER

ISSUED, SPENT, EXPIRED = "issued", "spent", "expired"
SHOP = (Account(ISSUED, may_owe=True), Account(SPENT), Account(EXPIRED))


@dataclass(frozen=True, slots=True)
class Award:
    """What somebody is to have got for `ref` in all, once this is done."""

    ref: str
    points: int
    at: int
    why: str
    terms: str = ""
    expires_at: int = FOREVER


@dataclass(frozen=True, slots=True)
class Awarded:
    """What an account's holder got for a `ref` so far, by the terms of its first award."""

    holder: int
    ref: str
    points: int
    terms: str


def purse(holder: int) -> str:
    """The account of somebody's points."""
    return f"points/{holder}"


def debt(holder: int) -> str:
    """The account of what somebody owes: points taken back after they were spent."""
    return f"owed/{holder}"


def award(connection: Connection, numbers: Sequence[int], one: Award, now: int) -> int:
    """Bring what a person got for a `ref` to what they are to have; how many points it changed.

    `numbers`: all identifiers of the person, the person's own number first.
    """
    gather(connection, numbers, now)
    more = one.points - _got(connection, numbers, one.ref)[0]
    if not more:
        return 0
    holder = numbers[0]
    # Only the person's own accounts get transfers of this name, whoever they merge with.
    key = f"{one.ref}/{holder}/{_got(connection, [holder], one.ref)[1]}"
    if more > 0:
        _earn(connection, holder, key, more, one, now)
    else:
        _take_back(connection, holder, key, -more, one, now)
    return more


def redeem(
    connection: Connection, numbers: Sequence[int], key: str, amount: int, ref: str, now: int
) -> bool:
    """Spend points, what expires first at first; False if this was done before."""
    if connection.scalar(select(transfers.c.id).where(transfers.c.key == key)) is not None:
        return False
    gather(connection, numbers, now)
    asked = Transfer(key, purse(numbers[0]), SPENT, amount, now, "redeemed", ref)
    return ledger.move(connection, asked, now)


def expire(connection: Connection, now: int, limit: int) -> int:
    """Take off what is over, at most `limit` lots; how many."""
    due = lots.due(connection, now, limit)
    _open_shop(connection, now)
    for lot in due:
        key = f"expired/{lot.id}/{lots.takings(connection, lot.id)}"
        asked = Transfer(key, lot.account, EXPIRED, lot.left, lot.expires_at, "expired")
        ledger.move(connection, asked, now, first=lot.transfer)
    return len(due)


def gather(connection: Connection, numbers: Sequence[int], now: int) -> None:
    """Bring what all numbers of a person hold to the person's own accounts, and settle debts."""
    holder = numbers[0]
    _open(connection, holder, now)
    for other in _holders(connection, numbers[1:]):
        for lot in lots.lots_of(connection, other):
            key = f"gathered/{lot.id}/{lots.takings(connection, lot.id)}"
            moved = Transfer(
                key, lot.account, purse(holder), lot.left, now, "gathered",
                expires_at=lot.expires_at,
            )  # fmt: skip
            ledger.move(connection, moved, now, first=lot.transfer)
        owed = -ledger.balance(connection, debt(other)).posted
        if owed:
            key = _next(connection, f"owed/{other}/{holder}", debt(other))
            moved = Transfer(key, debt(holder), debt(other), owed, now, "gathered")
            ledger.move(connection, moved, now)
    _pay(connection, holder, now)


def balance(connection: Connection, numbers: Sequence[int]) -> ledger.Balance:
    """What a person has, over all numbers they are known by, less what they owe."""
    found = [ledger.balance(connection, purse(number)) for number in numbers]
    owed = sum(ledger.balance(connection, debt(number)).posted for number in numbers)
    return ledger.Balance(sum(one.posted for one in found) + owed, sum(one.held for one in found))


def awarded(connection: Connection) -> list[Awarded]:
    """What everybody got for every `ref`."""
    gave = transfers.c.debit == ISSUED
    whose = case((gave, transfers.c.credit), else_=transfers.c.debit)
    ask = (
        select(accounts.c.holder, transfers.c.ref, _NET, func.min(transfers.c.terms))
        .join(accounts, accounts.c.name == whose)
        .where(or_(gave, transfers.c.credit == ISSUED))
        .group_by(accounts.c.holder, transfers.c.ref)
    )
    return [Awarded(*row) for row in connection.execute(ask)]


def _earn(connection: Connection, holder: int, key: str, more: int, one: Award, now: int) -> None:
    paid = min(-ledger.balance(connection, debt(holder)).posted, more)
    words: dict[str, Any] = {"why": one.why, "ref": one.ref, "terms": one.terms}
    if paid:
        asked = Transfer(f"{key}/owed", ISSUED, debt(holder), paid, one.at, **words)
        ledger.move(connection, asked, now)
    if more > paid:
        words["expires_at"] = one.expires_at
        ledger.move(
            connection, Transfer(key, ISSUED, purse(holder), more - paid, one.at, **words), now
        )


def _take_back(
    connection: Connection, holder: int, key: str, less: int, one: Award, now: int
) -> None:
    there = min(ledger.balance(connection, purse(holder)).free, less)
    words: dict[str, Any] = {"why": one.why, "ref": one.ref, "terms": one.terms}
    if there:
        ledger.move(connection, Transfer(key, purse(holder), ISSUED, there, now, **words), now)
    if less > there:
        asked = Transfer(f"{key}/owed", debt(holder), ISSUED, less - there, now, **words)
        ledger.move(connection, asked, now)


def _pay(connection: Connection, holder: int, now: int) -> None:
    """Debts are paid by whatever is free, as when an expired or a spent point comes back."""
    owed = -ledger.balance(connection, debt(holder)).posted
    part = min(owed, ledger.balance(connection, purse(holder)).free)
    if part > 0:
        key = _next(connection, f"paid/{holder}", debt(holder))
        ledger.move(connection, Transfer(key, purse(holder), debt(holder), part, now, "paid"), now)


def _next(connection: Connection, name: str, account: str) -> str:
    """A name that nothing had yet: only transfers of this account are named so."""
    mine = or_(transfers.c.debit == account, transfers.c.credit == account)
    count = connection.scalar(select(func.count()).select_from(transfers).where(mine))
    return f"{name}/{count}"


def _open(connection: Connection, holder: int, now: int) -> None:
    _open_shop(connection, now)
    ledger.open_account(connection, Account(purse(holder), holder, by_lots=True), now)
    ledger.open_account(connection, Account(debt(holder), holder, may_owe=True), now)


def _open_shop(connection: Connection, now: int) -> None:
    for account in SHOP:
        ledger.open_account(connection, account, now)


def _holders(connection: Connection, numbers: Sequence[int]) -> list[int]:
    ask = select(accounts.c.holder).where(accounts.c.holder.in_(tuple(numbers))).distinct()
    return [row[0] for row in connection.execute(ask.order_by(accounts.c.holder))]


def _got(connection: Connection, numbers: Sequence[int], ref: str) -> tuple[int, int]:
    """What a person got for a `ref`, and in how many transfers."""
    theirs = [name for number in numbers for name in (purse(number), debt(number))]
    ask = select(_NET, func.count()).where(_of(theirs), transfers.c.ref == ref)
    net, times = connection.execute(ask).one()
    return int(net or 0), int(times)


def _of(theirs: list[str]) -> ColumnElement[bool]:
    got = (transfers.c.debit == ISSUED) & transfers.c.credit.in_(theirs)
    gone = (transfers.c.credit == ISSUED) & transfers.c.debit.in_(theirs)
    return got | gone


_NET = func.sum(case((transfers.c.debit == ISSUED, transfers.c.amount), else_=-transfers.c.amount))
