"""The verbs of strategies: the daily run, what came of each, and whom one may ask next."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from thang.policy.playbook.nouns import Playbook
from thang.record import PolicyVersion
from thang.river.calendar import moment
from thang.workspace.acting.effects import known_effects
from thang.workspace.acting.entering import Door
from thang.workspace.acting.going_on import running
from thang.workspace.acting.playbooks import Playbooks
from thang.workspace.acting.run import Ran, door_of, last_run, run, stop, why_not
from thang.workspace.acting.worth import worth_of
from thang.workspace.buyers import shop_day
from thang.workspace.campaigns import Campaign, CampaignDetail, campaign, campaigns
from thang.workspace.facts.asking import Facts
from thang.workspace.folder import Folder
from thang.workspace.next_best import Advised, PersonAdvised, advised, advised_for
from thang.workspace.playbook import shop_playbook

if TYPE_CHECKING:
    from thang.workspace.pages import Look


FIRST_HOUR = 6  # of the shop's day: before the first message may go out


class Campaigning(ABC):
    """The verbs of strategies. Before anybody is placed each is `WrongInput`."""

    folder: Folder

    def run(self, *, dry: bool = False) -> Ran:
        """One daily run as of the last classification, judged first where that is due."""
        with self._look() as look:
            self._judge_if_due(look)
            version = self._version(look)
            now = look.projection.meta("as_of") or 0
            return run(
                look.record, look.projection, look.policy, version, self.playbook(), now, dry=dry
            )

    def run_if_due(self) -> Ran | None:
        """The day's run, once strategies were begun by somebody and the shop's day has."""
        with self._look() as look:
            last = last_run(look.record)
            as_of, tz = look.projection.meta("as_of") or 0, look.policy.shop.tz
            due = last is not None and last[1] < shop_day(as_of, tz)
            if not due or moment(as_of, tz).hour < FIRST_HOUR:
                return None
        return self.run()

    def last_run(self) -> int | None:
        """When the last run was; None: strategies were not begun, or were stopped."""
        with self._look() as look:
            last = last_run(look.record)
        return last[0] if last else None

    def stop_running(self, by: str) -> None:
        """Make no further run by itself until somebody begins again."""
        with self._look() as look:
            stop(look.record, self.folder.now(), by)

    def playbook(self) -> Playbook:
        """The playbook as the shop's own file says now."""
        return shop_playbook(self.folder)

    def campaigns(self) -> tuple[Campaign, ...]:
        """Every strategy with what became of it."""
        with self._look() as look:
            playbook = self.playbook()
            blocked = why_not(look.record, playbook, self._asking(look, playbook))
            return campaigns(look.record, playbook, blocked, look.projection.meta("as_of") or 0)

    def campaign(self, key: str) -> CampaignDetail:
        """One strategy with the latest whom it met."""
        with self._look() as look:
            playbook = self.playbook()
            blocked = why_not(look.record, playbook, self._asking(look, playbook))
            now = look.projection.meta("as_of") or 0
            return campaign(look.record, playbook, blocked, now, key)

    def next_best(self) -> tuple[Advised, ...]:
        """What the shop should do next, the most promising first, each with its reasons."""
        with self._look() as look:
            return advised(self._door(look))

    def next_best_for(self, person: str) -> tuple[PersonAdvised, ...]:
        """The same for one person."""
        with self._look() as look:
            return advised_for(self._door(look), self._number_of(look, person))

    def _door(self, look: Look) -> Door:
        playbook = self.playbook()
        facts = self._asking(look, playbook)
        worth = worth_of(look.projection, facts, playbook, known_effects(look.record))
        levels = tuple(level.key for level in look.policy.levels)
        inside = running(look.record, look.projection, Playbooks(look.record, playbook, levels))
        blocked = why_not(look.record, playbook, facts)
        return door_of(
            look.record, look.projection, look.policy, playbook, facts, worth, inside, blocked,
            dry=True,
        )  # fmt: skip

    def _asking(self, look: Look, playbook: Playbook) -> Facts:
        now = look.projection.meta("as_of") or 0
        version = self._version(look)
        return Facts(look.record, look.projection, look.policy, version, playbook, now)

    @abstractmethod
    def _version(self, look: Look) -> PolicyVersion:
        """The policy version that people were placed under."""

    @abstractmethod
    def _look(self) -> AbstractContextManager[Look]:
        """The shop as last classified, or `WrongInput`."""

    @abstractmethod
    def _number_of(self, look: Look, person: str) -> int:
        """The number of the one person that a text names, in any of its spellings."""

    @abstractmethod
    def _judge_if_due(self, look: Look) -> None:
        """Bring value, stage and groups up to the last classification."""
