"""JSON that may be anything, read as if it were what the platform documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from thang.model import DAY, SECOND
from thang.sources.live.contract import Answer, Facts, Trouble, TroubleError
from thang.sources.rows import decimals_of
from thang.sources.values import Dates

LONGEST = 400  # letters of a word
MOST_WAIT = 3_600  # seconds


class UnfitError(Exception):
    """A thing that cannot become an event, with the code of the reason."""


def json_of(body: bytes) -> Any:
    """What the bytes say; UnfitError if they are no JSON."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        raise UnfitError("json") from None


def inner(of: Any, *path: str) -> Any:
    """What lies at the end of a path of keys; None where it breaks off."""
    for key in path:
        of = of.get(key) if isinstance(of, dict) else None
    return of


def mapping(of: Any, *path: str) -> Mapping[str, Any]:
    """An object at the end of a path; an empty one for whatever else is there."""
    found = inner(of, *path)
    return found if isinstance(found, dict) else {}


def each(of: Any, *path: str) -> Iterator[Mapping[str, Any]]:
    """The objects of a list at the end of a path."""
    found = inner(of, *path)
    yield from (one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def word(of: Any, *path: str) -> str:
    """A short text or number as text; empty if it is neither."""
    found = inner(of, *path)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    text = format(found, ".15g") if isinstance(found, float) else str(found).strip()
    return text if len(text) <= LONGEST and text.isprintable() else ""


def prose(of: Any, *path: str) -> str:
    """A text of some length."""
    found = inner(of, *path)
    return found.strip()[:4_000] if isinstance(found, str) else ""


def instant(text: str, facts: Facts) -> int:
    """Microseconds of a time in any form platforms write; UnfitError if it is none, or to come."""
    at = Dates(facts.tz).instant(text) if text else None
    return timely(at, facts)


def of_seconds(of: Any, key: str, facts: Facts, *, milli: bool = False) -> int:
    """Microseconds of a time in seconds, or in milliseconds."""
    text = word(of, key)
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise UnfitError("date")
    return timely(int(text) * (SECOND // 1_000 if milli else SECOND), facts)


def timely(at: int | None, facts: Facts) -> int:
    """An instant that may have been."""
    if at is None or at < 0:
        raise UnfitError("date")
    if at > facts.now + DAY:
        raise UnfitError("future")
    return at


def money(text: str, currency: str) -> int:
    """Minor units of an amount as programs write it: a point for decimals, commas or nothing
    between thousands.
    """
    plain = text.replace(",", "")
    if not re.fullmatch(r"-?\d{1,17}(\.\d{1,9})?", plain):
        raise UnfitError("amount")
    minor = Decimal(plain).scaleb(decimals_of(currency))
    return int(minor.to_integral_value(rounding=ROUND_HALF_UP))


def answered(answer: Answer) -> Any:
    """An answer's JSON; TroubleError by its status, or if nobody understands it."""
    status = answer.status
    if status == 429:
        raise TroubleError(Trouble.BUSY, wait_of(answer))
    if status >= 500:
        raise TroubleError(Trouble.DOWN, wait_of(answer))
    if status in (401, 403):
        raise TroubleError(Trouble.EXPIRED)
    if not 200 <= status < 300:
        raise TroubleError(Trouble.REFUSED)
    try:
        return json_of(answer.body)
    except UnfitError:
        raise TroubleError(Trouble.STRANGE) from None


def wait_of(answer: Answer) -> int:
    """The seconds that a platform asks to wait."""
    said = answer.headers.get("retry-after", "").partition(".")[0]
    return min(int(said), MOST_WAIT) if said.isascii() and said.isdigit() else 0
