"""Engine rows by the million, for benchmarks: quick, in little memory, and alike at any size."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from thang.model import WrongInput
from thang.river.tables import EVENT_COLUMNS, Int16, Int64
from thang.simulate.bulk_rows import rows_of
from thang.simulate.bulk_tables import COUNTS

SMALL = ("kind", "grade", "flags")
SCHEMA = pa.schema([(name, pa.int16() if name in SMALL else pa.int64()) for name in EVENT_COLUMNS])
ROW_GROUP = 1_000_000  # rows, but for the last group; whole people, so a little fewer


def bulk_events(n_events: int, seed: int, path: Path, *, compression: str = "zstd") -> int:
    """Write exactly `n_events` rows to one Parquet file at `path`; the number of people.

    Columns are `river.tables.EVENT_COLUMNS`, rows are sorted by person, `at`, `seq`;
    people are numbered from 1 and never cut in two by a row group. Memory is a few
    hundred megabytes, whatever the size.
    """
    if n_events < 1:
        raise WrongInput(f"A benchmark file of {n_events} rows is no file: ask for at least one.")
    people = 0
    with (
        pq.ParquetWriter(path, SCHEMA, compression=compression, use_dictionary=list(SMALL)) as out,
        ThreadPoolExecutor(1) as pool,
    ):
        written: Future[None] | None = None
        for columns in _groups(n_events, np.random.Generator(np.random.PCG64(seed))):
            if written is not None:
                written.result()
            written = pool.submit(_write, out, columns)
            people = int(columns["person"][-1])
        if written is not None:
            written.result()
    return people


def _write(out: pq.ParquetWriter, columns: dict[str, Int64 | Int16]) -> None:
    table = pa.table({name: columns[name] for name in EVENT_COLUMNS}, schema=SCHEMA)
    out.write_table(table, row_group_size=len(table))


def _groups(n_events: int, chance: np.random.Generator) -> Iterator[dict[str, Int64 | Int16]]:
    """Row groups of whole people, numbered on from group to group."""
    rows, people = 0, 0
    while rows < n_events:
        counts = _counts(n_events - rows, chance)
        yield rows_of(counts, people, rows, chance)
        rows, people = rows + int(counts.sum()), people + len(counts)


def _counts(left: int, chance: np.random.Generator) -> Int64:
    """How many rows each of the next people has; the last person has what is left."""
    room = min(left, ROW_GROUP)
    drawn = COUNTS[chance.integers(0, len(COUNTS), size=room // 8 + 1, dtype=np.uint16)]
    ends = np.cumsum(drawn)
    counts = drawn[: int(np.searchsorted(ends, room, side="right"))]
    missing = room - int(counts.sum())
    return np.append(counts, missing) if missing and room == left else counts
