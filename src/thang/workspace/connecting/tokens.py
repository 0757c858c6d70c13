"""A source's access token: the shop's own, or one that is renewed and kept sealed.

A new pair is on disk before it is used, since with many platforms the old one is dead by then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from thang.model import SECOND
from thang.record.inbox import Inbox
from thang.sources.live.contract import Answer, Ask, Own, Renewal
from thang.workspace.connecting.settings import Connected

EARLY = 300 * SECOND  # renewed so long before the end, since clocks differ
ACCESS = "access_token"

Call = Callable[[str, Ask], Answer]


class Pair(msgspec.Struct, frozen=True):
    """The tokens, until when the access token lives, and with which grant they began."""

    grant: str
    refresh: str
    access: str = ""
    expires_at: int = 0

    def __repr__(self) -> str:
        return "Pair(…)"


@dataclass(frozen=True)
class Tokens:
    """Adds a living access token to a source's own settings."""

    inbox: Inbox
    connected: Connected
    given: Own
    now: Callable[[], int]

    @property
    def can_renew(self) -> bool:
        """Whether tokens are renewed for this source, as its settings say."""
        renewal = self.connected.source.renewal
        if renewal is None:
            return False
        allowed = self.given.on(renewal.when) if renewal.when else True
        return allowed and (not renewal.first or bool(self.given[renewal.first]))

    def own(self, call: Call, *, fresh: bool = False) -> Own:
        """The settings with a token. TroubleError if the platform gives none."""
        renewal = self.connected.source.renewal
        if renewal is None or not self.can_renew:
            return self.given
        pair = self._kept(renewal)
        if fresh or not pair.access or self.now() >= pair.expires_at - EARLY:
            pair = self._renewed(renewal, pair, call)
        return Own({**self.given.said, ACCESS: pair.access})

    def _renewed(self, renewal: Renewal, pair: Pair, call: Call) -> Pair:
        asked = renewal.ask(pair.refresh, self.given, self.now())
        grant = renewal.read(call(renewal.host or self.connected.source.host, asked))
        expires = self.now() + (grant.seconds or 3_600) * SECOND
        pair = Pair(pair.grant, grant.refresh or pair.refresh, grant.access, expires)
        self.inbox.keep_token(self.connected.source.key, msgspec.json.encode(pair))
        return pair

    def _kept(self, renewal: Renewal) -> Pair:
        """What is on disk, unless the shop was given a new grant since."""
        first = self.given[renewal.first] if renewal.first else ""
        grant = hashlib.sha256(first.encode()).hexdigest()
        kept = self.inbox.token(self.connected.source.key)
        if kept is not None:
            pair = msgspec.json.decode(kept, type=Pair)
            if pair.grant == grant:
                return pair
        return Pair(grant, first)
