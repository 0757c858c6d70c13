"""Wrong tries at signing in: a few a minute for one name and for one address, then a pause."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from threading import Lock

from thang.model import SECOND

MOST = 5
WITHIN = 60 * SECOND
REMEMBERED = 10_000  # names and addresses; beyond that the longest untouched are forgotten


@dataclass
class Tries:
    """Counts in memory: whoever restarts the server needs no guess at a password."""

    _seen: OrderedDict[str, deque[int]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, now: int, *keys: str) -> bool:
        """Claim a try for all of the keys; False where one of them has had its share.

        A try counts from its beginning, so that many at once are not more than many in turn.
        """
        with self._lock:
            tries = [self._of(key, now) for key in keys]
            if any(len(one) >= MOST for one in tries):
                return False
            for one in tries:
                one.append(now)
            return True

    def forgive(self, now: int, *keys: str) -> None:
        """It was the right password: the latest try of these keys was none."""
        with self._lock:
            for key in keys:
                tries = self._of(key, now)
                if tries:
                    tries.pop()

    def _of(self, key: str, now: int) -> deque[int]:
        tries = self._seen.setdefault(key, deque(maxlen=MOST))
        self._seen.move_to_end(key)
        while tries and tries[0] <= now - WITHIN:
            tries.popleft()
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return tries
