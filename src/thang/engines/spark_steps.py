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
from thang.engines.columns import PLACEMENTS, TRANSITIONS
from thang.engines.steps import Run, census_step, column, fold_step, orders_step
from thang.river.program import Rows
from thang.river.tables import Int64

# Moves and placements in one table, as a step has one schema: a placement makes no move.
FOLDED = pa.unify_schemas([TRANSITIONS, PLACEMENTS])
SQL_TYPES = {pa.int8(): "tinyint", pa.int16(): "smallint", pa.int32(): "int", pa.int64(): "bigint"}


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
    """Moves and placements of a partition (`FOLDED`)."""

    run: Run
    referrals: Shared

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in whole_people(batches):
            moved, placed = fold_step(
                table, self.run, of_people(self.referrals.value, table), PLACEMENTS
            )
            both = pa.concat_tables([moved, placed], promote_options="default")
            yield from both.select(FOLDED.names).cast(FOLDED).to_batches()


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
