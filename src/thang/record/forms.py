"""What public forms bring: taken down at once, sealed, and gone once it is in the log.

An import may hold the log for minutes; nobody who fills in a form is made to wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, func, insert, select

from thang.model import Unavailable
from thang.record.ledger_tables import forms
from thang.record.sealing import as_bytes, seal, unseal

MOST = 10_000  # forms that may wait; beyond it new ones are refused


@dataclass(frozen=True, slots=True)
class Received:
    """One form as it was filled in."""

    id: int
    key: str
    form: str
    body: dict[str, Any]
    at: int


def put(
    connection: Connection, cipher: AESGCM, key: str, form: str, body: dict[str, Any], now: int
) -> bool:
    """Take a form down; False if this very one is there."""
    if connection.scalar(select(forms.c.id).where(forms.c.key == key)) is not None:
        return False
    if waiting(connection) >= MOST:
        raise Unavailable("Too many forms wait to be read: try again later.")
    sealed = seal(cipher, msgspec.json.encode(body), as_bytes(f"{form}/{key}"))
    connection.execute(insert(forms), [{"key": key, "form": form, "sealed": sealed, "at": now}])
    return True


def received(connection: Connection, cipher: AESGCM, limit: int) -> list[Received]:
    """Forms that wait, the oldest first."""
    rows = connection.execute(select(*forms.c).order_by(forms.c.id).limit(limit)).mappings()
    return [
        Received(
            row["id"], row["key"], row["form"],
            msgspec.json.decode(
                unseal(cipher, row["sealed"], as_bytes(f"{row['form']}/{row['key']}"))
            ),
            row["at"],
        )
        for row in rows
    ]  # fmt: skip


def taken(connection: Connection, ids: list[int]) -> None:
    """These are in the log: what was kept of them goes."""
    connection.execute(delete(forms).where(forms.c.id.in_(ids)))


def waiting(connection: Connection) -> int:
    """How many wait."""
    return int(connection.scalar(select(func.count()).select_from(forms)) or 0)
