"""Live sources as verbs of the workspace: who knocks, what came, what is asked, how it stands."""

from __future__ import annotations

import base64
import hmac
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from enum import Enum

from thang.model import ThangError
from thang.record import Record
from thang.record.inbox import Inbox
from thang.record.inbox_tables import Came
from thang.sources.live.contract import Call
from thang.sources.live.gathering import CLASH
from thang.sources.live.registry import SOURCES
from thang.workspace.arriving import Arrivals
from thang.workspace.connecting.mapping import map_waiting
from thang.workspace.connecting.pulling import Puller
from thang.workspace.connecting.report import SourceState, states
from thang.workspace.connecting.settings import FILE, Connected, SourceSettings, load_sources
from thang.workspace.folder import Folder

SEAL = 18  # bytes: what nobody guesses


class Knock(Enum):
    """What became of a call."""

    TAKEN = "taken"  # on disk
    FORGED = "forged"  # its platform has not signed it
    CLOSED = "closed"  # the source is not set, or its settings are wrong: come again


def door_token(record: Record, source: str) -> str:
    """The part of a door's address that only its platform is told."""
    digest = hmac.digest(record.secret("hooks"), b"in/" + source.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:SEAL]).decode()


class Connecting(ABC):
    """What platforms tell, and what they are asked."""

    folder: Folder

    def source_settings(self) -> SourceSettings:
        """What `sources.yaml` says now. WrongPolicy if it is wrong."""
        return load_sources(self.folder.path / FILE)

    def doors(self) -> dict[str, str]:
        """The path of each source's door, with its secret."""
        with self._record() as record:
            return {key: f"/in/{key}/{door_token(record, key)}" for key in SOURCES}

    def is_door(self, source: str, token: str) -> bool:
        """Whether this is the address of a source's door."""
        with self._record() as record:
            right = door_token(record, source) if source in SOURCES else ""
        return bool(right) and hmac.compare_digest(token.encode("utf-8", "replace"), right.encode())

    def hello(self, source: str, token: str, call: Call) -> str | None:
        """What a platform that asks whether the address is ours is answered; None: nothing."""
        return SOURCES[source].hello(call, token)

    def take_in(self, source: str, path: str, call: Call) -> Knock:
        """Keep a call of a source as it came, if its platform signed it. On disk when it returns.

        `path` is the part of the address that was called after the server's own.
        """
        connected = self._connected(source)
        if connected is None:
            return Knock.CLOSED
        own = connected.own(self.folder.path)
        base = self.source_settings().public_url
        signed = Call(call.body, call.headers, call.query, base + path)
        with self._inbox() as inbox:
            if not connected.source.verify(signed, own):
                inbox.count(source, "forged", self.folder.now())
                return Knock.FORGED
            payload = connected.source.opened(signed)
            inbox.take(source, [Came(payload.topic, payload.body, payload.id)], self.folder.now())
        return Knock.TAKEN

    def map_what_came(self) -> int:
        """Make events of the payloads that wait, a portion at a time; how many were looked at."""
        with self._inbox() as inbox, self._keeping() as arrivals:
            now = self.folder.now()
            settings = self.source_settings()
            return map_waiting(
                inbox, settings, lambda source: arrivals.facts(source, now), arrivals.keep, now
            )

    def pull(self, requests: int) -> int:
        """Ask platforms for what is due, at most so many times; how many requests were made."""
        settings = self.source_settings()
        if not settings.connected:
            return 0
        with self._inbox() as inbox:
            return Puller(inbox, settings, self.folder.path, self.folder.now).pull(requests)

    def source_states(self) -> list[SourceState]:
        """How each source stands: set or not, last event, cursors, what waits, what was refused."""
        with self._inbox() as inbox:
            return states(inbox, self.source_settings(), self.folder.now())

    def _connected(self, source: str) -> Connected | None:
        try:
            return self.source_settings().connected.get(source)
        except ThangError:
            return None

    def _inbox(self) -> AbstractContextManager[Inbox]:
        """What platforms told."""
        return closing(Inbox.open(self.folder.path, CLASH))

    def _keeping(self) -> AbstractContextManager[Arrivals]:
        """The way in for events."""
        return _way_in(self._record(), self.folder)

    @abstractmethod
    def _record(self) -> AbstractContextManager[Record]:
        """The shop's record."""


@contextmanager
def _way_in(opened: AbstractContextManager[Record], folder: Folder) -> Iterator[Arrivals]:
    with opened as record:
        yield Arrivals(record, folder)
