"""The key by which an event, or a refused row, is known for ever, whatever file it comes in."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from thang.model import Event, Refused
from thang.record.identifiers import Roll
from thang.record.key import ShopKey
from thang.record.occurrences import Occurrences
from thang.record.rows import properties

KEY_BYTES = 16


class Keys:
    """The keys of one import: from the message id, or from the content and its how-manieth time.

    What is hashed is written with `ascii`, which no two contents and no two versions of
    Python write alike or differently.
    """

    def __init__(self, key: ShopKey, roll: Roll) -> None:
        self._secret = key.derive("event keys")
        self._roll = roll
        self._events = Occurrences()
        self._refused = Occurrences()

    def of_events(self, events: Sequence[Event]) -> list[bytes]:
        """A key for each event. The same event has the same key in every import."""
        keys = [self._by_name(e) if e.message_id else self._by_content(e) for e in events]
        nameless = [i for i, event in enumerate(events) if not event.message_id]
        numbered = self._numbered([keys[i] for i in nameless], self._events)
        for place, key in zip(nameless, numbered, strict=True):
            keys[place] = key
        return keys

    def of_refused(self, rows: Sequence[Refused]) -> list[bytes]:
        """A key for each refused row: what it said and why it was refused, wherever it stood."""
        digests = [self._hash(ascii(("refused", r.source, r.reason, r.raw))) for r in rows]
        return self._numbered(digests, self._refused)

    def _numbered(self, digests: Sequence[bytes], seen: Occurrences) -> list[bytes]:
        pairs = zip(digests, seen.number(digests), strict=True)
        return [d if n == 1 else self._hash(f"{d.hex()} {n}") for d, n in pairs]

    def _by_name(self, event: Event) -> bytes:
        return self._hash(ascii(("message", event.message_id)))

    def _by_content(self, event: Event) -> bytes:
        named = [self._roll.hash_of(i) for i in event.identifiers]
        others = [self._roll.hash_of(i) for i in event.other]
        money = (event.amount, event.currency)
        said = (event.ref, *money, int(event.grade), int(event.flags), properties(event))
        return self._hash(ascii((event.source, event.kind, event.at, named, others, *said)))

    def _hash(self, text: str) -> bytes:
        return blake2b(text.encode("ascii"), key=self._secret, digest_size=KEY_BYTES).digest()
