"""The audit log: nothing in it can be changed, dropped or added without being found."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from thang.desk.desk import Desk

LINES = 6


def written(desk: Desk) -> Path:
    for number in range(LINES):
        desk.audit.note(f"person{number}", "list exported", f"p_{number}", 1000 + number)
    return desk.folder / "desk.db"


def tamper(path: Path, *statements: str) -> None:
    """As somebody who has the file, and every right to it, would."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("DROP TRIGGER audit_no_delete")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_an_honest_log_is_whole(desk: Desk) -> None:
    assert desk.audit.verify() is None
    written(desk)
    assert desk.audit.verify() is None
    assert [entry.seq for entry in desk.audit.latest(2)] == [6, 5]
    assert [entry.seq for entry in desk.audit.latest(2, before=5)] == [4, 3]
    assert desk.audit.count() == LINES


@pytest.mark.parametrize("column", ["at", "who", "what", "about", "hash"])
@pytest.mark.parametrize("line", [1, 3, 6])
def test_a_changed_field_is_found_at_its_line(desk: Desk, column: str, line: int) -> None:
    path = written(desk)
    changed = {"at": "at + 1", "hash": "zeroblob(32)"}.get(column, f"{column} || ' '")
    tamper(path, f"UPDATE audit SET {column} = {changed} WHERE seq = {line}")  # noqa: S608
    damage = desk.audit.verify()
    assert damage is not None
    assert damage.seq == line


@pytest.mark.parametrize("line", range(1, LINES + 1))
def test_a_dropped_line_is_missed_even_the_last(desk: Desk, line: int) -> None:
    path = written(desk)
    tamper(path, f"DELETE FROM audit WHERE seq = {line}")  # noqa: S608
    damage = desk.audit.verify()
    assert damage is not None
    assert damage.seq == line


def test_swapped_lines_and_a_cut_with_its_end_moved_are_found(desk: Desk) -> None:
    path = written(desk)
    swap = [
        "UPDATE audit SET seq = 100 WHERE seq = 2",
        "UPDATE audit SET seq = 2 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 100",
    ]
    tamper(path, *swap)
    damage = desk.audit.verify()
    assert damage is not None
    assert damage.seq == 2


def test_an_invented_line_is_found(desk: Desk) -> None:
    path = written(desk)
    tamper(path, "INSERT INTO audit VALUES (7, 1, 'x', 'y', 'z', zeroblob(32))")
    damage = desk.audit.verify()
    assert damage is not None
    assert damage.seq == 7


@pytest.mark.parametrize(
    "end", ["value = '5' || substr(value, 2)", "value = '6:' || hex(zeroblob(32))"]
)
def test_an_end_that_was_moved_is_found(desk: Desk, end: str) -> None:
    path = written(desk)
    tamper(path, f"UPDATE meta SET {end} WHERE key = 'audit_head'")  # noqa: S608
    assert desk.audit.verify() is not None


@pytest.mark.parametrize("verb", ["UPDATE audit SET who = 'x'", "DELETE FROM audit"])
def test_the_database_itself_refuses(desk: Desk, verb: str) -> None:
    path = written(desk)
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(verb)


def test_lines_are_joined_by_more_than_their_letters(desk: Desk, make: Callable[[], Desk]) -> None:
    """Moving a letter from one field into the next makes another line."""
    other = make()
    desk.audit.note("ab", "c", "", 1)
    other.audit.note("a", "bc", "", 1)
    codes = []
    for one in (desk, other):
        with closing(sqlite3.connect(one.folder / "desk.db")) as connection:
            codes.append(connection.execute("SELECT hash FROM audit").fetchone())
    assert codes[0] != codes[1]


@pytest.fixture
def make(tmp_path: Path) -> Callable[[], Desk]:
    """Another desk with the same key."""

    def made() -> Desk:
        folder = tmp_path / "other"
        folder.mkdir()
        key = folder / "shop.key"
        key.write_bytes((tmp_path / "shop.key").read_bytes())
        key.chmod(0o600)
        return Desk.open(folder)

    return made
