"""The vault: what people are called and where they live, sealed under a key of each one's own.

A person's fields are readable only with their own key, which is itself wrapped by the
shop's; without either row nothing of that person can be opened again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, bindparam, insert, select, update

from thang.record.bulk import rows_among, run_many
from thang.record.database import Database
from thang.record.key import KEY_BYTES, ShopKey
from thang.record.sealing import as_bytes, as_text, seal, unseal
from thang.record.tables import fields, subjects, words
from thang.record.words import NAMES, Found, Words

PORTION = 4_000
OWN_VALUE = "identifier"  # the field in which an identifier's own value is kept

Field = tuple[int, str]  # an identifier's number and the name of the field


@dataclass(frozen=True, slots=True)
class Said:
    """What a field was said to hold, and when."""

    at: int
    value: str


class Vault:
    """The sealed fields of one shop. The latest value of a field wins, whatever came in first."""

    def __init__(self, database: Database, key: ShopKey) -> None:
        self._database = database
        self._wrapper = AESGCM(key.derive("vault"))
        self._words = Words(key)

    def keep(self, said: Mapping[Field, Said]) -> None:
        """Seal fields in one transaction; older or unchanged values leave the vault as it is."""
        if not said:
            return
        people = sorted({number for number, _ in said})
        with self._database.writing() as connection:
            ciphers = self._ciphers(connection, people)
            self._add_people(connection, [p for p in people if p not in ciphers], ciphers)
            anew = _write(connection, said, _kept(connection, people), ciphers)
            named = sorted({number for number, field in anew if field in NAMES})
            self._words.put(connection, self._names(connection, named))

    def read(self, people: Sequence[int]) -> dict[int, dict[str, str]]:
        """Every field of these identifiers, opened; their own value under `OWN_VALUE`."""
        opened: dict[int, dict[str, str]] = {}
        with self._database.reading() as connection:
            ciphers = self._ciphers(connection, people)
            for (number, field), (_, sealed) in _kept(connection, people).items():
                text = as_text(unseal(ciphers[number], sealed, _about(number, field)))
                opened.setdefault(number, {})[field] = text
        return opened

    def find(self, text: str, limit: int) -> Found:
        """At most `limit` identifiers that are called so, however the name is spelled."""
        with self._database.reading() as connection:
            return self._words.find(connection, text, limit)

    def lay_words(self) -> None:
        """Write the words of all names into a vault that was made before it kept any."""
        with self._database.reading() as connection:
            if connection.dialect.has_table(connection, words.name):
                return
        with self._database.writing() as connection:
            words.create(connection, checkfirst=True)
            people = list(connection.scalars(select(subjects.c.identifier)))
            for start in range(0, len(people), PORTION):
                some = people[start : start + PORTION]
                self._words.put(connection, self._names(connection, some))

    def _names(self, connection: Connection, people: Sequence[int]) -> dict[int, list[str]]:
        """Every name of these identifiers, opened."""
        ciphers = self._ciphers(connection, people)
        names: dict[int, list[str]] = {number: [] for number in people}
        for (number, field), (_, sealed) in _kept(connection, people).items():
            if field in NAMES:
                text = as_text(unseal(ciphers[number], sealed, _about(number, field)))
                names[number].append(text)
        return names

    def _ciphers(self, connection: Connection, people: Sequence[int]) -> dict[int, AESGCM]:
        found: dict[int, AESGCM] = {}
        for number, wrapped in rows_among(connection, _WRAPPED, subjects.c.identifier, people):
            found[number] = AESGCM(unseal(self._wrapper, wrapped, _about(number)))
        return found

    def _add_people(
        self, connection: Connection, people: Iterable[int], ciphers: dict[int, AESGCM]
    ) -> None:
        rows = []
        for number in people:
            own = os.urandom(KEY_BYTES)
            ciphers[number] = AESGCM(own)
            wrapped = seal(self._wrapper, own, _about(number))
            rows.append({"identifier": number, "wrapped_key": wrapped})
        run_many(connection, _NEW_PERSON, rows)


def _about(number: int, field: str = "") -> bytes:
    return as_bytes(f"{number}/{field}")


def _kept(connection: Connection, people: Sequence[int]) -> dict[Field, tuple[int, bytes]]:
    rows = rows_among(connection, _SEALED, fields.c.identifier, people)
    return {(number, field): (at, sealed) for number, field, sealed, at in rows}


_WRAPPED = select(subjects.c.identifier, subjects.c.wrapped_key)
_SEALED = select(fields.c.identifier, fields.c.field, fields.c.sealed, fields.c.at)


def _write(
    connection: Connection,
    said: Mapping[Field, Said],
    kept: Mapping[Field, tuple[int, bytes]],
    ciphers: Mapping[int, AESGCM],
) -> list[Field]:
    """The fields that hold another value now than before."""
    new, later, anew = [], [], []
    for (number, field), word in said.items():
        cipher, about, before = ciphers[number], _about(number, field), kept.get((number, field))
        if before is None:
            sealed = seal(cipher, as_bytes(word.value), about)
            new.append({"identifier": number, "field": field, "sealed": sealed, "at": word.at})
            anew.append((number, field))
        elif word.at >= before[0] and field != OWN_VALUE:
            same = as_text(unseal(cipher, before[1], about)) == word.value
            sealed = before[1] if same else seal(cipher, as_bytes(word.value), about)
            later.append({"number": number, "name": field, "sealed": sealed, "at": word.at})
            anew += [] if same else [(number, field)]
    run_many(connection, _NEW_FIELD, new)
    run_many(connection, _LATER, later)
    return anew


_NEW_PERSON = insert(subjects)
_NEW_FIELD = insert(fields)
_LATER = (
    update(fields)
    .where(fields.c.identifier == bindparam("number"), fields.c.field == bindparam("name"))
    .values(sealed=bindparam("sealed"), at=bindparam("at"))
)
