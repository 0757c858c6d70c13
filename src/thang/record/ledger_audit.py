"""Whether the ledger is whole: everything that is kept at hand, recomputed from the facts."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, func, select

from thang.record.ledger import Kind
from thang.record.ledger_tables import accounts, balances, lot_uses, lots, transfers


def faults(connection: Connection) -> list[str]:
    """What does not agree, each in a few words; empty: the ledger is whole."""
    posted, held = _recomputed(connection)
    left = _left(connection)
    found = [] if sum(posted.values()) == 0 else ["balances do not sum to zero"]
    for account, has, holds, may_owe in connection.execute(_BALANCES):
        if (has, holds) != (posted[account], held[account]):
            found.append(f"{account} has another balance than its transfers say")
        if not may_owe and has < holds:
            found.append(f"{account} is below zero")
    found += _lot_faults(connection, left)
    by_account: Counter[str] = Counter()
    for account, one in connection.execute(select(lots.c.account, lots.c.left)):
        by_account[account] += one
    for name in connection.scalars(select(accounts.c.name).where(accounts.c.by_lots == 1)):
        if by_account[name] != posted[name] - held[name]:
            found.append(f"{name} has other lots than its balance says")
    return found


def _recomputed(connection: Connection) -> tuple[Counter[str], Counter[str]]:
    posted: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for kind, debit, credit, amount in connection.execute(_TRANSFERS):
        if kind == Kind.PENDING:
            held[debit] += amount
        elif kind in (Kind.POSTED, Kind.VOIDED):
            held[debit] -= amount
        if kind in (Kind.MOVED, Kind.POSTED, Kind.REVERSED):
            posted[debit] -= amount
            posted[credit] += amount
    return posted, held


def _left(connection: Connection) -> Counter[int]:
    used = select(lot_uses.c.lot, func.sum(lot_uses.c.amount)).group_by(lot_uses.c.lot)
    return Counter({int(lot): int(amount) for lot, amount in connection.execute(used)})


def _lot_faults(connection: Connection, used: Counter[int]) -> list[str]:
    rows = connection.execute(select(lots.c.id, lots.c.amount, lots.c.left))
    return [
        f"lot {lot} has another rest than its takings say"
        for lot, amount, left in rows
        if left != amount - used[lot]
    ]


_BALANCES = select(balances.c.account, balances.c.posted, balances.c.held, balances.c.may_owe)
_TRANSFERS = select(transfers.c.kind, transfers.c.debit, transfers.c.credit, transfers.c.amount)
