"""Who is signed in where: random tokens in cookies, of which the desk keeps only hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from thang.desk.people import Person, Role
from thang.desk.secret import digest, new_id, new_secret
from thang.desk.tables import people, sessions
from thang.model import DAY, SECOND
from thang.record.database import Database

LASTS = 30 * DAY
IDLE = 7 * DAY
NOTED_EVERY = 300 * SECOND  # a page is not made to write each time it is read


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that somebody is signed in with."""

    id: str
    person: str
    agent: str
    created_at: int
    seen_at: int
    expires_at: int


class Sessions:
    """The sessions of one shop; each ends by itself after 30 days, or 7 without a visit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, person: str, agent: str, now: int) -> str:
        """Sign somebody in; the token for their cookie, which is kept nowhere else."""
        token = new_secret()
        values = {
            "id": new_id(), "hash": digest(token), "person": person, "agent": agent,
            "created_at": now, "seen_at": now, "expires_at": now + LASTS,
        }  # fmt: skip
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(_over(now)))
            connection.execute(insert(sessions), [values])
        return token

    def of_token(self, token: str, now: int) -> tuple[Session, Person] | None:
        """The session of a cookie and whose it is; None once it has ended."""
        ask = (
            select(sessions, people.c.name, people.c.role, people.c.locale,
                   people.c.created_at.label("since"), people.c.password)
            .join(people, people.c.id == sessions.c.person)
            .where(sessions.c.hash == digest(token), people.c.disabled.is_(False), ~_over(now))
        )  # fmt: skip
        with self._database.reading() as connection:
            row = connection.execute(ask).one_or_none()
        if row is None:
            return None
        if now - row.seen_at >= NOTED_EVERY:
            self._seen(row.id, now)
        person = Person(
            row.person, row.name, Role(row.role), row.locale, row.since,
            disabled=False, waiting=not row.password,
        )  # fmt: skip
        return _session(row), person

    def of_person(self, person: str, now: int) -> Sequence[Session]:
        """Where somebody is signed in, the last seen first."""
        ask = select(sessions).where(sessions.c.person == person, ~_over(now))
        with self._database.reading() as connection:
            rows = connection.execute(ask.order_by(sessions.c.seen_at.desc(), sessions.c.id))
            return [_session(row) for row in rows]

    def end(self, token: str) -> None:
        """Sign out where this token is."""
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.hash == digest(token)))

    def end_one(self, person: str, session: str) -> bool:
        """Sign one's own session out by its id; whether there was one."""
        mine = (sessions.c.id == session, sessions.c.person == person)
        with self._database.writing() as connection:
            return bool(connection.execute(delete(sessions).where(*mine)).rowcount)

    def end_all(self, person: str, but: str = "") -> int:
        """Sign somebody out everywhere, except where the token `but` is; how many ended."""
        mine = (sessions.c.person == person, sessions.c.hash != digest(but))
        with self._database.writing() as connection:
            return connection.execute(delete(sessions).where(*mine)).rowcount

    def _seen(self, session: str, now: int) -> None:
        with self._database.writing() as connection:
            one = sessions.c.id == session
            connection.execute(update(sessions).where(one).values(seen_at=now))


def _over(now: int) -> ColumnElement[bool]:
    return (sessions.c.expires_at <= now) | (sessions.c.seen_at <= now - IDLE)


def _session(row: Row[*tuple[Any, ...]]) -> Session:
    return Session(row.id, row.person, row.agent, row.created_at, row.seen_at, row.expires_at)
