"""Asking platforms on a schedule: lists from a cursor, and things of which only a number is known.

What an answer brings is stored together with the cursor after it. A platform that is busy, down or
does not let us in is asked again later, each time later than before; nobody else waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx

from thang.channels.transport import Wire
from thang.model import SECOND, ThangError
from thang.record.inbox import Inbox
from thang.record.inbox_tables import Came, Cursor, Due
from thang.sources.live.contract import (
    Answer,
    Ask,
    Feed,
    Own,
    Page,
    Payload,
    Trouble,
    TroubleError,
)
from thang.sources.live.gathering import FAULTS, GONE
from thang.workspace.connecting.settings import Connected, SourceSettings
from thang.workspace.connecting.tokens import Tokens

SHORTEST, LONGEST = 30, 3_600  # seconds until the next try
GIVEN_UP = 8  # tries of one thing that is refused, before it is kept as gone
EACH = 6  # requests to one source before the others have their turn


@dataclass(frozen=True)
class Puller:
    """Asks every source that is set for what is due."""

    inbox: Inbox
    settings: SourceSettings
    folder: Path
    now: Callable[[], int]
    wires: dict[str, Wire] = field(default_factory=dict)

    def pull(self, requests: int) -> int:
        """At most so many requests; how many were made."""
        try:
            return sum(1 for _ in islice(self._due(), requests))
        finally:
            for wire in self.wires.values():
                wire.close()
            self.wires.clear()

    def wire(self, base: str) -> Wire:
        """The way out, opened once for as many requests as are made together."""
        if base not in self.wires:
            self.wires[base] = wire_to(base)
        return self.wires[base]

    def _due(self) -> Iterator[None]:
        """One request each time it is gone on with."""
        for connected in self.settings.connected.values():
            yield from islice(Asked(self, connected).everything(), EACH)


@dataclass(frozen=True)
class Asked:
    """One source being asked."""

    puller: Puller
    connected: Connected

    @property
    def _key(self) -> str:
        return self.connected.source.key

    def everything(self) -> Iterator[None]:
        """Lists first, then single things."""
        if self.connected.said.get("pulls") != "false":
            for name, feed in self.connected.source.feeds.items():
                if set(feed.needs) <= self.connected.has:
                    yield from self.feed(name, feed)
        yield from self.wanted()

    def feed(self, name: str, feed: Feed) -> Iterator[None]:
        """A list, page after page for as long as there is more."""
        at = self._cursor(name)
        while at.due_at <= self.puller.now():
            after = self._page(at, feed)
            yield
            if after.due_at > self.puller.now() or after == at:
                return
            at = after

    def wanted(self) -> Iterator[None]:
        """Things by their numbers, as many at once as the platform takes."""
        found = [due for due in self.puller.inbox.due(self.puller.now(), 500)
                 if due.source == self._key]  # fmt: skip
        for what, detail in self.connected.source.details.items():
            these = [due for due in found if due.what == what]
            if not set(detail.needs) <= self.connected.has:
                continue
            for first in range(0, len(these), detail.most):
                some = these[first : first + detail.most]
                went = self._some(what, some)
                yield
                if not went:
                    return

    def _cursor(self, name: str) -> Cursor:
        known = self.puller.inbox.cursors().get((self._key, name))
        return known or Cursor(self._key, name)

    def _page(self, at: Cursor, feed: Feed) -> Cursor:
        now = self.puller.now()
        try:
            answer, page = self._ask(
                lambda own: feed.ask(at.cursor, own, now),
                lambda answer, own: feed.read(answer, at.cursor, own, now),
            )
        except TroubleError as error:
            self.puller.inbox.point(after := _later(at, error, now))
            return after
        rest = self.connected.source.rest(answer)
        due = now + (rest if page.more else max(rest, feed.every)) * SECOND
        after = replace(at, cursor=page.cursor, due_at=due, tries=0, trouble="", asked_at=now)
        self.puller.inbox.advance(after, came(page.payloads), self._wants(page, now), now)
        return after

    def _some(self, what: str, some: list[Due]) -> bool:
        """Ask for some things; False where the platform wants to be left alone."""
        now, inbox = self.puller.now(), self.puller.inbox
        detail = self.connected.source.details[what]
        refs = tuple(due.ref for due in some)
        try:
            answer, page = self._ask(
                lambda own: detail.ask(refs, own, now),
                lambda answer, own: detail.read(answer, refs, own),
            )
        except TroubleError as error:
            if error.trouble is Trouble.REFUSED and len(some) == 1 and some[0].tries >= GIVEN_UP:
                gone = Payload(f"{GONE}{what}", refs[0].encode())
                inbox.got(some, came((gone,)), (), now)
                return True
            inbox.later(some, now + _wait(some[0].tries, error) * SECOND)
            return error.trouble is Trouble.REFUSED
        inbox.got(some, came(page.payloads), self._wants(page, now), now)
        return not self.connected.source.rest(answer)

    def _wants(self, page: Page, now: int) -> list[Due]:
        return [Due(self._key, w.what, w.ref, now + w.after * SECOND) for w in page.wanted]

    def _ask(
        self, ask: Callable[[Own], Ask], read: Callable[[Answer, Own], Page]
    ) -> tuple[Answer, Page]:
        """An answer, after a token that has died was renewed once; TroubleError without one."""
        try:
            own = self.connected.own(self.puller.folder)
        except ThangError:
            raise TroubleError(Trouble.EXPIRED) from None
        tokens = Tokens(self.puller.inbox, self.connected, own, self.puller.now)
        try:
            return self._once(tokens.own(self._call), ask, read)
        except TroubleError as error:
            if error.trouble is not Trouble.EXPIRED or not tokens.can_renew:
                raise
        return self._once(tokens.own(self._call, fresh=True), ask, read)

    def _once(
        self, own: Own, ask: Callable[[Own], Ask], read: Callable[[Answer, Own], Page]
    ) -> tuple[Answer, Page]:
        answer = self._call(self.connected.source.host, ask(own))
        try:
            return answer, read(answer, own)
        except FAULTS:
            raise TroubleError(Trouble.STRANGE) from None

    def _call(self, host: str, ask: Ask) -> Answer:
        base = self.connected.said.get("base", "") or host.format_map(self.connected.said)
        url = ask.path if "://" in ask.path else base + ask.path
        if ask.query:
            url += "?" + urlencode(ask.query)
        wire = self.puller.wire(self.connected.said.get("base", ""))
        try:
            found = wire.post(url, body=ask.body, headers=ask.headers, method=ask.method)
        except httpx.HTTPError:
            raise TroubleError(Trouble.DOWN) from None
        return Answer(found.status, found.headers, found.body)


def wire_to(base: str) -> Wire:
    """The guarded way out; an address that the shop itself names may be one of its own network."""
    if not base:
        return Wire()
    parts = urlsplit(base)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Wire(allowed=[(parts.hostname or "", port)])


def came(payloads: tuple[Payload, ...]) -> list[Came]:
    """Payloads as the inbox keeps them."""
    return [Came(one.topic, one.body, one.id) for one in payloads]


def _later(at: Cursor, error: TroubleError, now: int) -> Cursor:
    wait = _wait(at.tries, error) * SECOND
    return replace(
        at, due_at=now + wait, tries=at.tries + 1, trouble=error.trouble.value, asked_at=now
    )


def _wait(tries: int, error: TroubleError) -> int:
    """Seconds until the next try: what the platform asks for, and each time longer."""
    return max(error.wait, min(LONGEST, SHORTEST << min(tries, 12)))
