"""One person's story, newest first: what every channel told of them, and each move as a milestone.

Which events are theirs says the projection; what was told says the record, by the events'
numbers. Nothing here opens the vault: names and contacts come from `names.cards`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from thang.engines.duckdb import Projection
from thang.model import WrongInput
from thang.record import Record
from thang.record.persons import ToldEvent
from thang.river.tables import CAUSES
from thang.workspace.names import identifiers_of
from thang.workspace.paging import Cursor, read, written

PORTION = 1_000  # events looked through at a time where only one source is wanted
MOST = 200  # entries of one page
END = (1 << 62, 0, 0)
ACT, MOVE = 0, 1  # of one instant, the act comes before the move that it caused

# What may be shown of an event's properties: a free text could hold anything.
SHOWN = (
    "product", "product_name", "product_id", "sku", "variant", "brand", "category", "quantity",
    "price", "discount", "coupon", "shipping", "tax", "total", "revenue", "status",
    "payment_method", "campaign", "tier", "points", "rating",
)  # fmt: skip
ITEMS = ("pieces", "lines", "item_count", "items_count", "quantity")
LONGEST = 120  # letters of a property


@dataclass(frozen=True, slots=True)
class Act:
    """An event: amount in minor units of `currency`, None where there was none.

    `grade` is stars, severity or a score, None where the event has none. `items` is how many
    lines or pieces an order told of. `number` is the event's own in the record.
    """

    at: int
    number: int
    kind: str
    source: str
    ref: str
    amount: int | None
    currency: str
    grade: int | None
    items: int | None
    properties: tuple[tuple[str, str | int | float | bool], ...]


@dataclass(frozen=True, slots=True)
class Milestone:
    """A move between rungs; `from_level` is None for the first placing."""

    at: int
    from_level: int | None
    to_level: int
    cause: str


Entry = Act | Milestone


@dataclass(frozen=True, slots=True)
class JoinReason:
    """Why two identifiers are one person's: a source named them together at this instant."""

    other: int
    source: str
    at: int


@dataclass(frozen=True, slots=True)
class Name:
    """One identifier by its number: what kind it is, since when it is known, and what joins it.

    Its value is in the vault: `Record.personal([number])`.
    """

    number: int
    namespace: str
    first_seen_at: int
    joined: tuple[JoinReason, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of entries, newest first; `before` asks for the next older page, None at the end.

    `events` and `moves` count all there are up to the asked instant, `sources` who told them.
    """

    person: int
    ref: str
    entries: tuple[Entry, ...]
    before: str | None
    events: int
    moves: int
    sources: tuple[str, ...]
    names: tuple[Name, ...]


class Key(NamedTuple):
    """Where an entry stands: its instant, acts before moves, and its number among its like."""

    at: int
    kind: int
    number: int


def timeline(
    record: Record,
    projection: Projection,
    person: int,
    before: str | None = None,
    limit: int = 50,
    source: str | None = None,
    at: int | None = None,
) -> Timeline:
    """At most `limit` entries of a person, older than `before` says, not after the instant `at`.

    With `source` only its events are told, with all moves. Errors: `WrongInput` for a person,
    a source or a page that there is not.
    """
    theirs = identifiers_of(projection, [person])[person]
    if not theirs:
        raise WrongInput("Nobody has this number: open the person from the list of customers.")
    codes = record.sources()
    if source is not None and source not in codes:
        raise WrongInput(f"No source is called {source!r}: choose one that has sent events.")
    limit, until = max(1, min(limit, MOST)), at if at is not None else END[0]
    start = Key(*(read(before, "timeline", 3).keys if before else END))
    moves = _moves(projection, person, until)
    acts = _acts(record, projection, person, min(start, Key(until, MOVE, END[0])), source)
    found = _merged(acts, [(key, move) for key, move in moves if key < start], limit + 1)
    page = found[:limit]
    more = len(found) > limit
    return Timeline(
        person=person,
        ref=record.refs.ref_of(person),
        entries=tuple(entry for _, entry in page),
        before=written(Cursor("timeline", True, page[-1][0])) if more else None,
        events=_many(projection, person, until),
        moves=len(moves),
        sources=_sources(projection, codes, person),
        names=_names(record, theirs),
    )


Keyed = tuple[Key, Entry]


def _merged(acts: Iterator[Keyed], moves: list[Keyed], most: int) -> list[Keyed]:
    """The newest of both; of acts no more are read than are needed."""
    newest = [keyed for _, keyed in zip(range(most), acts, strict=False)]
    return sorted([*newest, *moves], key=lambda keyed: keyed[0], reverse=True)[:most]


def _acts(
    record: Record, projection: Projection, person: int, start: Key, source: str | None
) -> Iterator[Keyed]:
    """The person's events before a key, newest first, some at a time."""
    while True:
        rows = projection.sql.execute(
            'select distinct "at", seq from events where person = ? and "at" <= ? '
            'and ("at" < ? or seq < ?) order by "at" desc, seq desc limit ?',
            [person, start.at, start.at, start.number if start.kind == ACT else END[0], PORTION],
        ).fetchall()
        told = {one.seq: one for one in record.told([seq for _, seq in rows])}
        for at, seq in rows:
            if seq in told and (source is None or told[seq].source == source):
                yield Key(at, ACT, seq), _act(told[seq])
        if len(rows) < PORTION:
            return
        start = Key(rows[-1][0], ACT, rows[-1][1])


def _act(told: ToldEvent) -> Act:
    return Act(
        at=told.at, number=told.seq, kind=told.kind, source=told.source, ref=told.ref,
        amount=told.amount,
        currency=told.currency, grade=told.grade or None, items=_items(told.properties),
        properties=tuple(_shown(told.properties)),
    )  # fmt: skip


def _items(properties: Mapping[str, object]) -> int | None:
    products = properties.get("products")
    if isinstance(products, list):
        return len(products)
    counts = (properties.get(name) for name in ITEMS)
    return next((n for n in counts if type(n) is int and n > 0), None)


def _shown(properties: Mapping[str, object]) -> Iterator[tuple[str, str | int | float | bool]]:
    for name in SHOWN:
        value = properties.get(name)
        if isinstance(value, str) and value:
            yield name, value[:LONGEST]
        elif isinstance(value, bool | int | float):
            yield name, value


def _moves(projection: Projection, person: int, until: int) -> list[Keyed]:
    """All moves up to an instant, in the order in which they happened."""
    rows = projection.sql.execute(
        'select "at", from_level, to_level, cause from transitions '
        'where person = ? and "at" <= ? order by rowid',
        [person, until],
    ).fetchall()
    return [
        (Key(at, MOVE, number), Milestone(at, was if was >= 0 else None, now, CAUSES[cause]))
        for number, (at, was, now, cause) in enumerate(rows)
    ]


def _many(projection: Projection, person: int, until: int) -> int:
    ((many,),) = projection.sql.execute(
        'select count(distinct seq) from events where person = ? and "at" <= ?', [person, until]
    ).fetchall()
    return int(many)


def _sources(projection: Projection, codes: Mapping[str, int], person: int) -> tuple[str, ...]:
    rows = projection.sql.execute(
        "select distinct source from told where person = ?", [person]
    ).fetchall()
    mine = {code for (code,) in rows}
    return tuple(name for name, code in sorted(codes.items()) if code in mine)


def _names(record: Record, numbers: list[int]) -> tuple[Name, ...]:
    """The person's identifiers; a join to somebody else's identifier joined nobody."""
    mine = set(numbers)
    joins = [join for join in record.joins_of(numbers) if {join.a, join.b} <= mine]
    return tuple(
        Name(
            known.number, known.namespace, known.first_seen_at,
            tuple(
                JoinReason(join.b if join.a == known.number else join.a, join.source, join.at)
                for join in joins
                if known.number in (join.a, join.b)
            ),
        )
        for known in record.known_as(numbers)
    )  # fmt: skip
