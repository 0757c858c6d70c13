"""Segment's tracking calls, a JSON object a line (segment.com, spec `common` and `ecommerce/v2`).

An import keeps the instant that a call claims (`timestamp`, else `originalTimestamp`,
else `sentAt`): clocks are corrected only where calls arrive live.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from thang.model import DAY, Event, Finality, Flag, Gathered, Identifier, Refused
from thang.river.calendar import instant
from thang.river.events import ORDER_KINDS, stored_kind
from thang.sources.people import customer_id, email, masked, phones
from thang.sources.rows import WHY, decimals_of
from thang.sources.values import amount

CALLS = {
    "identify": "identified", "page": "page", "screen": "page", "group": "group_joined",
    "alias": "identified",
}  # fmt: skip
REFS = (
    "order_id", "ticket_id", "channel", "program_id", "referral_code", "product_id", "post_id",
    "live_id", "survey_id", "event_id", "community_id",
    "feature_id", "campaign_id", "coupon_id",
)  # fmt: skip
GRADES = ("rating", "severity", "score", "stars", "minutes", "grade")
OTHERS = ("referee_user_id", "referee", "clicked_by", "invitee_user_id")
MONEY = ("revenue", "total", "value", "amount")
PRIVATE = frozenset(
    {
        "name", "first_name", "last_name", "firstName", "lastName", "fullName", "phone", "email",
        "address", "birthday", "invitee_email", "invitee_first_name", "invitee_last_name",
        "review_body", "message_body", "share_message", "recipient", "body", "reason", "note",
        "ip", "feedback",
    }
)  # fmt: skip
FAULTS = {"customer": Flag.THEIRS}  # whose fault a ticket was, where it was not the shop's
NONE = Flag(0)
NAMES = (("userId", "customer"), ("previousId", "customer"), ("anonymousId", "anonymous"))
TURNED = {"invite_sent": "referral_sent"}
TELLING = frozenset(
    {"product_reviewed", "post_shared", "product_shared", "cart_shared", "ugc_posted"}
)


class Calls:
    """Reads the calls of one file."""

    def __init__(
        self, source: str, currency: str, currencies: frozenset[str], region: str | None, now: int
    ) -> None:
        self.source, self.currency, self.currencies = source, currency, currencies
        self.region, self.now = region, now
        self._decode = msgspec.json.Decoder().decode

    def read(self, lines: Iterator[str]) -> Iterator[Gathered]:
        """Each line's event, or its refusal."""
        for number, line in enumerate(lines, 1):
            if not line.strip("\ufeff \r\n\t"):
                continue
            found = self._call(line)
            if isinstance(found, Event):
                yield Gathered(1, (found,))
            else:
                refused = Refused(self.source, f"line {number}", found, WHY[found], line[:32_000])
                yield Gathered(1, (), refused)

    def _call(self, line: str) -> Event | str:
        try:
            call = self._decode(line.lstrip("\ufeff").encode("utf-8", "replace"))
        except (msgspec.DecodeError, RecursionError):
            return "json"
        if not isinstance(call, dict):
            return "json"
        return self.told(call, self._at(call), self.now)

    def told(self, call: Mapping[str, Any], at: int | None, now: int) -> Event | str:
        """The event of one call that happened at an instant, or the reason why it is none."""
        if at is None or at < 0:
            return "date"
        if at > now + DAY:
            return "future"
        kind = self._kind(call)
        if kind is None:
            return "no_event" if call.get("type") == "track" else "type"
        return self._event(call, kind, at)

    def _at(self, call: Mapping[str, Any]) -> int | None:
        for key in ("timestamp", "originalTimestamp", "sentAt"):
            text = call.get(key)
            if isinstance(text, str) and text:
                return instant_of(text)
        return None

    def _kind(self, call: Mapping[str, Any]) -> str | None:
        if call.get("type") == "track":
            name = call.get("event")
            return _track_kind(name) if isinstance(name, str) else None
        return CALLS.get(str(call.get("type")))

    def _event(self, call: Mapping[str, Any], kind: str, at: int) -> Event | str:
        properties = _mapping(call.get("properties"))
        context = _mapping(call.get("context"))
        traits = {**_mapping(context.get("traits")), **_mapping(call.get("traits"))}
        who = self._who(call, traits)
        other = self._other(properties)
        if kind == "referral_converted" and properties.get("referrer_user_id"):
            # Told on the friend's line: the event is the referrer's, the friend its other person.
            referrer = customer_id(str(properties["referrer_user_id"]))
            who, other = (Identifier("customer", referrer),) if referrer else (), who[:1]
        if not who:
            return "no_identifier"
        money = self._money(kind, properties)
        if isinstance(money, str):
            return money
        return Event(
            source=self.source,
            kind=kind,
            at=at,
            identifiers=who,
            message_id=str(call["messageId"]) if call.get("messageId") else None,
            other=other,
            ref=_ref(kind, properties),
            amount=money,
            currency=str(properties.get("currency") or self.currency) if money is not None else "",
            grade=_grade(properties),
            flags=_flags(kind, properties),
            finality=_finality(context),
            marks=_marks(context, properties),
            personal=_personal(traits, properties),
            properties={k: v for k, v in properties.items() if k not in PRIVATE},
        )

    def _who(self, call: Mapping[str, Any], traits: Mapping[str, Any]) -> tuple[Identifier, ...]:
        found: list[Identifier] = []
        for key, namespace in NAMES:
            value = call.get(key)
            if value is None or not isinstance(value, (str, int)):
                continue
            named = _named(namespace, str(value))
            if named:
                found.append(named)
        if not traits:
            return tuple(found)
        if isinstance(traits.get("phone"), str):
            found += [Identifier("phone", n) for n in phones(traits["phone"], self.region)]
        address = email(traits["email"]) if isinstance(traits.get("email"), str) else None
        if address:
            found.append(Identifier("email", address))
        return tuple(found)

    def _other(self, properties: Mapping[str, Any]) -> tuple[Identifier, ...]:
        for key in OTHERS:
            value = customer_id(str(properties[key])) if properties.get(key) else None
            if value:
                return (Identifier("customer", value),)
        return ()

    def _money(self, kind: str, properties: Mapping[str, Any]) -> int | str | None:
        """Orders are worth their revenue, else their total without tax and shipping."""
        currency = str(properties.get("currency") or self.currency)
        for name in MONEY:
            if properties.get(name) is None:
                continue
            if currency not in self.currencies:
                return "currency"
            money = amount(_figure(properties[name]), decimals_of(currency), comma=False)
            if money is None:
                return "amount"
            if name == "total" and kind in ORDER_KINDS:
                for part in ("tax", "shipping"):
                    off = amount(
                        _figure(properties.get(part) or 0), decimals_of(currency), comma=False
                    )
                    money -= off or 0
            return money if money >= 0 else "negative_amount"
        return None


@lru_cache(maxsize=16_384)
def _named(namespace: str, text: str) -> Identifier | None:
    """One object for a name that comes again and again, so that it is quickly found again."""
    own = customer_id(text)
    return Identifier(namespace, own) if own else None


@lru_cache(maxsize=4_096)
def _track_kind(name: str) -> str | None:
    kind = stored_kind(name)
    return TURNED.get(kind, kind) or None


def _finality(context: Mapping[str, Any]) -> Finality:
    said = _mapping(context.get("thang")).get("finality")
    return Finality(said) if said is not None and said in list(Finality) else Finality.COMPLETED


def instant_of(text: str) -> int | None:
    """An ISO 8601 instant with its offset; None if it is none."""
    try:
        when = datetime.fromisoformat(text)
        return instant(when) if when.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _figure(value: Any) -> str:
    """A JSON number as digits, never in scientific form."""
    return format(value, "f") if isinstance(value, float) else str(value)


def _ref(kind: str, properties: Mapping[str, Any]) -> str:
    if kind in ("referral_sent", "referral_clicked", "referral_converted"):
        return str(properties.get("referral_code") or "")
    for key in REFS:
        if properties.get(key) and (key != "channel" or kind.startswith("consent_")):
            return str(properties[key])
    return ""


def _grade(properties: Mapping[str, Any]) -> int:
    """Stars, severity or score; Segment's `rating` is a string."""
    for key in GRADES:
        if key not in properties:
            continue
        try:
            return max(-9999, min(9999, int(float(properties[key]))))
        except (TypeError, ValueError, OverflowError):
            continue
    return 0


def _flags(kind: str, properties: Mapping[str, Any]) -> Flag:
    flags = NONE
    if kind in TELLING:
        told = properties.get("public")
        shown = properties.get("url") or properties.get("clicks") or kind == "product_reviewed"
        flags = Flag.PUBLIC if (told if isinstance(told, bool) else shown) else NONE
    if properties.get("verified") is True:
        flags |= Flag.VERIFIED
    if properties.get("ok") is True or properties.get("useful") is True:
        flags |= Flag.OK
    if properties.get("ok") is False:
        flags |= Flag.FAILED
    if "fault" in properties:
        flags |= FAULTS.get(str(properties["fault"]), NONE)
    return flags


def _marks(context: Mapping[str, Any], properties: Mapping[str, Any]) -> tuple[Identifier, ...]:
    device = _mapping(context.get("device")).get("id")
    payment = properties.get("payment_fingerprint")
    if not device and not payment:
        return ()
    found = [("device", device), ("payment", payment)]
    return tuple(Identifier(n, str(v)) for n, v in found if v and not masked(str(v)))


def _personal(traits: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, str]:
    if not traits and PRIVATE.isdisjoint(properties):
        return {}
    found = {}
    for key, value in (*traits.items(), *((k, v) for k, v in properties.items() if k in PRIVATE)):
        if value not in (None, "", {}, []):
            found[key] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if "identifier" in found:  # the vault's own word for what names somebody
        found["identifier_"] = found.pop("identifier")
    first, last = found.get("firstName"), found.get("lastName")
    if "name" not in found and (first or last):
        found["name"] = " ".join(part for part in (last, first) if part)
    return found
