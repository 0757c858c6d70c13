"""Zalo's access tokens: each lives about a day, and the refresh token that renews it works once.

So a new pair is on disk before it is used: were the process killed in between, the next one
would find it there. Only one process renews at a time.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from thang.channels.answers import Outcome, asked, mapping, number
from thang.channels.sender import Busy, Fault, Refused, Sent, Unknown
from thang.channels.transport import Answer, Wire
from thang.model import SECOND

HOST, PATH = "https://oauth.zaloapp.com", "/v4/oa/access_token"
EARLY = 300 * SECOND  # renewed so long before the end, since clocks differ
LIFE = 90_000  # seconds that a token lives where the platform does not say so
NOT_RENEWED = Refused("Zalo gives no new token: grant the app access again.", Fault.CHANNEL)


class Pair(msgspec.Struct, frozen=True):
    """The tokens, until when the access token lives, and with which grant they began."""

    grant: str
    refresh: str
    access: str = ""
    expires_at: int = 0

    def __repr__(self) -> str:
        return "Pair(…)"


@dataclass(frozen=True)
class ZaloTokens:
    """Hands out a token that is alive. `first` is the refresh token that the shop was given."""

    wire: Wire
    app: str
    secret: str
    first: str
    file: Path
    now: Callable[[], int]
    host: str = HOST

    def __call__(self) -> str | Refused | Busy:
        """An access token; or why there is none: then certainly nothing was sent."""
        pair = self._kept()
        if self._lives(pair):
            return pair.access
        with self._alone():
            pair = self._kept()  # another process may just have renewed it
            return pair.access if self._lives(pair) else self._renewed(pair)

    def _lives(self, pair: Pair) -> bool:
        return bool(pair.access) and self.now() < pair.expires_at - EARLY

    def _kept(self) -> Pair:
        """What is on disk, unless the shop was given a new grant since."""
        grant = hashlib.sha256(self.first.encode()).hexdigest()
        try:
            kept = msgspec.json.decode(self.file.read_bytes(), type=Pair)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return Pair(grant, self.first)
        return kept if kept.grant == grant else Pair(grant, self.first)

    def _renewed(self, pair: Pair) -> str | Refused | Busy:
        told: list[Pair] = []

        def read(answer: Answer) -> Outcome:
            told[:] = [found] if (found := self._read(answer, pair)) else []
            return Sent("") if told else _refused(answer)

        form = {"refresh_token": pair.refresh, "app_id": self.app, "grant_type": "refresh_token"}
        headers = {"content-type": "application/x-www-form-urlencoded", "secret_key": self.secret}
        outcome = asked(self.wire, self.host + PATH, urlencode(form).encode(), headers, read)
        if told:
            self._keep(told[0])
            return told[0].access
        return outcome if isinstance(outcome, Refused | Busy) else Busy()

    def _read(self, answer: Answer, pair: Pair) -> Pair | None:
        said = mapping(answer) or {}
        access, refresh = said.get("access_token"), said.get("refresh_token")
        if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh):
            return None
        life = number(said.get("expires_in")) or LIFE
        return Pair(pair.grant, refresh, access, self.now() + life * SECOND)

    def _keep(self, pair: Pair) -> None:
        """On disk as a whole or not at all, for this machine's user alone."""
        beside = self.file.with_suffix(".new")
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(pair))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.file)
        folder = os.open(self.file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        handle = os.open(self.file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _refused(answer: Answer) -> Outcome:
    """A refusal by name ends the grant; what nobody understands may pass."""
    said = mapping(answer)
    code = number(said.get("error")) if said else None
    return NOT_RENEWED if code not in (None, 0) else Unknown("an answer without a token")
