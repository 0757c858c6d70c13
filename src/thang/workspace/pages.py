"""What the web's pages ask of a shop, as verbs of its workspace: lists, people, movement."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from thang.engines.duckdb import Projection
from thang.policy.schema import Policy
from thang.record import Record
from thang.record.vault import OWN_VALUE
from thang.workspace.advice import Advice, advice
from thang.workspace.choosing import Asked, chosen
from thang.workspace.customers import Listing, customers
from thang.workspace.listing import Shown, listing_csv
from thang.workspace.movement import Movement, movement
from thang.workspace.names import Card, People, cards, find_people
from thang.workspace.timeline import Timeline, timeline


@dataclass(frozen=True)
class Look:
    """One look at a shop: its record, its placements, and the policy they were made under."""

    record: Record
    projection: Projection
    policy: Policy


class Pages(ABC):
    """The reading verbs of a workspace. Before anybody is placed each is `WrongInput`."""

    def movement(self, month: str | None = None) -> Movement:
        """The movement of a month (YYYY-MM), by default of the last full one."""
        with self._look() as look:
            return movement(look.projection, look.policy, month)

    def advice(self, moved: Movement) -> Advice | None:
        """The one thing to do about a month's tightest spot."""
        with self._look() as look:
            return advice(look.projection, look.policy, moved)

    def customers(self, asked: Asked) -> Listing:
        """One page of the people who are asked for."""
        with self._look() as look:
            return customers(look.record, look.projection, look.policy, asked)

    def listing_csv(self, asked: Asked, masked: Shown = lambda card: card) -> Iterator[str]:
        """Everybody who is asked for as CSV; what cannot be asked is refused before a line."""
        with self._look() as look:
            chosen(look.record, look.projection, look.policy, asked)
        return self._lines(asked, masked)

    def cards(self, persons: Sequence[int]) -> dict[int, Card]:
        """What a page's people are called, and how they are reached."""
        with self._look() as look:
            return cards(look.record, look.projection, persons)

    def values(self, numbers: Sequence[int]) -> dict[int, str]:
        """What identifiers are, by their numbers, unmasked; what was erased is not among them."""
        with self._record() as record:
            personal = record.personal(numbers)
        return {n: known[OWN_VALUE] for n, known in personal.items() if OWN_VALUE in known}

    def window_days(self) -> int:
        """How long the shop's window W is under the policy in force."""
        with self._look() as look:
            version = look.record.policy(look.projection.meta("version"))
        return version.settings.window_days if version else 0

    def find_people(self, text: str, limit: int) -> People:
        """Whom a text names."""
        with self._look() as look:
            return find_people(look.record, look.projection, look.policy, text, limit)

    def timeline(
        self,
        person: str,
        before: str | None = None,
        limit: int = 50,
        source: str | None = None,
        at: str | None = None,
    ) -> Timeline:
        """One person's story; `person` as in `explain`, `at` a shop day whose end is meant."""
        with self._look() as look:
            until = None if at is None else self._instant(at, look.policy)
            number = self._number_of(look, person)
            return timeline(look.record, look.projection, number, before, limit, source, until)

    def sources(self) -> tuple[str, ...]:
        """Who sends events, by name."""
        with self._record() as record:
            return tuple(sorted(record.sources()))

    def _lines(self, asked: Asked, masked: Shown) -> Iterator[str]:
        with self._look() as look:
            yield from listing_csv(look.record, look.projection, look.policy, asked, masked)

    @abstractmethod
    def _look(self) -> AbstractContextManager[Look]: ...

    @abstractmethod
    def _record(self) -> AbstractContextManager[Record]: ...

    @abstractmethod
    def _instant(self, text: str | None, policy: Policy) -> int: ...

    @abstractmethod
    def _number_of(self, look: Look, person: str) -> int: ...
