"""The ledger: whole numbers that go from one account to another, by transfers that stay.

Every transfer debits one account and credits another, so that all balances together are 0.
The same transfer told twice is one. What was wrong is reversed by a transfer of its own,
once and exactly. An account goes below zero only where it may owe.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from thang.model import WrongInput
from thang.record import lots
from thang.record.ledger_tables import accounts, balances, transfers
from thang.river.sending.law import FOREVER

MOST = 2**53


class Kind(StrEnum):
    """What a transfer is: moved, held until posted or voided, or taken back."""

    MOVED = "moved"
    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"
    REVERSED = "reversed"


class Short(WrongInput):
    """There is less on an account than was asked of it."""


@dataclass(frozen=True, slots=True)
class Account:
    """A name, whose it is (an identifier's number; None: the shop's), and what it may do."""

    name: str
    holder: int | None = None
    may_owe: bool = False
    by_lots: bool = False  # what it gets expires, lot by lot


@dataclass(frozen=True, slots=True)
class Transfer:
    """So much from `debit` to `credit`. `key` is the client's own name for it, `ref` what it is
    about, `terms` how it was reckoned, `expires_at` when what an account by lots got is void.
    """

    key: str
    debit: str
    credit: str
    amount: int
    at: int
    why: str
    ref: str = ""
    terms: str = ""
    expires_at: int = FOREVER


@dataclass(frozen=True, slots=True)
class Balance:
    """What is on an account, and how much of it is held for pending transfers."""

    posted: int = 0
    held: int = 0

    @property
    def free(self) -> int:
        """What can be spent now."""
        return self.posted - self.held


def open_account(connection: Connection, account: Account, now: int) -> None:
    """Open an account, unless it is there already."""
    known = select(accounts.c.name).where(accounts.c.name == account.name)
    if connection.scalar(known) is not None:
        return
    facts = {"name": account.name, "holder": account.holder, "may_owe": int(account.may_owe)}
    facts |= {"by_lots": int(account.by_lots), "opened_at": now}
    connection.execute(insert(accounts), [facts])
    begin = {"account": account.name, "posted": 0, "held": 0, "may_owe": int(account.may_owe)}
    connection.execute(insert(balances), [begin])


def move(connection: Connection, asked: Transfer, now: int, first: str = "") -> bool:
    """Move at once; False if this very transfer was made before. `Short` where there is less.

    Of an account by lots it takes the lot of transfer `first` before all others.
    """
    if not _new(connection, asked, Kind.MOVED, None, now):
        return False
    _take(connection, asked.debit, posted=asked.amount)
    _give(connection, asked)
    lots.spend(connection, asked.key, asked.debit, asked.amount, asked.ref, first)
    return True


def hold(connection: Connection, asked: Transfer, now: int) -> bool:
    """Hold the amount on the debited account until it is posted or voided."""
    if not _new(connection, asked, Kind.PENDING, None, now):
        return False
    _take(connection, asked.debit, held=asked.amount)
    lots.spend(connection, asked.key, asked.debit, asked.amount, asked.ref)
    return True


def post(connection: Connection, key: str, pending: str, at: int, now: int) -> bool:
    """Let a pending transfer happen; False if that was said before."""
    held = _known(connection, pending)
    asked = replace(held.transfer, key=key, at=at)
    if not _new(connection, asked, Kind.POSTED, _successor(held, Kind.PENDING), now):
        return False
    _add(connection, asked.debit, posted=-asked.amount, held=-asked.amount)
    _give(connection, asked)
    return True


def void(connection: Connection, key: str, pending: str, at: int, now: int) -> bool:
    """Let a pending transfer never happen: what was held is free again, in the lots it was in."""
    held = _known(connection, pending)
    asked = replace(held.transfer, key=key, at=at)
    if not _new(connection, asked, Kind.VOIDED, _successor(held, Kind.PENDING), now):
        return False
    _add(connection, asked.debit, held=-asked.amount)
    lots.give_back(connection, key, pending)
    return True


def reverse(connection: Connection, key: str, wrong: str, at: int, now: int, why: str) -> bool:
    """Take a transfer back: once, exactly, and `Short` if it was spent meanwhile."""
    done = _known(connection, wrong)
    before = done.transfer
    asked = replace(before, key=key, at=at, why=why, debit=before.credit, credit=before.debit)
    if not _new(connection, asked, Kind.REVERSED, _successor(done, Kind.MOVED, Kind.POSTED), now):
        return False
    _take(connection, asked.debit, posted=asked.amount)
    _add(connection, asked.credit, posted=asked.amount)
    lots.spend(connection, key, asked.debit, asked.amount, before.ref, first=wrong)
    lots.give_back(connection, key, done.of or wrong)
    return True


def balance(connection: Connection, account: str) -> Balance:
    """What is on an account; nothing on one that was never opened."""
    ask = select(balances.c.posted, balances.c.held).where(balances.c.account == account)
    found = connection.execute(ask).first()
    return Balance(*found) if found else Balance()


def balance_at(connection: Connection, account: str, at: int) -> int:
    """What was on an account at an instant, by the instants of its transfers."""
    counts = transfers.c.kind.in_((Kind.MOVED, Kind.POSTED, Kind.REVERSED)) & (transfers.c.at <= at)
    total = func.coalesce(func.sum(transfers.c.amount), 0)
    came = connection.scalar(select(total).where(counts, transfers.c.credit == account))
    went = connection.scalar(select(total).where(counts, transfers.c.debit == account))
    return int(came or 0) - int(went or 0)


@dataclass(frozen=True, slots=True)
class _Row:
    transfer: Transfer
    kind: str
    of: str | None


_SAID = ("key", "debit", "credit", "amount", "at", "why", "ref", "terms", "expires_at")


def _row(connection: Connection, key: str) -> _Row | None:
    ask = select(*(transfers.c[name] for name in (*_SAID, "kind", "of")))
    found = connection.execute(ask.where(transfers.c.key == key)).first()
    return _Row(Transfer(*found[:-2]), *found[-2:]) if found else None


def _known(connection: Connection, key: str) -> _Row:
    found = _row(connection, key)
    if found is None:
        raise WrongInput("There is no such transfer: open its list again.")
    return found


def _successor(before: _Row, *kinds: Kind) -> str:
    """The name of a transfer to which this may happen."""
    if before.kind not in kinds:
        raise WrongInput("This cannot happen to that transfer: open its list again.")
    return before.transfer.key


def _new(connection: Connection, asked: Transfer, kind: Kind, of: str | None, now: int) -> bool:
    """Write a transfer down; False if it is known. Its `at` may differ: a repeat comes later."""
    if not 0 < asked.amount <= MOST:
        raise WrongInput("A transfer moves 1 or more: give a positive whole number.")
    before = _row(connection, asked.key)
    if before is not None:
        same = replace(before.transfer, at=asked.at) == asked
        if same and (before.kind, before.of) == (kind, of):
            return False
        raise WrongInput("This name is taken by another transfer: give it a name of its own.")
    if of is not None and connection.scalar(_SETTLED.where(transfers.c["of"] == of)) is not None:
        raise WrongInput("That transfer was settled or taken back before: nothing was done.")
    row: dict[str, Any] = {name: getattr(asked, name) for name in _SAID}
    row |= {"kind": str(kind), "of": of, "recorded_at": now}
    connection.execute(insert(transfers), [row])
    return True


def _take(connection: Connection, account: str, posted: int = 0, held: int = 0) -> None:
    """Take from what is free: the database's own condition, so that two at once cannot both."""
    enough = balances.c.posted - balances.c.held >= posted + held
    changed = connection.execute(
        update(balances)
        .where(balances.c.account == account, or_(balances.c.may_owe == 1, enough))
        .values(posted=balances.c.posted - posted, held=balances.c.held + held)
    )
    if not changed.rowcount:
        raise Short("There is not enough left: ask for less.")


def _add(connection: Connection, account: str, posted: int = 0, held: int = 0) -> None:
    changed = {"posted": balances.c.posted + posted, "held": balances.c.held + held}
    connection.execute(update(balances).where(balances.c.account == account).values(changed))


def _give(connection: Connection, asked: Transfer) -> None:
    _add(connection, asked.credit, posted=asked.amount)
    lots.open_lot(connection, asked.key, asked.credit, asked.amount, asked.expires_at)


_SETTLED = select(transfers.c.id)
