"""Segment's wire shape out of events, one JSON object a line, and the truth as JSON.

What a reader finds on a line, and what it stood for in the event:

* `type` is `identify` for `identified` (traits carry what a person wrote), `page` for
  `page`, else `track` with `event` in Title Case (`order_completed`: `Order Completed`).
* `messageId`: `message_id`; `timestamp`: `at`, ISO 8601 in UTC.
* `userId`, `anonymousId`: identifiers of namespace `customer`, `anonymous`.
* `traits` (on other lines `context.traits`): `name`, and `phone` and `email` as typed;
  the identifiers are their normal forms (`0900 000 123`: `+84900000123`).
* `properties`: the event's own, and the columns under the name of the kind. `ref` is
  `order_id` (orders and refunds), `product_id` (products, reviews, shares and works of a
  product, tests and versions), `post_id`, `ticket_id`, `program_id`, `referral_code`,
  `coupon_id`, `feature_id`, `campaign_id`, and for consents `channel`; `amount` is `revenue`
  in whole units of `currency`, net of tax and shipping, on refunds the money given back, of a
  cost what it came to; `grade` is `rating`, `severity`, `score`, `minutes`, or of a cost
  `grade`; flags are `public`, `verified`, `ok` (`FAILED`: `ok` is false; neither bit: no
  `ok`), and `THEIRS` is `fault`: customer; `other` is `clicked_by` or `referee_user_id`, a
  `userId`; a mark `payment` is `payment_fingerprint`.
* `context.thang.finality`: from when the orders of the source count, on order lines.

Reading it back gives the same events, but for `source`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import msgspec

from thang.model import Event, Finality, Flag
from thang.river.events import ORDER_KINDS
from thang.simulate.instants import EPOCH
from thang.simulate.truth import Truth

REF_NAMES: Mapping[str, str] = {
    **dict.fromkeys(ORDER_KINDS, "order_id"),
    **dict.fromkeys(
        ("product_viewed", "product_added", "product_removed", "product_reviewed"), "product_id"
    ),
    **dict.fromkeys(("product_shared", "ugc_posted", "sample_requested"), "product_id"),
    **dict.fromkeys(("price_asked", "trial_started"), "product_id"),
    "post_shared": "post_id",
    **dict.fromkeys(("ticket_opened", "ticket_resolved"), "ticket_id"),
    **dict.fromkeys(("consent_granted", "consent_withdrawn"), "channel"),
    **dict.fromkeys(("membership_joined", "membership_left"), "program_id"),
    **dict.fromkeys(("referral_sent", "referral_clicked", "referral_converted"), "referral_code"),
    "coupon_applied": "coupon_id",
}
# What a `ref` of any other kind is about is told by how it begins.
PREFIXES = {"DH": "order_id", "PH": "ticket_id", "SP": "product_id", "YC": "feature_id"}
GRADE_NAMES = {
    "product_reviewed": "rating",
    "ticket_opened": "severity",
    **dict.fromkeys(("pmf_answered", "csat_answered", "nps_answered"), "score"),
    "support_given": "minutes",
    "cost_recorded": "grade",
}
MARK_NAMES = {"payment": "payment_fingerprint"}
OTHER_NAMES = {"referral_clicked": "clicked_by", "referral_converted": "referee_user_id"}
SHOWN = ("product_reviewed", "product_shared", "post_shared", "cart_shared", "ugc_posted")
WHOLE_CURRENCIES = ("VND", "JPY", "KRW")  # one minor unit is one unit
PORTION = 5_000  # lines written at once


def write_segment_jsonl(events: Iterable[Event], path: Path) -> int:
    """Write the events in the order given; the number of lines. Money in whole currency units."""
    encoder = msgspec.json.Encoder()
    written = 0
    with path.open("wb") as file:
        for portion in _portions(events):
            file.write(encoder.encode_lines([line_of(event) for event in portion]))
            written += len(portion)
    return written


def _portions(events: Iterable[Event]) -> Iterator[list[Event]]:
    portion: list[Event] = []
    for event in events:
        portion.append(event)
        if len(portion) == PORTION:
            yield portion
            portion = []
    yield portion


def line_of(event: Event) -> dict[str, object]:
    """One event as Segment's clients would send it."""
    names = {one.namespace: one.value for one in event.identifiers}
    call = {"identified": "identify", "page": "page"}.get(event.kind, "track")
    line: dict[str, object] = {"type": call, "messageId": event.message_id}
    if call == "track":
        line["event"] = event.kind.replace("_", " ").title()
    for key, namespace in (("userId", "customer"), ("anonymousId", "anonymous")):
        if namespace in names:
            line[key] = names[namespace]
    line["timestamp"] = _iso(event.at)
    traits = _traits(event, names)
    if call == "identify":
        return line | {"traits": traits}
    line["properties"] = _properties(event)
    return line | _context(event, traits)


def _iso(at: int) -> str:
    moment = EPOCH + timedelta(microseconds=at)
    return moment.isoformat().replace("+00:00", "Z")


def _traits(event: Event, names: Mapping[str, str]) -> dict[str, str]:
    known = {key: names[key] for key in ("phone", "email") if key in names}
    return known | dict(event.personal)


def _context(event: Event, traits: Mapping[str, str]) -> dict[str, object]:
    context: dict[str, object] = {}
    if traits:
        context["traits"] = traits
    if event.finality is not Finality.COMPLETED:
        context["thang"] = {"finality": event.finality.value}
    return {"context": context} if context else {}


def _properties(event: Event) -> dict[str, object]:
    said: dict[str, object] = dict(event.properties)
    if event.ref:
        said[REF_NAMES.get(event.kind) or PREFIXES.get(event.ref[:2], "campaign_id")] = event.ref
    if event.amount is not None:
        said |= {"revenue": _money(event.amount, event.currency), "currency": event.currency}
    if event.kind in GRADE_NAMES:
        said[GRADE_NAMES[event.kind]] = event.grade
    if event.other and event.kind in OTHER_NAMES:
        said[OTHER_NAMES[event.kind]] = event.other[0].value
    for mark in event.marks:
        said[MARK_NAMES[mark.namespace]] = mark.value
    return said | _flags(event)


def _flags(event: Event) -> dict[str, object]:
    said: dict[str, object] = {"fault": "customer"} if Flag.THEIRS in event.flags else {}
    if event.kind in SHOWN or Flag.PUBLIC in event.flags:
        said["public"] = Flag.PUBLIC in event.flags
    if event.kind == "product_reviewed" or Flag.VERIFIED in event.flags:
        said["verified"] = Flag.VERIFIED in event.flags
    if event.flags & (Flag.OK | Flag.FAILED):
        said["ok"] = Flag.OK in event.flags
    return said


def _money(amount: int, currency: str) -> int | float:
    return amount if currency in WHOLE_CURRENCIES else amount / 100


def write_truth(truth: Truth, path: Path) -> None:
    """Write the sealed truth as indented JSON: its fields are those of `truth.Truth`."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(truth), indent=1) + b"\n")
