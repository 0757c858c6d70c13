"""Letters that came back, as a mail server hands them over: the raw letter as a call's body."""

from __future__ import annotations

from thang.channels.bounces import bounce_of, recipient_of
from thang.channels.hooks.nouns import Bounced, Heard, Told


def heard(call: Told) -> list[Heard]:
    """What a letter tells of one of ours; nothing if it is no report of a failure."""
    found = bounce_of(call.body)
    if found is None:
        return []
    dead = recipient_of(call.body) if found.for_good else ""
    return [Bounced(found.key, f"it came back ({found.status})", dead)]
