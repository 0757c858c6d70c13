"""What a system of the shop's own reports of the messages it was given: signed as ours are."""

from __future__ import annotations

from thang.channels.hooks.nouns import Heard, Malformed, Report, Told, Unsigned
from thang.channels.hooks.reading import signed, told, word
from thang.channels.webhook import TOLERANCE, signature
from thang.model import SECOND

KEY = "webhook"


def heard(call: Told, secret: str, now: int) -> list[Heard]:
    """`{"id": …, "state": "delivered" or "failed", "why": …}`; Unsigned if it is old, too."""
    given = call.headers.get("thang-signature", "")
    time = given.removeprefix("t=").partition(",")[0]
    if not (time.isascii() and time.isdigit() and len(time) < 12):
        raise Unsigned
    if abs(int(time) - now // SECOND) > TOLERANCE:
        raise Unsigned
    signed(given, f"t={time},v1={signature(secret, int(time), call.body)}")
    said = told(call.body)
    name, state = word(said, "id"), word(said, "state")
    if not name or state not in ("delivered", "failed"):
        raise Malformed
    return [Report(KEY, name, delivered=state == "delivered", why="the receiver says so")]
