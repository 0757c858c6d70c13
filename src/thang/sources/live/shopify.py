"""A Shopify shop: orders placed, changed, paid, cancelled and given back; customers; checkouts.

A refund names only its order, so the order is asked for. Requests to erase somebody are never
carried out by a stranger's call: they are kept for the owner.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from thang.model import Event, Identifier
from thang.policy.shapes import Field
from thang.sources.live.contract import (
    Answer,
    Ask,
    Call,
    Detail,
    Facts,
    Own,
    Page,
    Payload,
    Source,
    Told,
    Trouble,
    TroubleError,
)
from thang.sources.live.gathering import Gatherer, taken_apart
from thang.sources.live.orders import CANCELLED, REFUNDED, Became, Order, order_events
from thang.sources.live.people import Buyer, named
from thang.sources.live.reading import (
    UnfitError,
    answered,
    each,
    inner,
    instant,
    mapping,
    money,
    word,
)
from thang.sources.live.settings import HOST, PULLS, SINCE, VERSION, base, secret
from thang.sources.live.signing import base64_of, same
from thang.sources.live.windows import Found, Window, iso, windowed

API = "2026-01"
MOST = 250  # orders of a page
NEXT = re.compile(r'<[^>]*[?&]page_info=([^&>]+)[^>]*>\s*;\s*rel="next"')
CROWDED = 0.75  # of the calls that the platform lets wait, from which we hold back
ORDERS = ("orders/create", "orders/updated", "orders/edited", "orders/paid", "orders/cancelled",
          "orders/fulfilled", "orders/partially_fulfilled", "orders/pulled")  # fmt: skip
ERASING = ("customers/redact", "customers/data_request", "shop/redact")

SETTINGS: tuple[Field, ...] = (
    Field("shop", HOST, "The shop's own name there, such as ao-dep.myshopify.com."),
    secret("app_secret", "The app's secret, or the one shown beside the webhooks: it signs calls."),
    secret("token", "An access token that may read orders: for pulls.", absent="none"),
    Field("version", VERSION, "The Admin API's version.", absent=API),
    PULLS,
    SINCE,
    base("the Admin API"),
)


def verify(call: Call, own: Own) -> bool:
    """`X-Shopify-Hmac-SHA256`, base64 over the bytes."""
    right = base64_of(own["app_secret"], call.body)
    return bool(own["app_secret"]) and same(call.headers.get("x-shopify-hmac-sha256", ""), right)


def opened(call: Call) -> Payload:
    """The topic and the shop stand in headers, and so does the delivery's number."""
    topic = call.headers.get("x-shopify-topic", "")[:60]
    shop = call.headers.get("x-shopify-shop-domain", "")[:120]
    return Payload(f"{topic} {shop}", call.body, call.headers.get("x-shopify-webhook-id", "")[:80])


def told(payload: Payload, own: Own, facts: Facts) -> Told:
    """What a call or a pulled order says."""
    return taken_apart(payload, facts, partial(_look, own))


def _look(own: Own, said: Any, gatherer: Gatherer) -> None:
    topic, _, shop = gatherer.payload.topic.partition(" ")
    facts = gatherer.facts
    if shop.lower() != own["shop"].lower() or not own["shop"]:
        raise UnfitError("unknown_shop")
    if topic in ERASING:
        raise UnfitError("erasure")
    if topic in ORDERS:
        gatherer.take(said, partial(_order, own, facts))
    elif topic == "refunds/create" and word(said, "order_id"):
        gatherer.want("order", word(said, "order_id"))
    elif topic in ("customers/create", "customers/update"):
        gatherer.take(said, partial(_customer, own, facts, topic))
    elif topic == "checkouts/create":
        gatherer.take(said, partial(_checkout, own, facts))
    elif topic in ("checkouts/update", "carts/create", "carts/update", "app/uninstalled"):
        gatherer.passed += 1
    else:
        raise UnfitError("topic")


def _order(own: Own, facts: Facts, said: Mapping[str, Any]) -> tuple[Event, ...]:
    if said.get("test") is True:
        return ()
    currency = word(said, "currency") or facts.currency
    cost = partial(_cost, currency)
    worth = cost(said, "subtotal_price")
    if said.get("taxes_included") is True and worth is not None:
        worth = max(0, worth - (cost(said, "total_tax") or 0))
    order = Order(
        word(said, "id"), instant(word(said, "created_at"), facts), worth, currency,
        _buyer(own, said), tuple(_became(said, facts, cost)),
        about={"lines": len(list(each(said, "line_items"))), "name": word(said, "name")},
    )  # fmt: skip
    return order_events(order, facts)


def _cost(currency: str, said: Any, *path: str) -> int | None:
    text = word(said, *path)
    return money(text, currency) if text else None


def _became(said: Mapping[str, Any], facts: Facts, cost: Any) -> Iterator[Became]:
    if word(said, "cancelled_at"):
        yield Became(CANCELLED, instant(word(said, "cancelled_at"), facts))
    for refund in each(said, "refunds"):
        paid = [cost(one, "amount") or 0 for one in each(refund, "transactions") if _is_paid(one)]
        if sum(paid) > 0:
            at = instant(word(refund, "created_at"), facts)
            yield Became(REFUNDED, at, sum(paid), word(refund, "id"))


def _is_paid(one: Mapping[str, Any]) -> bool:
    return word(one, "kind") in ("refund", "") and word(one, "status") != "failure"


def _buyer(own: Own, said: Mapping[str, Any]) -> Buyer:
    customer, ship = mapping(said, "customer"), mapping(said, "shipping_address")
    bill = mapping(said, "billing_address")
    name = " ".join(filter(None, (word(customer, "first_name"), word(customer, "last_name"))))
    number = word(customer, "id")
    places = (word(ship, key) for key in ("address1", "address2", "city", "province"))
    return Buyer(
        ((f"shopify:{own['shop'].lower()}", number),) if number else (),
        phone=_first(word(customer, "phone"), word(said, "phone"), word(ship, "phone"),
                     word(bill, "phone")),
        email=_first(word(customer, "email"), word(said, "email")),
        name=_first(name, word(ship, "name")), address=", ".join(filter(None, places)),
    )  # fmt: skip


def _first(*texts: str) -> str:
    return next(filter(None, texts), "")


def _customer(own: Own, facts: Facts, topic: str, said: Mapping[str, Any]) -> Iterator[Event]:
    found = named(_buyer(own, {"customer": said}), facts.region)
    number, created = word(said, "id"), topic == "customers/create"
    if not number:
        raise UnfitError("shape")
    key = "created_at" if created else "updated_at"
    at = instant(word(said, key) or word(said, "created_at"), facts)
    kind = "signed_up" if created else "identified"
    name = f"customer:{number}" if created else f"customer:{number}:{at}"
    yield Event(facts.source, kind, at, found.who, message_id=name, personal=found.personal)


def _checkout(own: Own, facts: Facts, said: Mapping[str, Any]) -> Iterator[Event]:
    found = named(_buyer(own, said), facts.region)
    token = word(said, "token") or word(said, "id")
    if not token:
        raise UnfitError("shape")
    yield Event(
        facts.source, "checkout_started", instant(word(said, "created_at"), facts),
        found.who or (Identifier("shopify:checkout", token),), message_id=f"checkout:{token}",
        personal=found.personal,
    )  # fmt: skip


def _ask(own: Own, path: str, *query: tuple[str, str]) -> Ask:
    headers = {"x-shopify-access-token": own["token"], "accept": "application/json"}
    return Ask(f"/admin/api/{own['version'] or API}/{path}", query, headers)


def _ask_orders(window: Window, own: Own, _now: int) -> Ask:
    """A page's own mark says all; only the first page is asked for by time."""
    if window.page:
        return _ask(own, "orders.json", ("limit", str(MOST)), ("page_info", window.page))
    since = f"{iso(window.since)}Z"
    query = {"status": "any", "limit": str(MOST), "updated_at_min": since,
             "order": "updated_at asc"}  # fmt: skip
    return _ask(own, "orders.json", *query.items())


def _read_orders(answer: Answer, _window: Window, own: Own) -> Found:
    said = answered(answer)
    if not isinstance(inner(said, "orders"), list):
        raise TroubleError(Trouble.STRANGE)
    following = NEXT.search(answer.headers.get("link", ""))
    told = tuple(_pulled(own, one) for one in each(said, "orders"))
    return Found(told, (), following[1] if following else "")


def _pulled(own: Own, order: Mapping[str, Any]) -> Payload:
    return Payload(f"orders/pulled {own['shop']}", json.dumps(order, ensure_ascii=False).encode())


def _ask_order(refs: tuple[str, ...], own: Own, _now: int) -> Ask:
    return _ask(own, f"orders/{refs[0]}.json")


def _read_order(answer: Answer, _refs: tuple[str, ...], own: Own) -> Page:
    order = mapping(answered(answer), "order")
    if not order:
        raise TroubleError(Trouble.STRANGE)
    return Page((_pulled(own, order),))


def rest(answer: Answer) -> int:
    """Seconds to hold back, by how full the platform says its queue of ours is."""
    used, _, most = answer.headers.get("x-shopify-shop-api-call-limit", "").partition("/")
    full = used.isdigit() and most.isdigit() and int(used) >= CROWDED * int(most)
    return 10 if full else 0


SHOPIFY = Source(
    key="shopify", name="Shopify", host="https://{shop}", settings=SETTINGS, verify=verify,
    opened=opened, map=told, rest=rest,
    feeds={"orders": windowed(_ask_orders, _read_orders, needs=("token",))},
    details={"order": Detail(_ask_order, _read_order, needs=("token",))},
    unverified=("The Admin API's REST orders and their fields are told from general knowledge: "
                "set `version` to one that your app may use.",),
)  # fmt: skip
