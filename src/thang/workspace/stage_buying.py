"""What the checks of the stage ask of purchases, for any number of checks in one reading.

A purchase speaks for a span of days (until the next one, or until it is too long ago), so that
sums over spans answer for every day at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.river.lifetime.rows import Float64
from thang.river.stage.signals import (
    BLOCK_DAYS,
    BLOCKS,
    COHORT_DAYS,
    LIVELY_DAYS,
    OLD_CYCLES,
    REBUY_BLOCKS,
    YOUNG_CYCLES,
    Share,
)
from thang.river.tables import Int64

LONGEST = 20_000  # days that a shop's past may have
# Each purchase day with the person's first one, the one before it and the next.
_BOUGHT = """
create or replace temp table bought as
select p.day, p.money, coalesce(t.beta, 0) as beta, first_value(p.day) over mine as first,
    lag(p.day) over mine as before, lead(p.day) over mine as next
from purchases p left join tallies t using (person) where p.day < {end} and p.day >= {end} - {most}
window mine as (partition by p.person order by p.day)
"""
_DAILY = """
select day, count(*) as orders, count(*) filter (day = first) as fresh,
    sum(money)::double as money, coalesce(sum(money) filter (day > first), 0)::double as old
from bought group by day order by day
"""
# On which days this is the latest purchase, and not too long ago.
_LIVELY = """
select day + 1 as since, least(day + {lively}, next) + 1 as until, count(*) as active,
    count(*) filter (beta = 0) as buyers
from bought group by since, until
"""
# On which days a block may begin whose first purchase by an old customer this is.
_AGAIN = """
select greatest(day - {block} + 1, before + 1, first + {young} + 1) as since,
    least(day, first + {young} + {cohort}) + 1 as until, count(*) as people
from bought where day > first + {young} group by since, until having since < until
"""
_FIRSTS = """
select first as day, count(*) filter (day = first) as people,
    count(*) filter ((day - first) // {cycle} = {third} and (before - first) // {cycle} < {third})
        as third,
    count(*) filter ((day - first) // {cycle} = {sixth} and (before - first) // {cycle} < {sixth})
        as sixth
from bought group by first
"""


@dataclass(frozen=True)
class Daily:
    """Sums before each shop day from `start` on."""

    start: int
    sums: Float64

    @classmethod
    def of(cls, start: int, end: int, day: Int64, counts: Int64 | Float64) -> Daily:
        """Of what happened on days, up to `end`."""
        found = np.bincount(day - start, counts, end - start)
        return cls(start, np.append(0.0, np.cumsum(found)))

    @classmethod
    def of_spans(cls, start: int, end: int, spans: pa.Table, name: str) -> Daily:
        """Of what holds from `since` on and before `until`: how much does so on each day."""
        counts = column(spans, name).astype(np.float64)
        begins, ends = (
            np.bincount(np.clip(column(spans, edge) - start, 0, end - start + 1), counts)
            for edge in ("since", "until")
        )
        found = np.zeros(end - start + 2)
        found[: len(begins)] += begins
        found[: len(ends)] -= ends
        return cls(start, np.cumsum(found))

    def on(self, day: int) -> int:
        """The sum before a day, or what holds on it."""
        place = day - self.start
        return int(self.sums[min(place, len(self.sums) - 1)]) if place >= 0 else 0

    def between(self, since: int, before: int) -> int:
        """What happened from one day on and before another."""
        return self.on(before) - self.on(since)


@dataclass(frozen=True)
class Buying:
    """The purchases of a shop, by the day. `cycle`: days between two orders."""

    orders: Daily
    fresh: Daily
    money: Daily
    old: Daily
    active: Daily
    buyers: Daily
    again: Daily
    people: Daily
    third: Daily
    sixth: Daily
    cycle: int

    @classmethod
    def read(cls, projection: Projection, end: int, cycle: int) -> Buying:
        """All that was bought before a day."""
        projection.sql.execute(_BOUGHT.format(end=end, most=LONGEST))
        try:
            daily, firsts = projection.table(_DAILY), projection.table(_first(cycle))
            lively = projection.table(_LIVELY.format(lively=LIVELY_DAYS))
            again = projection.table(_again(cycle))
        finally:
            projection.sql.execute("drop table bought")
        start = min((int(day) for day in column(daily, "day")[:1]), default=end)
        by_day = {
            name: Daily.of(start, end, column(daily, "day"), column(daily, name))
            for name in ("orders", "fresh", "money", "old")
        }
        by_first = {
            name: Daily.of(start, end, column(firsts, "day"), column(firsts, name))
            for name in ("people", "third", "sixth")
        }
        spans = {
            "active": Daily.of_spans(start, end, lively, "active"),
            "buyers": Daily.of_spans(start, end, lively, "buyers"),
            "again": Daily.of_spans(start, end, again, "people"),
        }
        return cls(**by_day, **by_first, **spans, cycle=cycle)

    def by_block(self, of: Daily, day: int) -> tuple[int, ...]:
        """Counts of the blocks of days before a check, the latest last."""
        ends = (day - BLOCK_DAYS * back for back in reversed(range(BLOCKS)))
        return tuple(of.between(end - BLOCK_DAYS, end) for end in ends)

    def existing(self, day: int) -> float | None:
        """The share of these blocks' revenue from whoever had bought before."""
        since = day - BLOCK_DAYS * BLOCKS
        money, old = self.money.between(since, day), self.old.between(since, day)
        return old / money if money > 0 else None

    def rebought(self, day: int) -> Share:
        """Of all blocks of old customers lately, those in which they bought."""
        begins = [day - BLOCK_DAYS * (back + 1) for back in range(REBUY_BLOCKS)]
        ends = [begin - YOUNG_CYCLES * self.cycle for begin in begins]
        asked = sum(self.people.between(end - COHORT_DAYS, end) for end in ends)
        return Share(sum(self.again.on(begin) for begin in begins), asked)

    def returned(self, day: int) -> tuple[Share, Share]:
        """Who of the same people came in the third cycle after their first order, and the sixth."""
        end = day - (OLD_CYCLES + 1) * self.cycle
        third, sixth, people = (
            of.between(end - COHORT_DAYS, end) for of in (self.third, self.sixth, self.people)
        )
        return Share(third, people), Share(sixth, people)

    def cohorts(self, day: int) -> int:
        """How many blocks with first orders are older than three cycles."""
        end = day - YOUNG_CYCLES * self.cycle
        begins = range(self.people.start, end, BLOCK_DAYS)
        return sum(self.people.between(one, min(one + BLOCK_DAYS, end)) > 0 for one in begins)


def _first(cycle: int) -> str:
    return _FIRSTS.format(cycle=cycle, third=YOUNG_CYCLES, sixth=OLD_CYCLES)


def _again(cycle: int) -> str:
    return _AGAIN.format(block=BLOCK_DAYS, young=YOUNG_CYCLES * cycle, cohort=COHORT_DAYS)
