"""One-time links: the first start's, and those by which an invited person chooses a password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from thang.desk import tables
from thang.desk.passwords import hashed
from thang.desk.people import People, Person, Role, new_person, put_password
from thang.desk.secret import digest, new_secret
from thang.desk.tables import links
from thang.model import DAY, WrongInput
from thang.record.database import Database

LASTS = 7 * DAY
USED = "This link was used already, or is too old: ask for a new one."


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is good for: a person's account, or the shop's first one (`person` empty)."""

    person: str
    name: str


class Links:
    """The links of one shop. Only the newest of each person works."""

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people

    def first(self, now: int) -> str:
        """The token for the first owner's link; empty once somebody owns the shop."""
        return "" if self._people.owned() else self._make(None, now)

    def invite(self, person: str, now: int) -> str:
        """The token with which a person chooses a new password."""
        if self._people.get(person) is None:
            raise WrongInput("There is nobody with this account: reload the list.")
        return self._make(person, now)

    def look(self, token: str, now: int) -> Link | None:
        """What a token is good for now, if anything."""
        with self._database.reading() as connection:
            row = _valid(connection, token, now)
            return None if row is None else Link(row.person or "", row.name or "")

    def redeem(self, token: str, name: str, password: str, locale: str, now: int) -> Person:
        """Use a link up: the first owner is made, or an invited person has their password.

        Two who use it at once cannot both succeed. `name` counts for the first owner only.
        """
        made = hashed(password)
        with self._database.writing() as connection:
            row = _valid(connection, token, now)
            if row is None:
                raise WrongInput(USED)
            person = row.person or new_person(connection, name, Role.OWNER, locale, now, made).id
            put_password(connection, person, made)
            connection.execute(delete(links).where(links.c.person.is_(None)))
        found = self._people.get(person)
        assert found is not None  # noqa: S101 - accounts are never deleted
        return found

    def _make(self, person: str | None, now: int) -> str:
        token = new_secret()
        values = {
            "hash": digest(token), "person": person,
            "created_at": now, "expires_at": now + LASTS,
        }  # fmt: skip
        with self._database.writing() as connection:
            older = links.c.person.is_(None) if person is None else links.c.person == person
            connection.execute(delete(links).where(older | (links.c.expires_at <= now)))
            connection.execute(insert(links), [values])
        return token


def _valid(connection: Connection, token: str, now: int) -> Row[*tuple[Any, ...]] | None:
    """The link's row with its person's name; a first link is void once an owner exists."""
    ask = (
        select(links.c.person, tables.people.c.name, tables.people.c.disabled)
        .outerjoin(tables.people, tables.people.c.id == links.c.person)
        .where(links.c.hash == digest(token), links.c.expires_at > now)
    )
    row = connection.execute(ask).one_or_none()
    if row is None or row.disabled:
        return None
    if row.person is None:
        owner = select(tables.people.c.id).where(
            tables.people.c.role == Role.OWNER.value, tables.people.c.password != ""
        )
        return None if connection.execute(owner.limit(1)).first() else row
    return row
