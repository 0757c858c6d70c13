"""Tables out: the fold's, values, scores, people; as Arrow, CSV, Parquet or JSON lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.ipc
import pyarrow.json
import pyarrow.parquet

from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.model import WrongInput
from thang.policy.schema import Policy
from thang.record import Record
from thang.river.program import FAR
from thang.river.tables import CAUSES
from thang.workspace.explain import facets

TABLES = ("transitions", "placements", "tallies", "purchases", "values", "scores", "people")
TIME = pa.timestamp("us", tz="UTC")
RUN = r"^(\s*[=+\-@|＝＋－＠]|[\t\r\n])"  # how a cell that is run begins


def table(name: str, record: Record, projection: Projection, policy: Policy) -> pa.Table:
    """One of `TABLES`, people by their public references."""
    if name == "transitions":
        return _transitions(record, projection, policy)
    if name == "placements":
        return _placements(record, projection, policy)
    if name == "people":
        return _people(record, projection)
    if name in TABLES:
        return _plain(name, record, projection)
    raise WrongInput(f"There is no table {name!r}: choose one of {', '.join(TABLES)}.")


def read_stream(data: bytes) -> pa.Table:
    """A table out of an Arrow stream, as a server sends it."""
    with pa.ipc.open_stream(data) as stream:
        return stream.read_all()


def _refs(record: Record, people: pa.Table) -> pa.Array:
    return pa.array(record.refs.refs_of(column(people, "person")), pa.string())


def _keys(policy: Policy, levels: pa.Table, name: str) -> pa.Array:
    keys = np.array([*(level.key for level in policy.levels), None], dtype=object)
    return pa.array(keys[column(levels, name)], pa.string())


def _time(values: pa.ChunkedArray) -> pa.Array:
    known = pc.and_(pc.greater(values, 0), pc.less(values, FAR))
    return pc.if_else(known, values, None).cast(TIME)


def _transitions(record: Record, projection: Projection, policy: Policy) -> pa.Table:
    rows = projection.table('select * from transitions order by "at", person, to_level')
    return pa.table(
        {
            "person": _refs(record, rows),
            "at": _time(rows["at"]),
            "from_level": _keys(policy, rows, "from_level"),
            "to_level": _keys(policy, rows, "to_level"),
            "cause": pa.array(np.array(CAUSES)[column(rows, "cause")]),
        }
    )


def _placements(record: Record, projection: Projection, policy: Policy) -> pa.Table:
    rows = projection.table(
        "select person, level, observed, since, rungs, next_change from placements order by person"
    )
    known = {int(r): facets(policy, int(r)) for r in np.unique(column(rows, "rungs"))}
    return pa.table(
        {
            "person": _refs(record, rows),
            "level": _keys(policy, rows, "level"),
            "observed_level": _keys(policy, rows, "observed"),
            "since": _time(rows["since"]),
            "facets": pa.array(
                [known[int(r)] for r in column(rows, "rungs")], pa.list_(pa.string())
            ),
            "next_change_at": _time(rows["next_change"]),
        }
    )


INSTANTS = {"first_at", "due", "access_at", "last_failure", "wish_open"}
DAYS = {"first_order", "last_order", "day"}  # of the shop, since 1970


def _plain(name: str, record: Record, projection: Projection) -> pa.Table:
    """A table as the projection keeps it, with references, times and days for numbers."""
    found = projection.table(f'select * from "{name}" order by all')  # noqa: S608 - one of TABLES
    columns = {"person": _refs(record, found)}
    for column_name in found.column_names[1:]:
        values = found[column_name]
        if column_name in INSTANTS:
            values = _time(values)
        elif column_name in DAYS:
            values = pc.if_else(pc.greater(values, 0), values, None).cast(pa.date32())
        columns[column_name] = values
    return pa.table(columns)


def _people(record: Record, projection: Projection) -> pa.Table:
    """Who is who: every person with what the vault holds of them. Personal data leaves here."""
    rows = projection.table("select identifier, person from people order by person, identifier")
    numbers = column(rows, "identifier").tolist()
    personal = record.personal(numbers)
    names = sorted({name for fields in personal.values() for name in fields})
    columns: dict[str, pa.Array] = {"person": _refs(record, rows)}
    for name in names:
        columns[name] = pa.array([personal.get(n, {}).get(name) for n in numbers], pa.string())
    return pa.table(columns)


def write(found: pa.Table, path: Path) -> None:
    """Write a table by the ending of its name: .csv, .parquet or .jsonl."""
    ending = path.suffix.lower()
    try:
        if ending == ".parquet":
            pa.parquet.write_table(found, path)
        elif ending == ".csv":
            pa.csv.write_csv(guarded(joined(found)), path)
        elif ending == ".jsonl":
            _jsonl(found, path)
        else:
            raise WrongInput(f"{path.name}: name the file .csv, .parquet or .jsonl.")
    except OSError as error:
        raise WrongInput(
            f"{path} cannot be written ({error.strerror}): choose another place."
        ) from None


def _jsonl(found: pa.Table, path: Path) -> None:
    import msgspec  # noqa: PLC0415 - only this format needs it

    encode = msgspec.json.encode
    with path.open("wb") as out:
        for row in found.to_pylist():
            out.write(encode(row) + b"\n")


def joined(found: pa.Table) -> pa.Table:
    """Lists as words with a bar between them, since CSV has no lists."""
    for i, field in enumerate(found.schema):
        if pa.types.is_list(field.type):
            words = pc.binary_join(found[field.name], "|")
            found = found.set_column(i, field.name, words)
    return found


def guarded(found: pa.Table) -> pa.Table:
    """Cells that a spreadsheet would run as formulas are marked as text (OWASP's list)."""
    for i, field in enumerate(found.schema):
        if pa.types.is_string(field.type):
            cells = pc.replace_substring_regex(found[field.name], RUN, r"'\1")
            found = found.set_column(i, field.name, cells)
    return found
