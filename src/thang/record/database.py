"""An open database of the shop, whichever it is: reading, writing, and whose turn it is to write.

One schema serves two databases: `sqlite` opens files beside the key, `postgres` a server's schemas.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, MetaData, Table, insert, select
from sqlalchemy.exc import DBAPIError

from thang.model import Unavailable
from thang.record.lock import PATIENCE
from thang.record.tables import SCHEMA_VERSION

WRITES = "writes"  # the mark of a transaction that writes, set before it begins

Turn = Callable[[float], AbstractContextManager[None]]
Trouble = Callable[[BaseException | None, str], Unavailable]


@dataclass(frozen=True, slots=True)
class Database:
    """An open database; trouble with it comes as `Unavailable`, in the words of its `trouble`.

    `name` is what its owner calls it. `turn` waits some seconds for the shop's one writer's turn.
    """

    engine: Engine
    name: str
    turn: Turn
    trouble: Trouble

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look, which no writer disturbs."""
        with self._said_plainly(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: on disk as a whole when the block ends, or not at all."""
        marked = self.engine.execution_options(**{WRITES: True})
        with self._said_plainly(), marked.begin() as connection:
            yield connection

    @contextmanager
    def alone(self, patience: float = PATIENCE) -> Iterator[None]:
        """Be the shop's only writer, for as many transactions as it takes; `Unavailable` if
        another still is after `patience` s.
        """
        with self._said_plainly(), self.turn(patience):
            yield

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def _said_plainly(self) -> Iterator[None]:
        """Turn the database's errors into one sentence with its cure."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            origin = error.orig if isinstance(error, DBAPIError) else error
            raise self.trouble(origin, self.name) from error


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


def check_schema(connection: Connection, meta: Table, shop_id: str, name: str) -> None:
    """`Unavailable` if the file is unfinished, newer than this program, or of another shop."""
    signed = signature(connection, meta)
    if not signed:
        raise Unavailable(f"{name} was never finished: run `thang init` again.")
    if int(signed["schema"]) > SCHEMA_VERSION:
        raise Unavailable(
            f"{name} was written by a newer thang (its schema is {signed['schema']}, "
            f"this one knows {SCHEMA_VERSION}): upgrade thang."
        )
    if signed["shop"] != shop_id:
        raise Unavailable(
            f"{name} and the shop's key do not belong together: "
            f"put record.db, vault.db and shop.key back from the same backup."
        )
