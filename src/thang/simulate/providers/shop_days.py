"""A day of an invented shop of its own, as Shopify and as WooCommerce tell it, call by call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

SHOPIFY, WOO = "ao-thu.myshopify.com", "https://ao-thu.example"
# Nobody: plainly invented phones, names and addresses.
BUYERS = (("Thử Một", "+84900000001", "mot@khong-co-that.example"),
          ("Thử Hai", "+84900000002", "hai@khong-co-that.example"),
          ("Thử Ba", "+84900000003", ""))  # fmt: skip


def shopify_calls(at: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Topic and body of each call of a day that begins at an instant in seconds."""
    yield "checkouts/create", _checkout(at + 5, 0)
    yield "customers/create", _shopify_customer(at + 8, 0)
    yield "orders/create", shopify_order(1, at + 10, 0, 585_000)
    yield "orders/paid", shopify_order(1, at + 10, 0, 585_000, changed=at + 40)
    yield "orders/create", shopify_order(2, at + 60, 1, 320_000)
    yield "orders/cancelled", shopify_order(2, at + 60, 1, 320_000, changed=at + 90, cancelled=True)
    yield "orders/create", shopify_order(3, at + 120, 2, 450_000)
    yield "refunds/create", {"id": 7001, "order_id": 9_000_001, "created_at": text(at + 150)}


def shopify_last(at: int) -> list[dict[str, Any]]:
    """The orders as they stand at the day's end; the last one no call ever told."""
    return [
        shopify_order(1, at + 10, 0, 585_000, changed=at + 150, refund=85_000),
        shopify_order(2, at + 60, 1, 320_000, changed=at + 90, cancelled=True),
        shopify_order(3, at + 120, 2, 450_000),
        shopify_order(4, at + 180, 1, 250_000),
    ]


def shopify_order(
    number: int, at: int, who: int, worth: int, *, changed: int = 0, cancelled: bool = False,
    refund: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """An order as it stands."""
    name, phone, mail = BUYERS[who]
    first, last = name.split(" ")
    told: dict[str, Any] = {
        "id": 9_000_000 + number, "name": f"#{1000 + number}", "currency": "VND",
        "created_at": text(at), "updated_at": text(changed or at), "cancelled_at": None,
        "financial_status": "paid" if changed else "pending", "taxes_included": True,
        "subtotal_price": f"{worth}.00", "total_tax": "0.00", "total_price": f"{worth + 25_000}.00",
        "customer": {"id": 5_000_000 + who, "first_name": first, "last_name": last,
                     "phone": phone, "email": mail or None},
        "shipping_address": {"name": name, "phone": phone, "address1": "Số 0 đường Không Có"},
        "line_items": [{"sku": "AO-THU", "title": "Áo thử", "quantity": 1, "price": f"{worth}.00"}],
        "refunds": [],
    }  # fmt: skip
    if cancelled:
        told |= {"cancelled_at": text(changed), "cancel_reason": "customer"}
    if refund:
        money = {"kind": "refund", "status": "success", "amount": f"{refund}.00"}
        told["refunds"] = [{"id": 7001, "created_at": text(changed), "transactions": [money]}]
    return told


def _checkout(at: int, who: int) -> dict[str, Any]:
    _, phone, mail = BUYERS[who]
    return {"id": 1, "token": "c1", "created_at": text(at), "email": mail, "phone": phone}


def _shopify_customer(at: int, who: int) -> dict[str, Any]:
    name, phone, mail = BUYERS[who]
    first, last = name.split(" ")
    return {"id": 5_000_000 + who, "created_at": text(at), "updated_at": text(at), "phone": phone,
            "email": mail, "first_name": first, "last_name": last}  # fmt: skip


def woo_calls(at: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Topic and body of each call of a day."""
    yield "customer.created", _woo_customer(at + 4, 0)
    yield "order.created", woo_order(1, at + 10, 0, 300_000, "processing")
    yield "order.created", woo_order(2, at + 20, 1, 210_000, "pending")
    yield "order.updated", woo_order(2, at + 20, 1, 210_000, "cancelled", at + 60)
    yield "order.updated", woo_order(1, at + 10, 0, 300_000, "completed", at + 90)
    yield "order.created", woo_order(3, at + 110, 2, 150_000, "processing")


def woo_last(at: int) -> list[dict[str, Any]]:
    """The orders as they stand at the day's end; the last one no call ever told."""
    return [
        woo_order(1, at + 10, 0, 300_000, "completed", at + 90),
        woo_order(2, at + 20, 1, 210_000, "cancelled", at + 60),
        woo_order(3, at + 110, 2, 150_000, "refunded", at + 200),
        woo_order(4, at + 150, 1, 99_000, "on-hold"),
    ]


def woo_order(
    number: int, at: int, who: int, worth: int, status: str, changed: int = 0
) -> dict[str, Any]:
    """An order as it stands."""
    name, phone, mail = BUYERS[who]
    first, last = name.split(" ")
    total = str(worth + 30_000)
    done = _plain(changed) if status == "completed" else None
    refunds = [{"id": 800 + number, "total": f"-{total}"}] if status == "refunded" else []
    return {
        "id": 700 + number, "number": str(700 + number), "status": status, "currency": "VND",
        "date_created_gmt": _plain(at), "date_modified_gmt": _plain(changed or at),
        "date_completed_gmt": done, "total": total, "total_tax": "0", "shipping_total": "30000",
        "customer_id": 40 + who if who else 0,
        "billing": {"first_name": first, "last_name": last, "phone": phone, "email": mail,
                    "address_1": "Số 0 đường Không Có", "city": "Không Đâu"},
        "line_items": [{"sku": "AO-THU", "name": "Áo thử", "quantity": 1, "total": str(worth)}],
        "refunds": refunds,
    }  # fmt: skip


def _woo_customer(at: int, who: int) -> dict[str, Any]:
    name, phone, mail = BUYERS[who]
    return {"id": 40 + who, "email": mail, "date_created_gmt": _plain(at),
            "billing": {"phone": phone, "first_name": name}}  # fmt: skip


def text(at: int) -> str:
    """An instant in seconds as Shopify writes it."""
    return datetime.fromtimestamp(at, UTC).isoformat()


def _plain(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")
