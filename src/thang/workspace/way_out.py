"""The address by which somebody opts out: it names a person and a channel, and only we can make it.

It is short, because it stands in SMS.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass

from thang.record import Record
from thang.river.sending.channels import CHANNELS

KEYS = tuple(CHANNELS)
SEAL = 10  # bytes that nobody guesses
LONGEST = 40


@dataclass(frozen=True, slots=True)
class WayOut:
    """Who opts out, by the number they had, and of which channel."""

    person: int
    channel: str


def token_of(record: Record, out: WayOut) -> str:
    """The letters that stand for a way out."""
    number = out.person.to_bytes(max((out.person.bit_length() + 7) // 8, 1), "big")
    body = bytes([KEYS.index(out.channel)]) + number
    return base64.urlsafe_b64encode(body + _seal(record, body)).decode().rstrip("=")


def way_out_of(record: Record, token: str) -> WayOut | None:
    """Whose way out these letters are; None if we never made them."""
    if not token.isascii() or len(token) > LONGEST:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, seal = raw[:-SEAL], raw[-SEAL:]
    if len(body) < 2 or not hmac.compare_digest(seal, _seal(record, body)):
        return None
    return WayOut(int.from_bytes(body[1:], "big"), KEYS[body[0]])


def _seal(record: Record, body: bytes) -> bytes:
    return hmac.digest(record.secret("ways out"), body, "sha256")[:SEAL]
