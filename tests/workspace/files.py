"""Invented files of orders, as shops export them."""

from __future__ import annotations

from pathlib import Path

SHOPEE = (
    "Mã đơn hàng,Ngày đặt hàng,Trạng Thái Đơn Hàng,Lý do hủy,Tổng giá trị đơn hàng (VND),"
    "Người Mua,Tên Người nhận,Số điện thoại,Ghi chú"
)
ODD = "Beleg;Zeitpunkt;Kunde;Summe;Telefon"


def file(tmp_path: Path, text: str | bytes, name: str = "orders.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows(*cells: str) -> str:
    return "\n".join(cells) + "\n"


def shopee(many: int = 5) -> str:
    lines = [
        f"26A{n},2026-01-{n + 1:02d} 10:00,Đã giao,,150.000,khach_thu_{n},N***m,******{n:02d},"
        for n in range(many)
    ]
    return rows(SHOPEE, *lines)
