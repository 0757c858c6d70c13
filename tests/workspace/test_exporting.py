"""Tables out and back in: the same rows, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from thang.engines.columns import PURCHASES, TALLIES
from thang.model import Event, Identifier, WrongInput
from thang.workspace.exporting import guarded, write
from thang.workspace.shop import Workspace

from .shops import LAST_DAY, at, invented, new_shop, order, tell

COLUMNS = {
    "transitions": ["person", "at", "from_level", "to_level", "cause"],
    "placements": ["person", "level", "observed_level", "since", "facets", "next_change_at"],
    "tallies": TALLIES.names,
    "purchases": PURCHASES.names,
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    shop = new_shop(tmp_path_factory.mktemp("exporting") / "shop")
    tell(shop, invented(40))
    shop.classify(LAST_DAY)
    return shop


@pytest.mark.parametrize("name", COLUMNS)
def test_the_columns_are_those_that_were_promised(shop: Workspace, name: str) -> None:
    table = shop.export(name)
    assert table.column_names == COLUMNS[name]
    assert table.num_rows > 30
    assert not any(table["person"].is_null().to_pylist())


def test_the_last_transition_of_each_is_the_placement(shop: Workspace) -> None:
    last: dict[str, Any] = {}
    for move in shop.export("transitions").to_pylist():
        assert move["from_level"] == (
            last[move["person"]]["to_level"] if move["person"] in last else None
        )
        last[move["person"]] = move
    placed = {row["person"]: row for row in shop.export("placements").to_pylist()}
    assert {who: (m["to_level"], m["at"]) for who, m in last.items()} == {
        who: (row["level"], row["since"]) for who, row in placed.items()
    }


@pytest.mark.parametrize("name", [*COLUMNS, "people"])
def test_parquet_comes_back_as_it_went(shop: Workspace, tmp_path: Path, name: str) -> None:
    table = shop.export(name)
    write(table, tmp_path / "out.parquet")
    assert pa.parquet.read_table(tmp_path / "out.parquet").to_pylist() == table.to_pylist()


@pytest.mark.parametrize("name", COLUMNS)
def test_json_lines_say_the_same(shop: Workspace, tmp_path: Path, name: str) -> None:
    table = shop.export(name)
    write(table, tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [known(line) for line in lines] == table.to_pylist()


def known(line: dict[str, Any]) -> dict[str, Any]:
    """A line with its instants and days read."""
    times = {"at", "since", "next_change_at", "first_at", "due", "access_at"}
    times |= {"last_failure", "wish_open"}
    read = dict.fromkeys(times, datetime.fromisoformat)
    read |= dict.fromkeys(("first_order", "last_order", "day"), date.fromisoformat)
    return {
        name: read[name](value) if name in read and value else value for name, value in line.items()
    }


@pytest.mark.parametrize("name", COLUMNS)
def test_csv_says_the_same(shop: Workspace, tmp_path: Path, name: str) -> None:
    table = shop.export(name)
    write(table, tmp_path / "OUT.CSV")
    with (tmp_path / "OUT.CSV").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == table.num_rows
    for row, original in zip(rows, table.to_pylist(), strict=True):
        for column, value in original.items():
            if isinstance(value, list):
                assert row[column].split("|") == value
            elif isinstance(value, datetime):
                assert datetime.fromisoformat(row[column]) == value
            elif isinstance(value, float):
                assert float(row[column]) == value
            else:
                assert row[column] == ("" if value is None else str(value))


HOSTILE = (
    "=1+1",
    "+84",
    "-2",
    "@sum",
    "\tx",
    "\rx",
    "|cmd",
    "＝1+1",
    " =1+1",
    "\n=1+1",
    '=HYPERLINK("x")',
)
HARMLESS = ("Nguyễn Thị Sen", "a=b", "", "p_abc", "sen@example.vn", "3")


@pytest.mark.parametrize("cell", HOSTILE)
def test_a_cell_that_would_run_is_marked_as_text(cell: str) -> None:
    (told,) = guarded(pa.table({"name": [cell]}))["name"].to_pylist()
    assert told == f"'{cell}"


@pytest.mark.parametrize("cell", HARMLESS)
def test_a_harmless_cell_is_left_as_it_is(cell: str) -> None:
    assert guarded(pa.table({"name": [cell]}))["name"].to_pylist() == [cell]


def test_no_cell_is_left_out_and_numbers_are_not_touched() -> None:
    table = pa.table({"name": [None, "=x"], "n": [-1, 2]})
    assert guarded(table).to_pylist() == [{"name": None, "n": -1}, {"name": "'=x", "n": 2}]


def test_people_carry_what_the_vault_holds_and_are_guarded_only_in_csv(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    who = (Identifier("customer", "KH-1"), Identifier("phone", "+84900123456"))
    personal = {"name": "=Mận Biếc"}
    tell(shop, [order(who, "2026-05-01", personal=personal), order("KH-2", "2026-05-02")])
    shop.classify("2026-06-01")
    table = shop.export("people")
    assert set(table["person"].to_pylist()) == set(shop.export("placements")["person"].to_pylist())
    assert "=Mận Biếc" in table["name"].to_pylist()
    assert "+84900123456" in table["identifier"].to_pylist()
    write(table, tmp_path / "people.csv")
    text = (tmp_path / "people.csv").read_text("utf-8")
    assert "'=Mận Biếc" in text
    assert "'+84900123456" in text


def test_nobody_is_named_in_the_other_tables(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    event = Event("by hand", "page", at("2026-05-01"), (Identifier("email", "canary@example.vn"),))
    tell(shop, [event])
    shop.classify("2026-06-01")
    for name in COLUMNS:
        assert "canary" not in str(shop.export(name).to_pylist())


def test_a_table_that_is_not_there(shop: Workspace) -> None:
    with pytest.raises(WrongInput, match="choose one of transitions, placements, "):
        shop.export("customers")


@pytest.mark.parametrize("name", ["out", "out.xlsx", "out.csv.gz"])
def test_an_ending_that_is_not_written(shop: Workspace, tmp_path: Path, name: str) -> None:
    with pytest.raises(WrongInput, match=r"\.csv, \.parquet or \.jsonl"):
        write(shop.export("placements"), tmp_path / name)


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_a_place_that_cannot_be_written(shop: Workspace, tmp_path: Path, ending: str) -> None:
    with pytest.raises(WrongInput, match="choose another place"):
        write(shop.export("placements"), tmp_path / "nowhere" / f"out.{ending}")
    (tmp_path / f"folder.{ending}").mkdir()
    with pytest.raises(WrongInput, match="choose another place"):
        write(shop.export("placements"), tmp_path / f"folder.{ending}")


def test_an_empty_table_has_its_columns(tmp_path: Path) -> None:
    table = pa.table(
        {"person": pa.array([], pa.string()), "facets": pa.array([], pa.list_(pa.string()))}
    )
    for ending in ("csv", "parquet", "jsonl"):
        write(table, tmp_path / f"out.{ending}")
    assert (tmp_path / "out.csv").read_text().strip() == '"person","facets"'
    assert (tmp_path / "out.jsonl").read_bytes() == b""
