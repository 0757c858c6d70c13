"""One import into the record: portions of rows, each on disk as a whole with its tally.

The order of commits makes a kill at any instant harmless: first the numbers of new
identifiers, then the personal data under those numbers, then the events. So an event that
is there has its person's data, and an import that is run again takes up where it was cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Table, func, insert, select, update

from thang.model import Event, Gathered, Refused, Tally
from thang.record.bulk import rows_among, run_many
from thang.record.codebook import Codebook
from thang.record.database import Database
from thang.record.identifiers import REMEMBERED, Hasher, Roll
from thang.record.joining import Joins
from thang.record.key import ShopKey
from thang.record.keys import Keys
from thang.record.rows import Told, check, event_row, personal
from thang.record.sealing import as_bytes, seal
from thang.record.spans import runs
from thang.record.tables import (
    batches,
    events,
    kinds,
    namespaces,
    refused,
    refused_again,
    retold,
    sources,
)
from thang.record.tallying import counts_of, sum_of, tally_of
from thang.record.vault import Vault
from thang.record.withdrawals import left_out, say
from thang.river.events import UNKNOWN_BASE

PORTION = 5_000

Keyed = tuple[int, bytes]  # a source's number, and the key of an event or of a refused row
Again = dict[Keyed, tuple[int, Event]]  # events known before, with their numbers


@dataclass(frozen=True, slots=True)
class Stored:
    """A portion as it was stored, and the places of those that brought new events."""

    portion: Sequence[Gathered]
    stored: set[int]


class Import:
    """One import under way; the writer's lock is held by its caller."""

    def __init__(
        self, record: Database, vault: Vault, key: ShopKey, now: Callable[[], int]
    ) -> None:
        self._record, self._vault, self._now = record, vault, now
        self._cipher = AESGCM(key.derive("refused rows"))
        hasher = Hasher(key)
        with record.reading() as connection:
            self._sources = Codebook(connection, sources)
            self._kinds = Codebook(connection, kinds, UNKNOWN_BASE)
            self._roll = Roll(connection, hasher, Codebook(connection, namespaces))
            self._seq = self._before = _last(connection, events, "seq")
            self._unfit = self._unfit_before = _last(connection, refused, "id")
            self._batch = _last(connection, batches, "id") + 1
            self._gone = left_out(connection)
        self._joins = Joins(hasher)
        self._keys = Keys(key, self._roll)
        self._in_vault: set[int] = set()
        self.tally = Tally()

    def begin(self, name: str, source: str, digest: str) -> None:
        """Write down that an import has begun."""
        code = self._sources.code(source)
        row = {"id": self._batch, "source": code, "name": name, "digest": digest}
        row |= {"started_at": self._now(), "finished_at": None, **counts_of(self.tally)}
        with self._record.writing() as connection:
            self._sources.write_new(connection)
            connection.execute(insert(batches), [row])

    def take(self, portion: Sequence[Gathered]) -> Stored:
        """Store one portion: its new events, its refused rows, and its share of the tally."""
        now = self._now()
        with self._record.reading() as connection:
            fresh, stored, again = self._sorted_out(connection, portion)
            portion = self._looked_over(connection, portion, fresh, (stored, again))
            unfit, unfit_again = self._unfit_rows(connection, portion)
        total = sum_of(self.tally, tally_of(portion, stored, len(fresh)))
        told, back = self._enrol(fresh, self._taken_back(again), now)
        self._vault.keep(personal([*told, *back], self._in_vault))
        rows = [event_row(t, self._kinds.code(t.event.kind), self._batch, now) for t in told]
        with self._record.writing() as connection:
            run_many(connection, _INTO_LOG, rows)
            run_many(connection, _INTO_REFUSED, unfit)
            self._joins.write(connection, [*told, *back])
            self._tell_again(connection, again, now)
            run_many(connection, _REFUSED_AGAIN, self._spans(unfit_again))
            self._note(connection, counts_of(total))
        self._make_room()
        self.tally = total
        return Stored(portion, stored)

    def finish(self) -> None:
        """Write down that the import came to its end."""
        with self._record.writing() as connection:
            self._note(connection, {"finished_at": self._now()})

    def _sorted_out(
        self, connection: Connection, portion: Sequence[Gathered]
    ) -> tuple[dict[Keyed, Event], set[int], Again]:
        """Events that are new, the places of those that brought them, and events known before."""
        owned = [(place, event) for place, g in enumerate(portion) for event in g.events]
        told = [event for _, event in owned]
        coded = [self._sources.code(event.source) for event in told]
        keyed = list(zip(coded, self._keys.of_events(told), strict=True))
        known = known_events(connection, keyed)
        again = {k: (known[k], e) for (_, e), k in zip(owned, keyed, strict=True) if k in known}
        fresh: dict[Keyed, Event] = {}
        stored: set[int] = set()
        for (place, event), key in zip(owned, keyed, strict=True):
            if key not in known and key not in fresh:
                check(event)
                stored.add(place)
                fresh[key] = event
        return fresh, stored, again

    def _looked_over(
        self,
        _connection: Connection,
        portion: Sequence[Gathered],
        _fresh: Mapping[Keyed, Event],
        _known: tuple[set[int], Again],
    ) -> Sequence[Gathered]:
        """The portion as it is to be stored; a file's rows may tell one thing in several ways."""
        return portion

    def _taken_back(self, again: Again) -> Again:
        """Those events known before that no import spoke for any more, until now."""
        seqs = np.array([seq for seq, _ in again.values()], np.int64)
        lost = self._gone.has(seqs)
        return {key: of for (key, of), gone in zip(again.items(), lost, strict=True) if gone}

    def _tell_again(self, connection: Connection, again: Again, now: int) -> None:
        """Write down which events of other imports this one tells as well."""
        known = [seq for seq, _ in again.values() if seq <= self._before]
        run_many(connection, _AGAIN, self._spans(known))
        if self._taken_back(again):
            say(connection, self._batch, now, withdrawn=False)

    def _unfit_rows(
        self, connection: Connection, portion: Sequence[Gathered]
    ) -> tuple[list[dict[str, Any]], list[int]]:
        """Refused rows that are new, and the ids of those known before."""
        rows = [g.refused for g in portion if g.refused is not None]
        coded = [self._sources.code(row.source) for row in rows]
        keyed = list(zip(coded, self._keys.of_refused(rows), strict=True))
        known = _known_refused(connection, keyed)
        pairs = zip(keyed, rows, strict=True)
        new = [self._unfit_row(*key, row) for key, row in pairs if key not in known]
        return new, [number for number in known.values() if number <= self._unfit_before]

    def _unfit_row(self, source: int, key: bytes, row: Refused) -> dict[str, Any]:
        self._unfit += 1
        return {
            "id": self._unfit,
            "batch": self._batch,
            "source": source,
            "where": row.where,
            "reason": row.reason,
            "why_sealed": seal(self._cipher, as_bytes(row.why), key),
            "raw_sealed": seal(self._cipher, as_bytes(row.raw), key),
            "key": key,
        }

    def _spans(self, numbers: Iterable[int]) -> list[dict[str, int]]:
        """Numbers that this import told again, as rows."""
        spans = runs(numbers)
        return [{"batch": self._batch, "first": first, "last": last} for first, last in spans]

    def _enrol(
        self, fresh: dict[Keyed, Event], back: Again, now: int
    ) -> tuple[list[Told], list[Told]]:
        """Give numbers to events and to whom and what they name for the first time."""
        every = [*fresh.values(), *(event for _, event in back.values())]
        named = [i for event in every for i in (*event.identifiers, *event.other)]
        for event in fresh.values():
            self._kinds.code(event.kind)
        with self._record.writing() as connection:
            self._sources.write_new(connection)
            self._kinds.write_new(connection)
            self._roll.enrol(connection, named, now)
        first = self._seq + 1
        self._seq += len(fresh)
        told = [self._told(n, key, e) for n, (key, e) in enumerate(fresh.items(), first)]
        return told, [self._told(seq, key, event) for key, (seq, event) in back.items()]

    def _told(self, seq: int, key: Keyed, event: Event) -> Told:
        numbers = self._roll.numbers
        return Told(seq, *key, event, numbers(event.identifiers), numbers(event.other))

    def _note(self, connection: Connection, said: dict[str, int]) -> None:
        connection.execute(update(batches).where(batches.c.id == self._batch).values(said))

    def _make_room(self) -> None:
        self._roll.make_room()
        self._joins.make_room()
        if len(self._in_vault) > REMEMBERED:
            self._in_vault.clear()


def in_portions(items: Iterable[Gathered]) -> Iterator[list[Gathered]]:
    """Cut an import into portions; should reading break off, what was read comes first."""
    portion: list[Gathered] = []
    try:
        for item in items:
            portion.append(item)
            if len(portion) == PORTION:
                yield portion
                portion = []
    except Exception:
        if portion:
            yield portion
        raise
    if portion:
        yield portion


def _last(connection: Connection, table: Table, column: str) -> int:
    return connection.scalar(select(func.max(table.c[column]))) or 0


def _known_refused(connection: Connection, keyed: Sequence[Keyed]) -> dict[Keyed, int]:
    keys = [key for _, key in keyed]
    found = rows_among(connection, _REFUSED, refused.c["key"], keys)
    return {(source, key): number for source, key, number in found}


def known_events(connection: Connection, keyed: Sequence[Keyed]) -> dict[Keyed, int]:
    """Which of these events the record has, and under what numbers."""
    keys = [key for _, key in keyed]
    found = rows_among(connection, _STORED, events.c["key"], keys)
    return {(source, key): seq for source, key, seq in found}


_REFUSED = select(refused.c.source, refused.c["key"], refused.c.id)
_REFUSED_AGAIN = insert(refused_again)
_STORED = select(events.c.source, events.c["key"], events.c.seq)
_AGAIN = insert(retold)
_INTO_LOG = insert(events)
_INTO_REFUSED = insert(refused)
