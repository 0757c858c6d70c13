"""Plain tables, whatever they are saved as: every row is an order, an event, or refused by name."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thang.model import Finality, WrongInput
from thang.sources.files import ShopFacts

from .reading import NOW, at, events, from_text, opened, reasons

HEADER = "order_id,date,customer_id,total,status\n"


def test_a_plain_table_is_recognised_by_its_english_headers(tmp_path: Path) -> None:
    found = from_text(tmp_path, HEADER + "D1,2026-03-05,KH1,289000,\n")
    (event,) = events(found)
    assert (event.kind, event.ref, event.amount, event.currency) == (
        "order_completed", "D1", 289_000, "VND",
    )  # fmt: skip
    assert event.at == at("2026-03-05")
    assert event.finality is Finality.COMPLETED


def test_and_by_its_vietnamese_ones_in_any_composition_of_letters(tmp_path: Path) -> None:
    import unicodedata

    header = "Mã đơn hàng;Ngày đặt hàng;Tên khách hàng;Số điện thoại;Tổng tiền;Trạng thái\n"
    row = "D1;25/03/2026 10:00;Hoa Thử Nghiệm;0900 000 123;1.234.567 ₫;Đã giao\n"
    for form in ("NFC", "NFD"):
        found = from_text(tmp_path, unicodedata.normalize(form, header) + row)
        order, delivered = events(found)
        assert order.amount == 1_234_567
        assert order.identifiers[0].value == "+84900000123"
        assert order.personal["name"] == "Hoa Thử Nghiệm"
        assert (delivered.kind, delivered.ref) == ("order_delivered", "D1")
        assert "name" not in order.properties


@pytest.mark.parametrize(
    ("status", "kind"),
    [("Hủy", "order_cancelled"), ("Đã huỷ", "order_cancelled"), ("Cancelled", "order_cancelled"),
     ("Trả hàng/Hoàn tiền", "order_refunded"), ("khách không nhận", "order_delivery_failed")],
)  # fmt: skip
def test_a_status_says_what_became_of_the_order(tmp_path: Path, status: str, kind: str) -> None:
    order, after = events(from_text(tmp_path, HEADER + f"D1,2026-03-05,KH1,1000,{status}\n"))
    assert (order.kind, after.kind, after.ref) == ("order_completed", kind, "D1")
    assert after.amount is None


def test_the_same_table_however_it_is_saved(tmp_path: Path) -> None:
    rows = [["order_id", "date", "customer_id", "total"], ["D1", "2026-03-05", "KH1", "7000"]]
    text = "\n".join(",".join(row) for row in rows) + "\n"
    variants: dict[str, bytes] = {
        "utf8": text.encode(),
        "bom": text.encode("utf-8-sig"),
        "utf16": text.encode("utf-16"),
        "crlf": text.replace("\n", "\r\n").encode(),
        "semicolon": text.replace(",", ";").encode(),
        "tab": text.replace(",", "\t").encode(),
        "pipe": text.replace(",", "|").encode(),
        "blank lines first": b"\n\n" + text.encode(),
    }
    said = {}
    for name, data in variants.items():
        said[name] = [(e.ref, e.at, e.amount) for e in events(from_text(tmp_path, data))]
    table = pa.table({name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])})
    pq.write_table(table, tmp_path / "t.parquet")
    said["parquet"] = [
        (e.ref, e.at, e.amount) for e in events(list(opened(tmp_path / "t.parquet")))
    ]
    (tmp_path / "t.xlsx").write_bytes(spreadsheet(rows))
    said["xlsx"] = [(e.ref, e.at, e.amount) for e in events(list(opened(tmp_path / "t.xlsx")))]
    assert set(map(tuple, said.values())) == {(("D1", at("2026-03-05"), 7000),)}


def spreadsheet(rows: list[list[str]]) -> bytes:
    """The smallest workbook that says these cells, as text."""
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{c}</t></is></c>' for c in row) + "</row>"
        for row in rows
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    pkg = "http://schemas.openxmlformats.org/package/2006"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{pkg}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{pkg}/relationships"><Relationship Id="r1" '
            f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="a" sheetId="1" '
            'r:id="r1"/></sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{pkg}/relationships"><Relationship Id="r1" '
            f'Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        book.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
        )
    return out.getvalue()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("D1,hôm qua,KH1,1,", "date"), ("D1,2030-01-01,KH1,1,", "future"),
        ("D1,1969-12-31,KH1,1,", "date"), ("D1,2026-03-05,,1,", "no_identifier"),
        ("D1,2026-03-05,KH1,mười,", "amount"), ("D1,2026-03-05,KH1,(12.50),", "negative_amount"),
        ("D1,2026-03-05,KH1,1,,,,x", "columns"), ("D1", "columns"),
        (f"D1,2026-03-05,KH1,1,{'x' * 40_000}", "cell_too_long"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_kept_with_its_reason(
    tmp_path: Path, row: str, reason: str
) -> None:
    found = from_text(tmp_path, HEADER + row + "\nD2,2026-03-05,KH2,1000,\n")
    assert reasons(found) == [reason]
    assert [event.ref for event in events(found)] == ["D2"]
    refused = next(g.refused for g in found if g.refused)
    assert refused.where == "line 2"
    assert refused.why.endswith(".")
    assert refused.raw


def test_cells_of_ten_thousand_letters_are_read(tmp_path: Path) -> None:
    found = from_text(tmp_path, HEADER + f"D1,2026-03-05,KH1,1000,{'x' * 10_000}\n")
    assert len(events(found)) == 1


def test_lines_in_another_encoding_are_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    good = "".join(f"D{i},2026-03-05,KHÁCH {i},1000,đã giao\n" for i in range(20))
    bad = "D99,2026-03-05,KH\u00e0,1000,\n".encode("latin-1")
    found = from_text(tmp_path, (HEADER + good).encode() + bad)
    assert reasons(found) == ["encoding"]
    assert len([e for e in events(found) if e.kind == "order_completed"]) == 20


def test_a_whole_file_in_the_old_vietnamese_code_page_is_read(tmp_path: Path) -> None:
    header = "order_id,date,customer_id,total,name\n"
    data = header.encode() + "D1,2026-03-05,KH1,1000,Nguyên Văn Thư\n".encode("cp1258")
    (event,) = events(from_text(tmp_path, data))
    assert event.personal["name"] == "Nguyên Văn Thư"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"), (b"\n\n \n", "only blank lines"), (HEADER.encode(), "no rows"),
        (b"just one column\nx\n", "date"), (b"onecolumn\nx\n", "single column"),
        (b"a,b,c\n1,2,3\n", "--map"), (b"PK\x03\x04 broken", "broken archive"),
        (b"PAR1 broken", "Parquet"), (b"\x00\x01\x02\x03" * 50, "no text"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_ends_in_one_sentence(
    tmp_path: Path, text: bytes, said: str
) -> None:
    with pytest.raises(WrongInput, match=said) as error:
        from_text(tmp_path, text)
    assert str(error.value).count("\n") == 0


def test_a_file_that_is_not_there_ends_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="no file"):
        opened(tmp_path / "none.csv")


def test_a_workbook_that_would_burst_is_not_unpacked(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"0" * (250 << 20))
    (tmp_path / "bomb.xlsx").write_bytes(out.getvalue())
    with pytest.raises(WrongInput, match="unpack"):
        opened(tmp_path / "bomb.xlsx")


def test_dates_that_may_begin_with_day_or_month_are_asked_about(tmp_path: Path) -> None:
    text = HEADER + "D1,03/04/2026,KH1,1000,\n"
    (event,) = events(from_text(tmp_path, text))
    assert event.at == at("2026-04-03")
    with pytest.raises(WrongInput, match="date_format"):
        from_text(tmp_path, text, shop=ShopFacts("USD", "America/New_York"))


def test_three_styles_in_one_file_are_read_row_by_row(tmp_path: Path) -> None:
    rows = ["D1,2026-03-05,KH1,1,", "D2,25/03/2026,KH1,1,", "D3,03/26/2026,KH1,1,",
            "D4,03/04/2026,KH1,1,"]  # fmt: skip
    found = from_text(tmp_path, HEADER + "\n".join(rows) + "\n")
    assert [e.at for e in events(found)] == [at("2026-03-05"), at("2026-03-25"), at("2026-03-26")]
    assert reasons(found) == ["date"]


def test_foreign_money_needs_a_rate(tmp_path: Path) -> None:
    text = "order_id,date,customer_id,total,currency\nD1,2026-03-05,KH1,12.5,USD\n"
    assert reasons(from_text(tmp_path, text)) == ["currency"]
    from fractions import Fraction

    shop = ShopFacts(rates={"USD": Fraction(25_400)})
    (event,) = events(from_text(tmp_path, text, shop=shop))
    assert (event.amount, event.currency) == (1250, "USD")


def test_masked_values_name_nobody(tmp_path: Path) -> None:
    text = "date,phone,name,total\n2026-03-05,******78,N*****o,1000\n"
    assert reasons(from_text(tmp_path, text)) == ["no_identifier"]


def test_net_of_tax_and_shipping(tmp_path: Path) -> None:
    text = "order_id,date,customer_id,total,tax,shipping\nD1,2026-03-05,KH1,585000,0,25000\n"
    (event,) = events(from_text(tmp_path, text))
    assert event.amount == 560_000


def test_a_map_says_what_strange_columns_mean(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text('wann,wer,wieviel\n05.03.2026,K1,"12,50"\n', "utf-8")
    (tmp_path / "map.yaml").write_text(
        "name: odd\nfinality: final\ncurrency: VND\ndate_format: '%d.%m.%Y'\ndecimal_comma: true\n"
        "columns: {at: wann, customer_id: wer, amount: wieviel}\n",
        "utf-8",
    )
    (event,) = events(list(opened(tmp_path / "odd.csv", mapping=tmp_path / "map.yaml")))
    assert event.at == at("2026-03-05")
    assert event.finality is Finality.FINAL
    assert event.source == "odd"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns: {att: x}\n", r"map.yaml:1: columns.att .* did you mean at"),
        ("name: a\ncolums: {at: x}\n", "columns"),
        ("columns: {at: x}\nfinality: soon\n", r"map.yaml:2: finality"),
        ("columns: [\n", r"map.yaml:\d+"),
        ("columns: {at: nowhere}\n", "not among"),
    ],
)
def test_a_mistake_in_a_map_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n", "utf-8")
    (tmp_path / "map.yaml").write_text(text, "utf-8")
    with pytest.raises(WrongInput, match=said):
        opened(tmp_path / "a.csv", mapping=tmp_path / "map.yaml")


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_wrong_input(tmp_path: Path, data: bytes) -> None:
    try:
        found = from_text(tmp_path, data)
    except WrongInput:
        return
    assert all(g.events or g.refused for g in found)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["D1", "D2", "", "x" * 50]),
            st.sampled_from(["2026-03-05", "25/03/2026", "??", "", "2031-01-01"]),
            st.sampled_from(["KH1", "", "K*"]),
            st.sampled_from(["1000", "-5", "a", ""]),
        ),
        max_size=30,
    )
)
def test_every_row_is_accounted_for(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    text = "order_id,date,customer_id,total\n" + "".join(",".join(r) + "\n" for r in rows)
    if not any(any(cell for cell in row) for row in rows):
        return
    found = from_text(tmp_path, text)
    assert sum(g.rows for g in found) == sum(any(cell for cell in row) for row in rows)
    assert all(bool(g.events) != bool(g.refused) for g in found)
    assert all(0 <= e.at <= NOW + 86_400_000_000 for e in events(found))
