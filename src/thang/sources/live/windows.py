"""Lists by the time of change: window after window, page after page, each begun a little early.

The cursor is `since|until|page`, in seconds. A window that is done gives way to one that begins
some minutes before its end: what changed while it was being read is read once more, and known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from thang.model import SECOND
from thang.sources.live.contract import MINUTE, Answer, Ask, Feed, Own, Page, Payload, Wanted

OVERLAP = 10 * MINUTE
DAY = 24 * 60 * MINUTE
FIRST = 30  # days back, where the shop says nothing
SOON = 2 * MINUTE  # a window that ends so long ago is followed by the next at once


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time in seconds, and which page of it."""

    since: int
    until: int
    page: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A page's yield; `page`: the next one, empty after the last."""

    payloads: tuple[Payload, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    page: str = ""


def windowed(
    ask: Callable[[Window, Own, int], Ask],
    read: Callable[[Answer, Window, Own], Found],
    span: int = 3_650 * DAY,
    every: int = 10 * MINUTE,
    needs: tuple[str, ...] = (),
) -> Feed:
    """A list that is asked for by the time of change, at most `span` seconds at a time."""

    def asked(cursor: str, own: Own, now: int) -> Ask:
        return ask(window_of(cursor, own, now, span), own, now)

    def page(answer: Answer, cursor: str, own: Own, now: int) -> Page:
        window = window_of(cursor, own, now, span)
        found = read(answer, window, own)
        if found.page:
            on = f"{window.since}|{window.until}|{found.page}"
            return Page(found.payloads, found.wanted, on, more=True)
        on = f"{max(window.since, window.until - OVERLAP)}||"
        behind = window.until < now // SECOND - SOON
        return Page(found.payloads, found.wanted, on, more=behind)

    return Feed(asked, page, every, needs)


def window_of(cursor: str, own: Own, now: int, span: int) -> Window:
    """The window that a cursor stands for now."""
    seconds = now // SECOND
    since, until, page = [*cursor.split("|", 2), "", "", ""][:3]
    start = int(since) if since else seconds - int(own["days"] or FIRST) * DAY
    return Window(start, int(until) if until else min(start + span, seconds), page)


def iso(seconds: int) -> str:
    """An instant as `2026-11-20T03:00:00`, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
