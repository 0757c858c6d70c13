"""Messenger's webhooks: who wrote, what arrived, and when the platform shuts the page out.

Signed by `X-Hub-Signature-256`, over the very bytes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from typing import Any

from thang.channels.hooks.nouns import Blocked, Heard, OptedOut, Report, Told, Wrote
from thang.channels.hooks.reading import each, inner, instant, says_no, signed, told, word
from thang.model import DAY

KEY = "messenger"


def heard(call: Told, app_secret: str, now: int) -> list[Heard]:
    """What a call tells; Unsigned or Malformed if it is none of Messenger's."""
    digest = hmac.new(app_secret.encode(), call.body, hashlib.sha256).hexdigest()
    signed(call.headers.get("x-hub-signature-256", ""), f"sha256={digest}")
    entries = each(told(call.body), "entry")
    return [
        one for entry in entries for item in each(entry, "messaging") for one in _item(item, now)
    ]


def _item(item: Mapping[str, Any], now: int) -> Iterator[Heard]:
    who, at = word(inner(item, "sender"), "id"), instant(item, "timestamp", now)
    message = inner(item, "message")
    theirs = bool(message) and not message.get("is_echo")
    if who and (theirs or inner(item, "postback")):
        yield Wrote(KEY, who, at, DAY, "message")
        if says_no(word(message, "text")):
            yield OptedOut(KEY, who, at)
    mids = inner(item, "delivery").get("mids")
    for mid in mids if isinstance(mids, list) else ():
        if isinstance(mid, str):
            yield Report(KEY, mid, delivered=True)
    action = word(inner(item, "policy_enforcement"), "action")
    if action in ("block", "unblock"):
        yield Blocked(KEY, over=action == "unblock")
