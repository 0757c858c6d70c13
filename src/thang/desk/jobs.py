"""Long work as rows: who asked for what, how far it is, and how it ended, whatever crashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from thang.desk.secret import new_id
from thang.desk.tables import jobs
from thang.record.database import Database


class State(StrEnum):
    """Where a job is; the last four are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (State.QUEUED, State.RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. `message` is the sentence of its failure, if it is known."""

    id: str
    kind: str
    input: Mapping[str, Any]
    state: State
    progress: Mapping[str, Any]
    result: Mapping[str, Any]
    message: str
    created_by: str
    created_at: int
    started_at: int | None
    finished_at: int | None
    heartbeat_at: int | None


class Jobs:
    """The work of one shop; what has ended is never changed again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: str, input: Mapping[str, Any], by: str, now: int, token: str = "") -> Job:
        """Ask for work; asked twice with the same token it is the same job."""
        values = {
            "id": new_id(), "kind": kind, "token": token or None, "input": dict(input),
            "state": State.QUEUED.value, "progress": {}, "result": {}, "message": "",
            "created_by": by, "created_at": now,
        }  # fmt: skip
        with self._database.writing() as connection:
            there = _one(connection, jobs.c.token == token) if token else None
            if there is None:
                connection.execute(insert(jobs), [values])
                there = _one(connection, jobs.c.id == values["id"])
        assert there is not None  # noqa: S101 - it was written in the same transaction
        return there

    def take(self, now: int) -> Job | None:
        """The job that has waited longest begins to run; None if none waits."""
        with self._database.writing() as connection:
            oldest = select(func.min(jobs.c.seq)).where(jobs.c.state == State.QUEUED.value)
            seq = connection.scalar(oldest)
            if seq is None:
                return None
            begun = {"state": State.RUNNING.value, "started_at": now, "heartbeat_at": now}
            connection.execute(update(jobs).where(jobs.c.seq == seq).values(**begun))
            return _one(connection, jobs.c.seq == seq)

    def progress(self, job: str, done: Mapping[str, Any], now: int) -> bool:
        """How far a job is. False: it is no longer to run (cancelled), so stop."""
        return self._put(job, progress=dict(done), heartbeat_at=now)

    def finish(self, job: str, result: Mapping[str, Any], now: int) -> bool:
        """A job came to its end."""
        return self._end(job, State.DONE, now, result=dict(result))

    def fail(self, job: str, message: str, now: int) -> bool:
        """A job could not be done; `message` says why in one sentence, empty if nobody knows."""
        return self._end(job, State.FAILED, now, message=message)

    def cancel(self, job: str, now: int) -> bool:
        """Stop a job that waits or runs; whether there was one."""
        live = (State.QUEUED.value, State.RUNNING.value)
        ended = {"state": State.CANCELLED.value, "finished_at": now}
        return self._where(jobs.c.id == job, jobs.c.state.in_(live), **ended) == 1

    def interrupt_running(self, now: int) -> int:
        """After a crash: whatever still claims to run is said to be interrupted; how many."""
        ended = {"state": State.INTERRUPTED.value, "finished_at": now}
        return self._where(jobs.c.state == State.RUNNING.value, **ended)

    def again(self, job: str, by: str, now: int) -> Job | None:
        """The same work once more, as a job of its own; None if there is no such job."""
        before = self.get(job)
        return None if before is None else self.add(before.kind, before.input, by, now)

    def get(self, job: str) -> Job | None:
        """One job by its id."""
        with self._database.reading() as connection:
            return _one(connection, jobs.c.id == job)

    def latest(self, kind: str, most: int) -> Sequence[Job]:
        """The newest jobs of a kind, the newest first."""
        ask = select(jobs).where(jobs.c.kind == kind).order_by(jobs.c.seq.desc()).limit(most)
        with self._database.reading() as connection:
            return [_job(row) for row in connection.execute(ask)]

    def waiting(self) -> int:
        """How many wait or run."""
        live = jobs.c.state.in_((State.QUEUED.value, State.RUNNING.value))
        with self._database.reading() as connection:
            return connection.scalar(select(func.count()).select_from(jobs).where(live)) or 0

    def _end(self, job: str, state: State, now: int, **values: Any) -> bool:
        return self._put(job, state=state.value, finished_at=now, **values)

    def _put(self, job: str, **values: Any) -> bool:
        return self._where(jobs.c.id == job, jobs.c.state == State.RUNNING.value, **values) == 1

    def _where(self, *which: ColumnElement[bool], **values: Any) -> int:
        with self._database.writing() as connection:
            return connection.execute(update(jobs).where(*which).values(**values)).rowcount


def _one(connection: Connection, which: ColumnElement[bool]) -> Job | None:
    row = connection.execute(select(jobs).where(which)).one_or_none()
    return None if row is None else _job(row)


def _job(row: Row[*tuple[Any, ...]]) -> Job:
    return Job(
        row.id, row.kind, row.input, State(row.state), row.progress, row.result, row.message,
        row.created_by, row.created_at, row.started_at, row.finished_at, row.heartbeat_at,
    )  # fmt: skip
