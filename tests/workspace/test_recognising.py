"""What a file is, and what its columns mean: guessed, chosen, and kept."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from thang.model import DAY, WrongInput
from thang.sources.formats import ROLES
from thang.sources.guessing import guess, kept_format, plain, signature
from thang.workspace.shop import Workspace

from .files import ODD, file, rows, shopee
from .shops import new_shop


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return new_shop(tmp_path / "shop")


def test_a_known_table_needs_no_look(shop: Workspace, tmp_path: Path) -> None:
    found = shop.recognise(
        file(tmp_path, rows("Mã đơn hàng,Ngày đặt,Mã khách hàng,Tổng tiền", "1,2026-01-02,K1,9"))
    )
    assert (found.format, found.sure, found.fixed, found.needs) == ("orders", True, False, ())


def test_a_marketplace_export_is_guessed_whole(shop: Workspace, tmp_path: Path) -> None:
    found = shop.recognise(file(tmp_path, shopee()))
    assert not found.sure
    assert found.needs == ()
    assert dict(found.guesses) == {
        "Mã đơn hàng": "order_id", "Ngày đặt hàng": "at", "Trạng Thái Đơn Hàng": "status",
        "Tổng giá trị đơn hàng (VND)": "amount", "Người Mua": "customer_id",
        "Tên Người nhận": "name", "Số điện thoại": "phone", "Ghi chú": "note",
    }  # fmt: skip
    place = found.header.index("Người Mua")
    assert found.samples[place] == ("khach_thu_0", "khach_thu_1", "khach_thu_2")


def test_values_tell_where_names_do_not(shop: Workspace, tmp_path: Path) -> None:
    text = rows("a,b,c", "02/01/2026,0912345678,x", "13/01/2026,0912345679,y")
    assert dict(shop.recognise(file(tmp_path, text)).guesses) == {"a": "at", "b": "phone"}


def test_a_name_does_not_win_over_values_that_deny_it() -> None:
    found = guess(["Ngày", "Tổng tiền"], [["thứ hai", "thứ ba"], ["chưa có", "chưa có"]], "VN")
    assert found == {}


def test_what_is_missing_is_named(shop: Workspace, tmp_path: Path) -> None:
    found = shop.recognise(file(tmp_path, rows("x,y", "1,2")))
    assert (found.format, found.needs) == (None, ("at", "who"))


@pytest.mark.parametrize("seed", range(50))
def test_each_role_is_guessed_once(seed: int) -> None:
    dice = random.Random(seed)
    words = ["mã", "đơn", "hàng", "ngày", "tổng", "tiền", "điện", "tên", "order", "date", "id"]
    header = list({" ".join(dice.choices(words, k=dice.randint(1, 3))) for _ in range(9)})
    found = guess(header, [["1", "2026-01-02"] for _ in header], "VN")
    assert len(set(found.values())) == len(found)
    assert set(found) <= set(header)
    assert set(found.values()) <= set(ROLES)


@pytest.mark.parametrize(
    ("name", "bare"),
    [("Mã Đơn_Hàng", "ma don hang"), ("orderNumber", "order number"), ("Tổng (VND)", "tong")],
)
def test_names_are_compared_bare(name: str, bare: str) -> None:
    assert plain(name) == bare


def test_what_was_matched_is_remembered(shop: Workspace, tmp_path: Path) -> None:
    first = file(tmp_path, rows(ODD, "B1;31.12.2025;K-1;1.000,50;0912345678"), "a.csv")
    columns = {"Beleg": "order_id", "Zeitpunkt": "at", "Kunde": "customer_id", "Summe": "amount"}
    with pytest.raises(WrongInput):
        shop.import_file(first)
    shop.remember(shop.recognise(first), columns)
    later = file(tmp_path, rows(ODD, "B2;01.02.2026;K-2;2000;0912345679"), "b.csv")
    found = shop.recognise(later)
    assert (found.sure, dict(found.guesses)) == (True, columns)
    assert shop.import_file(first).tally.stored == shop.import_file(later).tally.stored == 1
    assert shop.check(later).tally.duplicate == 1


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"Beleg": "order_id", "Kunde": "customer_id"}, "date of the order"),
        ({"Zeitpunkt": "at", "Summe": "amount"}, "who bought"),
        ({"Zeitpunkt": "at", "Kunde": "name", "Beleg": "name"}, "cannot both be name"),
        ({"Zeitpunkt": "at", "Kunde": "king"}, "king"),
        ({"Zeitpunkt": "at", "Fremd": "phone"}, "other columns"),
    ],
)
def test_a_wrong_choice_is_said_plainly(
    shop: Workspace, tmp_path: Path, columns: dict[str, str], sentence: str
) -> None:
    found = shop.recognise(file(tmp_path, rows(ODD, "B1;31.12.2025;K-1;1;0912345678")))
    with pytest.raises(WrongInput, match=sentence):
        shop.remember(found, columns)
    assert not list(shop.folder.path.glob("formats/*.yaml"))


def test_the_date_order_can_be_chosen(shop: Workspace, tmp_path: Path) -> None:
    path = file(tmp_path, rows("Tag,Kunde,Summe,Beleg", "03/04/2026,K-1,1000,B1"))
    columns = {"Tag": "at", "Kunde": "customer_id", "Summe": "amount", "Beleg": "order_id"}
    days = []
    for day_first in (True, False):
        shop.remember(shop.recognise(path), columns, day_first)
        days.append(shop.check(path).first_at)
    april, march = days
    assert (april or 0) - (march or 0) == 30 * DAY


def test_a_signature_is_of_the_names_alone() -> None:
    assert signature(["Mã đơn", "Ngày"]) == signature(["ngay", "MA_DON", "Thang: lý do"])
    assert signature(["Mã đơn", "Ngày"]) != signature(["Mã đơn", "Ngày", "Tổng"])


def test_a_kept_format_is_read_as_any_map(shop: Workspace, tmp_path: Path) -> None:
    text = kept_format({"Beleg": "order_id", "Zeitpunkt": "at", "Kunde": "customer_id"}, True)
    path = file(tmp_path, rows(ODD, "B1;03/04/2026;K-1;1;0912345678"))
    mapping = file(tmp_path, text, "map.yaml")
    assert shop.import_file(path, mapping).tally.stored == 1
