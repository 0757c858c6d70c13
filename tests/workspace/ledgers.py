"""Shops whose purchase days and tallies are written by hand, without a single event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa

from thang.engines.columns import PURCHASES, TALLIES
from thang.engines.duckdb import Projection
from thang.model import DAY
from thang.record import PolicyVersion, Record

TODAY = 20_000  # a shop day, in UTC
POLICY = "shop: {currency: VND, tz: UTC}\n"
Bought = Sequence[tuple[int, int, int]]  # person, days ago, money


def version(number: int = 1, more: str = "") -> PolicyVersion:
    """A policy in force, as far as judging asks for it."""
    return cast(PolicyVersion, SimpleNamespace(version=number, text=POLICY + more))


@dataclass
class Ledger:
    """A record without facts, and a projection to write tallies into."""

    record: Record
    projection: Projection

    def write(
        self,
        bought: Bought,
        spent: Mapping[int, Mapping[str, Any]] | None = None,
        today: int = TODAY,
    ) -> None:
        """Purchase days, with whatever else is tallied of people."""
        for table in ("purchases", "tallies"):
            self.projection.sql.execute(f"delete from {table}")  # noqa: S608
        days = [(who, today - ago, money) for who, ago, money in bought]
        self.put("purchases", days, PURCHASES)
        more, tallies = dict(spent or {}), []
        for who in sorted({who for who, _, _ in bought} | set(more)):
            mine = [(day, money) for one, day, money in days if one == who]
            row = dict.fromkeys(TALLIES.names, 0) | {"person": who}
            first = min((day for day, _ in mine), default=today - 100)
            row |= {
                "first_at": first * DAY, "orders": len(mine), "first_order": first if mine else 0,
                "last_order": max((day for day, _ in mine), default=0),
                "revenue": sum(money for _, money in mine),
            }  # fmt: skip
            tallies.append(tuple((row | dict(more.get(who, {}))).values()))
        self.put("tallies", tallies, TALLIES)
        self.projection.note(as_of=(today + 1) * DAY - 1)

    def put(self, table: str, rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> None:
        """Append rows to a table."""
        columns = list(zip(*rows, strict=True)) or [()] * len(schema)
        arrays = [pa.array(one, field.type) for one, field in zip(columns, schema, strict=True)]
        self.projection._insert(table, pa.table(arrays, schema=schema))

    def stand(self, person: int, level: int) -> None:
        """Place somebody."""
        self.projection.sql.execute(
            "insert into placements (person, level) values (?, ?)", [person, level]
        )

    def rows(self) -> list[dict[str, Any]]:
        """What is known of everybody."""
        found = self.projection.table('select * from "values" order by person')
        return cast(list[dict[str, Any]], found.to_pylist())


@contextmanager
def ledger(folder: Path) -> Iterator[Ledger]:
    """An empty one."""
    record = Record.create(folder, lambda: 0)
    try:
        with Projection.open(":memory:") as projection:
            yield Ledger(record, projection)
    finally:
        record.close()
