"""Invented facts for the record's tests: nobody here exists."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from thang.model import Event, Gathered, Identifier, Refused
from thang.record import Record
from thang.record.folder import RECORD_FILE, opened

NOON = 1_700_000_000_000_000


def customer(number: int) -> Identifier:
    return Identifier("customer", f"KH-{number}")


def phone(number: int) -> Identifier:
    return Identifier("phone", f"+8400{number:07d}")


def order(number: int, *named: Identifier, **more: Any) -> Event:
    """An order of its own content; pass `message_id=` for one that is known by name."""
    facts = {"ref": f"DH-{number}", "amount": 1000 + number, "currency": "VND"}
    return Event("till", "order_completed", NOON + number, named, **(facts | more))


def one(event: Event, rows: int = 1) -> Gathered:
    return Gathered(rows, (event,))


def bad(raw: str, reason: str = "no_date", rows: int = 1) -> Gathered:
    why = "The date cannot be read: write it as 2026-01-31."
    return Gathered(rows, refused=Refused("till", "line 7", reason, why, raw))


def ticking() -> Callable[[], int]:
    """A clock that moves on by a second whenever it is asked."""
    ticks = count(NOON + 10**12, 1_000_000)
    return lambda: next(ticks)


@contextmanager
def shop() -> Iterator[Record]:
    """A new shop in a folder of its own, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="thang-shop-"))
    try:
        with Record.create(folder / "shop", ticking()) as record:
            yield record
    finally:
        shutil.rmtree(folder)


# When and in which run something was stored differs between runs; everything else is a fact.
FACTS = {
    "events": 'seq, source, "key", at, kind, subject, other, ref, amount, currency, grade,'
    " flags, properties",
    "identifiers": "id, namespace, hash",
    "links": "id, a, b, evidence, source, at",
    "marks": "id, identifier, mark, at",
    "refused": 'id, source, "where", reason, "key"',
    "sources": "id, name",
    "kinds": "code, name",
    "namespaces": "id, name",
}


def facts(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything a record says, read past the code under test."""
    record = opened(folder, RECORD_FILE)
    with record.engine.connect() as connection:
        told = {
            table: connection.exec_driver_sql(f"SELECT {columns} FROM {table} ORDER BY 1").all()  # noqa: S608
            for table, columns in FACTS.items()
        }
    record.close()
    return {table: [tuple(map(plain, row)) for row in rows] for table, rows in told.items()}


def plain(value: Any) -> Any:
    """Bytes as letters."""
    return value.hex() if isinstance(value, bytes) else value
