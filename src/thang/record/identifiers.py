"""Identifiers as the record knows them: a keyed hash and a number, never the value itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, func, insert, select

from thang.model import Identifier
from thang.record.bulk import rows_among, run_many
from thang.record.codebook import Codebook
from thang.record.key import ShopKey
from thang.record.tables import identifiers

HASH_BYTES = 16
REMEMBERED = 300_000  # identifiers of one import kept at hand; about 60 MB


class Hasher:
    """Keyed hashes of what names a person; the same value in two shops has two hashes."""

    def __init__(self, key: ShopKey) -> None:
        self._names = key.derive("identifiers")
        self._marks = key.derive("marks")

    def name(self, identifier: Identifier) -> bytes:
        """The 16-byte hash of an identifier, its namespace included."""
        return blake2b(_spoken(identifier), key=self._names, digest_size=HASH_BYTES).digest()

    def mark(self, mark: Identifier) -> int:
        """The 63-bit hash of a weak sign."""
        digest = blake2b(_spoken(mark), key=self._marks, digest_size=8).digest()
        return int.from_bytes(digest, "big") >> 1


def _spoken(identifier: Identifier) -> bytes:
    # A zero byte ends the namespace, so that no two pairs are spoken alike.
    text = f"{identifier.namespace}\0{identifier.value}"
    return text.encode("utf-8", "surrogatepass")


class Roll:
    """The identifiers met in one import, with their numbers; old numbers come from the record."""

    def __init__(self, connection: Connection, hasher: Hasher, namespaces: Codebook) -> None:
        self._hasher = hasher
        self._namespaces = namespaces
        self._last: int = connection.scalar(select(func.max(identifiers.c.id))) or 0
        self._hashes: dict[Identifier, bytes] = {}
        self._numbers: dict[Identifier, int] = {}

    def hash_of(self, identifier: Identifier) -> bytes:
        """The identifier's hash, worked out once."""
        known = self._hashes.get(identifier)
        if known is None:
            known = self._hashes[identifier] = self._hasher.name(identifier)
        return known

    def numbers(self, named: Sequence[Identifier]) -> tuple[int, ...]:
        """The numbers of identifiers that `enrol` has seen since the last `make_room`."""
        return tuple([self._numbers[identifier] for identifier in named])

    def enrol(self, connection: Connection, named: Iterable[Identifier], now: int) -> None:
        """Give every identifier its number, in the order in which they are named."""
        unseen = [i for i in dict.fromkeys(named) if i not in self._numbers]
        hashes = [self.hash_of(identifier) for identifier in unseen]
        known = numbers_of(connection, hashes)
        new = [(i, h) for i, h in zip(unseen, hashes, strict=True) if h not in known]
        rows = [self._row(identifier, h, now) for identifier, h in new]
        known.update((row["hash"], row["id"]) for row in rows)
        self._numbers.update((i, known[h]) for i, h in zip(unseen, hashes, strict=True))
        self._namespaces.write_new(connection)
        run_many(connection, _NEW, rows)

    def _row(self, identifier: Identifier, digest: bytes, now: int) -> dict[str, Any]:
        self._last += 1
        namespace = self._namespaces.code(identifier.namespace)
        return {"id": self._last, "namespace": namespace, "hash": digest, "first_seen_at": now}

    def make_room(self) -> None:
        """Forget, between two portions of a long import, what the record knows anyway."""
        if len(self._hashes) > REMEMBERED:
            self._hashes.clear()
            self._numbers.clear()


_NEW = insert(identifiers)
_HASHED = select(identifiers.c.hash, identifiers.c.id)


def numbers_of(connection: Connection, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """The numbers of those hashes that the record knows."""
    found: dict[bytes, int] = dict(rows_among(connection, _HASHED, identifiers.c.hash, hashes))
    return found
