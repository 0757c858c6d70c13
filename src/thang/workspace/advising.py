"""The one strategy that a page advises: looked up once for each state of the shop."""

from __future__ import annotations

from abc import ABC, abstractmethod

from thang.model import ThangError
from thang.policy.playbook.nouns import Playbook
from thang.workspace.freshness import Freshness
from thang.workspace.next_best import Advised

Mark = tuple[object, ...]


class Advising(ABC):
    """The verb of the one thing to do; a page that shows it never fails for it."""

    _advised: tuple[Mark, tuple[Advised, ...]] | None = None

    def one_strategy(self, lower: str = "", upper: str = "") -> Advised | None:
        """What would bring the most of what lifts people of a rung to the next, or of all; None:
        nothing fits anybody, or it cannot be told.
        """
        try:
            found = self._known()
        except ThangError:
            return None
        here = (one for one in found if lower and lower in one.strategy.levels)
        there = (one for one in found if upper and one.strategy.lifts_to == upper)
        return next((one for some in (there, here, iter(found)) for one in some), None)

    def _known(self) -> tuple[Advised, ...]:
        fresh, playbook = self.freshness(), self.playbook()
        mark = (fresh.as_of, fresh.computed_at, fresh.policy, playbook.fingerprint, self.last_run())
        if self._advised is None or self._advised[0] != mark:
            self._advised = (mark, self.next_best())
        return self._advised[1]

    @abstractmethod
    def freshness(self) -> Freshness:
        """How the numbers stand to what happened."""

    @abstractmethod
    def playbook(self) -> Playbook:
        """The playbook as the shop's own file says now."""

    @abstractmethod
    def last_run(self) -> int | None:
        """When the last run was."""

    @abstractmethod
    def next_best(self) -> tuple[Advised, ...]:
        """What the shop should do next, the most promising first."""
