"""The embedded engine: one DuckDB file beside the record, which can always be made again.

Events lie in it by person, then time; what came since the last clustering lies behind
them. Placements and transitions are what the fold last said. One process at a time
owns the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from thang.engines.chunks import once, whole_people
from thang.engines.columns import ADDED_ROWS, EVENTS, FOLDED, PAIR_KINDS, SIGNAL_KINDS
from thang.engines.opening import Limits, drop, is_damage, open_file, open_memory
from thang.model import Unavailable

COLUMNS = ", ".join(f'"{name}"' for name in [*EVENTS.names, "seq"])


class Projection:
    """The derived tables of one shop, and the events they are derived from."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, fresh: bool, path: Path | None = None
    ) -> None:
        self.sql = connection
        self.fresh = fresh
        self.path = path

    @classmethod
    def open(cls, path: Path | str, *, memory: str = "2GB", threads: int = 2) -> Self:
        """Open the file, or make it anew if it is missing, old, or will not open."""
        limits = Limits(memory, threads)
        if str(path) == ":memory:":
            return cls(*open_memory(limits))
        return cls(*open_file(Path(path), limits), Path(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        if self.path is not None and is_damage(error):
            drop(self.path)
            raise Unavailable(
                f"{self.path.name} was damaged and has been removed: run `thang classify`, which "
                "makes it again from the record."
            ) from None

    def beside(self) -> Projection:
        """Another hold on the same open file, for a thread of its own."""
        return type(self)(self.sql.cursor(), fresh=False)

    @contextmanager
    def one_commit(self) -> Iterator[None]:
        """All that is written inside is kept together, or not at all.

        What `whole` reads meanwhile is as it was before.
        """
        self.sql.begin()
        try:
            yield
        except BaseException:
            with suppress(duckdb.Error):  # a damaged file cannot even be left as it was
                self.sql.rollback()
            raise
        self.sql.commit()

    def close(self) -> None:
        """Let go of the file."""
        self.sql.close()

    def meta(self, key: str) -> int | None:
        """A noted number: schema, seq (through which the log has been read), as_of, …"""
        found = self.sql.execute("select value from meta where key = ?", [key]).fetchall()
        return int(found[0][0]) if found else None

    def note(self, **values: int) -> None:
        """Note numbers."""
        for key, value in values.items():
            self.sql.execute("insert or replace into meta values (?, ?)", [key, value])

    def table(self, sql: str, values: list[Any] | None = None) -> pa.Table:
        """The answer to a question."""
        return self.sql.sql(sql, params=values or None).to_arrow_table()

    def keep(self, events: pa.Table) -> None:
        """Append events (EVENTS and `seq`), people already resolved."""
        self.sql.register("new_events", events)
        self.sql.execute(
            f"insert into events ({COLUMNS}) select {COLUMNS} from new_events"  # noqa: S608
        )
        self.sql.execute(
            'insert into pairs select kind, person, other, ref, "at", seq from new_events '  # noqa: S608
            f"where kind in {PAIR_KINDS}"
        )
        self.sql.execute(
            'insert into signals select person, "at", kind, ref, grade, flags, seq '  # noqa: S608
            f"from new_events where kind in {SIGNAL_KINDS}"
        )
        self.sql.unregister("new_events")
        self.note(clustered=0)

    def unread(self) -> None:
        """Drop what was read of the record; what was derived of it stays until it is anew."""
        for table in ("events", "people", "marks", "pairs", "signals", "referral_rows", "told"):
            self.sql.execute(f"delete from {table}")  # noqa: S608 - names of our own
        read = ("seq", "identifiers", "links", "marks", "told", "clustered")
        self.sql.execute("delete from meta where key in (select unnest(?))", [list(read)])

    def tell(self, people: pa.ChunkedArray, sources: pa.ChunkedArray) -> None:
        """Note which sources spoke of whom, row by row as events came."""
        self.sql.register("told_in", pa.table({"person": people, "source": sources}))
        self.sql.execute("insert into told select distinct person, source from told_in")
        self.sql.unregister("told_in")

    def tidy_told(self) -> None:
        """Say once what was noted many times, as soon as it has become much."""
        ((rows,),) = self.sql.execute("select count(*) from told").fetchall()
        if rows > 1.25 * (self.meta("told") or 0):
            ((rows,),) = self.sql.execute(
                "create or replace table told as select distinct person, source from told "
                "order by person, source"
            ).fetchall()
            self.note(told=rows)

    def cluster(self) -> None:
        """Lay the events by person, then time, unless they lie so."""
        if self.meta("clustered"):
            return
        self.sql.execute(
            'create or replace table events as select * from events order by person, "at", seq'
        )
        self.note(clustered=1)

    def whole(self, rows: int, kinds: tuple[int, ...] | None = None) -> Iterator[pa.Table]:
        """All events (of some kinds) as last committed and clustered, in tables of whole people.

        A cursor of its own lets others ask meanwhile; it does not see what is not committed.
        """
        cursor = self.sql.cursor()
        where = "" if kinds is None else f"where kind in {(*kinds, -1)}"
        found = cursor.sql(f"select {COLUMNS} from events {where}")  # noqa: S608
        yield from whole_people(found.to_arrow_reader(rows // 4), rows)

    def of(self, people: pa.Table) -> pa.Table:
        """The events of some people (a table with a column `person`), sorted."""
        self.sql.register("wanted", people)
        found = self.table(
            f"select {COLUMNS} from events where person in (select person from wanted) "  # noqa: S608
            'order by person, "at", seq'
        )
        self.sql.unregister("wanted")
        return once(found)

    def write_events(self, folder: Path) -> Path:
        """All events as Parquet in a folder of their own (`tables.EVENT_COLUMNS`)."""
        self.cluster()
        folder.mkdir(parents=True, exist_ok=True)
        file = str(folder / "events.parquet").replace("'", "''")
        self.sql.execute(f"copy (select {COLUMNS} from events) to '{file}' (format parquet)")  # noqa: S608
        return folder

    def touch(self, people: pa.Table) -> None:
        """Remember people who are to be folded again, until they are."""
        self._insert("touched", people)

    def touched(self) -> pa.Table:
        """Everybody who is to be folded again."""
        return self.table("select distinct person from touched order by person")

    def store(self, folded: Mapping[str, pa.Table]) -> None:
        """Append what the fold said of some people: tables by their names (`FOLDED`)."""
        for name, rows in folded.items():
            self._insert(name, rows)

    def forget(self, people: pa.Table) -> None:
        """Drop what the fold said of some people."""
        self.sql.register("gone", people)
        for table in FOLDED:
            self.sql.execute(
                f"delete from {table} where person in (select person from gone)"  # noqa: S608
            )
        self.sql.unregister("gone")

    def put_near(self, rows: pa.Table, people: pa.Table | None = None) -> None:
        """Write who is about to climb (`nearing.ALMOST`), in place of what was said of some."""
        if people is not None:
            self.sql.register("gone", people)
            self.sql.execute("delete from almost where person in (select person from gone)")
            self.sql.unregister("gone")
        self._insert("almost", rows)

    def referral_rows(self, person: int | None = None) -> pa.Table:
        """The referral rows of everybody, or of one person, by person and instant."""
        names = ", ".join(f'"{name}"' for name in ADDED_ROWS.names)
        where, values = ("", None) if person is None else ("where person = ?", [person])
        return self.table(
            f'select {names} from referral_rows {where} order by person, "at", kind',  # noqa: S608
            values,
        )

    def put_referral_rows(self, rows: pa.Table, referees: pa.Table | None = None) -> None:
        """Replace the referral rows, all of them or those of some referees."""
        if referees is None:
            self.sql.execute("delete from referral_rows")
        else:
            self.sql.register("asked", referees)
            self.sql.execute("delete from referral_rows where ref in (select person from asked)")
            self.sql.unregister("asked")
        self._insert("referral_rows", rows)

    def put_values(self, rows: pa.Table) -> None:
        """Append what people are worth (`columns.VALUES`)."""
        self._insert('"values"', rows)

    def put_scores(self, rows: pa.Table) -> None:
        """Append people's groups (`columns.SCORES`)."""
        self._insert("scores", rows)

    def _insert(self, table: str, rows: pa.Table) -> None:
        self.sql.register("rows_in", rows)
        names = ", ".join(f'"{name}"' for name in rows.column_names)
        self.sql.execute(f"insert into {table} ({names}) select {names} from rows_in")  # noqa: S608
        self.sql.unregister("rows_in")
