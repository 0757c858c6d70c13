"""API keys: shown once, kept as hashes, each good for what its scopes say and for nothing else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select, update

from thang.desk.secret import digest, new_id, new_secret
from thang.desk.tables import api_keys
from thang.model import SECOND, WrongInput
from thang.record.database import Database

MARK = "thang_live_"  # lets scanners of leaked secrets know one of ours
SHOWN = len(MARK) + 4
NOTED_EVERY = 60 * SECOND
LONGEST_NAME = 80


class Scope(StrEnum):
    """What a key may be used for."""

    INGEST = "ingest"
    READ = "read"
    EXPORT = "export"
    WRITE = "write"
    EVENTS = "events"  # send events and nothing else: what a website may show to everybody


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is listed: never the secret itself."""

    id: str
    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    created_by: str
    created_at: int
    used_at: int | None
    revoked_at: int | None


class ApiKeys:
    """The keys of one shop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.revocations = 0  # grows when a key is ended here

    def create(self, name: str, scopes: Collection[str], by: str, now: int) -> tuple[ApiKey, str]:
        """A new key and its secret, which nobody is shown again."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise WrongInput("A key's name has 1 to 80 letters: choose another.")
        allowed = tuple(scope for scope in Scope if scope.value in set(scopes))
        if not allowed or len(allowed) < len(set(scopes)):
            raise WrongInput("Choose what the key may do: ingest, read, export, write, events.")
        secret = MARK + new_secret()
        made = ApiKey(new_id(), name, secret[:SHOWN], allowed, by, now, None, None)
        values = {
            "id": made.id, "hash": digest(secret), "name": name, "prefix": made.prefix,
            "scopes": [scope.value for scope in allowed], "created_by": by, "created_at": now,
        }  # fmt: skip
        with self._database.writing() as connection:
            connection.execute(insert(api_keys), [values])
        return made, secret

    def of_secret(self, secret: str, now: int) -> ApiKey | None:
        """The key that a caller sent, unless it is unknown or revoked."""
        if not secret.startswith(MARK):
            return None
        ask = select(api_keys).where(
            api_keys.c.hash == digest(secret), api_keys.c.revoked_at.is_(None)
        )
        with self._database.reading() as connection:
            row = connection.execute(ask).one_or_none()
        if row is None:
            return None
        if row.used_at is None or now - row.used_at >= NOTED_EVERY:
            self._put(row.id, used_at=now)
        return _key(row)

    def all(self) -> Sequence[ApiKey]:
        """Every key that was ever made, the newest first."""
        ask = select(api_keys).order_by(api_keys.c.created_at.desc(), api_keys.c.id)
        with self._database.reading() as connection:
            return [_key(row) for row in connection.execute(ask)]

    def revoke(self, key: str, now: int) -> bool:
        """End a key at once; whether there was one that still worked."""
        ended = self._put(key, revoked_at=now)
        self.revocations += 1
        return ended

    def _put(self, key: str, **values: int) -> bool:
        live = (api_keys.c.id == key, api_keys.c.revoked_at.is_(None))
        with self._database.writing() as connection:
            return bool(connection.execute(update(api_keys).where(*live).values(**values)).rowcount)


def _key(row: Row[*tuple[Any, ...]]) -> ApiKey:
    return ApiKey(
        row.id, row.name, row.prefix, tuple(Scope(s) for s in row.scopes),
        row.created_by, row.created_at, row.used_at, row.revoked_at,
    )  # fmt: skip
