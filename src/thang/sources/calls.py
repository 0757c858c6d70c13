"""Segment's calls as they arrive over HTTP: bodies opened, clocks corrected, calls made events.

What a call means is said in `segment`; here is what only a live call has: the envelope it
comes in, the instant it was sent and received, and the size of what strangers may send.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import msgspec

from thang.model import SECOND, Event, Gathered, Refused, WrongInput
from thang.sources.rows import WHY
from thang.sources.segment import Calls, instant_of

TYPES = ("track", "identify", "page", "screen", "group", "alias")
MOST_ITEMS = 2_500
LARGEST = 32 * 1024  # bytes of one event
DEEPEST = 64
SKEW = 5 * SECOND  # a clock that is wrong by less, or a slow network, is left alone
CLAIMED = "original_timestamp"  # the property that keeps what a wrong clock said
OPENING, CLOSING = frozenset(b"[{"), frozenset(b"]}")


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw]
    context: Any = None
    sentAt: Any = None  # noqa: N815 - the wire's name
    writeKey: Any = None  # noqa: N815


class _Single(msgspec.Struct):
    sentAt: Any = None  # noqa: N815
    writeKey: Any = None  # noqa: N815


@dataclass(frozen=True, slots=True)
class Bundle:
    """The calls of one request. `call`: what all of them are; empty: each says so itself."""

    items: tuple[bytes, ...]
    call: str
    context: Mapping[str, Any]
    sent_at: int | None
    write_key: str


_open_batch = msgspec.json.Decoder(_Batch).decode
_open_single = msgspec.json.Decoder(_Single).decode
_decode = msgspec.json.Decoder().decode
_Broken = (msgspec.DecodeError, ValueError, RecursionError)


def opened(body: bytes, call: str) -> Bundle:
    """The calls in a request's body; `WrongInput` if it is no JSON of that shape."""
    try:
        found = _open_single(body) if call else _open_batch(body)
    except _Broken:
        raise WrongInput(
            "The body is not the JSON of such a call: send an object, for a batch with a list "
            "`batch`, in UTF-8."
        ) from None
    items = (body,) if isinstance(found, _Single) else tuple(map(bytes, found.batch))
    if len(items) > MOST_ITEMS:
        raise WrongInput(f"A batch holds at most {MOST_ITEMS} calls: send several batches.")
    context = getattr(found, "context", None)
    sent = instant_of(found.sentAt) if isinstance(found.sentAt, str) else None
    return Bundle(
        items, call, context if isinstance(context, dict) else {}, sent,
        found.writeKey if isinstance(found.writeKey, str) else "",
    )  # fmt: skip


class LiveCalls:
    """Reads calls of one source."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.source = calls.source

    def gathered(self, bundle: Bundle, received: int) -> list[Gathered]:
        """Each call's event, or its refusal, in order; `received` in microseconds since 1970."""
        return [
            self._gathered(item, number, bundle, received)
            for number, item in enumerate(bundle.items, 1)
        ]

    def _gathered(self, item: bytes, number: int, bundle: Bundle, received: int) -> Gathered:
        try:
            found = self._told(item, bundle, received)
        except (*_Broken, ArithmeticError):
            found = "json"
        if isinstance(found, Event):
            return Gathered(1, (found,))
        raw = raw_of(item, bundle)
        return Gathered(1, (), Refused(self.source, f"call {number}", found, WHY[found], raw))

    def _told(self, item: bytes, bundle: Bundle, received: int) -> Event | str:
        if len(item) > LARGEST:
            return "too_large"
        if item.count(b"[") + item.count(b"{") > DEEPEST and depth(item) > DEEPEST:
            return "deep"
        call = _decode(item)
        if not isinstance(call, dict):
            return "json"
        if bundle.call:
            call["type"] = bundle.call
        if bundle.context:
            own = call.get("context")
            call["context"] = {**bundle.context, **own} if isinstance(own, dict) else bundle.context
        claimed = claim(call)
        at = received if claimed is None else corrected(claimed, bundle.sent_at, received)
        if at != claimed and claimed is not None:
            own = call.get("properties")
            call["properties"] = {**(own if isinstance(own, dict) else {}), CLAIMED: claimed}
        if not call.get("messageId"):
            # Without an instant of its own, a call that comes again is another act.
            spoken = item if claimed is not None else item + str(received).encode()
            call["messageId"] = f"call:{blake2b(spoken, digest_size=16).hexdigest()}"
        return self._calls.told(call, at, received)


def claim(call: Mapping[str, Any]) -> int | None:
    """When a call says it happened; -1 if it says so in a way that cannot be read."""
    for name in ("timestamp", "originalTimestamp"):
        text = call.get(name)
        if text is not None:
            found = instant_of(text) if isinstance(text, str) else None
            return -1 if found is None else found
    return None


def corrected(claimed: int, sent: int | None, received: int) -> int:
    """The instant by our clock: a clock that was wrong when sending was wrong before as well."""
    if claimed < 0 or sent is None or abs(received - sent) < SKEW:
        return claimed
    return claimed + received - sent


def depth(item: bytes) -> int:
    """How deep lists and objects lie within one another."""
    deepest = now = 0
    quoted = escaped = False
    for letter in item:
        if quoted:
            quoted = escaped or letter != ord('"')
            escaped = letter == ord("\\") and not escaped
        elif letter == ord('"'):
            quoted = True
        elif letter in OPENING:
            now += 1
            deepest = max(deepest, now)
        elif letter in CLOSING:
            now -= 1
    return deepest


def raw_of(item: bytes, bundle: Bundle) -> str:
    """A call as it came, without the key that may stand in it."""
    text = item.decode("utf-8", "replace")[:LARGEST]
    if bundle.write_key:
        text = text.replace(bundle.write_key, "")
    return text
