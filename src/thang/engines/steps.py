"""What an engine runs on whole people: Arrow in, Arrow out, the same on every engine.

An engine keeps events, sorts them by person, instant and sequence, and hands them over
in tables that never cut a person in two. All judgement is in the river; all that is
here is packing and unpacking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from thang.engines.columns import (
    ADDED_ROWS,
    BUYERS,
    CENSUS,
    EVENTS,
    EVIDENCE,
    GAPS,
    LIVING,
    PLACE_NAMES,
    STANCE_NAMES,
    TRANSITIONS,
)
from thang.model import DAY
from thang.policy.schema import Policy, Settings
from thang.river.bars import Quarter
from thang.river.calendar import Calendar, calendar
from thang.river.census import LONGEST_GAP, census_room, count_people
from thang.river.compiling import compile_policy
from thang.river.fold import MOVE, Places, fold_people, places_room
from thang.river.orders import ADDED, order_rows
from thang.river.prepare import no_rows, prepare, starts
from thang.river.program import Program, Rows, room_for
from thang.river.tables import Bar, Events, Int64
from thang.river.work import Line, Year, work, year


@dataclass(frozen=True)
class Run:
    """Everything a step needs besides the rows; it travels to other processes as it is."""

    policy: Policy
    settings: Settings
    kinds: Mapping[str, int]
    first: int
    as_of: int
    bars: tuple[Bar, ...] = ()
    quarters: tuple[int, ...] = ()
    _made: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_made": {}}

    @property
    def calendar(self) -> Calendar:
        """The shop's calendar, made once a run."""
        if "calendar" not in self._made:
            self._made["calendar"] = calendar(self.policy.shop.tz, self.first, self.as_of)
        made: Calendar = self._made["calendar"]
        return made

    @property
    def program(self) -> Program:
        """The policy as arrays, made once a run."""
        if "program" not in self._made:
            self._made["program"] = compile_policy(self.policy, self.settings, self.kinds)
        return self._made["program"]

    def year(self, bars: Sequence[Bar]) -> Year:
        """The months of the run with these bars in force."""
        return year(self.calendar, list(bars), self.settings.window_days * DAY)


def column(table: pa.Table, name: str) -> NDArray[Any]:
    """One column as an array, without copying where it is one chunk."""
    chunked = table.column(name)
    whole = chunked.chunk(0) if chunked.num_chunks == 1 else chunked.combine_chunks()
    values: NDArray[Any] = whole.to_numpy(zero_copy_only=False)
    return values


def events_of(table: pa.Table) -> Events:
    """The columns of a table of events as arrays."""
    return Events(*(column(table, name) for name in EVENTS.names))


def added_of(table: pa.Table) -> Rows:
    """Referral rows out of a table."""
    rows = room_for(ADDED, table.num_rows)
    for name in ADDED_ROWS.names:
        rows[name] = column(table, name)
    return rows


def added_table(rows: Rows) -> pa.Table:
    """Derived rows as a table."""
    columns = [np.ascontiguousarray(rows[name]) for name in ADDED_ROWS.names]
    return pa.table(dict(zip(ADDED_ROWS.names, columns, strict=True)), schema=ADDED_ROWS)


def line_of(table: pa.Table, run: Run, referrals: Rows | None) -> tuple[Line, Int64]:
    """Prepared rows of the people of a table, and who they are."""
    events = events_of(table)
    window = run.policy.shop.return_window_days
    line = prepare(events, run.calendar, window, no_rows() if referrals is None else referrals)
    return line, events.person[starts(events.person)[:-1]]


def orders_step(table: pa.Table, run: Run) -> pa.Table:
    """The derived order rows of people, for the referrals that wait for them."""
    events = events_of(table)
    window = run.policy.shop.return_window_days
    return added_table(order_rows(events, starts(events.person), run.calendar, window))


def census_step(table: pa.Table, run: Run, referrals: Rows | None = None) -> pa.Table:
    """What the bars need of these people (see `columns.CENSUS`)."""
    line, _ = line_of(table, run, referrals)
    quarters = np.array(run.quarters, np.int64)
    hands, room = work(run.program, line)
    found = census_room((len(line.start) - 1) * len(quarters), len(quarters))
    known = np.zeros(len(room), np.int64)
    n = count_people(run.program, line, run.year([]), hands, room, quarters, found, known)
    buyers, (at, gap) = found.buyers[:n], np.nonzero(found.gaps)
    q = np.arange(len(quarters))
    parts = [
        (BUYERS, buyers["quarter"], buyers["spend"], buyers["orders"], buyers["member"], 1),
        (GAPS, at, gap, 0, 0, found.gaps[at, gap]),
        (LIVING, q, 0, 1, 0, found.living[:, 0]),
        (LIVING, q, 0, 2, 0, found.living[:, 1]),
    ]
    columns = [np.concatenate([_full(part[i], part[1]) for part in parts]) for i in range(6)]
    return pa.table(
        {f.name: pa.array(c).cast(f.type) for f, c in zip(CENSUS, columns, strict=True)}
    )


def _full(values: Any, like: NDArray[Any]) -> Int64:
    return np.broadcast_to(np.asarray(values, np.int64), like.shape)


def quarters_of(census: pa.Table, starts_at: Sequence[int]) -> list[Quarter]:
    """The census of all chunks, summed up by quarter."""
    what, q, spend, orders, member, n = (column(census, name) for name in CENSUS.names)
    gaps = np.zeros((len(starts_at), LONGEST_GAP + 1), np.int64)
    in_gaps = what == GAPS
    np.add.at(gaps, (q[in_gaps], spend[in_gaps]), n[in_gaps])
    gaps = np.cumsum(gaps, axis=0)
    found = []
    for i, start in enumerate(starts_at):
        mine, here = (what == BUYERS) & (q == i), (what == LIVING) & (q == i)
        found.append(
            Quarter(
                start=start,
                spend=spend[mine & (orders > 0)],
                repeat_spend=spend[mine & (orders > 1)],
                member_spend=spend[mine & (member == 1)],
                gaps=gaps[i],
                buyers=int(n[here & (orders == 1)].sum()),
                repeaters=int(n[here & (orders == 2)].sum()),
            )
        )
    return found


def fold_step(
    table: pa.Table, run: Run, referrals: Rows | None = None, wanted: pa.Schema = EVIDENCE
) -> tuple[pa.Table, pa.Table]:
    """Transitions of these people, and their placements at the run's `as_of`.

    `wanted`: with which columns, PLACEMENTS alone, those of PRESENT, or all the EVIDENCE.
    """
    line, people = line_of(table, run, referrals)
    return walked(line, people, run, wanted)


def walked(
    line: Line, people: Int64, run: Run, wanted: pa.Schema = EVIDENCE
) -> tuple[pa.Table, pa.Table]:
    """The same of lines that are prepared; what became of each row is left in the line."""
    hands, room = work(run.program, line)
    then, now = "then" in wanted.names, "now" in wanted.names
    places = places_room(len(people), run.program, then=then, now=now)
    months = run.year(run.bars)
    longest = int(np.diff(line.start).max()) if len(people) else 0
    moves = room_for(MOVE, max(3 * longest + 3 * len(months.months) + 8, 4 * len(people)))
    parts, who = [TRANSITIONS.empty_table()], 0
    while who < len(people):
        who, n = fold_people(run.program, line, months, hands, room, places, moves, who, run.as_of)
        parts.append(_transitions(moves[:n], people))
    return pa.concat_tables(parts), _placements(places, people, wanted)


def _transitions(moves: Rows, people: Int64) -> pa.Table:
    columns = [people[moves["who"]], *(moves[name] for name in ("at", "before", "after", "cause"))]
    arrays = [np.ascontiguousarray(values) for values in columns]
    return pa.table(dict(zip(TRANSITIONS.names, arrays, strict=True)), schema=TRANSITIONS)


def _placements(places: Places, people: Int64, wanted: pa.Schema) -> pa.Table:
    columns = {name: places.people[name] for name in PLACE_NAMES} | {"person": people}
    arrays = {name: pa.array(np.ascontiguousarray(found)) for name, found in columns.items()}
    lists = {name: places.rungs[name] for name in STANCE_NAMES}
    lists |= {"then": places.then, "now": places.now}
    asked = {name: lists[name] for name in wanted.names if name in lists}
    arrays |= {name: _lists(np.ascontiguousarray(found)) for name, found in asked.items()}
    whole = pa.table({name: arrays[name] for name in wanted.names}, schema=wanted)
    return whole.filter(pc.greater_equal(whole["level"], pa.scalar(0, pa.int8())))


def _lists(values: NDArray[Any]) -> pa.Array:
    offsets = np.arange(0, values.size + 1, values.shape[1], dtype=np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values.reshape(-1)))
