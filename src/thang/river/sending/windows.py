"""The windows of platforms: Messenger and Zalo let a shop write only after the person did.

A window is kept with its end and its reason, as the platform told it. None of the reasons
that need a human (`human_agent`) opens anything for a machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from thang.model import DAY
from thang.policy.contact import Contact
from thang.river.sending.nouns import MARKETING, Known, Touch, Why, Window


class Reason(StrEnum):
    """What opened a window."""

    MESSAGE = "message"  # the person wrote: 24 hours on Messenger, 7 days on Zalo
    AD = "click_to_message_ad"  # the talk began with an advertisement: up to 7 days
    COMMENT = "comment"  # one private reply to a comment
    PAID = "paid_opt_in"  # opted in to the platform's paid marketing messages
    FOLLOW = "follow"  # follows the official account: it may broadcast to them
    HUMAN = "human_agent"  # a human may answer; a machine may not


COMMENT_SPAN = 7 * DAY  # a comment is answered within a week, once
FREE_SPAN = 2 * DAY  # Zalo's free replies: so long after the person's message …
FREE_REPLIES = 8  # … and so many


def open_until(channel: str, purpose: str, known: Known, now: int, rules: Contact) -> int | Why:
    """The end of the longest window that lets this through, or why there is none."""
    here = [w for w in known.windows if w.channel == channel and w.at <= now < w.expires_at]
    found = [_end(w, purpose, _since(known.touches, w), now, rules) for w in here]
    ends = [end for end in found if isinstance(end, int)]
    if ends:
        return max(ends)
    return Why.FREE_USED if Why.FREE_USED in found else Why.WINDOW


def _end(window: Window, purpose: str, sent: int, now: int, rules: Contact) -> int | Why:
    match window.channel, window.reason:
        case "messenger", Reason.MESSAGE | Reason.AD:
            return window.expires_at
        case "messenger", Reason.COMMENT:
            end = min(window.expires_at, window.at + COMMENT_SPAN)
            return Why.WINDOW if sent or now >= end else end
        case "messenger", Reason.PAID:
            return window.expires_at if purpose == MARKETING else Why.WINDOW
        case "zalo_oa", Reason.FOLLOW:
            return window.expires_at if purpose == MARKETING else Why.WINDOW
        case "zalo_oa", Reason.MESSAGE:
            return _zalo(window, sent, now, rules)
    return Why.WINDOW


def _zalo(window: Window, sent: int, now: int, rules: Contact) -> int | Why:
    if rules.zalo_paid:
        return window.expires_at
    free_until = min(window.expires_at, window.at + FREE_SPAN)
    return free_until if now < free_until and sent < FREE_REPLIES else Why.FREE_USED


def _since(touches: Iterable[Touch], window: Window) -> int:
    return sum(touch.channel == window.channel and touch.at >= window.at for touch in touches)
