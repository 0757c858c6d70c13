"""Cutting a sorted stream into tables that never cut a person in two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from thang.engines.columns import EVENTS
from thang.engines.steps import column

CHUNK_ROWS = 500_000


def whole_people(batches: Iterable[pa.RecordBatch], rows: int = CHUNK_ROWS) -> Iterator[pa.Table]:
    """Tables of about `rows` rows (more for whoever has more), each of whole people."""
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
            yield table.slice(0, cut)
        rest = table.slice(cut)
        held, size = rest.to_batches(), rest.num_rows
        if not cut:
            rows = max(rows, 2 * size)
    if size:
        yield pa.Table.from_batches(held).combine_chunks()


def last_person_at(table: pa.Table) -> int:
    """Where the last person of a sorted table begins."""
    person = column(table, "person")
    return int(np.searchsorted(person, person[-1]))


def is_sorted(table: pa.Table) -> bool:
    """Whether people and, within each, instants never go back."""
    person, at = column(table, "person"), column(table, "at")
    back = (person[1:] < person[:-1]) | ((person[1:] == person[:-1]) & (at[1:] < at[:-1]))
    return not bool(back.any())


def sorted_events(table: pa.Table) -> pa.Table:
    """A table of events by person, instant and, as they stand, sequence."""
    if is_sorted(table):
        return table
    order = np.lexsort((column(table, "at"), column(table, "person")))
    return table.take(pa.array(order)).select(EVENTS.names)
