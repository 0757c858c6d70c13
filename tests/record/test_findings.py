"""Findings are facts: kept in order, never changed, there in an older record too."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from thang.record import Record
from thang.record.findings import Turn


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Record.create(tmp_path / "shop").close()
    return tmp_path / "shop"


def test_findings_come_back_by_the_instant_they_speak_of(folder: Path) -> None:
    with Record.open(folder, lambda: 99) as record:
        record.add_finding("stage", 20, {"p": [0.25, 0.75]})
        record.add_finding("stage", 10, {"p": [1.0]})
        record.add_finding("gate", 15, {})
        assert [(f.at, f.body["p"]) for f in record.findings("stage")] == [
            (10, [1.0]), (20, [0.25, 0.75]),
        ]  # fmt: skip
        assert record.findings("gate")[0].found_at == 99
        assert record.findings("nothing") == []


def test_moves_of_groups_keep_their_order(folder: Path) -> None:
    moves = [{"at": 5, "person": 7, "group": 2, "what": int(w)} for w in (Turn.ENTERED, Turn.LEFT)]
    with Record.open(folder) as record:
        assert record.group_moves().num_rows == 0
        record.add_group_moves([])
        record.add_group_moves(moves)
        assert record.group_moves().to_pylist() == moves


@pytest.mark.once
@pytest.mark.parametrize("table", ["findings", "group_moves"])
def test_nobody_changes_what_was_found(folder: Path, table: str) -> None:
    with Record.open(folder) as record:
        record.add_finding("stage", 1, {})
        record.add_group_moves([{"at": 1, "person": 1, "group": 0, "what": 1}])
    with sqlite3.connect(folder / "record.db") as connection:
        for verb in (f"delete from {table}", f"update {table} set at = 3"):  # noqa: S608
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                connection.execute(verb)


@pytest.mark.once
def test_a_record_from_before_has_them_when_it_is_opened(folder: Path) -> None:
    with sqlite3.connect(folder / "record.db") as connection:
        for table in ("findings", "group_moves"):
            connection.execute(f"drop table {table}")
    with Record.open(folder) as record:
        record.add_finding("stage", 1, {})
        assert len(record.findings("stage")) == 1
