"""Facts that count what happens, asked of the projection at once for all who are meant.

Each is a filtered sum over one source of rows; a source says whose each row is (`key`) and, where
success is asked about, since when it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.model import DAY
from thang.policy.playbook.fact import Fact, What
from thang.policy.schema import Where
from thang.river.calendar import Calendar, days
from thang.river.lifetime.rows import Float64
from thang.river.tables import Int64

Columns = Mapping[str, Float64]
SWITCH = "person"  # what is opened and closed as one thing
_AGGREGATES = {What.COUNT: "count(*)", What.SUM: "sum(amount)", What.SINCE: 'max("at")'}
_MOVES = {What.RISES: "to_level > from_level", What.FALLS: "to_level < from_level"}
_BUYS = {What.ORDERS: "count(*)", What.SPEND: "sum(money)", What.FIRST: "count(*)"}


@dataclass(frozen=True)
class Sources:
    """Where rows come from: SQL that yields `key` and `since` beside the columns of a table.

    `windows`: a fact looks back as many days as it says; otherwise it counts all of its source.
    """

    events: str
    purchases: str
    moves: str
    windows: bool


@dataclass(frozen=True)
class Moment:
    """When is asked, what kinds are called, and which day of the shop's it is."""

    now: int
    day: int
    codes: Mapping[str, int]
    calendar: Calendar


class Happened:
    """The counting facts of one source, for the keys that are asked about."""

    def __init__(
        self, projection: Projection, sources: Sources, moment: Moment, keys: Int64
    ) -> None:
        self._projection, self._sources, self._moment = projection, sources, moment
        self._keys = keys

    def columns(self, facts: Iterable[Fact]) -> dict[str, Float64]:
        """Each fact's numbers, in the order of the keys; what never happened is 0, or unknown."""
        asked = list(facts)
        found: dict[str, Float64] = {}
        for kinds, ask in (
            (set(_AGGREGATES), self._counted), ({What.OPEN}, self._opened),
            ({What.DAYS, What.MONTHS}, self._distinct), (set(_BUYS), self._bought),
            (set(_MOVES), self._moved),
        ):  # fmt: skip
            some = [fact for fact in asked if fact.what in kinds]
            if some:
                found |= ask(some)
        return found

    def _counted(self, facts: Sequence[Fact]) -> Columns:
        said = [f"{_AGGREGATES[one.what]} filter ({self._means(one)})" for one in facts]
        rows = self._asked(said, self._sources.events, self._kinds(facts))
        return {one.name: self._placed(rows, i, one) for i, one in enumerate(facts)}

    def _opened(self, facts: Sequence[Fact]) -> Columns:
        """Of each thing by its name (or of the one switch) the last opening and the last close."""
        found: dict[str, Float64] = {}
        for by in {one.by for one in facts}:
            some = [one for one in facts if one.by == by]
            said = [
                f'max("at") filter ({self._means(one)}) as o{i}, '
                f'max("at") filter (kind in {self._listed(one.closes)}) as c{i}'
                for i, one in enumerate(some)
            ]
            each = "key" if by == SWITCH else "key, ref"
            things = (
                f"select key, {', '.join(said)} from ({self._sources.events}) "  # noqa: S608
                f"where kind in {self._kinds(some)} group by {each}"
            )
            left = [f"count(*) filter (o{i} > coalesce(c{i}, 0))" for i in range(len(some))]
            rows = self._asked(left, things)
            found |= {one.name: self._placed(rows, i, one) for i, one in enumerate(some)}
        return found

    def _distinct(self, facts: Sequence[Fact]) -> Columns:
        """How many of the shop's days or months had one."""
        return {one.name: self._spread(one) for one in facts}

    def _spread(self, fact: Fact) -> Float64:
        rows = self._projection.table(
            f'select distinct key, "at" from ({self._sources.events}) where {self._means(fact)}'  # noqa: S608
        )
        at = column(rows, "at")
        known = self._moment.calendar
        mark = (
            np.searchsorted(known.months, at, "right")
            if fact.what is What.MONTHS
            else days(known, at)
        )
        pairs = np.unique(np.stack([column(rows, "key"), mark.astype(np.int64)], axis=1), axis=0)
        key, many = np.unique(pairs[:, 0], return_counts=True)
        return self._at_keys(key, many.astype(np.float64), 0.0)

    def _bought(self, facts: Sequence[Fact]) -> Columns:
        said = [f"{_BUYS[one.what]} filter ({self._days(one)})" for one in facts]
        rows = self._asked(said, self._sources.purchases, None, "day <= " + str(self._moment.day))
        return {one.name: self._placed(rows, i, one) for i, one in enumerate(facts)}

    def _days(self, fact: Fact) -> str:
        first = "first" if fact.what is What.FIRST else "true"
        if not self._sources.windows:
            return f"{first} and day > since"
        if fact.within_days is None:
            return first
        return f"{first} and day > {self._moment.day - fact.within_days}"

    def _moved(self, facts: Sequence[Fact]) -> Columns:
        said = [f"count(*) filter ({_MOVES[one.what]} and {self._lately(one)})" for one in facts]
        rows = self._asked(said, self._sources.moves)
        return {one.name: self._placed(rows, i, one) for i, one in enumerate(facts)}

    def _asked(
        self, said: Sequence[str], source: str, kinds: str | None = None, where: str = "true"
    ) -> pa.Table:
        columns = ", ".join(f"{one} as f{i}" for i, one in enumerate(said))
        among = f"kind in {kinds} and {where}" if kinds else where
        return self._projection.table(
            f"select key, {columns} from ({source}) where {among} group by key"  # noqa: S608
        )

    def _means(self, fact: Fact) -> str:
        """The rows that a fact is about."""
        kinds = f"kind in {self._listed(fact.kinds)}"
        return " and ".join((kinds, self._lately(fact), *_as_said(fact.where)))

    def _lately(self, fact: Fact) -> str:
        if not self._sources.windows and fact.is_counted:
            return '"at" > since'
        if fact.within_days is None or not self._sources.windows:
            return "true"
        return f'"at" > {self._moment.now - fact.within_days * DAY}'

    def _kinds(self, facts: Iterable[Fact]) -> str:
        return self._listed({kind for one in facts for kind in (*one.kinds, *one.closes)})

    def _listed(self, kinds: Iterable[str]) -> str:
        codes = sorted(self._moment.codes[kind] for kind in kinds if kind in self._moment.codes)
        return f"({', '.join(map(str, codes or [-1]))})"

    def _placed(self, rows: pa.Table, place: int, fact: Fact) -> Float64:
        values = rows[f"f{place}"].cast(pa.float64())
        if fact.what is not What.SINCE:
            return self._at_keys(column(rows, "key"), values.fill_null(0.0).to_numpy(), 0.0)
        last = values.fill_null(float("nan")).to_numpy()
        return self._at_keys(column(rows, "key"), (self._moment.now - last) / DAY, float("nan"))

    def _at_keys(self, key: Int64, values: Float64, none: float) -> Float64:
        return at_keys(self._keys, key, values, none)


def at_keys(keys: Int64, key: Int64, values: Float64, none: float) -> Float64:
    """Values of some keys laid at all of them (sorted, once each); `none` for the others."""
    found = np.full(len(keys), none)
    if len(keys):
        place = np.searchsorted(keys, key).clip(max=len(keys) - 1)
        here = keys[place] == key
        found[place[here]] = values[here]
    return found


def _as_said(where: Where) -> Iterable[str]:
    if where.grade_min is not None:
        yield f"grade >= {where.grade_min}"
    if where.grade_max is not None:
        yield f"grade <= {where.grade_max}"
    if where.flags:
        yield f"flags & {int(where.flags)} = {int(where.flags)}"
    if where.without:
        yield f"flags & {int(where.without)} = 0"
