"""Lots: what an account got at once and for how long. What expires first is spent first."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, case, false, func, insert, select, update

from thang.record.ledger_tables import accounts, lot_uses, lots, transfers


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of one lot, until when."""

    id: int
    account: str
    transfer: str
    amount: int
    left: int
    expires_at: int


def open_lot(
    connection: Connection, transfer: str, account: str, amount: int, expires_at: int
) -> None:
    """What an account by lots got becomes a lot; on other accounts nothing is kept."""
    if not _by_lots(connection, account):
        return
    row = {"transfer": transfer, "account": account, "amount": amount, "left": amount}
    connection.execute(insert(lots), [row | {"expires_at": expires_at}])


def spend(
    connection: Connection, transfer: str, account: str, amount: int, ref: str, first: str = ""
) -> None:
    """Take an amount from lots: the one of transfer `first`, those about `ref`, then the oldest.

    The account's balance was checked before: its lots hold as much as is free on it.
    """
    if not _by_lots(connection, account):
        return
    for lot in _open_lots(connection, account, ref, first):
        part = min(lot.left, amount)
        _use(connection, lot.id, transfer, transfer, part)
        amount -= part
        if not amount:
            return
    raise AssertionError("lots too small")


def give_back(connection: Connection, transfer: str, of: str) -> None:
    """Put back what a transfer took, into the very lots it was taken from."""
    total = func.sum(lot_uses.c.amount)
    ask = select(lot_uses.c.lot, total).where(lot_uses.c["of"] == of).group_by(lot_uses.c.lot)
    for lot, taken in connection.execute(ask).all():
        if taken:
            _use(connection, lot, transfer, of, -taken)


def due(connection: Connection, now: int, limit: int) -> list[Lot]:
    """Lots that are over and not yet taken off, the oldest first."""
    ask = _LOTS.where(lots.c.expires_at <= now, lots.c.left > 0)
    rows = connection.execute(ask.order_by(lots.c.expires_at, lots.c.id).limit(limit))
    return [Lot(*row) for row in rows]


def lots_of(connection: Connection, holder: int) -> list[Lot]:
    """What is left on the accounts of a holder, what expires first at the top."""
    ask = _LOTS.join(accounts, accounts.c.name == lots.c.account)
    ask = ask.where(accounts.c.holder == holder, lots.c.left > 0)
    rows = connection.execute(ask.order_by(lots.c.expires_at, lots.c.id))
    return [Lot(*row) for row in rows]


def takings(connection: Connection, lot: int) -> int:
    """How many times something was taken from a lot, or put back: names the next expiry."""
    ask = select(func.count()).select_from(lot_uses).where(lot_uses.c.lot == lot)
    return int(connection.scalar(ask) or 0)


def _by_lots(connection: Connection, account: str) -> bool:
    return bool(connection.scalar(select(accounts.c.by_lots).where(accounts.c.name == account)))


def _open_lots(connection: Connection, account: str, ref: str, first: str) -> list[Lot]:
    about = transfers.c.ref == ref if ref else false()
    place = case((lots.c.transfer == first, 0), (about, 1), else_=2)
    ask = _LOTS.join(transfers, transfers.c.key == lots.c.transfer)
    ask = ask.where(lots.c.account == account, lots.c.left > 0)
    rows = connection.execute(ask.order_by(place, lots.c.expires_at, lots.c.id))
    return [Lot(*row) for row in rows]


def _use(connection: Connection, lot: int, transfer: str, of: str, amount: int) -> None:
    row = {"lot": lot, "transfer": transfer, "of": of, "amount": amount}
    connection.execute(insert(lot_uses), [row])
    connection.execute(update(lots).where(lots.c.id == lot).values(left=lots.c.left - amount))


_LOTS = select(
    lots.c.id, lots.c.account, lots.c.transfer, lots.c.amount, lots.c.left, lots.c.expires_at
)
