"""The scale-out engine: Parquet of events in, the same steps in Spark's workers, Parquet out.

Spark sorts and carries; all judgement is in the river. Referrals, which join two people,
are few: they are gathered and qualified on the driver, and sent to every worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa

from thang.engines.columns import (
    ADDED_ROWS,
    CENSUS,
    EVENTS,
    FOLDED,
    PAIR_KINDS,
)
from thang.engines.needed import census_kinds
from thang.engines.parquet import rows_in
from thang.engines.spark_steps import TOGETHER, CensusOf, FoldOf, OrdersOf, sql_schema, sql_type
from thang.engines.steps import Run, added_of, column, quarters_of
from thang.model import WrongInput
from thang.river.bars import Quarter
from thang.river.events import CODES, ORDER_KINDS
from thang.river.prepare import no_rows
from thang.river.program import Rows
from thang.river.referrals import Links, Pairs, qualify, sorted_pairs
from thang.river.tables import Bar, Int64

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

NEEDED = ("person", "at", "seq", "kind")  # the others may be empty, which is 0
PARTITION_ROWS = 2_000_000
BARS = pa.schema([pa.field(name, pa.int64()) for name in Bar._fields])


@dataclass(frozen=True)
class Folded:
    """What a run said: rows as in `columns.FOLDED`."""

    transitions: DataFrame
    placements: DataFrame
    tallies: DataFrame
    purchases: DataFrame


class SparkEvents:
    """Events in partitions of whole people, sorted, and what can be asked of them."""

    def __init__(self, spark: SparkSession, events: DataFrame, marks: pa.Table | None) -> None:
        self.spark = spark
        self.events = events
        self.marks = marks
        asked = ["min(`at`) as first", "max(`at`) as last", "count(*) as total"]
        asked += [f"count(`{name}`) as {name}" for name in NEEDED]
        row = events.selectExpr(*asked, "collect_set(kind) as kinds").first()
        self._known: Mapping[str, Any] = row.asDict() if row else {}
        self._must_be_told()

    @classmethod
    @contextmanager
    def read(cls, spark: SparkSession, path: Path, marks: pa.Table | None = None) -> Iterator[Self]:
        """Parquet with `tables.EVENT_COLUMNS`, a file or a folder, rows in any order.

        `marks` (person, mark, at) are the weak signs that void a referral between two people.
        """
        events = _sorted(spark, path).persist()
        try:
            yield cls(spark, events, marks)
        finally:
            events.unpersist()

    @property
    def extent(self) -> tuple[int, int]:
        """The first and the last instant."""
        return self._known["first"], self._known["last"]

    @property
    def total(self) -> int:
        """How many rows there are."""
        return int(self._known["total"])

    def ever(self, kinds: Iterable[str]) -> bool:
        """Whether anybody ever did one of these."""
        return not {CODES[kind] for kind in kinds}.isdisjoint(self._known["kinds"])

    def census(self, run: Run, referrals: Rows | None = None) -> list[Quarter]:
        """What the bars need of everybody, at the first instants of the run's quarters."""
        kinds = census_kinds(run)
        events = self.events if kinds is None else self.events.where(f"kind in {(*kinds, -1)}")
        with self._shared(no_rows() if referrals is None else referrals) as shared:
            found = events.mapInArrow(CensusOf(run, shared), sql_schema(CENSUS)).toArrow()
        return quarters_of(found, run.quarters)

    def referral_rows(self, run: Run) -> Rows:
        """The referral rows of everybody, by person and instant."""
        pairs = self.events.where(f"kind in {PAIR_KINDS}").orderBy("at", "seq").toArrow()
        links = _links(pairs)
        if not len(links.at):
            return no_rows()
        sends = _pairs(pairs, "referral_sent", "ref")
        refusals = _pairs(pairs, "referral_disqualified", "other")
        orders = self._orders_of(np.unique(links.referee), run)
        within = run.policy.referral.sent_within_days
        return qualify(links, orders, sends, refusals, _marks(self.marks), within)

    @contextmanager
    def fold(self, run: Run, referrals: Rows) -> Iterator[Folded]:
        """Everybody's history and place, to be read while inside."""
        with self._shared(referrals) as shared:
            said = self.events.mapInArrow(FoldOf(run, shared), sql_schema(TOGETHER)).persist()
            try:
                yield Folded(*(_table(said, name) for name in FOLDED))
            finally:
                said.unpersist()

    def bars(self, run: Run) -> DataFrame:
        """The bars of a run as rows."""
        columns = list(zip(*run.bars, strict=True)) or [()] * len(BARS)
        return self.spark.createDataFrame(pa.table(columns, schema=BARS)).coalesce(1)

    def _orders_of(self, people: Int64, run: Run) -> Rows:
        codes = tuple(CODES[kind] for kind in ORDER_KINDS)
        orders = self.events.where(f"kind in {codes}")
        with self._shared(people) as shared:
            found = orders.mapInArrow(OrdersOf(run, shared), sql_schema(ADDED_ROWS)).toArrow()
        rows = added_of(found)
        # A person's rows come out together and in order; the people do not.
        return rows[np.argsort(rows["person"], kind="stable")]

    @contextmanager
    def _shared(self, rows: Rows) -> Iterator[Any]:
        shared = self.spark.sparkContext.broadcast(rows)
        try:
            yield shared
        finally:
            shared.unpersist()

    def _must_be_told(self) -> None:
        empty = [name for name in NEEDED if self._known[name] != self.total]
        if empty:
            raise WrongInput(f"Events lack {', '.join(empty)} in some rows: fill every one.")


def place(path: Path) -> str:
    """A path of this machine (or mounted on all) as Spark writes it."""
    return f"file://{path.resolve()}"


def _sorted(spark: SparkSession, path: Path) -> DataFrame:
    types = {name: sql_type(EVENTS.field(name).type) for name in EVENTS.names} | {"seq": "bigint"}
    columns = [
        f"cast({name if bare in NEEDED else f'coalesce({name}, 0)'} as {kind}) as {name}"
        for bare, kind in types.items()
        for name in [f"`{bare}`"]
    ]
    # Each partition readies the kernels anew: as few as keep all hands busy and fit in memory.
    hands = spark.sparkContext.defaultParallelism
    parts = max(hands, ceil(rows_in(path) / PARTITION_ROWS))
    rows = spark.read.parquet(place(path)).selectExpr(*columns).repartition(parts, "person")
    return rows.sortWithinPartitions("person", "at", "seq")


def _table(said: DataFrame, name: str) -> DataFrame:
    """One of the fold's tables out of all of them together."""
    columns = (f"`{name}_{column}` as `{column}`" for column in FOLDED[name].names)
    return said.where(f"table = {list(FOLDED).index(name)}").selectExpr(*columns)


def _links(pairs: pa.Table) -> Links:
    """`referral_converted` rows in order of time."""
    kind, other = column(pairs, "kind"), column(pairs, "other")
    rows = pairs.filter(pa.array((kind == CODES["referral_converted"]) & (other != 0)))
    return Links(*(column(rows, name) for name in ("person", "other", "at", "ref")))


def _pairs(pairs: pa.Table, kind: str, other: str) -> Pairs:
    rows = pairs.filter(pa.array(column(pairs, "kind") == CODES[kind]))
    return sorted_pairs(*(column(rows, name) for name in ("person", other, "at")))


def _marks(marks: pa.Table | None) -> Pairs:
    none = np.zeros(0, np.int64)
    if marks is None:
        return sorted_pairs(none, none, none)
    return sorted_pairs(*(column(marks, name) for name in ("person", "mark", "at")))
