"""SQLite's files: how they are to behave, and their errors in plain sentences."""

from __future__ import annotations

import os
import sqlite3
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import QueuePool

from thang.model import Unavailable
from thang.record.database import WRITES, Database
from thang.record.lock import only_writer

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


def open_file(path: Path) -> Database:
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
    return Database(engine, str(path), partial(only_writer, path.parent), unusable)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def unusable(error: BaseException | None, name: str) -> Unavailable:
    """What is wrong with the file of that name, and the cure."""
    code = getattr(error, "sqlite_errorcode", None)
    # The low byte is the kind of error, the rest its details.
    trouble = _SENTENCES.get((code or 0) & 0xFF, f"cannot be used ({error}): {_RESTORE}")
    return Unavailable(f"{name} {trouble}.")


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
