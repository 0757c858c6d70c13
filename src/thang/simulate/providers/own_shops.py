"""Shopify and WooCommerce as others meet them: lists of orders in pages, and signed calls.

Everybody in them is invented.
"""

from __future__ import annotations

import base64
import hmac
from typing import Any
from urllib.parse import parse_qs, urlsplit

from thang.simulate.providers.server import Call, Plan, Provider, Reply


def _fine(_: int) -> None:
    return None


class ShopifyServer(Provider):
    """The Admin API of one shop: orders by the time of change, in pages of its own marks."""

    busy = Reply({"errors": "Exceeded 2 calls per second"}, 429, {"retry-after": "2.0"})

    def __init__(self, token: str, plan: Plan = _fine, page_size: int = 2) -> None:
        super().__init__(plan)
        self.token, self.size = token, page_size
        self.orders: dict[str, dict[str, Any]] = {}

    def reply(self, call: Call) -> Reply:
        """One order, or a page of those changed since."""
        if call.headers.get("x-shopify-access-token") != self.token:
            return Reply({"errors": "[API] Invalid API key or access token"}, 401)
        parts = urlsplit(call.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        name = parts.path.rpartition("/")[2].removesuffix(".json")
        if name != "orders":
            found = self.orders.get(name)
            return Reply({"order": found}) if found else Reply({"errors": "Not Found"}, 404)
        since, _, first = query.get("page_info", "").partition(".")
        return self._page(since or _digits(query.get("updated_at_min", "")), int(first or 0))

    def _page(self, since: str, first: int) -> Reply:
        changed = [one for one in self.orders.values() if _digits(one["updated_at"]) >= since]
        changed.sort(key=lambda one: str(one["updated_at"]))
        last = first + self.size
        headers = {"x-shopify-shop-api-call-limit": "1/40"}
        if last < len(changed):
            address = f"https://shop.example/orders.json?limit=2&page_info={since}.{last}"
            headers["link"] = f'<{address}>; rel="next"'
        return Reply({"orders": changed[first:last]}, headers=headers)


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))[:14]


def shopify_headers(secret: str, topic: str, shop: str, number: str, body: bytes) -> dict[str, str]:
    """The headers of a call."""
    return {
        "x-shopify-hmac-sha256": _mac(secret, body), "x-shopify-topic": topic,
        "x-shopify-shop-domain": shop, "x-shopify-webhook-id": number,
        "content-type": "application/json",
    }  # fmt: skip


class WooServer(Provider):
    """The REST API of one shop: orders by the time of change, the latest first, in pages."""

    busy = Reply({"code": "rate_limited"}, 429, {"retry-after": "7"})

    def __init__(self, key: str, secret: str, plan: Plan = _fine, page_size: int = 2) -> None:
        super().__init__(plan)
        self.right = base64.b64encode(f"{key}:{secret}".encode()).decode()
        self.size = page_size
        self.orders: dict[str, dict[str, Any]] = {}

    def reply(self, call: Call) -> Reply:
        """A page of the orders changed since."""
        if call.headers.get("authorization") != f"Basic {self.right}":
            return Reply({"code": "woocommerce_rest_cannot_view"}, 401)
        parts = urlsplit(call.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        since, page = query.get("modified_after", ""), int(query.get("page", "1"))
        changed = [one for one in self.orders.values() if one["date_modified_gmt"] > since]
        changed.sort(key=lambda one: str(one["date_modified_gmt"]), reverse=True)
        some = changed[(page - 1) * self.size : page * self.size]
        headers = {"x-wp-total": str(len(changed)),
                   "x-wp-totalpages": str(-(-len(changed) // self.size))}  # fmt: skip
        return Reply(some, headers=headers)


def woo_headers(secret: str, topic: str, shop: str, number: str, body: bytes) -> dict[str, str]:
    """The headers of a call."""
    return {
        "x-wc-webhook-signature": _mac(secret, body), "x-wc-webhook-topic": topic,
        "x-wc-webhook-source": f"{shop}/", "x-wc-webhook-delivery-id": number,
        "content-type": "application/json",
    }  # fmt: skip


def _mac(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
