"""What Spark's workers run: Arrow batches of a partition of whole people in, rows out.

A partition holds whole people, sorted by person, instant and sequence; the steps are
those of `steps.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa

from thang.engines.chunks import whole_people
from thang.engines.columns import FOLDED
from thang.engines.counted import folded
from thang.engines.steps import Run, census_step, column, orders_step
from thang.river.program import Rows
from thang.river.tables import Int64

# All the fold's tables in one, as a step has one schema: `table` is the place in `FOLDED`, and
# the columns of the other tables are empty.
TOGETHER = pa.schema(
    [
        ("table", pa.int8()),
        *(
            pa.field(f"{name}_{field.name}", field.type)
            for name, schema in FOLDED.items()
            for field in schema
        ),
    ]
)
SQL_TYPES = {
    pa.int8(): "tinyint",
    pa.int16(): "smallint",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.float64(): "double",
}


class Shared(Protocol):
    """Rows that every worker has: Spark's broadcast."""

    @property
    def value(self) -> Rows: ...


def sql_schema(schema: pa.Schema) -> str:
    """An Arrow schema as Spark writes it."""
    return ", ".join(f"`{field.name}` {sql_type(field.type)}" for field in schema)


def sql_type(of: pa.DataType) -> str:
    """An Arrow type as Spark names it."""
    return f"array<{sql_type(of.value_type)}>" if pa.types.is_list(of) else SQL_TYPES[of]


@dataclass(frozen=True)
class CensusOf:
    """What the bars need of a partition (`columns.CENSUS`)."""

    run: Run
    referrals: Shared

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in whole_people(batches):
            found = census_step(table, self.run, of_people(self.referrals.value, table))
            yield from found.to_batches()


@dataclass(frozen=True)
class FoldOf:
    """All that the fold says of a partition (`TOGETHER`)."""

    run: Run
    referrals: Shared

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in whole_people(batches):
            tables = folded(table, self.run, of_people(self.referrals.value, table))
            yield from together(tables).to_batches()


def together(tables: Iterable[pa.Table]) -> pa.Table:
    """The tables of `FOLDED` below one another (`TOGETHER`)."""
    parts = [TOGETHER.empty_table()]
    for number, (name, found) in enumerate(zip(FOLDED, tables, strict=True)):
        named = found.rename_columns([f"{name}_{column}" for column in found.column_names])
        which = pa.array(np.full(found.num_rows, number, np.int8))
        parts.append(named.append_column("table", which))
    return pa.concat_tables(parts, promote_options="default")


@dataclass(frozen=True)
class OrdersOf:
    """The derived order rows of those people of a partition who are asked for."""

    run: Run
    people: Shared

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in whole_people(batches):
            asked = np.isin(column(table, "person"), self.people.value)
            if asked.any():
                yield from orders_step(table.filter(pa.array(asked)), self.run).to_batches()


def of_people(rows: Rows, table: pa.Table) -> Rows:
    """The rows of a table's people."""
    people: Int64 = column(table, "person")
    return rows[np.isin(rows["person"], people)]
