"""The embedded engine: one DuckDB file beside the record, which can always be made again.

Events lie in it by person, then time; what came since the last clustering lies behind
them. Placements and transitions are what the fold last said. One process at a time
owns the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from thang.engines.chunks import whole_people
from thang.engines.columns import ADDED_ROWS, EVENTS
from thang.model import Unavailable
from thang.river.events import CODES

SCHEMA = 1
COLUMNS = ", ".join(f'"{name}"' for name in EVENTS.names)
SETUP = f"""
create table if not exists meta (key varchar primary key, value bigint);
create table if not exists events (
    person bigint, "at" bigint, kind smallint, ref bigint, amount bigint,
    grade smallint, flags smallint, other bigint, seq bigint);
create table if not exists people (identifier bigint, person bigint);
create table if not exists marks (person bigint, mark bigint, "at" bigint);
create table if not exists pairs (
    kind smallint, person bigint, other bigint, ref bigint, "at" bigint, seq bigint);
create table if not exists referral_rows (
    person bigint, "at" bigint, kind smallint, value bigint, ref bigint, anchor bigint);
create table if not exists transitions (
    person bigint, "at" bigint, from_level tinyint, to_level tinyint, cause tinyint);
create table if not exists placements (
    person bigint, level tinyint, observed tinyint, since bigint, rungs integer,
    next_change bigint, last_order bigint, orders integer, gap bigint,
    "then" bigint[], now bigint[], asked_from bigint[], own bigint[], fails bigint[]);
"""  # noqa: S608 - names of our own
PAIR_KINDS = tuple(
    CODES[kind] for kind in ("referral_converted", "referral_sent", "referral_disqualified")
)


class Projection:
    """The derived tables of one shop, and the events they are derived from."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, fresh: bool) -> None:
        self.sql = connection
        self.fresh = fresh

    @classmethod
    def open(cls, path: Path | str, *, memory: str = "2GB", threads: int = 2) -> Self:
        """Open the file, or make it anew if it is missing, old, or will not open."""
        if str(path) == ":memory:":
            return cls._made(duckdb.connect(), memory, threads)
        path = Path(path)
        try:
            held = cls._made(duckdb.connect(str(path)), memory, threads)
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise Unavailable(
                    f"{path.name} is taken by another thang process: wait for it or stop it."
                ) from None
            held = cls._again(path, memory, threads)
        except duckdb.Error:
            held = cls._again(path, memory, threads)
        if held.meta("schema") not in (None, SCHEMA):
            held.close()
            held = cls._again(path, memory, threads)
        held.note(schema=SCHEMA)
        return held

    @classmethod
    def _again(cls, path: Path, memory: str, threads: int) -> Self:
        for old in path.parent.glob(path.name + "*"):
            old.unlink()
        held = cls._made(duckdb.connect(str(path)), memory, threads)
        held.fresh = True
        return held

    @classmethod
    def _made(cls, connection: duckdb.DuckDBPyConnection, memory: str, threads: int) -> Self:
        connection.execute(f"set memory_limit = '{memory}'")
        connection.execute(f"set threads = {threads}")
        connection.execute("set enable_progress_bar = false")
        known = connection.execute("select count(*) from duckdb_tables()").fetchone()
        connection.execute(SETUP)
        return cls(connection, fresh=not known or known[0] == 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self.sql.close()

    def meta(self, key: str) -> int | None:
        """A noted number: schema, seq (through which the log has been read), as_of, …"""
        row = self.sql.execute("select value from meta where key = ?", [key]).fetchone()
        return None if row is None else int(row[0])

    def note(self, **values: int) -> None:
        """Note numbers."""
        for key, value in values.items():
            self.sql.execute("insert or replace into meta values (?, ?)", [key, value])

    def table(self, sql: str, values: list[Any] | None = None) -> pa.Table:
        """The answer to a question."""
        return self.sql.execute(sql, values or []).to_arrow_table()

    def keep(self, events: pa.Table) -> None:
        """Append events (EVENTS and `seq`), people already resolved."""
        self.sql.register("new_events", events)
        self.sql.execute(f"insert into events select {COLUMNS}, seq from new_events")  # noqa: S608
        self.sql.execute(PAIRS.format(source="new_events"))
        self.sql.unregister("new_events")
        self.note(clustered=0)

    def cluster(self) -> None:
        """Lay the events by person, then time, unless they lie so."""
        if self.meta("clustered"):
            return
        self.sql.execute(
            'create or replace table events as select * from events order by person, "at", seq'
        )
        self.note(clustered=1)

    def whole(self, rows: int) -> Iterator[pa.Table]:
        """All events, in tables of whole people. A cursor of its own lets others ask meanwhile."""
        cursor = self.sql.cursor()
        found = cursor.execute(f"select {COLUMNS} from events")  # noqa: S608
        yield from whole_people(found.to_arrow_reader(rows // 4), rows)

    def of(self, people: pa.Table) -> pa.Table:
        """The events of some people (a table with a column `person`), sorted."""
        self.sql.register("wanted", people)
        found = self.table(
            f"select {COLUMNS} from events where person in (select person from wanted) "  # noqa: S608
            'order by person, "at", seq'
        )
        self.sql.unregister("wanted")
        return found

    def store(self, transitions: pa.Table, placements: pa.Table) -> None:
        """Append what the fold said of some people."""
        self._insert("transitions", transitions)
        self._insert("placements", placements)

    def forget(self, people: pa.Table) -> None:
        """Drop what the fold said of some people."""
        self.sql.register("gone", people)
        for table in ("transitions", "placements"):
            self.sql.execute(
                f"delete from {table} where person in (select person from gone)"  # noqa: S608
            )
        self.sql.unregister("gone")

    def referral_rows(self) -> pa.Table:
        """The referral rows of everybody, by person and instant."""
        names = ", ".join(f'"{name}"' for name in ADDED_ROWS.names)
        return self.table(f'select {names} from referral_rows order by person, "at", kind')  # noqa: S608

    def put_referral_rows(self, rows: pa.Table, referees: pa.Table | None = None) -> None:
        """Replace the referral rows, all of them or those of some referees."""
        if referees is None:
            self.sql.execute("delete from referral_rows")
        else:
            self.sql.register("asked", referees)
            self.sql.execute(
                "delete from referral_rows where ref in (select person from asked)"
            )
            self.sql.unregister("asked")
        self._insert("referral_rows", rows)

    def _insert(self, table: str, rows: pa.Table) -> None:
        self.sql.register("rows_in", rows)
        names = ", ".join(f'"{name}"' for name in rows.column_names)
        self.sql.execute(f"insert into {table} ({names}) select {names} from rows_in")  # noqa: S608
        self.sql.unregister("rows_in")


PAIRS = (
    'insert into pairs select kind, person, other, ref, "at", seq from {source} where kind in '
    + str(PAIR_KINDS)
)
