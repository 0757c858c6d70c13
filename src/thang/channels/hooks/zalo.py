"""Zalo's webhooks: who wrote or follows, and what was received.

The signature `mac=` is over an id, the very bytes, the time and the account's webhook key; sources
disagree whether the id is the app's or the account's, so either is taken.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from thang.channels.hooks.nouns import Heard, Left, OptedOut, Report, Told, Wrote
from thang.channels.hooks.reading import inner, instant, says_no, signed, told, word
from thang.model import DAY

OA, ZNS = "zalo_oa", "zns"
ANSWERED = 7 * DAY
FOLLOWED = 3_650 * DAY  # until they leave, which is told


def heard(call: Told, ids: tuple[str, ...], secret: str, now: int) -> list[Heard]:
    """What a call tells; Unsigned or Malformed if it is none of Zalo's."""
    said = told(call.body)
    time = word(said, "timestamp")
    right = [f"mac={_mac(one, call.body, time, secret)}" for one in ids if one]
    signed(call.headers.get("x-zevent-signature", ""), *right)
    return list(_event(said, word(said, "event_name"), now))


def _mac(own: str, body: bytes, time: str, secret: str) -> str:
    return hashlib.sha256(own.encode() + body + time.encode() + secret.encode()).hexdigest()


def _event(said: Mapping[str, Any], name: str, now: int) -> Iterator[Heard]:
    at, message = instant(said, "timestamp", now), inner(said, "message")
    who = word(inner(said, "sender"), "id")
    follower = word(inner(said, "follower"), "id") or who
    if name.startswith("user_send_") and who:
        yield Wrote(OA, who, at, ANSWERED, "message")
        if says_no(word(message, "text")):
            yield OptedOut(OA, who, at)
    elif name == "follow" and follower:
        yield Left(OA, follower, back=True)
        yield Wrote(OA, follower, at, FOLLOWED, "follow")
    elif name == "unfollow" and follower:
        yield Left(OA, follower, back=False)
    elif name in ("user_received_message", "user_seen_message"):
        yield from _received(message)


def _received(message: Mapping[str, Any]) -> Iterator[Heard]:
    several = message.get("msg_ids")
    names = [word(message, "msg_id")]
    names += [one for one in several if isinstance(one, str)] if isinstance(several, list) else []
    for name in filter(None, names):
        yield Report(OA, name, delivered=True)
        yield Report(ZNS, name, delivered=True)
