"""The part of a record that acts: enrolments, what is planned for them, and what goes out.

Unlike imports, these writes do not take the shop's writer lock: each is one short transaction
of its own, and a withdrawal or the outcome of a send must not wait for an import to end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyarrow as pa

from thang.record import enrolling, messages, tasks
from thang.record.database import Database
from thang.record.enrolling import Row
from thang.record.messages import Message
from thang.record.tasks import Task

OVER = ("succeeded", "left", "failed")  # nothing more goes out for such an enrolment


class Acting:
    """What a record knows of strategies and messages; every method is one transaction."""

    _record: Database
    _now: Callable[[], int]

    def enrol(self, rows: Iterable[Row]) -> int:
        """Append enrolments (`id`, `strategy`, `person`, `cluster`, `arm`, `at`, `playbook`, and
        where they begin: `state`, `step`, `due`); how many are new. Again: nothing.
        """
        return self.act(enrolled=rows)[0]

    def move(self, rows: Iterable[Row]) -> int:
        """Append moves (`enrolment`, `at`, `state`, `step`, `due`); how many changed anything.

        Whoever succeeded, left or failed has their planned messages called off.
        """
        return self.act(moved=rows)[1]

    def plan(self, rows: Iterable[Row]) -> int:
        """Put messages (`enrolment`, `strategy`, `person`, `step`, `channels`, `purpose`,
        `template`, `due`) into the outbox; how many are new. Held-out people get none.
        """
        return self.act(planned=rows)[2]

    def act(
        self,
        *,
        enrolled: Iterable[Row] = (),
        moved: Iterable[Row] = (),
        planned: Iterable[Row] = (),
    ) -> tuple[int, int, int]:
        """All that one run decided, on disk as a whole or not at all; how many of each were new.

        Planned messages come after the moves, so that a move which ends an enrolment calls off
        what earlier runs planned and not what this one did.
        """
        with self._record.writing() as connection:
            new = enrolling.enrol(connection, enrolled)
            moves = enrolling.move(connection, moved)
            over = [row["enrolment"] for row in moves if row["state"] in OVER]
            for start in range(0, len(over), 500):
                some = messages.of_enrolments(over[start : start + 500])
                messages.cancel(connection, some, "the strategy is over", self._now())
            written = messages.plan(connection, planned, self._now())
        return new, len(moves), written

    def enrolments(
        self, state: str | None = None, strategy: str | None = None, person: int | None = None
    ) -> pa.Table:
        """Enrolments with where they stand now (`enrolling.ENROLMENTS`), oldest first."""
        with self._record.reading() as connection:
            return enrolling.all_enrolments(connection, state, strategy, person)

    def enrolment_moves(self) -> pa.Table:
        """Every move of every enrolment (`enrolling.ENROLMENT_MOVES`), in their order."""
        with self._record.reading() as connection:
            return enrolling.all_moves(connection)

    def messages(
        self, *, state: str | None = None, enrolment: str | None = None, person: int | None = None,
        strategy: str | None = None, key: str | None = None, limit: int | None = None,
    ) -> list[Message]:  # fmt: skip
        """Messages by what is asked of them, at most `limit`, the first planned first."""
        asked: dict[str, str | int | None] = {
            "state": state,
            "enrolment": enrolment,
            "person": person,
            "strategy": strategy,
        }
        asked["key"] = key
        with self._record.reading() as connection:
            return messages.find(connection, asked, limit)

    def add_tasks(self, rows: Iterable[Row]) -> int:
        """Append tasks (`id`, `strategy`, `person`, `what`, `due`), once each; how many are new."""
        with self._record.writing() as connection:
            return tasks.add(connection, rows, self._now())

    def settle_task(self, key: str, state: str, by: str) -> None:
        """Call a task done, dropped, or open again; WrongInput if there is none."""
        with self._record.writing() as connection:
            tasks.settle(connection, key, state, by, self._now())

    def tasks(
        self, state: str | None = None, person: int | None = None, key: str | None = None
    ) -> list[Task]:
        """Tasks by state, person and key, the most urgent first."""
        with self._record.reading() as connection:
            return tasks.find(connection, {"state": state, "person": person, "id": key})
