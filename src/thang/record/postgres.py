"""A PostgreSQL server as the shop's database, for teams: one schema for the record, one for the
vault, so that a server's keeper may let different people at either.

As with files, one process writes at a time: whoever imports holds the turn, an advisory lock of
the session, and each writing transaction holds the schema's own until it ends. Readers wait for
nobody (postgresql.org/docs, 13.2 and 13.3.5).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool, QueuePool
from sqlalchemy.schema import CreateSchema

from thang.model import Unavailable, WrongInput
from thang.record.database import WRITES, Database
from thang.record.rows import keepable

DRIVER = "postgresql+psycopg"
KNOCKING = 10  # seconds until a server that does not answer is given up
LOCKED = "5s"  # how long a transaction waits for another one's end
LOOK_EVERY = 0.02
FREE = "free"  # the mark of a session that is in no transaction


def address(url: str) -> URL:
    """The address of a server's database; `WrongInput` if it is none that we can use."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        found = None
    if found is None or found.get_backend_name() != "postgresql" or not found.database:
        raise WrongInput(
            "That is no address of a PostgreSQL database: write it as "
            "postgresql://user@host/database, with the password in ~/.pgpass or PGPASSWORD."
        )
    return found.set(drivername=DRIVER)


def lay_schema_of(url: str, schema: str) -> None:
    """Make an empty schema on the server, unless it is there already."""
    bare = Database(_engine(address(url), "public", NullPool), _name(url), _no_turn, unusable)
    with bare.writing() as connection:
        connection.execute(CreateSchema(schema, if_not_exists=True))
    bare.close()


def open_schema(url: str, schema: str) -> Database:
    """Open one schema of a server's database."""
    engine = _engine(address(url), schema, QueuePool)
    return Database(engine, _name(url), partial(_turn, engine, schema), unusable)


def _name(url: str) -> str:
    """What the database is called in sentences: no user, and no password ever."""
    found = address(url)
    return f"{found.database} on {found.host or 'this machine'}"


def _engine(url: URL, schema: str, pool: type[NullPool] | type[QueuePool]) -> Engine:
    try:
        engine = create_engine(
            url, paramstyle="format", poolclass=pool, pool_pre_ping=True, hide_parameters=True,
            connect_args={"connect_timeout": KNOCKING, "options": f"-csearch_path={schema}"},
        )  # fmt: skip
    except ImportError:
        raise Unavailable(
            "PostgreSQL needs its driver: install Thang with `pip install 'thang[postgres]'`."
        ) from None
    event.listen(engine, "begin", partial(_begin, _lock_of(schema)))
    event.listen(engine, "before_cursor_execute", _kept, retval=True)
    return engine


def _begin(lock: int, connection: Connection) -> None:
    """Writers one after another, each seeing all that came before; readers one moment's state."""
    options = connection.get_execution_options()
    if options.get(FREE, False):
        return
    if options.get(WRITES, False):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCKED}'")
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (lock,))
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _kept(
    _connection: Connection, _cursor: Any, statement: str, given: Any, _context: Any, many: bool
) -> tuple[str, Any]:
    """What somebody typed may hold what no text of PostgreSQL's may."""
    return statement, [_row(row) for row in given] if many else _row(given)


def _row(values: Any) -> Any:
    if any(isinstance(value, str) and "\0" in value for value in values):
        return tuple(keepable(one) if isinstance(one, str) else one for one in values)
    return values


@contextmanager
def _turn(engine: Engine, schema: str, patience: float) -> Iterator[None]:
    """The session that holds the turn; should it end, the server lets the next one in."""
    ends, lock = time.monotonic() + patience, (_lock_of(f"{schema} turn"),)
    free = engine.execution_options(isolation_level="AUTOCOMMIT", **{FREE: True})
    with free.connect() as connection:
        while not connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s)", lock).scalar_one():
            if time.monotonic() >= ends:
                raise Unavailable(
                    "Another thang is writing to the shop: wait until it ends, or stop it."
                )
            time.sleep(LOOK_EVERY)
        try:
            yield
        finally:
            connection.exec_driver_sql("SELECT pg_advisory_unlock(%s)", lock)


@contextmanager
def _no_turn(_patience: float) -> Iterator[None]:
    yield


def _lock_of(what: str) -> int:
    """The number of an advisory lock, 63 bits."""
    return int.from_bytes(blake2b(what.encode(), digest_size=8).digest(), "big") >> 1


def unusable(error: BaseException | None, name: str) -> Unavailable:
    """What is wrong with the database of that name, and the cure; no row is quoted."""
    state = getattr(error, "sqlstate", None) or _UNTOLD
    told = getattr(getattr(error, "diag", None), "message_primary", None) or state
    trouble = _SENTENCES.get(
        state, _KINDS.get(state[:2], f"cannot be used ({told}): ask whoever keeps the server")
    )
    return Unavailable(f"The PostgreSQL database {name} {trouble}.")


_SPACE = "free some space there and run the same command again; what was committed is kept"
_OTHER = "is in use by another program: wait until it ends, or stop it"
_REACH = "lets nobody in: check that the server runs, its address, the user and the password"
_UNTOLD = "08000"  # a server that never answered told no state
_SENTENCES = {
    "53100": f"cannot grow because the server's disk is full: {_SPACE}",
    "53300": "lets nobody else in just now: try again, or allow more connections",
    "55P03": _OTHER,
    "40P01": _OTHER,
    "25006": "may not be written to: connect to the server that takes writes, no copy of it",
    "42501": "does not allow that to this user: let whoever keeps the server grant it",
    "3D000": "is not there: create it, or correct its address",
}
_KINDS = {"08": _REACH, "57": _REACH, "28": _REACH}
