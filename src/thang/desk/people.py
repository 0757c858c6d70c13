"""Who works in the shop's back office, and what each may do."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from thang.desk import tables
from thang.desk.passwords import hashed, verified
from thang.desk.secret import new_id
from thang.model import WrongInput
from thang.record.database import Database

LONGEST_NAME = 80


class Role(StrEnum):
    """What somebody may do; each may do what those before may."""

    VIEWER = "viewer"
    MARKETER = "marketer"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        """Higher may do more."""
        return list(Role).index(self)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. `waiting`: invited, and has not chosen a password yet."""

    id: str
    name: str
    role: Role
    locale: str
    created_at: int
    disabled: bool
    waiting: bool


class People:
    """The accounts of one shop; the last owner can be neither demoted nor shut out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Sequence[Person]:
        """Everybody, in the order in which they came."""
        ask = select(tables.people).order_by(tables.people.c.created_at, tables.people.c.id)
        with self._database.reading() as connection:
            return [_person(row) for row in connection.execute(ask)]

    def get(self, person: str) -> Person | None:
        """One account by its id."""
        with self._database.reading() as connection:
            return _by(connection, "id", person)

    def named(self, name: str) -> Person | None:
        """One account by its name, however it is spelled."""
        with self._database.reading() as connection:
            return _by(connection, "name_key", _key(name))

    def owned(self) -> bool:
        """Whether the shop has an owner who can sign in."""
        with self._database.reading() as connection:
            return bool(_owners(connection))

    def add(self, name: str, role: Role, locale: str, now: int, password: str = "") -> Person:
        """A new account; without a password it waits for its one-time link."""
        made = hashed(password) if password else ""
        with self._database.writing() as connection:
            return new_person(connection, name, role, locale, now, made)

    def check_password(self, name: str, password: str) -> Person | None:
        """The account whose password it is. The hash is worked out for unknown names as well."""
        with self._database.reading() as connection:
            row = _row(connection, "name_key", _key(name))
        right = verified("" if row is None else row.password, password)
        return _person(row) if row is not None and right and not row.disabled else None

    def set_password(self, person: str, password: str) -> None:
        """A new password; every session and every link of the person ends."""
        made = hashed(password)
        with self._database.writing() as connection:
            put_password(connection, person, made)

    def set_locale(self, person: str, locale: str) -> None:
        """The language in which the person reads."""
        self._change(person, locale=locale)

    def set_role(self, person: str, role: Role) -> None:
        """What the person may do from now on."""
        self._change(person, role=role.value)

    def set_disabled(self, person: str, *, disabled: bool) -> None:
        """Shut somebody out at once, or let them in again."""
        self._change(person, disabled=disabled)

    def _change(self, person: str, **values: object) -> None:
        with self._database.writing() as connection:
            where, owned = tables.people.c.id == person, _owners(connection)
            found = connection.execute(update(tables.people).where(where).values(**values))
            if not found.rowcount:
                raise WrongInput("There is nobody with this account: reload the list.")
            if owned and not _owners(connection):
                raise WrongInput("Somebody has to own the shop: make another owner first.")
            if values.get("disabled"):
                _end_everything(connection, person)


def new_person(
    connection: Connection, name: str, role: Role, locale: str, now: int, password: str
) -> Person:
    """Write a new account; `WrongInput` if its name is empty, too long, or taken."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise WrongInput("A name has 1 to 80 letters: choose another.")
    if _row(connection, "name_key", _key(name)) is not None:
        raise WrongInput("There is an account with this name already: choose another.")
    made = Person(new_id(), name, role, locale, now, disabled=False, waiting=not password)
    values = {
        "id": made.id, "name": name, "name_key": _key(name), "role": role.value,
        "password": password, "locale": locale, "created_at": now, "disabled": False,
    }  # fmt: skip
    connection.execute(insert(tables.people), [values])
    return made


def put_password(connection: Connection, person: str, made: str) -> None:
    """Keep a hash; whoever was signed in with the old password is signed out."""
    where = tables.people.c.id == person
    connection.execute(update(tables.people).where(where).values(password=made))
    _end_everything(connection, person)


def _end_everything(connection: Connection, person: str) -> None:
    for table in (tables.sessions, tables.links):
        connection.execute(delete(table).where(table.c.person == person))


def _owners(connection: Connection) -> int:
    """Owners who can sign in: an invitation alone owns nothing."""
    column = tables.people.c
    able = (column.role == Role.OWNER.value, column.disabled.is_(False), column.password != "")
    return connection.scalar(select(func.count()).select_from(tables.people).where(*able)) or 0


def _row(connection: Connection, column: str, value: str) -> Row[*tuple[Any, ...]] | None:
    ask = select(tables.people).where(tables.people.c[column] == value)
    return connection.execute(ask).one_or_none()


def _by(connection: Connection, column: str, value: str) -> Person | None:
    row = _row(connection, column, value)
    return None if row is None else _person(row)


def _person(row: Row[*tuple[Any, ...]]) -> Person:
    return Person(
        row.id, row.name, Role(row.role), row.locale, row.created_at,
        disabled=row.disabled, waiting=not row.password,
    )  # fmt: skip


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
