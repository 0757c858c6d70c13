"""Finding people by their names without names lying open: keyed hashes of words and beginnings.

Each word of a name is folded (no accents, đ as d, small letters, no punctuation) and hashed
under the shop's key, whole and by its first letters. The rows lie in the vault, so that
whoever erases a person there erases them too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy import Connection, Select, and_, delete, exists, func, insert, select

from thang.record.bulk import LENGTHS, run_many
from thang.record.key import ShopKey
from thang.record.tables import words

NAMES = frozenset({"name", "fullName", "first_name", "last_name", "firstName", "lastName"})
SHORTEST, LONGEST = 2, 8  # letters of a beginning; what is typed beyond the longest is cut off
MOST_WORDS = 12  # of one field
LOOKED_THROUGH = 100_000  # rows of the rarest word, beyond which a search stops looking


class Found(NamedTuple):
    """Identifiers in order of their numbers; `more`: there are others that were not looked for."""

    identifiers: list[int]
    more: bool


def folded(text: str) -> list[str]:
    """The words of a text as they are compared: `Nguyễn Thị Đào-Hoa` is nguyen thi dao hoa."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    apart = unicodedata.normalize("NFKD", plain).replace("đ", "d")
    bare = (c for c in apart if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in bare).split()


class Words:
    """The keyed hashes of words; the same word in two shops has two hashes."""

    def __init__(self, key: ShopKey) -> None:
        self._key = key.derive("words")

    def put(self, connection: Connection, names: Mapping[int, Iterable[str]]) -> None:
        """Write what identifiers are called, in place of what was written of them before."""
        forget(connection, list(names))
        rows = [
            {"hash": digest, "identifier": number}
            for number, texts in names.items()
            for digest in sorted({d for text in texts for d in self._of(text)})
        ]
        run_many(connection, _NEW, rows)

    def find(self, connection: Connection, text: str, limit: int) -> Found:
        """At most `limit` identifiers whose names have all the words, the last as a beginning."""
        asked = self._asked(text)
        if not asked:
            return Found([], more=False)
        counted = sorted((_many(connection, digest), digest) for digest in asked)
        if not counted[0][0]:
            return Found([], more=False)
        rarest, *others = (digest for _, digest in counted)
        found = list(connection.scalars(_having(rarest, others, limit + 1)))
        deep = counted[0][0] > LOOKED_THROUGH
        return Found(found[:limit], more=len(found) > limit or (deep and bool(others)))

    def _asked(self, text: str) -> set[int]:
        typed = folded(text)[:MOST_WORDS]
        if not typed:
            return set()
        last = typed[-1]
        beginning = self._whole(last) if len(last) < SHORTEST else self._beginning(last[:LONGEST])
        return {*map(self._whole, typed[:-1]), beginning}

    def _of(self, text: str) -> Iterable[int]:
        for word in folded(text)[:MOST_WORDS]:
            yield self._whole(word)
            for letters in range(SHORTEST, min(len(word), LONGEST) + 1):
                yield self._beginning(word[:letters])

    def _whole(self, word: str) -> int:
        return self._hash(word + " ")

    def _beginning(self, letters: str) -> int:
        return self._hash(letters)

    def _hash(self, text: str) -> int:
        spoken = text.encode("utf-8", "surrogatepass")
        digest = blake2b(spoken, key=self._key, digest_size=8).digest()
        return int.from_bytes(digest, "big") >> 1


def forget(connection: Connection, numbers: Sequence[int]) -> None:
    """Drop every word of these identifiers."""
    most = LENGTHS[-1]
    for start in range(0, len(numbers), most):
        some = list(numbers[start : start + most])
        connection.execute(delete(words).where(words.c.identifier.in_(some)))


def _many(connection: Connection, digest: int) -> int:
    some = select(1).where(words.c.hash == digest).limit(LOOKED_THROUGH + 1).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0


def _having(rarest: int, others: Sequence[int], limit: int) -> Select[int]:
    """Who has the rarest word and every other; never more rows than LOOKED_THROUGH are read."""
    ask = select(words.c.identifier).where(words.c.hash == rarest).order_by(words.c.identifier)
    some = ask.limit(LOOKED_THROUGH).subquery()
    also = words.alias()
    each = [
        exists().where(and_(also.c.hash == digest, also.c.identifier == some.c.identifier))
        for digest in others
    ]
    return select(some.c.identifier).where(*each).order_by(some.c.identifier).limit(limit)


_NEW = insert(words)
