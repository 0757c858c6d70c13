"""The part of a record that writes to people: consents, windows, the outbox and its outcomes.

Like all of acting these are short transactions that wait for no import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from thang.model import Identifier
from thang.record import consenting, messages, outbox, settling
from thang.record.acting_tables import pauses, suppressed, windows
from thang.record.database import Database
from thang.record.identifiers import Hasher
from thang.record.knowing import Person, known_of
from thang.record.messages import Message
from thang.record.outbox import Claim, Judge
from thang.record.settling import Outcome
from thang.record.tables import identifiers
from thang.river.sending.law import FOREVER
from thang.river.sending.nouns import EVERY, Known, strategy_paused

MINUTE = 60 * 1_000_000
LEASE = 10 * MINUTE
Whose = Callable[[Sequence[int]], Mapping[int, Person]]


class Posting:
    """What a record does about messages; every method is one transaction."""

    _record: Database
    _hasher: Hasher
    _now: Callable[[], int]

    def say(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append what people said to being written to (`consenting.say`); a withdrawal calls
        off at once what was planned and has no other channel.
        """
        with self._record.writing() as connection:
            consenting.say(connection, rows, self._now())

    def hear(self) -> None:
        """Read consents and tickets out of what was imported; claims do so by themselves."""
        with self._record.writing() as connection:
            consenting.hear(connection, self._now())

    def suppress(
        self, addresses: Iterable[Identifier], why: str, channel: str = EVERY,
        until: int | None = None,
    ) -> None:  # fmt: skip
        """Use addresses no more, on one channel or on every, for ever or up to an instant.

        The last word of one `why` holds; an instant that has passed lifts it.
        """
        facts = {"channel": channel, "why": why, "at": self._now()}
        facts["until"] = FOREVER if until is None else until
        rows = [facts | {"hash": self._hasher.name(address)} for address in addresses]
        with self._record.writing() as connection:
            if rows:
                connection.execute(insert(suppressed), rows)

    def suppress_known(
        self, number: int, why: str, channel: str = EVERY, until: int | None = None
    ) -> None:
        """The same of an address that the record knows by its number."""
        row: dict[str, Any] = {"channel": channel, "why": why, "at": self._now()}
        row["until"] = FOREVER if until is None else until
        with self._record.writing() as connection:
            ask = select(identifiers.c.hash).where(identifiers.c.id == number)
            row["hash"] = connection.execute(ask).scalar_one()
            connection.execute(insert(suppressed), [row])

    def open_windows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append windows: `identifier`, `channel`, `at`, `expires_at`, `reason`."""
        opened = [dict(row) for row in rows]
        with self._record.writing() as connection:
            if opened:
                connection.execute(insert(windows), opened)

    def pause(self, what: str, until: int, why: str) -> None:
        """Let a channel (or `strategy_paused(key)`) rest; the last word holds, and an instant
        that has passed ends it.
        """
        with self._record.writing() as connection:
            self._pause(connection, what, until, why)

    def _pause(self, connection: Connection, what: str, until: int, why: str) -> None:
        row = {"what": what, "at": self._now(), "until": until, "why": why}
        connection.execute(insert(pauses), [row])

    def known(self, people: Iterable[Person], now: int) -> dict[int, Known]:
        """What the rules of contact ask about people: to say why somebody is not written to."""
        with self._record.writing() as connection:
            consenting.hear(connection, now)
            return known_of(connection, people, now)

    def due(self, now: int) -> bool:
        """Whether a claim would find anything to judge."""
        with self._record.reading() as connection:
            return bool(outbox.due_persons(connection, now, 1))

    def claim(
        self, now: int, limit: int, judge: Judge, whose: Whose, lease: int = LEASE
    ) -> list[Claim]:
        """Claim at most `limit` due messages that may go out now (`outbox.claim`).

        `whose` is asked, before the transaction, who the persons of due messages are today.
        """
        with self._record.reading() as connection:
            due = outbox.due_persons(connection, now, limit)
        if not due:
            return []
        people = whose(due)
        with self._record.writing() as connection:
            return outbox.claim(connection, now, limit, people, judge, lease)

    def begin(self, held: Claim, now: int) -> bool:
        """Whether a claim still holds at the very last moment (`settling.begin`)."""
        with self._record.writing() as connection:
            return settling.begin(connection, held, now)

    def settle(self, held: Message, outcome: Outcome, now: int, tries: int) -> bool:
        """Write down what became of a claimed message (`settling.settle`)."""
        with self._record.writing() as connection:
            return settling.settle(connection, held, outcome, now, tries)

    def report(self, channel: str, provider_id: str, outcome: Outcome, now: int) -> bool:
        """Write down what a provider says later of a message it took (`settling.report`)."""
        with self._record.writing() as connection:
            return settling.report(connection, channel, provider_id, outcome, now)

    def sweep(self, now: int, limit: int, lease: int = LEASE) -> list[Message]:
        """Take over messages whose lease ended without a word (`settling.sweep`)."""
        with self._record.writing() as connection:
            return settling.sweep(connection, now, limit, lease)

    def call_off(self, strategy: str, why: str) -> int:
        """Stop a strategy until `resume`: what it planned is cancelled, and what a worker has
        claimed but not begun to send does not go out; how many were cancelled at once.
        """
        with self._record.writing() as connection:
            self._pause(connection, strategy_paused(strategy), FOREVER, why)
            theirs = messages.of_strategy(strategy)
            return messages.cancel(connection, theirs, why, self._now())

    def resume(self, strategy: str, why: str) -> None:
        """Let a strategy go on that was called off; what was cancelled stays so."""
        self.pause(strategy_paused(strategy), self._now(), why)
