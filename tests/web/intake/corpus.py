"""Requests as nobody should send them, drawn from a seed: each with how many calls it brings."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

WORDS = (
    None, True, -1, 0, 1e308, 10**100, "", " ", "\0", "*" * 9, "nan", "Hòa Thử", "e\u0301", "\u202e",
    "p_aaaa", [], {}, [[]], {"a": {"b": []}}, "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59",
    "2026-03-05T03:00:00Z", "2026-02-30T00:00:00Z", "x" * 2_000, "identifier", "vnd", "VND", "-5", 5.5,
)  # fmt: skip
KEYS = (
    "type", "event", "userId", "anonymousId", "messageId", "timestamp", "originalTimestamp",
    "previousId", "traits", "properties", "context", "groupId", "writeKey", "sentAt", "batch",
)  # fmt: skip
INNER = (
    "order_id", "revenue", "total", "tax", "currency", "rating", "referee", "referral_code", "phone",
    "email", "name", "identifier", "finality", "device", "traits", "thang", "public", "fault", "url",
)  # fmt: skip
DEEP = b"[" * 5_000 + b"]" * 5_000


@dataclass(frozen=True)
class Sent:
    """One request. `calls` None: its body is no list of calls, so it is refused as a whole;

    `unsure`: whether it still is one depends on where it was broken.
    """

    path: str
    body: bytes
    calls: int | None
    headers: dict[str, str] = field(default_factory=dict)
    unsure: bool = False


class Corpus:
    """Draws requests; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._before: list[Sent] = []

    def draw(self) -> Sent:
        """The next request: broken in one of many ways, or as one before."""
        ways: tuple[Callable[[], Sent], ...] = (
            self._batch, self._batch, self._single, self._cut, self._recoded, self._flipped,
            self._packed, self._replayed, self._deep, self._large, self._odd,
        )  # fmt: skip
        made = self._chance.choice(ways)()
        self._before = [*self._before[-50:], made]
        return made

    def _object(self, keys: tuple[str, ...], most: int) -> dict[str, Any]:
        some = self._chance.sample(keys, self._chance.randint(0, most))
        return {key: self._chance.choice(WORDS) for key in some}

    def _call(self) -> Any:
        if self._chance.random() < 0.1:
            return self._chance.choice(WORDS)
        call = self._object(KEYS, 6)
        if self._chance.random() < 0.7:
            names = {"type": "track", "event": "Order Completed", "userId": "KH1"}
            call = {**call, **names, "messageId": str(self._chance.randint(0, 300))}
        for inner in ("properties", "traits", "context"):
            if self._chance.random() < 0.5:
                call[inner] = self._object(INNER, 6)
        return call

    def _batch(self) -> Sent:
        calls = [self._call() for _ in range(self._chance.randint(0, 12))]
        more = {key: self._chance.choice(WORDS) for key in ("sentAt", "context") if calls}
        return Sent("/v1/batch", json.dumps({**more, "batch": calls}).encode(), len(calls))

    def _single(self) -> Sent:
        names = ("track", "identify", "page", "screen", "group", "alias")
        body = json.dumps({**self._object(KEYS, 8), "properties": self._object(INNER, 6)})
        return Sent(f"/v1/{self._chance.choice(names)}", body.encode(), 1)

    def _cut(self) -> Sent:
        whole = self._batch().body
        return Sent("/v1/batch", whole[: self._chance.randint(0, len(whole) - 1)], None)

    def _recoded(self) -> Sent:
        code = self._chance.choice(["utf-16", "utf-8-sig", "utf-32"])
        return Sent("/v1/batch", self._batch().body.decode().encode(code), None)

    def _flipped(self) -> Sent:
        one = self._batch()
        body = bytearray(one.body)
        body[self._chance.randrange(len(body))] = 0xFF
        return Sent("/v1/batch", bytes(body), one.calls, unsure=True)

    def _packed(self) -> Sent:
        one = self._batch()
        body = gzip.compress(one.body)
        if self._chance.random() < 0.5:
            return Sent(one.path, body[:-9], None, {"Content-Encoding": "gzip"})
        return Sent(one.path, body, one.calls, {"Content-Encoding": "gzip"})

    def _replayed(self) -> Sent:
        return self._chance.choice(self._before) if self._before else self._batch()

    def _deep(self) -> Sent:
        nested = b"[" * 80 + b"]" * 80
        if self._chance.random() < 0.5:
            return Sent("/v1/batch", b'{"batch": [' + DEEP + b"]}", None)
        return Sent("/v1/batch", b'{"batch": [{"properties": {"a": ' + nested + b"}}]}", 1)

    def _large(self) -> Sent:
        call = {"type": "page", "userId": "KH1", "properties": {"x": "y" * 40_000}}
        return Sent("/v1/batch", json.dumps({"batch": [call, call]}).encode(), 2)

    def _odd(self) -> Sent:
        bodies = (b"", b"null", b"[]", b"{}", b'{"batch": null}', b'{"batch": {}}', b"\0", b"1e999")
        return Sent("/v1/batch", self._chance.choice(bodies), None)
