"""What every provider's call is read with: JSON that may be anything, times, words that say no."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from thang.channels.answers import number
from thang.channels.hooks.nouns import Malformed, Unsigned
from thang.river.sending.sms import plain

MILLI = 1_000
NOES = frozenset((
    "stop", "huy", "dung", "ngung", "tu choi", "tc", "huy nhan tin", "dung nhan tin",
    "ngung nhan tin", "tu choi nhan tin", "khong nhan tin", "huy dang ky", "unsubscribe",
))  # fmt: skip
LONGEST_NO = 40  # letters


def signed(given: str, *right: str) -> None:
    """Unsigned unless the signature is one of the right ones."""
    if not any(
        hmac.compare_digest(given.encode("utf-8", "replace"), one.encode()) for one in right
    ):
        raise Unsigned


def told(body: bytes) -> dict[str, Any]:
    """A call's JSON object."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed from None
    if not isinstance(found, dict):
        raise Malformed
    return found


def inner(of: Any, key: str) -> Mapping[str, Any]:
    """An object in an object; an empty one for whatever else is there."""
    found = of.get(key) if isinstance(of, dict) else None
    return found if isinstance(found, dict) else {}


def each(of: Any, key: str) -> Iterator[Mapping[str, Any]]:
    """The objects of a list in an object."""
    found = of.get(key) if isinstance(of, dict) else None
    yield from (one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def word(of: Mapping[str, Any], key: str) -> str:
    """A short text or number, as text; empty if it is neither."""
    found = of.get(key)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    text = str(found)
    return text if len(text) <= 200 and text.isprintable() else ""


def instant(of: Mapping[str, Any], key: str, now: int) -> int:
    """Microseconds of a time in milliseconds: never later than now, and now where there is none."""
    found = number(of.get(key)) if len(str(of.get(key))) < 12 else _long(of.get(key))
    return min(found * MILLI, now) if found and found > 0 else now


def _long(found: Any) -> int | None:
    text = str(found)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def says_no(text: str) -> bool:
    """Whether a message is one of the words by which people opt out, and nothing else."""
    return plain(text[:LONGEST_NO]).lower().strip(" .!\"'\n") in NOES
