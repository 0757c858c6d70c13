"""Opening the record's files: how SQLite is to behave, and its errors in plain sentences."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, event, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from thang.model import Unavailable
from thang.record.tables import SCHEMA_VERSION

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "secure_delete=ON",
    "wal_autocheckpoint=4000",
    "cache_size=-65536",
)


def create_file(path: Path) -> None:
    """Make an empty database file that only its owner can read; SQLite's side files follow it."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


@dataclass(frozen=True, slots=True)
class Database:
    """An open file of the shop; trouble with it comes as `Unavailable`."""

    engine: Engine
    path: Path

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look, which no writer disturbs."""
        with said_plainly(self.path), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: on disk as a whole when the block ends, or not at all."""
        with (
            said_plainly(self.path),
            self.engine.execution_options(writes=True).begin() as connection,
        ):
            yield connection

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()


def open_database(path: Path) -> Database:
    """Open an existing file; writing transactions take the database's lock as they begin."""
    if not path.exists():
        raise Unavailable(f"There is no {path}: run `thang init`, or put it back from your backup.")
    uri = f"{path.resolve().as_uri()}?mode=rw"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    engine = create_engine(
        "sqlite+pysqlite://", creator=connect, poolclass=QueuePool, hide_parameters=True
    )
    event.listen(engine, "begin", _begin)
    return Database(engine, path)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def said_plainly(path: Path) -> Iterator[None]:
    """Turn the database's errors into one sentence with its cure."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        origin = error.orig if isinstance(error, DBAPIError) else error
        raise Unavailable(_sentence(origin, path)) from error


def _sentence(error: BaseException | None, path: Path) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    # The low byte is the kind of error, the rest its details.
    trouble = _SENTENCES.get((code or 0) & 0xFF, f"cannot be used ({error}): {_RESTORE}")
    return f"{path} {trouble}."


_RESTORE = "put it back from your backup, or import the shop's files into a new shop"
_SPACE = "free some space and run the same command again; what was committed is kept"
_FOLDER = "check the permissions of its folder"
_OTHER = "is in use by another program: wait until it ends, or stop it"
_SENTENCES = {
    sqlite3.SQLITE_FULL: f"cannot grow because the disk is full: {_SPACE}",
    sqlite3.SQLITE_IOERR: (f"could not be read or written by the system: check the disk, {_SPACE}"),
    sqlite3.SQLITE_READONLY: f"may not be written to: {_FOLDER}",
    sqlite3.SQLITE_CANTOPEN: f"cannot be opened: {_FOLDER}",
    sqlite3.SQLITE_PERM: f"may not be opened: {_FOLDER}",
    sqlite3.SQLITE_CORRUPT: f"is damaged: {_RESTORE}",
    sqlite3.SQLITE_NOTADB: f"is damaged or is no database at all: {_RESTORE}",
    sqlite3.SQLITE_BUSY: _OTHER,
    sqlite3.SQLITE_LOCKED: _OTHER,
}


def lay_schema(connection: Connection, metadata: MetaData, meta: Table, shop_id: str) -> None:
    """Create the tables and sign them with the shop's id, unless they are there already."""
    if signature(connection, meta):
        return
    metadata.create_all(connection)
    signed = {"schema": str(SCHEMA_VERSION), "shop": shop_id}
    connection.execute(insert(meta), [{"key": k, "value": v} for k, v in signed.items()])


def signature(connection: Connection, meta: Table) -> dict[str, str]:
    """What the file says of itself; empty if it was never finished."""
    if not connection.dialect.has_table(connection, meta.name):
        return {}
    return dict(connection.execute(select(meta.c["key"], meta.c["value"])).all())


def check_schema(connection: Connection, meta: Table, shop_id: str, path: Path) -> None:
    """`Unavailable` if the file is unfinished, newer than this program, or of another shop."""
    signed = signature(connection, meta)
    if not signed:
        raise Unavailable(f"{path} was never finished: run `thang init` again.")
    if int(signed["schema"]) > SCHEMA_VERSION:
        raise Unavailable(
            f"{path} was written by a newer thang (its schema is {signed['schema']}, "
            f"this one knows {SCHEMA_VERSION}): upgrade thang."
        )
    if signed["shop"] != shop_id:
        raise Unavailable(
            f"{path} and the shop's key do not belong together: "
            f"put record.db, vault.db and shop.key back from the same backup."
        )
