"""Cutting a sorted stream into tables that never cut a person in two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from thang.engines.steps import column

CHUNK_ROWS = 250_000


def whole_people(batches: Iterable[pa.RecordBatch], rows: int = CHUNK_ROWS) -> Iterator[pa.Table]:
    """Tables of about `rows` rows (more for whoever has more), each of whole people, rows once."""
    held: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        held.append(batch)
        size += batch.num_rows
        if size < rows:
            continue
        table = pa.Table.from_batches(held).combine_chunks()
        cut = last_person_at(table)
        if cut:
            yield once(table.slice(0, cut))
        rest = table.slice(cut)
        held, size = rest.to_batches(), rest.num_rows
        if not cut:
            rows = max(rows, 2 * size)
    if size:
        yield once(pa.Table.from_batches(held).combine_chunks())


def last_person_at(table: pa.Table) -> int:
    """Where the last person of a sorted table begins."""
    person = column(table, "person")
    return int(np.searchsorted(person, person[-1]))


def once(table: pa.Table) -> pa.Table:
    """A sorted table without the rows that say again what the row before them said.

    Rows are the same where person and sequence are; a table without sequences stays as it is.
    """
    if "seq" not in table.column_names or table.num_rows < 2:
        return table
    person, seq = column(table, "person"), column(table, "seq")
    again = (person[1:] == person[:-1]) & (seq[1:] == seq[:-1])
    return table.filter(pa.array(np.append(True, ~again))) if again.any() else table
