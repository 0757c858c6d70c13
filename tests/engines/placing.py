"""An invented shop's events handed to an engine, and what it says of everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pyarrow as pa
import pyarrow.parquet

from judges.kernel import codes_of
from judges.rows import Mark, Row
from judges.shops import Told
from thang.engines.columns import EVENTS
from thang.engines.duckdb import Projection
from thang.engines.running import census, fold_all, refer
from thang.engines.spark import SparkEvents
from thang.engines.steps import Run
from thang.policy.schema import Policy, Settings
from thang.river.tables import EVENT_COLUMNS, Bar
from thang.workspace.classify import resolve
from thang.workspace.resolving import Extent, resolve_settings, with_bars

Rows = list[tuple[Any, ...]]


class Said(NamedTuple):
    """The engine's rows in one order, evidence and all."""

    transitions: Rows
    placements: Rows
    tallies: Rows
    purchases: Rows


class Engine(Protocol):
    """What the suite asks of an engine."""

    def placed(self, told: Told, run: Run) -> Said:
        """Everybody's rows."""

    def bars(self, told: Told, run: Run) -> tuple[Bar, ...]:
        """The bars of all quarters of the run."""

    def settings(self, told: Told, run: Run) -> Settings:
        """What a policy version means for the shop."""


def run_of(told: Told, policy: Policy) -> Run:
    """The run that a shop is told of; its `as_of` never before its first event."""
    first = min(row.at for row in told.rows)
    as_of = max(told.as_of, first)
    return Run(policy, told.settings, codes_of(told.rows), first, as_of, tuple(told.bars))


def events_of(rows: Sequence[Row], kinds: Mapping[str, int]) -> pa.Table:
    """Rows as they come, in the columns that engines read."""
    columns = {name: [getattr(row, name) for row in rows] for name in EVENT_COLUMNS}
    columns["kind"] = [kinds[row.kind] for row in rows]
    schema = pa.schema([*EVENTS, pa.field("seq", pa.int64())])
    return pa.table({name: columns[name] for name in schema.names}, schema=schema)


def marks_of(marks: Sequence[Mark]) -> pa.Table:
    schema = pa.schema([(name, pa.int64()) for name in ("person", "mark", "at")])
    return pa.Table.from_pylist([mark._asdict() for mark in marks], schema=schema)


def put_marks(projection: Projection, marks: Sequence[Mark]) -> None:
    for mark in marks:
        projection.sql.execute("insert into marks values (?, ?, ?)", list(mark))


def rows_of(table: pa.Table, order: Sequence[str]) -> Rows:
    """Rows as tuples, sorted; lists of evidence as tuples too."""
    listed = table.sort_by([(name, "ascending") for name in order]).to_pylist()
    return [tuple(tuple(v) if isinstance(v, list) else v for v in row.values()) for row in listed]


ORDER = {
    "transitions": ("person", "at"), "placements": ("person",),
    "tallies": ("person",), "purchases": ("person", "day"),
}  # fmt: skip


def said(table: Callable[[str], pa.Table]) -> Said:
    """The fold's tables as rows."""
    return Said(*(rows_of(table(name), order) for name, order in ORDER.items()))


def said_by(projection: Projection) -> Said:
    """What a projection holds."""
    return said(lambda name: projection.table(f"select * from {name}"))  # noqa: S608


class OnDuckDB:
    """The embedded engine, in memory."""

    def placed(self, told: Told, run: Run) -> Said:
        with self._holding(told, run) as projection:
            refer(projection, run)
            fold_all(projection, run)
            return said_by(projection)

    def bars(self, told: Told, run: Run) -> tuple[Bar, ...]:
        with self._holding(told, run) as projection:
            refer(projection, run)
            return with_bars(run, [], lambda asked: census(projection, asked)).bars

    def settings(self, told: Told, run: Run) -> Settings:
        extent = (run.first, max(row.at for row in told.rows))
        with self._holding(told, run) as projection:
            return resolve(projection, run.policy, run.kinds, extent, 0)

    @contextmanager
    def _holding(self, told: Told, run: Run) -> Iterator[Projection]:
        with Projection.open(":memory:") as projection:
            projection.keep(events_of(told.rows, run.kinds))
            put_marks(projection, told.marks)
            projection.cluster()
            yield projection


class OnSpark:
    """The scale-out engine, on one session, its Parquet in a folder of its own."""

    def __init__(self, session: Any, folder: Path) -> None:
        self.session = session
        self.folder = folder
        self.numbers = count()

    def placed(self, told: Told, run: Run) -> Said:
        with self._holding(told, run) as events:
            referrals = events.referral_rows(run)
            with events.fold(run, referrals) as found:
                return said(lambda name: getattr(found, name).toArrow())

    def bars(self, told: Told, run: Run) -> tuple[Bar, ...]:
        with self._holding(told, run) as events:
            referrals = events.referral_rows(run)
            return with_bars(run, [], lambda asked: events.census(asked, referrals)).bars

    def settings(self, told: Told, run: Run) -> Settings:
        with self._holding(told, run) as events:
            return resolve_settings(
                run.policy, run.kinds, Extent(*events.extent), 0,
                census=events.census, ever=events.ever,
            )  # fmt: skip

    @contextmanager
    def _holding(self, told: Told, run: Run) -> Iterator[SparkEvents]:
        """The rows in two files, as a folder that was written twice."""
        folder = self.folder / f"kho {next(self.numbers)}"
        folder.mkdir()
        half = len(told.rows) // 2
        for name, rows in (("a", told.rows[:half]), ("b", told.rows[half:])):
            pyarrow.parquet.write_table(events_of(rows, run.kinds), folder / f"{name}.parquet")
        with SparkEvents.read(self.session, folder, marks_of(told.marks)) as events:
            yield events


def without_bars(run: Run) -> Run:
    return replace(run, bars=(), _made={})
