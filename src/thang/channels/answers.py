"""What became of a request, in the four answers a sender gives.

Before a request is on its way it certainly was not taken. From then on only a provider's own word
tells: silence, a broken line and a fault on the provider's side are `Unknown`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import msgspec

from thang.channels.sender import Busy, Fault, Refused, Sent, Unknown
from thang.channels.transport import Answer, Wire

Outcome = Sent | Refused | Busy | Unknown
Told = Mapping[str, Any]


def asked(
    wire: Wire, url: str, body: bytes, headers: Mapping[str, str],
    read: Callable[[Answer], Outcome], method: str = "POST",
) -> Outcome:  # fmt: skip
    """Post, and read the answer; what the line did otherwise is told apart by when it broke."""
    try:
        answer = wire.post(url, body=body, headers=headers, method=method)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        if str(error).startswith("forbidden"):
            return Refused("The address may not be connected to.", Fault.CHANNEL)
        return Busy()
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        return Refused("The address is no web address.", Fault.CHANNEL)
    except httpx.HTTPError as error:
        return Unknown(type(error).__name__)
    return _by_status(answer) or read(answer)


def _by_status(answer: Answer) -> Outcome | None:
    """What a status says by itself; None: the body has to be read."""
    if answer.status == 429 or (answer.status == 503 and "retry-after" in answer.headers):
        return Busy(retry_after(answer.headers))
    if answer.status >= 500:
        return Unknown(f"status {answer.status}")
    if 300 <= answer.status < 400:
        return Refused("The provider has moved.", Fault.CHANNEL)
    return None


def retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds to wait, where they are told as a number; a date needs a clock and is left alone."""
    told = headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return int(told[:9])
    return _until(told, headers.get("date", ""))


def _until(told: str, now: str) -> int | None:
    try:
        seconds = (parsedate_to_datetime(told) - parsedate_to_datetime(now)).total_seconds()
    except (TypeError, ValueError):
        return None
    return max(int(seconds), 0)


def mapping(answer: Answer) -> Told | None:
    """The body as a JSON object; None if it is none."""
    try:
        told = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return told if isinstance(told, dict) else None


def part(told: Told, key: str) -> Told:
    """An object in an object; an empty one if there is none."""
    found = told.get(key)
    return found if isinstance(found, dict) else {}


def number(told: Any) -> int | None:
    """A code, written as a number or as digits."""
    if isinstance(told, bool):
        return None
    if isinstance(told, int):
        return told
    text = str(told)
    return int(text) if text.removeprefix("-").isdigit() and len(text) < 12 else None


def encoded(body: Any) -> bytes:
    """An object as JSON."""
    return msgspec.json.encode(body)
