"""Vouchers of a shop: issued once, redeemed as often as they may, given back when an order fails.

A code is known by its keyed hash only; it is made anew from the shop's key when its holder or
the shop's people are to see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NoReturn

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select

from thang.model import WrongInput
from thang.record.ledger_tables import voucher_returns, voucher_uses, vouchers
from thang.river.programmes.vouchers import Voucher, WhyNot, off, why_not

TERMS = tuple(field.name for field in fields(Voucher))


@dataclass(frozen=True, slots=True)
class Issued:
    """A voucher as it was issued, and how often it was redeemed."""

    id: int
    key: str
    campaign: str
    made_at: int
    used: int
    voucher: Voucher


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a voucher took off an order; `new`: False where this order had it before."""

    off: int
    new: bool


def issue(
    connection: Connection, key: str, code: bytes, campaign: str, what: Voucher, now: int
) -> bool:
    """Issue a voucher once; False if there is one of this key."""
    if connection.scalar(select(vouchers.c.id).where(vouchers.c.key == key)) is not None:
        return False
    if connection.scalar(select(vouchers.c.id).where(vouchers.c.code == code)) is not None:
        raise WrongInput("There is a voucher with this code already: choose another code.")
    row = {"key": key, "code": code, "campaign": campaign, "made_at": now}
    row |= {name: getattr(what, name) for name in TERMS}
    connection.execute(insert(vouchers), [row])
    return True


def redeem(
    connection: Connection, code: bytes, ref: str, order: int, numbers: Sequence[int], now: int
) -> Redeemed:
    """Redeem a voucher for the order `ref` of so much; the same order again: as before.

    `numbers`: all identifiers of whoever buys, the person's own first; empty if unknown.
    """
    found = _one(connection, code)
    before = connection.execute(
        _USE.where(voucher_uses.c.voucher == found.id, voucher_uses.c.ref == ref)
    ).first()
    if before is not None:
        if before.returned is not None:
            raise WrongInput("This order gave its voucher back: redeem it for another order.")
        return Redeemed(before.off, new=False)
    theirs = _count(connection, found.id, voucher_uses.c.who.in_(tuple(numbers)))
    reason = why_not(found.voucher, order, numbers, found.used, theirs, now)
    if reason is not None:
        _refuse(reason)
    nth = connection.scalar(_NTH.where(voucher_uses.c.voucher == found.id))
    less = off(found.voucher, order)
    row = {"voucher": found.id, "nth": nth, "ref": ref, "off": less, "at": now}
    row["who"] = numbers[0] if numbers else None
    connection.execute(insert(voucher_uses), [row])
    return Redeemed(less, new=True)


def give_back(connection: Connection, code: bytes, ref: str, now: int) -> bool:
    """The order came to nothing: the voucher is worth a use more. False if it was given back."""
    use = connection.execute(
        _USE.where(voucher_uses.c.voucher == _one(connection, code).id, voucher_uses.c.ref == ref)
    ).first()
    if use is None:
        raise WrongInput("This voucher was not redeemed for that order: check the order's number.")
    if use.returned is not None:
        return False
    connection.execute(insert(voucher_returns), [{"use": use.id, "at": now}])
    return True


def issued(
    connection: Connection, campaign: str | None = None, holder: int | None = None
) -> list[Issued]:
    """Vouchers of a campaign or a holder, or all; the last issued first."""
    ask = _ALL.order_by(vouchers.c.id.desc())
    if campaign is not None:
        ask = ask.where(vouchers.c.campaign == campaign)
    if holder is not None:
        ask = ask.where(vouchers.c.holder == holder)
    return [_issued(connection, row) for row in connection.execute(ask).mappings()]


def _one(connection: Connection, code: bytes) -> Issued:
    row = connection.execute(_ALL.where(vouchers.c.code == code)).mappings().first()
    if row is None:
        raise WrongInput("There is no voucher with this code: check its letters.")
    return _issued(connection, row)


def _issued(connection: Connection, row: object) -> Issued:
    said = dict(row)  # type: ignore[call-overload]
    terms = Voucher(**{name: said[name] for name in TERMS})
    used = _count(connection, said["id"])
    return Issued(said["id"], said["key"], said["campaign"], said["made_at"], used, terms)


def _count(connection: Connection, voucher: int, more: ColumnElement[bool] | None = None) -> int:
    """Uses that were not given back."""
    ask = _LIVING.where(voucher_uses.c.voucher == voucher)
    return int(connection.scalar(ask if more is None else ask.where(more)) or 0)


def _refuse(reason: WhyNot) -> NoReturn:
    match reason:
        case WhyNot.EARLY:
            raise WrongInput("This voucher does not hold yet: use it once its time has come.")
        case WhyNot.LATE:
            raise WrongInput("This voucher is over: use another one.")
        case WhyNot.USED:
            raise WrongInput("This voucher was redeemed already: use another one.")
        case WhyNot.THEIRS:
            raise WrongInput("This voucher is somebody else's: use one of your own.")
        case WhyNot.WHO:
            raise WrongInput("This voucher is counted by customer: say whose order it is.")
        case WhyNot.ENOUGH:
            raise WrongInput("This customer had this voucher as often as one may: use another one.")
        case WhyNot.SMALL:
            raise WrongInput("This order is too small for this voucher: add to it.")


_ALL = select(*(vouchers.c[name] for name in ("id", "key", "campaign", "made_at", *TERMS)))
_JOINED = voucher_uses.outerjoin(voucher_returns, voucher_returns.c["use"] == voucher_uses.c.id)
_USE: Select[tuple[int, int, int | None]] = select(
    voucher_uses.c.id, voucher_uses.c.off, voucher_returns.c["use"].label("returned")
).select_from(_JOINED)
_LIVING = select(func.count()).select_from(_JOINED).where(voucher_returns.c["use"].is_(None))
_NTH = select(func.coalesce(func.max(voucher_uses.c.nth), 0) + 1)
