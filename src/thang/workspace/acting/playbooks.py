"""Playbooks as they were: whoever entered a strategy goes through it as it was written then."""

from __future__ import annotations

import json
from functools import lru_cache

from thang.policy.playbook.effective import effective
from thang.policy.playbook.load import read_playbook
from thang.policy.playbook.nouns import Playbook, Strategy
from thang.policy.playbook.standings import LEVELS
from thang.record import Record

WRITTEN = "playbook"  # a finding: all that a playbook said, by its fingerprint


class Playbooks:
    """The playbook of today and every one that somebody has entered a strategy of."""

    def __init__(self, record: Record, today: Playbook, levels: tuple[str, ...] = LEVELS) -> None:
        self.today = today
        self._levels = levels
        self._texts = {
            one.body["fingerprint"]: one.body["text"] for one in record.findings(WRITTEN)
        }

    def keep(self, record: Record, now: int) -> None:
        """Write today's down, once, before anybody enters a strategy of it."""
        if self.today.fingerprint in self._texts:
            return
        text = json.dumps(effective(self.today), ensure_ascii=False)
        record.add_finding(WRITTEN, now, {"fingerprint": self.today.fingerprint, "text": text})
        self._texts[self.today.fingerprint] = text

    def strategy(self, fingerprint: str, key: str) -> Strategy | None:
        """A strategy as a playbook had it; None where nobody has written that down."""
        book = self.book(fingerprint)
        return next((one for one in book.strategies if one.key == key), None) if book else None

    def book(self, fingerprint: str) -> Playbook | None:
        """The playbook of a fingerprint."""
        if fingerprint == self.today.fingerprint:
            return self.today
        text = self._texts.get(fingerprint)
        return _read(text, self._levels) if text else None


@lru_cache(maxsize=32)
def _read(text: str, levels: tuple[str, ...]) -> Playbook:
    return read_playbook(text, WRITTEN, levels)
