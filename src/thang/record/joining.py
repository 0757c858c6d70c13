"""What an event says of who is who: strong identifiers are joined, weak marks only noted."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Table,
    and_,
    bindparam,
    exists,
    insert,
    select,
    true,
)

from thang.record.bulk import run_many
from thang.record.identifiers import Hasher
from thang.record.rows import Told
from thang.record.tables import BIG, link_evidence, links, mark_evidence, marks

REMEMBERED = 500_000  # links and marks of one import kept at hand


class Joins:
    """The links and marks of one import; each is written once, as the first event said it."""

    def __init__(self, hasher: Hasher) -> None:
        self._hasher = hasher
        self._seen: set[tuple[int, ...]] = set()

    def write(self, connection: Connection, told: Iterable[Told]) -> None:
        """Append the links and marks that these events tell of for the first time."""
        link_rows: list[dict[str, int]] = []
        mark_rows: list[dict[str, int]] = []
        for one in told:
            for named in (one.people, one.others):
                if len(named) > 1:
                    link_rows += self._links(one, named)
            if one.event.marks and one.people:
                mark_rows += self._marks(one)
        run_many(connection, _NEW_LINK, link_rows)
        run_many(connection, _ALSO_LINKED, [{n: row[n] for n in LINKED} for row in link_rows])
        run_many(connection, _NEW_MARK, [{n: row[n] for n in (*MARKED, "at")} for row in mark_rows])
        run_many(connection, _ALSO_MARKED, [{n: row[n] for n in SIGNED} for row in mark_rows])

    def _links(self, told: Told, named: tuple[int, ...]) -> Iterable[dict[str, int]]:
        first = named[0]
        for other in named[1:]:
            a, b = min(first, other), max(first, other)
            if a != b and self._first_time((a, b, told.source)):
                facts = {"a": a, "b": b, "evidence": told.seq}
                yield facts | {"source": told.source, "at": told.event.at}

    def _marks(self, told: Told) -> Iterable[dict[str, int]]:
        bearer = told.people[0]
        for mark in map(self._hasher.mark, told.event.marks):
            if self._first_time((bearer, mark)):
                facts = {"identifier": bearer, "mark": mark, "evidence": told.seq}
                yield facts | {"at": told.event.at}

    def _first_time(self, fact: tuple[int, ...]) -> bool:
        known = fact in self._seen
        self._seen.add(fact)
        return not known

    def make_room(self) -> None:
        """Forget, between two portions of a long import, what the record knows anyway."""
        if len(self._seen) > REMEMBERED:
            self._seen.clear()


def _unless_there(table: Table, same: tuple[str, ...], beside: tuple[str, ...]) -> Insert:
    """Append a row unless one with the same `same` is there: one statement on any database."""
    given = {name: bindparam(name, type_=table.c[name].type) for name in (*same, *beside)}
    there = exists().where(and_(*(table.c[name] == given[name] for name in same)))
    return insert(table).from_select(list(given), select(*given.values()).where(~there))


def _evidence(
    table: Table, of: Table, same: tuple[str, ...], beside: ColumnElement[bool]
) -> Insert:
    """Append an event as evidence for the row of `of` with the same `same`, unless it is."""
    given = bindparam("evidence", type_=table.c.evidence.type)
    number = next(iter(table.primary_key.columns))
    mine = and_(*(of.c[name] == bindparam(name, type_=of.c[name].type) for name in same))
    there = exists().where(number == of.c.id, table.c.evidence == given)
    ask = select(of.c.id, given).where(mine, beside, ~there)
    return insert(table).from_select([number.name, "evidence"], ask)


MARKED = ("identifier", "mark")
_LINK = ("a", "b", "source")
LINKED, SIGNED = (*_LINK, "evidence"), (*MARKED, "evidence")
_NEW_LINK = _unless_there(links, _LINK, ("evidence", "at"))
_NEW_MARK = _unless_there(marks, MARKED, ("at",))
# A link has its first evidence beside it; a mark has none there.
_ALSO_LINKED = _evidence(
    link_evidence, links, _LINK, links.c.evidence != bindparam("evidence", type_=BIG)
)
_ALSO_MARKED = _evidence(mark_evidence, marks, MARKED, true())
