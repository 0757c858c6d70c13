"""The verbs by which people steer strategies: look closer, switch, pause, and write new ones."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import RLock
from typing import TYPE_CHECKING, Any

from thang.model import WrongInput
from thang.policy.load import text_of
from thang.policy.playbook.editing import added, changed, known_playbook, switched
from thang.policy.playbook.load import FILE
from thang.policy.playbook.nouns import Playbook, Strategy
from thang.river.sending.merge import read_merge
from thang.workspace.campaigns import CampaignDetail
from thang.workspace.facts.asking import Facts
from thang.workspace.fitting import Fit, StepShown, fit, shown
from thang.workspace.folder import Folder
from thang.workspace.names import Card, cards
from thang.workspace.tasking import levels_of
from thang.workspace.whose import whose
from thang.workspace.wording import values_of

if TYPE_CHECKING:
    from thang.workspace.pages import Look

_ONE_WRITER = RLock()  # a playbook is read, changed and written as a whole


@dataclass(frozen=True)
class Closer:
    """One strategy with whom it would meet, some of them by name, and its words before one."""

    fit: Fit
    faces: tuple[Card, ...]
    reader: Card | None
    steps: tuple[StepShown, ...]


class Strategizing(ABC):
    """The verbs of steering. Before anybody is placed each is `WrongInput`."""

    folder: Folder

    def closer(
        self, strategy: Strategy, playbook: Playbook, language: str, reader: str = ""
    ) -> Closer:
        """Look closer at a strategy of a playbook, its words before `reader` (a reference), or
        before the first whom it fits.
        """
        with self._look() as look:
            found = fit(self._asking(look, playbook), strategy)
            number = self._number_of(look, reader) if reader else found.near
            wanted = [*found.some, *([number] if number is not None else [])]
            known = cards(look.record, look.projection, list(dict.fromkeys(wanted)))
            level = levels_of(look, wanted).get(number) if number is not None else None
            card = known.get(number) if number is not None else None
            values = values_of(card, level, look.policy, language)
            steps = shown(strategy, playbook, values, language, look.policy.sending)
            return Closer(found, tuple(known[one] for one in found.some), card, steps)

    def titles(self, refs: Sequence[str]) -> dict[str, str]:
        """What people are called, by their references, as far as they are known."""
        with self._look() as look:
            numbers = {ref: look.record.refs.id_of(ref) for ref in refs if ref}
            asked = [one for one in dict.fromkeys(numbers.values()) if one is not None]
            now_of = {
                old: one.number for old, one in whose(look.projection, look.policy, asked).items()
            }
            known = cards(look.record, look.projection, list(dict.fromkeys(now_of.values())))
            found = {ref: known.get(now_of[n]) for ref, n in numbers.items() if n is not None}
            return {ref: card.title for ref, card in found.items() if card is not None}

    def playbook_text(self) -> str:
        """The shop's own playbook as it is written; none where there is no file."""
        path = self.folder.path / FILE
        return text_of(path).replace("\r\n", "\n") if path.exists() else ""

    def proposed(self, key: str, values: Mapping[str, Any]) -> Playbook:
        """The playbook with one strategy more, written down nowhere; WrongPolicy if it is wrong."""
        levels = self._levels()
        text = added(self.playbook_text(), key, values, levels, read_merge)
        return known_playbook(text, levels, read_merge)

    def add_strategy(self, key: str, values: Mapping[str, Any]) -> None:
        """Write one strategy more into the shop's playbook."""
        with _ONE_WRITER:
            self._write(added(self.playbook_text(), key, values, self._levels(), read_merge))

    def change_strategy(self, key: str, values: Mapping[tuple[str, ...], Any]) -> None:
        """Change values of a strategy in the shop's playbook, by their keys below it."""
        with _ONE_WRITER:
            key = self.campaign(key).campaign.strategy.key
            self._write(changed(self.playbook_text(), key, values, self._levels(), read_merge))

    def switch_strategy(self, key: str, *, on: bool) -> None:
        """Switch a strategy on or off in the shop's playbook. Whoever is in it goes on to its end
        by the playbook they began with.
        """
        with _ONE_WRITER:
            key = self.campaign(key).campaign.strategy.key
            self._write(switched(self.playbook_text(), key, on=on, levels=self._levels()))

    def pause_strategy(self, key: str, why: str) -> int:
        """Stop a strategy at once: nothing of it goes out until it is resumed; how many planned
        messages were called off.
        """
        with self._look() as look:
            found = self.campaign(key).campaign
            if found.why_not == "paused":
                raise WrongInput("This strategy is paused already: resume it, or leave it so.")
            return look.record.call_off(found.strategy.key, why or "paused by hand")

    def resume_strategy(self, key: str, why: str) -> None:
        """Let a paused strategy go on; what was called off stays so."""
        with self._look() as look:
            strategy = self.campaign(key).campaign.strategy.key
            look.record.resume(strategy, why or "resumed by hand")

    def _levels(self) -> Sequence[str]:
        return tuple(level.key for level in self.folder.policy().levels)

    def _write(self, text: str) -> None:
        """The whole file or the old one: a reader never meets half of it."""
        path = self.folder.path / FILE
        with NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=path.parent, prefix=".playbook-", delete=False
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            Path(file.name).chmod(path.stat().st_mode & 0o777)
        Path(file.name).replace(path)

    @abstractmethod
    def campaign(self, key: str) -> CampaignDetail:
        """One strategy with the latest whom it met."""

    @abstractmethod
    def _asking(self, look: Look, playbook: Playbook) -> Facts:
        """The facts of the shop as its playbook asks for them."""

    @abstractmethod
    def _look(self) -> AbstractContextManager[Look]:
        """The shop as last classified, or `WrongInput`."""

    @abstractmethod
    def _number_of(self, look: Look, person: str) -> int:
        """The number of the one person that a text names, in any of its spellings."""
