"""Bounded keyset pages: where a page ends is told by its last row, never by counting from the top.

A cursor is an address, not a secret: base64 of a short JSON list, believed only after every
part has the type and the range that it must have.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from thang.model import WrongInput

LONGEST = 200  # letters of a cursor
WIDEST = 1 << 63


@dataclass(frozen=True, slots=True)
class Cursor:
    """After which row (`forward`), or before which one, a page lies, in an order by name."""

    order: str
    forward: bool
    keys: tuple[int, ...]


def written(cursor: Cursor) -> str:
    """The cursor as it stands in an address."""
    told = json.dumps([cursor.order, cursor.forward, *cursor.keys], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def read(text: str, order: str, keys: int) -> Cursor:
    """The cursor in an address; `WrongInput` unless it has so many keys and is of this order."""
    if len(text) > LONGEST:
        raise _wrong()
    try:
        padded = text + "=" * (-len(text) % 4)
        told = json.loads(base64.b64decode(padded.encode("ascii"), b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise _wrong() from None
    if not isinstance(told, list) or len(told) != keys + 2:
        raise _wrong()
    name, forward, *numbers = told
    whole = all(type(n) is int and -WIDEST <= n < WIDEST for n in numbers)
    if name != order or type(forward) is not bool or not whole:
        raise _wrong()
    return Cursor(order, forward, tuple(numbers))


def _wrong() -> WrongInput:
    return WrongInput("This page's address is damaged or of another list: go to the first page.")
