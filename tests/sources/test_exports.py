"""Order exports of marketplaces and tills: plainly invented, in the shapes of the real files."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from sources.test_tables import spreadsheet
from thang.model import Event, Gathered, WrongInput
from thang.sources.files import ShopFacts, read
from thang.workspace.shop import Workspace

NOW = 1_800_000_000_000_000
Row = dict[str, str]

SHOPEE: list[Row] = [
    {"Mã đơn hàng": "26BIA0001", "Ngày đặt hàng": "2026-01-05 09:30", "Trạng Thái Đơn Hàng": "Hoàn thành",
     "SKU phân loại hàng": "AO-1", "Số lượng": "2", "Tổng số tiền Người mua thanh toán": "200000.00",
     "Phí vận chuyển mà người mua trả": "20000.00", "Tổng số tiền người mua thanh toán": "320000.00",
     "Người Mua": "bia_dat_01", "Tên Người nhận": "B*****t", "Số điện thoại": "******01",
     "Địa chỉ nhận hàng": "****", "Thời gian giao hàng": "2026-01-08 10:00"},
    {"Mã đơn hàng": "26BIA0001", "Ngày đặt hàng": "2026-01-05 09:30", "Trạng Thái Đơn Hàng": "Hoàn thành",
     "SKU phân loại hàng": "MU-1", "Số lượng": "1", "Tổng số tiền Người mua thanh toán": "100000.00",
     "Phí vận chuyển mà người mua trả": "20000.00", "Tổng số tiền người mua thanh toán": "320000.00",
     "Người Mua": "bia_dat_01", "Tên Người nhận": "B*****t", "Số điện thoại": "******01",
     "Địa chỉ nhận hàng": "****", "Thời gian giao hàng": "2026-01-08 10:00"},
    {"Mã đơn hàng": "26BIA0002", "Ngày đặt hàng": "2026-01-06 20:00", "Trạng Thái Đơn Hàng": "Đã hủy",
     "SKU phân loại hàng": "AO-1", "Số lượng": "1", "Tổng số tiền người mua thanh toán": "120000.00",
     "Người Mua": "bia_dat_02"},
    {"Mã đơn hàng": "26BIA0003", "Ngày đặt hàng": "2026-01-06 21:00", "Trạng Thái Đơn Hàng": "Chờ thanh toán",
     "SKU phân loại hàng": "AO-1", "Số lượng": "1", "Tổng số tiền người mua thanh toán": "120000.00",
     "Người Mua": "bia_dat_02"},
]  # fmt: skip
LAZADA: list[Row] = [
    {"orderItemId": str(n), "createTime": "05 Jan 2026 09:30" if n == 9 else "2026-01-05 09:30",
     "orderNumber": "7001", "deliveredDate": "2026-01-09 08:00", "customerName": "Bịa",
     "shippingPhone": "84*****01", "paidPrice": "75000.00", "sellerSku": f"SP-{n}", "itemName": "Áo bịa",
     "status": "delivered"}
    for n in (1, 2)
]  # fmt: skip
TIKTOK: list[Row] = [
    {"Order ID": "Platform unique order ID.", "Order Status": "Current order status.",
     "Created Time": "Order created time.", "Buyer Username": "Buyer name.", "Order Amount": "Total."},
    {"Order ID": "580001", "Order Status": "Completed", "Created Time": "05/01/2026 09:30:00",
     "Delivered Time": "08/01/2026 10:00:00", "Order Amount": "250000", "Shipping Fee After Discount": "15000",
     "Taxes": "0", "Order Refund Amount": "50000", "Buyer Username": "bia_dat_01", "Recipient": "B***",
     "Phone #": "(+84)90*****01", "Seller SKU": "AO-1", "Quantity": "1"},
]  # fmt: skip
KIOTVIET: list[Row] = [
    {"Chi nhánh": "Kho thử", "Mã hóa đơn": "HD000001", "Thời gian": "05/01/2026 09:30:00",
     "Mã khách hàng": "KH000001", "Tên khách hàng": "Bịa Thị Thử", "Điện thoại": "900000123",
     "Khách cần trả": "150.000", "Mã hàng": "SP1", "Số lượng": "1", "Thành tiền": "100.000",
     "Trạng thái": "Hoàn thành"},
    {"Chi nhánh": "", "Mã hóa đơn": "", "Thời gian": "", "Mã khách hàng": "", "Mã hàng": "SP2",
     "Số lượng": "1", "Thành tiền": "50.000"},
    {"Chi nhánh": "Kho thử", "Mã hóa đơn": "HD000002", "Thời gian": "06/01/2026 09:30:00",
     "Mã khách hàng": "", "Tên khách hàng": "Khách lẻ", "Khách cần trả": "90.000", "Mã hàng": "SP1",
     "Số lượng": "1", "Trạng thái": "Hoàn thành"},
]  # fmt: skip
FILES = {"shopee": SHOPEE, "lazada": LAZADA, "tiktok_shop": TIKTOK, "kiotviet": KIOTVIET}


def header_of(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def as_csv(path: Path, rows: list[Row], header: list[str] | None = None) -> Path:
    names = header_of(rows)
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(header or names)
        writer.writerows([row.get(name, "") for name in names] for row in rows)
    return path


def as_xlsx(path: Path, rows: list[Row]) -> Path:
    names = header_of(rows)
    path.write_bytes(spreadsheet([names, *([row.get(n, "") for n in names] for row in rows)]))
    return path


def gathered(path: Path) -> list[Gathered]:
    return list(read(path, shop=ShopFacts(), mapping=None, now=NOW))


def told(path: Path) -> list[Event]:
    return [event for one in gathered(path) for event in one.events]


def brief(event: Event) -> tuple[str, str, int | None]:
    return event.ref, event.kind, event.amount


EXPECTED = {
    "shopee": [
        ("26BIA0001", "order_completed", 300_000), ("26BIA0001", "order_delivered", None),
        ("26BIA0002", "order_completed", 120_000), ("26BIA0002", "order_cancelled", None),
    ],
    "lazada": [("7001", "order_completed", 150_000), ("7001", "order_delivered", None)],
    "tiktok_shop": [
        ("580001", "order_completed", 235_000), ("580001", "order_delivered", None),
        ("580001", "order_refunded", 50_000),
    ],
    "kiotviet": [("HD000001", "order_completed", 150_000)],
}  # fmt: skip
REFUSED = {
    "shopee": {"unpaid": 1},
    "tiktok_shop": {"description": 1},
    "kiotviet": {"no_identifier": 1},
}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("name", FILES)
def test_orders_are_gathered_from_their_items(name: str, ending: str, tmp_path: Path) -> None:
    write = as_csv if ending == "csv" else as_xlsx
    path = write(tmp_path / f"orders.{ending}", FILES[name])
    opened = read(path, shop=ShopFacts(), mapping=None, now=NOW)
    assert opened.format == name
    found = list(opened)
    assert [brief(event) for one in found for event in one.events] == EXPECTED[name]
    assert Counter(g.refused.reason for g in found if g.refused) == REFUSED.get(name, {})
    assert sum(one.rows for one in found) == len(FILES[name]), "every row is accounted for"


@pytest.mark.parametrize("name", FILES)
def test_no_masked_value_names_anybody(name: str, tmp_path: Path) -> None:
    events = told(as_csv(tmp_path / "orders.csv", FILES[name]))
    named = [i.value for event in events for i in event.identifiers]
    assert named
    assert not [value for value in named if "*" in value]
    for event in events:
        assert not [v for k, v in event.personal.items() if "*" in v and k != "masked_hint"]


def test_a_buyers_name_is_one_on_its_own_platform_only(tmp_path: Path) -> None:
    names = {
        name: told(as_csv(tmp_path / f"{name}.csv", FILES[name]))[0].identifiers[0].value
        for name in ("shopee", "tiktok_shop")
    }
    assert names == {"shopee": "shopee:bia_dat_01", "tiktok_shop": "tiktok:bia_dat_01"}


def test_a_till_knows_phones_even_without_their_zero(tmp_path: Path) -> None:
    (bought, *_) = told(as_xlsx(tmp_path / "orders.xlsx", KIOTVIET))
    assert {(i.namespace, i.value) for i in bought.identifiers} == {
        ("customer", "KH000001"), ("phone", "+84900000123"),
    }  # fmt: skip


def test_orders_of_lazada_without_a_buyer_are_people_of_their_own(tmp_path: Path) -> None:
    more = [*LAZADA, {**LAZADA[0], "orderItemId": "3", "orderNumber": "7002"}]
    who = {event.ref: event.identifiers for event in told(as_csv(tmp_path / "o.csv", more))}
    assert who["7001"] != who["7002"]


@pytest.mark.parametrize("name", FILES)
def test_the_same_file_twice_and_shuffled_is_one(name: str, tmp_path: Path) -> None:
    shop = Workspace.init(tmp_path / "shop", now=lambda: NOW)
    first = shop.import_file(as_csv(tmp_path / "a.csv", FILES[name])).tally
    body = FILES[name] if name == "kiotviet" else FILES[name][::-1]  # merged cells keep their order
    again = shop.import_file(as_xlsx(tmp_path / "b.xlsx", body)).tally
    assert first.events > 0
    assert (again.stored, again.events) == (0, 0)


def test_a_later_export_tells_what_became_of_an_order(tmp_path: Path) -> None:
    """Under way, then delivered, then given back: each once, the order itself never twice."""
    shop = Workspace.init(tmp_path / "shop", now=lambda: NOW)
    events = []
    for number, status in enumerate(["Đang giao", "Đã giao", "Hoàn thành", "Trả hàng/Hoàn tiền"]):
        rows = [
            {**row, "Trạng Thái Đơn Hàng": status, "Thời gian giao hàng": ""} for row in SHOPEE[:2]
        ]
        done = shop.import_file(as_csv(tmp_path / f"{number}.csv", rows)).tally
        events.append(done.events)
    assert events == [1, 1, 0, 1]


def test_names_that_differ_by_case_are_two(tmp_path: Path) -> None:
    swapped = [
        {(n.replace("Người mua th", "người mua th") if "Người mua th" in n
          else n.replace("người mua th", "Người mua th")): v for n, v in row.items()}
        for row in SHOPEE[:2]
    ]  # fmt: skip
    (bought, *_) = told(as_csv(tmp_path / "orders.csv", swapped))
    assert bought.amount == 180_000, "of the first item alone, less the shipping"


def test_decomposed_letters_are_the_same_names(tmp_path: Path) -> None:
    header = [unicodedata.normalize("NFD", name) for name in header_of(SHOPEE)]
    path = as_csv(tmp_path / "orders.csv", SHOPEE, header)
    assert [brief(event) for event in told(path)] == EXPECTED["shopee"]


def test_a_near_miss_is_no_marketplaces_file(tmp_path: Path) -> None:
    header = [name.upper() for name in header_of(LAZADA)]
    with pytest.raises(WrongInput):
        gathered(as_csv(tmp_path / "orders.csv", LAZADA, header))


@pytest.mark.parametrize(
    ("column", "wrong", "reason"),
    [("Ngày đặt hàng", "32/13/2026", "date"), ("Ngày đặt hàng", "2199-01-01", "future"),
     ("Tổng số tiền người mua thanh toán", "ba trăm", "amount"),
     ("Tổng số tiền người mua thanh toán", "-5", "negative_amount"), ("Mã đơn hàng", "", "no_order"),
     ("Người Mua", "b***1", "no_identifier")],
)  # fmt: skip
def test_an_order_that_cannot_be_read_is_refused_row_by_row(
    column: str, wrong: str, reason: str, tmp_path: Path
) -> None:
    good = {**SHOPEE[2], "Mã đơn hàng": "26BIA0009"}
    rows = [good, *({**row, column: wrong} for row in SHOPEE[:2])]
    if reason == "no_order":
        rows = [{**row, "SKU phân loại hàng": ""} for row in rows]
    found = gathered(as_csv(tmp_path / "orders.csv", rows))
    assert [g.refused.reason for g in found if g.refused] == [reason, reason]
    assert sum(one.rows for one in found) == 3
