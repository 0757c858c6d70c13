"""What was answered to an `Idempotency-Key`, so that a request sent twice is done once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from thang.desk.tables import answers
from thang.model import DAY, SECOND
from thang.record.database import Database

KEPT = DAY
PATIENCE = 600 * SECOND  # who has not answered by then has crashed


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request. `status` None: somebody is still working on it."""

    asked: bytes
    status: int | None
    body: Any


class Answers:
    """The answers of one day, each found by the key, who asked, and where."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, key: str, person: str, route: str, asked: bytes, now: int) -> Answer | None:
        """Claim a key for a request whose digest is `asked`; None: it is yours to work on."""
        row = {"key": key, "person": person, "route": route, "asked": asked, "at": now}
        with self._database.writing() as connection:
            connection.execute(delete(answers).where(_over(now)))
            found = connection.execute(select(answers).where(_this(key, person, route))).first()
            if found is None:
                connection.execute(insert(answers), [row])
                return None
        return _answer(found)

    def keep(self, key: str, person: str, route: str, status: int, body: Any) -> None:
        """The request was answered so."""
        with self._database.writing() as connection:
            one = update(answers).where(_this(key, person, route))
            connection.execute(one.values(status=status, body=body))

    def forget(self, key: str, person: str, route: str) -> None:
        """The request could not be done: the key may be used again."""
        with self._database.writing() as connection:
            connection.execute(delete(answers).where(_this(key, person, route)))


def _over(now: int) -> ColumnElement[bool]:
    crashed = answers.c.status.is_(None) & (answers.c.at <= now - PATIENCE)
    return crashed | (answers.c.at <= now - KEPT)


def _this(key: str, person: str, route: str) -> ColumnElement[bool]:
    column = answers.c
    return (column.key == key) & (column.person == person) & (column.route == route)


def _answer(row: Row[*tuple[Any, ...]]) -> Answer:
    return Answer(row.asked, row.status, row.body)
