"""Whom a text means, and what people are called: one look into the vault for a page of people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thang.engines.duckdb import Projection
from thang.policy.schema import Policy
from thang.record import Record
from thang.record.vault import OWN_VALUE
from thang.workspace.ingest import spellings

LONGEST_TEXT = 200  # letters of what is searched for that are read
NAMES = ("name", "fullName")
PHONE, EMAIL = "phone", "email"


@dataclass(frozen=True, slots=True)
class People:
    """Person numbers, whoever was meant exactly first; `more`: others were not looked for."""

    persons: tuple[int, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Card:
    """What a person is called, unmasked; empty where it is not known.

    `title` is the name, or the reference where no name is known.
    """

    person: int
    ref: str
    name: str
    phone: str
    email: str

    @property
    def title(self) -> str:
        """What a list shows for the person."""
        return self.name or self.ref


def find_people(
    record: Record, projection: Projection, policy: Policy, text: str, limit: int
) -> People:
    """At most `limit` people whom a text names.

    A reference, id, phone or e-mail in any spelling finds its person first; then come those
    whose names have all the words, the last one as a beginning, accents and case aside.
    """
    typed = text[:LONGEST_TEXT].strip()
    if not typed:
        return People((), more=False)
    exact = [n for one in spellings(typed, policy) for n in record.find_any(one)]
    called = record.called(typed, limit)
    found = list(dict.fromkeys(persons_of(projection, exact)))
    found += [p for p in persons_of(projection, called.identifiers) if p not in set(found)]
    return People(tuple(found[:limit]), more=called.more or len(found) > limit)


def persons_of(projection: Projection, identifiers: Sequence[int]) -> list[int]:
    """The people behind identifiers, smallest number first."""
    if not identifiers:
        return []
    rows = projection.sql.execute(
        "select distinct person from people where identifier in (select unnest(?)) order by person",
        [list(identifiers)],
    ).fetchall()
    return [int(person) for (person,) in rows]


def identifiers_of(projection: Projection, persons: Sequence[int]) -> dict[int, list[int]]:
    """Each person's identifiers, smallest number first."""
    found: dict[int, list[int]] = {int(person): [] for person in persons}
    if found:
        rows = projection.sql.execute(
            "select person, identifier from people where person in (select unnest(?)) "
            "order by person, identifier",
            [list(found)],
        ).fetchall()
        for person, identifier in rows:
            found[int(person)].append(int(identifier))
    return found


def cards(record: Record, projection: Projection, persons: Sequence[int]) -> dict[int, Card]:
    """The card of each of a page's people: of every field, the one of their oldest identifier."""
    theirs = identifiers_of(projection, persons)
    numbers = [number for some in theirs.values() for number in some]
    personal = record.personal(numbers)
    kinds = {known.number: known.namespace for known in record.known_as(numbers)}
    refs = record.refs.refs_of(np.array(list(theirs), np.int64))
    return {
        person: Card(
            person, ref,
            _first(personal.get(n, {}).get(field) for field in NAMES for n in some),
            _first(_contact(personal, kinds, some, PHONE)),
            _first(_contact(personal, kinds, some, EMAIL)),
        )
        for (person, some), ref in zip(theirs.items(), refs, strict=True)
    }  # fmt: skip


def _contact(
    personal: Mapping[int, Mapping[str, str]], kinds: Mapping[int, str], numbers: list[int],
    kind: str,
) -> Iterable[str | None]:  # fmt: skip
    """A phone or e-mail that names the person comes before one that was only written down."""
    for number in numbers:
        if kinds.get(number) == kind:
            yield personal.get(number, {}).get(OWN_VALUE)
    for number in numbers:
        yield personal.get(number, {}).get(kind)


def _first(values: Iterable[str | None]) -> str:
    return next((value for value in values if value), "")
