"""Tallies and purchases of people whom the fold has just walked, as tables."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from thang.engines.columns import COST_NAMES, PLACEMENTS, PURCHASES, TALLIES
from thang.engines.steps import Run, line_of, walked
from thang.model import DAY, Cost
from thang.river.calendar import days
from thang.river.events import CODES
from thang.river.lifetime.summary import Purchases, by_day, runs
from thang.river.program import Rows
from thang.river.tables import Int64
from thang.river.tally_kinds import kinds_table
from thang.river.tally_rows import COUNTS, asked_of
from thang.river.tallying import Asked, tally
from thang.river.work import Line

COST, GOODS = CODES["cost_recorded"], Cost.GOODS
Mask = NDArray[np.bool_]


def folded(
    table: pa.Table, run: Run, referrals: Rows, wanted: pa.Schema = PLACEMENTS
) -> tuple[pa.Table, ...]:
    """All that one pass over these people says: the tables of `columns.FOLDED`.

    `wanted`: with which columns placements are told (see `steps.fold_step`).
    """
    line, people = line_of(table, run, referrals)
    return *walked(line, people, run, wanted), *counted(line, people, run)


def counted(line: Line, people: Int64, run: Run) -> tuple[pa.Table, pa.Table]:
    """`TALLIES` and `PURCHASES` of a folded line; whoever begins later than `as_of` is left out."""
    asked = Asked(asked_of(run.policy.aims.groups, gap_of(run)), *kinds_table())
    found = tally(line, asked, run.as_of)
    parts = found.parts
    bought = by_day(
        Purchases(
            people[parts["who"]], days(run.calendar, parts["placed"].copy()),
            parts["money"].astype(np.float64),
        ),
        np.iinfo(np.int32).max,
    )  # fmt: skip
    goods, costed = _goods(line, parts, len(people), run.as_of)
    columns = {name: found.people[name] for name in COUNTS}
    columns |= {name: found.people["costs"][:, i] for i, name in enumerate(COST_NAMES)}
    columns["goods"] = columns["goods"] + goods
    plain = ("first_at", "due", "revenue", "access_at", "last_failure", "wish_open")
    columns |= {name: found.people[name] for name in (*plain, "chances", "forgiven", "beta")}
    columns |= {"person": people, "costed": costed}
    columns["refunded"] = found.people["counted"] - found.people["revenue"]
    columns |= _days(bought, people)
    return _table(columns, TALLIES).filter(pa.array(found.people["first_at"] != 0)), _table(
        {"person": bought.person, "day": bought.day, "money": bought.money}, PURCHASES
    )


def gap_of(run: Run) -> int:
    """The shop's usual gap between orders that is in force at `as_of`, in microseconds."""
    known = [bar.gap for bar in run.bars if bar.quarter <= run.as_of]
    return known[-1] if known else run.settings.window_days * DAY // 4


def _goods(line: Line, parts: Rows, people: int, as_of: int) -> tuple[Int64, Int64]:
    """Cost of goods of orders that live, and the revenue of those whose cost is known."""
    rows = line.rows
    said = (rows["kind"] == COST) & (rows["grade"] == GOODS) & (rows["ref"] != 0)
    said &= rows["at"] <= as_of
    if not said.any():
        return np.zeros(people, np.int64), np.zeros(people, np.int64)
    who = np.searchsorted(line.start, np.flatnonzero(said), side="right") - 1
    told, living = _keys(who, rows["ref"][said]), _keys(parts["who"], parts["ref"])
    matched, known = np.isin(told, living), np.isin(living, told)
    goods = _summed(who[matched], rows["value"][said][matched], people)
    return goods, _summed(parts["who"][known], parts["money"][known], people)


def _keys(who: Int64, ref: Int64) -> NDArray[np.uint64]:
    """One number for a person's order: both are hashes or small, so that none meets another."""
    spread = who.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return spread ^ ref.astype(np.uint64)


def _summed(who: Int64, money: Int64, people: int) -> Int64:
    found = np.zeros(people, np.int64)
    np.add.at(found, who, money)
    return found


def _days(bought: Purchases, people: Int64) -> dict[str, Int64]:
    """How many shop days with an order, the first and the last."""
    names = ("orders", "first_order", "last_order")
    found = {name: np.zeros(len(people), np.int64) for name in names}
    if len(bought.person):
        starts = runs(bought.person)
        ends = np.append(starts[1:], len(bought.person))
        place = np.searchsorted(people, bought.person[starts])
        found["orders"][place] = ends - starts
        found["first_order"][place] = bought.day[starts]
        found["last_order"][place] = bought.day[ends - 1]
    return found


def _table(columns: dict[str, NDArray[np.generic]], schema: pa.Schema) -> pa.Table:
    arrays = [pa.array(np.ascontiguousarray(columns[f.name])).cast(f.type) for f in schema]
    return pa.table(arrays, schema=schema)
