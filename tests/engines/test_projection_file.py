"""A projection file that is taken, old, cut short or garbled: refused by name, or made anew."""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from judges.kernel import codes_of
from judges.shops import random_shop
from thang.engines.duckdb import Projection
from thang.model import Unavailable

from .placing import events_of

HOLD = """
import sys, duckdb
held = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A projection with events in it, in a folder whose name speaks of a lock."""
    folder = tmp_path / "khoá block clock"
    folder.mkdir()
    told = random_shop(random.Random(3), 30)
    with Projection.open(folder / "projection.duckdb") as projection:
        projection.keep(events_of(told.rows, codes_of(told.rows)))
        projection.cluster()
    return folder / "projection.duckdb"


def is_new(file: Path) -> bool:
    with Projection.open(file) as projection:
        count = projection.sql.execute("select count(*) from events").fetchone()
        assert (count == (0,)) is projection.fresh
        return projection.fresh


def asked(file: Path, sql: str) -> None:
    with Projection.open(file) as projection:
        assert not projection.fresh
        projection.table(sql)


def interrupted(projection: Projection) -> None:
    with projection.one_commit():
        projection.note(seq=99)
        projection.sql.execute("delete from events")
        raise KeyboardInterrupt


def test_a_sound_file_is_kept(file: Path) -> None:
    assert not is_new(file)


@pytest.mark.parametrize("left", [0, 1, 4096, 12_288, 20_000, 0.3, 0.5])
def test_a_file_cut_short_is_made_anew(file: Path, left: float) -> None:
    """At once, or after a sentence where the cut is met while reading."""
    whole = file.read_bytes()
    file.write_bytes(whole[: int(left if left >= 1 else left * len(whole))])
    with suppress(Unavailable), Projection.open(file) as projection:
        projection.table("select * from events")
    with Projection.open(file) as projection:
        assert projection.table("select * from events").num_rows == 0
        assert projection.meta("seq") is None


def test_a_sound_file_that_has_shrunk_is_kept(file: Path) -> None:
    """DuckDB gives free blocks at the end of a file back, and still counts them."""
    sizes = []
    for rows in (900_000, 1, 1, 1):
        with Projection.open(file) as projection:
            projection.sql.execute(
                f"create or replace table more as select range r from range({rows})"  # noqa: S608
            )
        sizes.append(file.stat().st_size)
        assert not is_new(file)
    assert sizes[-1] < sizes[0]


@pytest.mark.parametrize(
    "text", [b"no database at all", b"\x00" * 100_000, bytes(range(256)) * 999]
)
def test_garbage_is_made_anew(file: Path, text: bytes) -> None:
    file.write_bytes(text)
    assert is_new(file)


def test_garbled_headers_are_made_anew(file: Path) -> None:
    whole = bytearray(file.read_bytes())
    whole[4096:12_288] = random.Random(5).randbytes(8_192)
    file.write_bytes(whole)
    assert is_new(file)


def test_another_version_is_made_anew(file: Path) -> None:
    with duckdb.connect(str(file)) as old:
        old.execute("update meta set value = value - 1 where key = 'schema'")
    assert is_new(file)


def test_another_database_is_made_anew(file: Path) -> None:
    file.unlink()
    with duckdb.connect(str(file)) as other:
        other.execute("create table meta (of_another varchar)")
    assert is_new(file)


def test_damage_found_while_reading_removes_the_file_and_says_the_cure(file: Path) -> None:
    with Projection.open(file) as projection:
        projection.sql.execute(
            "create table more as select range r, hash(range) h from range(500000)"
        )
    whole = bytearray(file.read_bytes())
    for at in range(len(whole) // 4, len(whole) * 3 // 4, 4096):
        whole[at : at + 64] = bytes(64)
    file.write_bytes(whole)
    with pytest.raises(Unavailable, match="damaged and has been removed: run"):
        asked(file, "select sum(h::hugeint), sum(r) from more")
    assert not file.exists()


def test_a_mistake_of_ours_removes_nothing(file: Path) -> None:
    with pytest.raises(duckdb.BinderException):
        asked(file, "select no_such_column from events")
    assert not is_new(file)


def test_a_file_that_another_process_holds_is_left_alone(file: Path) -> None:
    before = file.read_bytes()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Unavailable, match="taken by another thang process"):
            Projection.open(file)
        other.communicate()
    assert file.read_bytes() == before
    assert not is_new(file)


def test_what_is_written_together_is_kept_together(file: Path) -> None:
    with Projection.open(file) as projection:
        with pytest.raises(KeyboardInterrupt):
            interrupted(projection)
        assert projection.meta("seq") is None
    assert not is_new(file)
