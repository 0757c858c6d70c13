"""Opening the projection's file: as it is where it is sound and ours, else made anew.

Everything in it is derived, so a file that is old, cut short or garbled is dropped, not
mended. Only a file that another process holds is left alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa

from thang.engines.columns import PURCHASES, SCORES, TALLIES, VALUES
from thang.model import Taken, Unavailable

SCHEMA = 5
SETUP = """
create table if not exists meta (key varchar primary key, value bigint);
create table if not exists events (
    person bigint, "at" bigint, kind smallint, ref bigint, amount bigint,
    grade smallint, flags smallint, other bigint, seq bigint);
create table if not exists people (identifier bigint, person bigint);
create table if not exists marks (person bigint, mark bigint, "at" bigint);
create table if not exists pairs (
    kind smallint, person bigint, other bigint, ref bigint, "at" bigint, seq bigint);
create table if not exists referral_rows (
    person bigint, "at" bigint, kind smallint, value bigint, ref bigint, anchor bigint);
create table if not exists touched (person bigint);
create table if not exists transitions (
    person bigint, "at" bigint, from_level tinyint, to_level tinyint, cause tinyint);
create table if not exists placements (
    person bigint, level tinyint, observed tinyint, since bigint, rungs integer,
    next_change bigint, last_order bigint, orders integer, gap bigint);
create table if not exists told (person bigint, source integer);
create table if not exists listed (
    person bigint, level tinyint, since bigint, rungs integer, last_order bigint, orders integer,
    active_from bigint, at_risk_from bigint, dormant_from bigint, lost_from bigint,
    fell_at bigint, sources bigint, near boolean);
create table if not exists moved (
    month integer, from_level tinyint, to_level tinyint, person bigint);
create table if not exists monthly (
    month integer, from_level tinyint, to_level tinyint, moves bigint, people bigint);
create table if not exists almost (
    person bigint, level tinyint, quantity varchar, op varchar, value double, needs double);
create table if not exists nearest (level tinyint, quantity varchar, people bigint);
create table if not exists signals (
    person bigint, "at" bigint, kind smallint, ref bigint, grade smallint, flags smallint,
    seq bigint);
create table if not exists value_told (body varchar);
create table if not exists stage_told (body varchar);
create table if not exists groups_told (body varchar);
"""
DERIVED = {"tallies": TALLIES, "purchases": PURCHASES, "values": VALUES, "scores": SCORES}
TYPES = {
    pa.int8(): "tinyint", pa.int16(): "smallint", pa.int32(): "integer", pa.int64(): "bigint",
    pa.float32(): "real", pa.float64(): "double", pa.bool_(): "boolean",
}  # fmt: skip


class Limits(NamedTuple):
    """What DuckDB may take of the machine."""

    memory: str
    threads: int


class Opened(NamedTuple):
    """A projection ready for use; `fresh`: it was empty."""

    connection: duckdb.DuckDBPyConnection
    fresh: bool


class UnsoundError(Exception):
    """A file that is no projection of this version."""


def open_file(path: Path, limits: Limits) -> Opened:
    """Open the file, or make it anew if it is missing, old, or will not open."""
    try:
        return _ready(path, limits)
    except (duckdb.Error, UnsoundError) as error:
        if "could not set lock" in str(error).lower():
            raise Taken(
                f"{path.name} is taken by another thang process: wait for it or stop it."
            ) from None
    drop(path)
    return _ready(path, limits)


def open_memory(limits: Limits) -> Opened:
    """A projection that ends with the process."""
    return _set_up(duckdb.connect(), limits)


def drop(path: Path) -> None:
    """Remove the file and what DuckDB lays beside it."""
    try:
        for old in (path, path.with_name(path.name + ".wal")):
            old.unlink(missing_ok=True)
    except OSError as error:
        raise Unavailable(
            f"{path} is damaged and cannot be removed ({error.strerror}): remove it yourself."
        ) from None


def is_damage(error: BaseException | None) -> bool:
    """Whether DuckDB stopped because what it read makes no sense."""
    words = ("corrupt", "checksum", "could not read enough bytes", "not enough data")
    return isinstance(error, duckdb.Error) and any(word in str(error).lower() for word in words)


def _ready(path: Path, limits: Limits) -> Opened:
    connection = duckdb.connect(str(path))
    try:
        return _set_up(connection, limits)
    except BaseException:
        # DuckDB hands out the same broken file again while somebody still holds it.
        connection.close()
        raise


def _set_up(connection: duckdb.DuckDBPyConnection, limits: Limits) -> Opened:
    connection.execute(f"set memory_limit = '{limits.memory}'")
    connection.execute(f"set threads = {limits.threads}")
    connection.execute("set enable_progress_bar = false")
    ((tables,),) = connection.execute("select count(*) from duckdb_tables()").fetchall()
    fresh = tables == 0
    connection.execute(SETUP)
    for name, schema in DERIVED.items():
        connection.execute(_table(name, schema))
    found = connection.execute("select value from meta where key = 'schema'").fetchall()
    if not fresh and found != [(SCHEMA,)]:
        raise UnsoundError
    connection.execute("insert or replace into meta values ('schema', ?)", [SCHEMA])
    return Opened(connection, fresh)


def _table(name: str, schema: pa.Schema) -> str:
    """The statement that makes a table of an Arrow schema."""
    columns = ", ".join(f'"{field.name}" {TYPES[field.type]}' for field in schema)
    return f'create table if not exists "{name}" ({columns})'
