"""Write keys that were looked up a moment ago: senders come many times a second with the same."""

from __future__ import annotations

import time

from thang.desk.keys import ApiKey, ApiKeys

SECONDS = 1.0  # another process may revoke a key; our own is heard of at once


class KnownKeys:
    """Keys by their secrets, for a second each."""

    def __init__(self, keys: ApiKeys) -> None:
        self._keys = keys
        self._known: dict[str, tuple[float, ApiKey]] = {}
        self._revocations = keys.revocations

    def get(self, secret: str) -> ApiKey | None:
        """The key with a secret, if it was looked up within the last second."""
        if self._revocations != self._keys.revocations:
            self._known, self._revocations = {}, self._keys.revocations
        found = self._known.get(secret)
        return found[1] if found and time.monotonic() - found[0] < SECONDS else None

    def look_up(self, secret: str, now: int) -> ApiKey | None:
        """The key with a secret, unless it is unknown or revoked."""
        revocations = self._keys.revocations
        found = self._keys.of_secret(secret, now)
        if found is not None and revocations == self._keys.revocations:
            self._known[secret] = (time.monotonic(), found)
        return found
