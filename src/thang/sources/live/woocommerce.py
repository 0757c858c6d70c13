"""A WooCommerce shop: orders as they are placed, paid, finished, cancelled and given back."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from thang.model import Event
from thang.policy.references import ADDRESS
from thang.policy.shapes import Field
from thang.sources.live.contract import (
    Answer,
    Ask,
    Call,
    Facts,
    Own,
    Payload,
    Source,
    Told,
    Trouble,
    TroubleError,
)
from thang.sources.live.gathering import Gatherer, taken_apart
from thang.sources.live.orders import CANCELLED, DELIVERED, REFUNDED, Became, Order, order_events
from thang.sources.live.people import Buyer, named
from thang.sources.live.reading import UnfitError, answered, each, instant, mapping, money, word
from thang.sources.live.settings import PULLS, SINCE, secret
from thang.sources.live.signing import base64_of, same
from thang.sources.live.windows import Found, Window, iso, windowed

MOST = 100  # orders of a page
PING = re.compile(rb"webhook_id=\d{1,20}")  # what a new webhook is tried with: it tells nothing
NEEDS = ("consumer_key", "consumer_secret")
WAITING = ("pending", "checkout-draft", "failed", "auto-draft", "trash")
ORDERS = ("order.created", "order.updated", "order.restored", "order.pulled")

SETTINGS: tuple[Field, ...] = (
    Field("url", ADDRESS, "The shop's address, such as https://shop.example.vn."),
    secret("secret", "The secret written into each webhook: it signs calls."),
    secret("consumer_key", "The key of the REST API: for pulls.", absent="none"),
    secret("consumer_secret", "Its secret.", absent="none"),
    Field("base", ADDRESS, "Another address of the shop, such as one of your own network.",
          absent="`url`"),
    PULLS,
    SINCE,
)  # fmt: skip


def verify(call: Call, own: Own) -> bool:
    """`X-WC-Webhook-Signature`, base64 over the bytes; the ping of a new webhook says nothing."""
    if PING.fullmatch(call.body):
        return True
    right = base64_of(own["secret"], call.body)
    return bool(own["secret"]) and same(call.headers.get("x-wc-webhook-signature", ""), right)


def opened(call: Call) -> Payload:
    """The topic and the shop stand in headers, and so does the delivery's number."""
    if PING.fullmatch(call.body):
        return Payload("ping", call.body)
    topic = call.headers.get("x-wc-webhook-topic", "")[:60]
    shop = call.headers.get("x-wc-webhook-source", "").rstrip("/")[:200]
    return Payload(
        f"{topic} {shop}", call.body, call.headers.get("x-wc-webhook-delivery-id", "")[:80]
    )


def told(payload: Payload, own: Own, facts: Facts) -> Told:
    """What a call or a pulled order says."""
    if payload.topic == "ping":
        return Told(passed=1)
    return taken_apart(payload, facts, partial(_look, own))


def _look(own: Own, said: Any, gatherer: Gatherer) -> None:
    topic, _, shop = gatherer.payload.topic.partition(" ")
    if not own["url"] or shop.rstrip("/").lower() != own["url"].lower():
        raise UnfitError("unknown_shop")
    if topic in ORDERS:
        gatherer.take(said, partial(_order, own, gatherer.facts))
    elif topic in ("customer.created", "customer.updated"):
        gatherer.take(said, partial(_customer, own, gatherer.facts, topic))
    elif topic in ("order.deleted", "customer.deleted") or topic.startswith(
        ("product.", "coupon.")
    ):
        gatherer.passed += 1
    else:
        raise UnfitError("topic")


def _order(own: Own, facts: Facts, said: Mapping[str, Any]) -> tuple[Event, ...]:
    if word(said, "status") in WAITING:
        return ()
    currency = word(said, "currency") or facts.currency
    order = Order(
        word(said, "id"), _gmt(said, "date_created", facts), _worth(said, currency), currency,
        _buyer(own, said), tuple(_became(said, facts, currency)),
        about={"lines": len(list(each(said, "line_items"))), "name": word(said, "number")},
    )  # fmt: skip
    return order_events(order, facts)


def _gmt(said: Mapping[str, Any], key: str, facts: Facts) -> int:
    """A time in UTC where it is told, else the shop's own."""
    text = word(said, f"{key}_gmt")
    return instant(f"{text}+00:00" if text else word(said, key), facts)


def _worth(said: Mapping[str, Any], currency: str) -> int:
    off = ("total_tax", "shipping_total")
    total = money(word(said, "total"), currency)
    return total - sum(money(word(said, key) or "0", currency) for key in off)


def _became(said: Mapping[str, Any], facts: Facts, currency: str) -> Iterator[Became]:
    status = word(said, "status")
    changed = partial(_gmt, said, "date_modified", facts)
    if word(said, "date_completed_gmt") or word(said, "date_completed"):
        yield Became(DELIVERED, _gmt(said, "date_completed", facts))
    if status == "cancelled":
        yield Became(CANCELLED, changed())
    parts = [
        (word(one, "id"), money(word(one, "total"), currency)) for one in each(said, "refunds")
    ]
    for number, total in parts:
        yield Became(REFUNDED, changed(), abs(total), number)
    if status == "refunded" and not parts:
        yield Became(REFUNDED, changed())


def _buyer(own: Own, said: Mapping[str, Any]) -> Buyer:
    bill = mapping(said, "billing")
    number = word(said, "customer_id")
    name = " ".join(filter(None, (word(bill, "first_name"), word(bill, "last_name"))))
    places = (word(bill, key) for key in ("address_1", "address_2", "city", "state"))
    return Buyer(
        ((f"woocommerce:{own['url'].lower()}", number),) if number not in ("", "0") else (),
        word(bill, "phone"), word(bill, "email"), name, ", ".join(filter(None, places)),
    )  # fmt: skip


def _customer(own: Own, facts: Facts, topic: str, said: Mapping[str, Any]) -> Iterator[Event]:
    number, created = word(said, "id"), topic == "customer.created"
    if not number:
        raise UnfitError("shape")
    bill = {"email": word(said, "email"), **mapping(said, "billing")}
    found = named(_buyer(own, {"customer_id": number, "billing": bill}), facts.region)
    at = _gmt(said, "date_created" if created else "date_modified", facts)
    name = f"customer:{number}" if created else f"customer:{number}:{at}"
    kind = "signed_up" if created else "identified"
    yield Event(facts.source, kind, at, found.who, message_id=name, personal=found.personal)


def _ask_orders(window: Window, own: Own, _now: int) -> Ask:
    """The latest change first: what changes meanwhile moves to the front, and nothing is missed."""
    pair = f"{own['consumer_key']}:{own['consumer_secret']}".encode()
    headers = {"authorization": f"Basic {base64.b64encode(pair).decode()}"}
    query = {"modified_after": iso(window.since), "dates_are_gmt": "true", "orderby": "modified",
             "order": "desc", "per_page": str(MOST), "page": window.page or "1"}  # fmt: skip
    return Ask("/wp-json/wc/v3/orders", tuple(query.items()), headers)


def _read_orders(answer: Answer, window: Window, own: Own) -> Found:
    said = answered(answer)
    if not isinstance(said, list):
        raise TroubleError(Trouble.STRANGE)
    pages = answer.headers.get("x-wp-totalpages", "1")
    page = int(window.page or 1)
    more = pages.isdigit() and page < int(pages)
    told = (_pulled(own, one) for one in said if isinstance(one, dict))
    return Found(tuple(told), (), str(page + 1) if more else "")


def _pulled(own: Own, order: Mapping[str, Any]) -> Payload:
    return Payload(f"order.pulled {own['url']}", json.dumps(order, ensure_ascii=False).encode())


WOOCOMMERCE = Source(
    key="woocommerce", name="WooCommerce", host="{url}", settings=SETTINGS, verify=verify,
    opened=opened, map=told,
    feeds={"orders": windowed(_ask_orders, _read_orders, needs=NEEDS)},
    unverified=("The webhook's headers and the order's fields are told from general knowledge.",),
)  # fmt: skip
