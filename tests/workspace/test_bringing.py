"""What an import would do, said before it does; and what it refused, to be put right."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from pathlib import Path

import pytest

from thang.model import WrongInput
from thang.record import Record
from thang.sources.rows import WHY
from thang.workspace.refusals import cells_of
from thang.workspace.shop import Workspace

from .files import file, rows, shopee
from .shops import new_shop


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return new_shop(tmp_path / "shop")


def broken(seed: int) -> str:
    """Good rows, rows with one fault each, and the same rows again."""
    dice = random.Random(seed)
    lines = []
    for n in range(60):
        cells = [f"DH-{n}", f"2026-01-{n % 28 + 1:02d}", f"KH-{n % 9}", "150000"]
        fault = dice.choice(["", "", "date", "amount", "who"])
        place = {"date": 1, "amount": 3, "who": 2}.get(fault)
        if place is not None:
            cells[place] = {"date": "31/02/2026", "amount": "450.000đ/2sp", "who": ""}[fault]
        lines.append(",".join(cells))
    return rows("order_id,date,customer_id,total", *lines, *dice.choices(lines, k=10))


@pytest.mark.parametrize("seed", range(4))
def test_the_check_says_what_the_import_then_does(
    shop: Workspace, tmp_path: Path, seed: int
) -> None:
    first, second = (file(tmp_path, broken(s), f"{s}.csv") for s in (seed, seed + 100))
    for path in (first, second, first):
        before = shop.imports()
        told = shop.check(path)
        assert shop.imports() == before
        done = shop.import_file(path)
        assert told.tally == done.tally
        with Record.open(shop.folder.path) as record:
            assert {r.reason: r.rows for r in told.refusals} == dict(done.tally.reasons)
            assert record.counts().batches == len(before) + 1


def test_people_are_new_once(shop: Workspace, tmp_path: Path) -> None:
    path = file(tmp_path, shopee(6))
    shop.remember(shop.recognise(path), dict(shop.recognise(path).guesses))
    told = shop.check(path)
    assert (told.new_people, told.known_people) == (6, 0)
    shop.import_file(path)
    told = shop.check(file(tmp_path, shopee(8), "more.csv"))
    assert (told.new_people, told.known_people) == (2, 6)


def test_what_was_undone_is_said_to_come_back(shop: Workspace, tmp_path: Path) -> None:
    path = file(tmp_path, broken(2))
    done = shop.import_file(path)
    shop.undo(done.batch)
    assert shop.check(path).back == done.tally.events


def test_examples_name_row_column_and_value(shop: Workspace, tmp_path: Path) -> None:
    text = rows(
        "Mã đơn,Ngày đặt,Số điện thoại,Tổng tiền",
        "1,31/02/2026,0912345678,1", "2,2026-01-02,9.03E+08,1", "3,2026-01-02,0912345678,450.000đ/2sp",
    )  # fmt: skip
    path = file(tmp_path, text)
    expected = {
        "date": (2, "Ngày đặt", "31/02/2026"),
        "no_identifier": (3, "Số điện thoại", "9.03E+08"),
        "amount": (4, "Tổng tiền", "450.000đ/2sp"),
    }
    told = shop.check(path).refusals
    batch = shop.import_file(path).batch
    for refusals in (told, shop.refusals(batch)):
        found = {r.reason: r.examples[0] for r in refusals}
        assert {w: (e.row, e.column, e.found) for w, e in found.items()} == expected


def taken(shop: Workspace, batch: int) -> list[dict[str, str]]:
    text = "".join(shop.refused_csv(batch, "Thang: reason", lambda reason: WHY[reason]))
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_failed_rows_are_repaired_and_brought_again(shop: Workspace, tmp_path: Path) -> None:
    path = file(tmp_path, broken(3))
    done = shop.import_file(path)
    failed = taken(shop, done.batch)
    assert len(failed) == done.tally.refused > 0
    for row in failed:
        assert list(row) == ["order_id", "date", "customer_id", "total", "Thang: reason"]
        row["date"], row["total"] = "2026-02-03", "150000"
        row["customer_id"] = row["customer_id"] or "KH-1"
    out = io.StringIO()
    writer = csv.DictWriter(out, list(failed[0]))
    writer.writeheader()
    writer.writerows(failed)
    repaired = file(tmp_path, out.getvalue(), "repaired.csv")
    again = shop.import_file(repaired).tally
    assert again.refused == 0
    assert again.rows == len(failed)


def test_a_second_import_of_the_same_file_shows_its_failed_rows_too(
    shop: Workspace, tmp_path: Path
) -> None:
    path = file(tmp_path, broken(3))
    first, second = shop.import_file(path), shop.import_file(path)
    assert first.batch != second.batch
    assert taken(shop, first.batch) == taken(shop, second.batch) != []
    assert shop.refusals(first.batch) == shop.refusals(second.batch)


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1"])
def test_no_cell_is_a_formula(shop: Workspace, tmp_path: Path, cell: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(
        [["order_id", "date", "customer_id", "total", "x"], ["1", "kein", "K", "1", cell]]
    )
    batch = shop.import_file(file(tmp_path, out.getvalue())).batch
    (row,) = taken(shop, batch)
    assert row["x"] == f"'{cell}"


def sheet_bomb(tmp_path: Path) -> Path:
    """A spreadsheet of a few kB whose sheet would unpack to 300 MB."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(b"0" * (1 << 20))
    return path


def test_a_zip_bomb_is_not_unpacked(shop: Workspace, tmp_path: Path) -> None:
    bomb = sheet_bomb(tmp_path)
    assert bomb.stat().st_size < 1 << 20
    for verb in (shop.recognise, shop.check, shop.import_file):
        with pytest.raises(WrongInput, match="would unpack to"):
            verb(bomb)
    assert shop.imports() == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "only blank lines"),
        (b"order_id\n1\n", "single column"),
        (b"PK\x03\x04 not really", "broken archive"),
        (b"PAR1 not really", "does not open as Parquet"),
        (b"\x00\x01\x02\x03" * 50, "no text, spreadsheet or Parquet"),
        (b"order_id,date,customer_id,total\n", "a header and no rows"),
    ],
)
def test_what_is_no_table_is_said_plainly(
    shop: Workspace, tmp_path: Path, text: bytes, sentence: str
) -> None:
    path = file(tmp_path, text)
    with pytest.raises(WrongInput, match=sentence):
        shop.check(path)
    with pytest.raises(WrongInput, match=sentence):
        shop.import_file(path)
    assert shop.imports() == ()


def test_long_cells_and_script_are_text(shop: Workspace, tmp_path: Path) -> None:
    script = "<script>alert(1)</script>" + "x" * 10_000
    out = io.StringIO()
    csv.writer(out).writerows(
        [["order_id", "date", "customer_id", "total", "name", "note"],
         ["1", "2026-01-02", "K-1", "1000", script, script],
         ["2", script, "K-2", "1000", script, script]]
    )  # fmt: skip
    path = file(tmp_path, out.getvalue())
    told = shop.check(path)
    assert (told.tally.stored, told.tally.refused) == (1, 1)
    (refusal,) = told.refusals
    assert refusal.examples[0].found == script[:80]
    done = shop.import_file(path)
    with Record.open(shop.folder.path) as record:
        (row,) = record.refused(done.batch)
        assert cells_of(row)["date"] == script


def test_a_wrong_delimiter_is_found_by_the_header(shop: Workspace, tmp_path: Path) -> None:
    path = file(tmp_path, rows("order_id|date|customer_id|total", "1|2026-01-02|K-1|1,000"))
    assert shop.check(path).tally.stored == 1
