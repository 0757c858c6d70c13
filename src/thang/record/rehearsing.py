"""An import tried without writing: what of a file is new, and whom it would bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from thang.model import Event, Gathered
from thang.record.appending import Keyed, known_events
from thang.record.codebook import Codebook
from thang.record.database import Database
from thang.record.identifiers import Hasher, Roll, numbers_of
from thang.record.key import ShopKey
from thang.record.keys import Keys
from thang.record.spans import LeftOut
from thang.record.tables import namespaces, sources
from thang.record.tallying import sum_of, tally_of
from thang.record.withdrawals import left_out


@dataclass(frozen=True, slots=True)
class Newcomers:
    """People of a file by their first identifiers: new to the shop, and known to it."""

    new: int
    known: int


class Rehearsal:
    """Counts as an import would. Its tally is the one that the import will have.

    An event that was stored once and taken back is counted as `back`: the import brings it back.
    """

    def __init__(self, record: Database, key: ShopKey) -> None:
        self._record = record
        self._hasher = Hasher(key)
        with record.reading() as connection:
            self._codes = dict(Codebook(connection, sources).codes)
            self._gone: LeftOut = left_out(connection)
            self._roll = Roll(connection, self._hasher, Codebook(connection, namespaces))
        self._keys = Keys(key, self._roll)
        self._seen: set[bytes] = set()
        self._people: dict[bytes, bool] = {}
        self.tally = tally_of((), set(), 0)
        self.back = 0

    @property
    def people(self) -> Newcomers:
        """Whom the file speaks of."""
        known = sum(self._people.values())
        return Newcomers(len(self._people) - known, known)

    def take(self, portion: Sequence[Gathered]) -> None:
        """Hear one portion of the file's rows."""
        owned = [(place, event) for place, g in enumerate(portion) for event in g.events]
        told = [event for _, event in owned]
        keyed = [
            (self._codes.get(event.source, 0), key)
            for event, key in zip(told, self._keys.of_events(told), strict=True)
        ]
        with self._record.reading() as connection:
            known = known_events(connection, keyed)
            self._meet(connection, told)
        stored, events = self._new(owned, keyed, known)
        numbers = np.array(list(known.values()), np.int64)
        self.back += int(self._gone.has(numbers).sum())
        self.tally = sum_of(self.tally, tally_of(portion, stored, events))
        self._roll.make_room()

    def _new(
        self, owned: Sequence[tuple[int, Event]], keyed: Sequence[Keyed], known: dict[Keyed, int]
    ) -> tuple[set[int], int]:
        """The places that would bring an event, and how many events."""
        stored: set[int] = set()
        events = 0
        for (place, event), key in zip(owned, keyed, strict=True):
            if key in known or key[1] in self._seen:
                continue
            if event.message_id:  # only named events come twice under one key
                self._seen.add(key[1])
            stored.add(place)
            events += 1
        return stored, events

    def _meet(self, connection: Connection, told: Sequence[Event]) -> None:
        hashes = {self._hasher.name(e.identifiers[0]) for e in told if e.identifiers}
        unmet = [digest for digest in hashes if digest not in self._people]
        known = numbers_of(connection, unmet)
        self._people |= {digest: digest in known for digest in unmet}
