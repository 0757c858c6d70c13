"""The book of record: facts appended and never changed, in one folder with its vault and key."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from thang.model import Gathered, Identifier, Refused, Tally
from thang.policy.schema import Settings
from thang.record import enrolling, findings, persons, policies, reading, withdrawals
from thang.record.acting import Acting
from thang.record.appending import Import, in_portions
from thang.record.arriving import Arriving
from thang.record.channelling import Channelling
from thang.record.database import Database
from thang.record.findings import Finding
from thang.record.folder import lay_folder, open_folder
from thang.record.identifiers import Hasher
from thang.record.key import ShopKey
from thang.record.persons import Join, Known, ToldEvent
from thang.record.policies import PolicyNote, PolicyVersion
from thang.record.posting import Posting
from thang.record.reading import Batch, Counts
from thang.record.refs import Refs
from thang.record.rehearsing import Rehearsal
from thang.record.rewarding import Rewarding, lay_programmes
from thang.record.rights import Rights
from thang.record.spans import LeftOut
from thang.record.surveying import Surveying
from thang.record.tables import kinds, namespaces, sources
from thang.record.vault import Vault
from thang.record.words import Found
from thang.river.tables import Bar, Int64


def clock() -> int:
    """Now, in microseconds since 1970."""
    return time.time_ns() // 1000


class Record(Acting, Posting, Channelling, Rewarding, Surveying, Rights):
    """A shop's record. Reading never waits; writing takes the shop's one writer's lock.

    Use it as a context manager. Whatever cannot be used now (damaged, full, taken) is
    `Unavailable`, and what was committed before stays.
    """

    def __init__(
        self, folder: Path, key: ShopKey, record: Database, vault: Database, now: Callable[[], int]
    ) -> None:
        self.folder = folder
        self.refs = Refs(key)
        self._key, self._record, self._vault_file, self._now = key, record, vault, now
        self._vault = Vault(vault, key)
        self._vault.lay_words()
        policies.lay_notes(record)
        withdrawals.lay_withdrawals(record)
        findings.lay_findings(record)
        enrolling.lay_acting(record)
        lay_programmes(record)
        self._hasher = Hasher(key)

    @classmethod
    def create(cls, folder: Path, now: Callable[[], int] = clock, server: str = "") -> Self:
        """Lay out a new shop's record in a folder; `WrongInput` if there is one already.

        With the address of a PostgreSQL database the record and the vault are kept there.
        """
        lay_folder(folder, server)
        return cls.open(folder, now)

    @classmethod
    def open(cls, folder: Path, now: Callable[[], int] = clock) -> Self:
        """Open a shop's record; `Unavailable` says what is missing, damaged or too new."""
        return cls(folder, *open_folder(folder), now)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        self._record.close()
        self._vault_file.close()

    def append(
        self,
        name: str,
        source: str,
        items: Iterable[Gathered],
        *,
        digest: str = "",
        progress: Callable[[Tally], None] = lambda _: None,
    ) -> Tally:
        """Append what an import gathered, some thousand rows a commit; the tally of its rows.

        `progress` hears the tally after each commit. If reading breaks off, what was read
        is kept; the import can be run again from its beginning at any time.
        """
        with self._record.alone():
            work = Import(self._record, self._vault, self._key, self._now)
            work.begin(name, source, digest)
            for portion in in_portions(items):
                work.take(portion)
                progress(work.tally)
            work.finish()
        return work.tally

    def arriving(self) -> Arriving:
        """The way in for events that arrive one after another, for one thread."""
        return Arriving(self._record, self._vault, self._key, self._now)

    def rehearse(self) -> Rehearsal:
        """What an import would do: it is told portions, and nothing is written."""
        return Rehearsal(self._record, self._key)

    def withdraw(self, batch: int, *, back: bool = False) -> None:
        """Take an import back, so that what it alone told is left out; or bring it back."""
        with self._record.alone(), self._record.writing() as connection:
            withdrawals.withdraw(connection, batch, self._now(), back=back)

    def left_out(self) -> LeftOut:
        """The events of imports that were taken back."""
        with self._record.reading() as connection:
            return withdrawals.left_out(connection)

    def last_word(self) -> int:
        """Grows with every word on which imports count; 0: none was ever taken back."""
        with self._record.reading() as connection:
            return withdrawals.last_word(connection)

    def events_after(self, seq: int = 0, limit: int = 100_000) -> pa.Table:
        """The next events in the order of their storing, at most `limit`: see `reading.LOG`.

        0 stands for nobody in `subject` and `other`, and for none in `amount`, where
        `Flag.AMOUNT` tells whether an amount was given.
        """
        with self._record.reading() as connection:
            return reading.events_after(connection, seq, limit)

    def links(self) -> Int64:
        """Pairs of identifiers that were named together, oldest first."""
        with self._record.reading() as connection:
            return reading.all_links(connection)

    def marks(self) -> Int64:
        """Rows of an identifier, the hash of a weak sign it came with, and since when."""
        with self._record.reading() as connection:
            return reading.all_marks(connection)

    def identifiers(self) -> Int64:
        """Pairs of an identifier's number and its namespace's."""
        with self._record.reading() as connection:
            return reading.all_identifiers(connection)

    def kinds(self) -> dict[str, int]:
        """The code of every kind, those that the vocabulary does not know included."""
        with self._record.reading() as connection:
            return reading.names(connection, kinds)

    def namespaces(self) -> dict[str, int]:
        """The number of every namespace."""
        with self._record.reading() as connection:
            return reading.names(connection, namespaces)

    def find(self, namespace: str, value: str) -> int | None:
        """The number of one identifier, its value normalised as sources do; None if unknown."""
        found = self._numbers([Identifier(namespace, value)])
        return found[0] if found else None

    def find_any(self, text: str) -> list[int]:
        """Whom a text may mean: a person's reference, or an identifier of any namespace."""
        number = self.refs.id_of(text)
        if number is not None:
            return [number]
        return self._numbers([Identifier(name, text) for name in self.namespaces()])

    def _numbers(self, wanted: Sequence[Identifier]) -> list[int]:
        hashes = [self._hasher.name(identifier) for identifier in wanted]
        with self._record.reading() as connection:
            return reading.numbers_by_hash(connection, hashes)

    def personal(self, numbers: Sequence[int]) -> dict[int, dict[str, str]]:
        """What the vault holds of these identifiers: field and value, by number."""
        return self._vault.read([int(number) for number in numbers])

    def called(self, text: str, limit: int) -> Found:
        """At most `limit` identifiers whose names have all words of a text, the last begun."""
        return self._vault.find(text, limit)

    def known_as(self, numbers: Sequence[int]) -> list[Known]:
        """What kinds of names these identifiers are, and since when they are known."""
        with self._record.reading() as connection:
            return persons.known_as(connection, numbers)

    def secret(self, purpose: str) -> bytes:
        """The shop's own 32 bytes for a purpose, for lots and signatures that only it can make."""
        return self._key.derive(purpose)

    def joins_of(self, numbers: Sequence[int]) -> list[Join]:
        """What joins these identifiers, oldest first."""
        with self._record.reading() as connection:
            return persons.joins_of(connection, numbers)

    def told(self, seqs: Sequence[int]) -> list[ToldEvent]:
        """Events by their numbers, as they were told."""
        with self._record.reading() as connection:
            return persons.told(connection, seqs)

    def sources(self) -> dict[str, int]:
        """The number of every source."""
        with self._record.reading() as connection:
            return reading.names(connection, sources)

    def counts(self) -> Counts:
        """How much the record holds."""
        with self._record.reading() as connection:
            return reading.counts(connection)

    def last_seq(self) -> int:
        """The number of the event that was stored last; 0: there is none."""
        with self._record.reading() as connection:
            return reading.last_seq(connection)

    def batches(self) -> list[Batch]:
        """Every import with its tally, oldest first."""
        with self._record.reading() as connection:
            return reading.all_batches(connection)

    def refused(
        self, batch: int | None = None, reason: str | None = None, limit: int | None = None
    ) -> list[Refused]:
        """The rows that were refused, as they came, of one import or of all."""
        cipher = AESGCM(self._key.derive("refused rows"))
        with self._record.reading() as connection:
            return list(reading.refused_rows(connection, cipher, batch, reason, limit))

    def refused_reasons(self, batch: int) -> dict[str, int]:
        """How many different rows of an import were refused, by reason, the most first."""
        with self._record.reading() as connection:
            return reading.refused_reasons(connection, batch)

    def apply_policy(self, fingerprint: str, text: str, settings: Settings) -> PolicyVersion:
        """Append a policy version, unless it is the one in force."""
        with self._record.alone(), self._record.writing() as connection:
            return policies.apply_policy(connection, fingerprint, text, settings, self._now())

    def apply_noted(self, version: PolicyVersion, said: PolicyNote, after: int) -> PolicyVersion:
        """Append a version by name; `OutdatedError` if another than `after` is the last one."""
        with self._record.alone(), self._record.writing() as connection:
            return policies.apply_noted(connection, version, said, after)

    def policies(self) -> list[PolicyVersion]:
        """Every policy version, oldest first."""
        with self._record.reading() as connection:
            return policies.all_versions(connection)

    def policy_notes(self) -> dict[int, PolicyNote]:
        """Who applied versions by name, and why, by their number."""
        with self._record.reading() as connection:
            return policies.notes(connection)

    def policy(self, version: int | None = None) -> PolicyVersion | None:
        """A policy version, or the one in force; None if there is none."""
        with self._record.reading() as connection:
            return policies.policy(connection, version)

    def add_bars(self, version: int, computed: Sequence[Bar]) -> int:
        """Freeze bars under a policy version; a quarter that has its bar keeps it."""
        with self._record.alone(), self._record.writing() as connection:
            return policies.add_bars(connection, version, computed, self._now())

    def bars(self, version: int) -> list[Bar]:
        """The bars frozen under a policy version, oldest quarter first."""
        with self._record.reading() as connection:
            return policies.bars_of(connection, version)

    def add_finding(self, what: str, at: int, body: Mapping[str, Any]) -> Finding:
        """Append what was found out about an instant, and return it."""
        found = Finding(what, at, self._now(), dict(body))
        with self._record.alone(), self._record.writing() as connection:
            findings.add(connection, found)
        return found

    def findings(self, what: str) -> list[Finding]:
        """Everything found out under one word, by the instant it speaks of."""
        with self._record.reading() as connection:
            return findings.all_of(connection, what)

    def add_group_moves(self, moves: Iterable[Mapping[str, int]]) -> None:
        """Append who entered groups, failed a check, or left (`findings.MOVES`)."""
        with self._record.alone(), self._record.writing() as connection:
            findings.add_moves(connection, moves)

    def group_moves(self) -> pa.Table:
        """Every move of groups (`findings.MOVES`), in the order it was found."""
        with self._record.reading() as connection:
            return findings.moves(connection)
