"""What the checks of the stage ask of purchases, for many checks in one reading.

Counts come by check and block of days before it, or as sums over people by the day of their
first order, so that a year of checks costs little more than one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.engines.steps import column
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

_LIVELY = """
select n, count(distinct p.person) as active,
    count(distinct p.person) filter (coalesce(t.beta, 0) = 0) as buyers
from checks c join purchases p on p.day < c.day and p.day >= c.day - {lively}
left join tallies t using (person) group by n
"""
_BLOCKS = """
with firsts as (select person, min(day) as first from purchases group by person)
select n, (c.day - 1 - p.day) // {block} as block, count(*) as orders,
    count(*) filter (p.day = first) as fresh, sum(p.money)::double as money,
    coalesce(sum(p.money) filter (p.day > first), 0)::double as old,
    count(distinct p.person) filter (block < {rebuy}
        and first < c.day - {block} * (block + 1) - {young}
        and first >= c.day - {block} * (block + 1) - {young} - {cohort}) as rebought
from checks c join purchases p on p.day < c.day and p.day >= c.day - {block} * {blocks}
join firsts using (person) group by n, block
"""
_FIRSTS = """
with firsts as (select person, min(day) as first from purchases group by person),
came as (
    select person, first, bool_or((day - first) // {cycle} = {young}) as third,
        bool_or((day - first) // {cycle} = {old}) as sixth
    from purchases join firsts using (person) group by person, first)
select first as day, count(*) as people, count(*) filter (third) as third,
    count(*) filter (sixth) as sixth
from came group by first order by first
"""
_DAYS = "select day, count(*) as orders from purchases group by day order by day"


def orders_before(projection: Projection, day: Int64) -> Int64:
    """How many order days the shop knows before each of these days."""
    rows = projection.table(_DAYS)
    sums = np.append(0, np.cumsum(column(rows, "orders")))
    found: Int64 = sums[np.searchsorted(column(rows, "day"), day)].astype(np.int64)
    return found


@dataclass(frozen=True)
class Buying:
    """Counts by check `n`, and by the block of days before it, the latest block 0."""

    lively: dict[int, tuple[int, int]]
    blocks: dict[tuple[int, int], tuple[float, ...]]

    @classmethod
    def read(cls, projection: Projection, day: Int64, cycle: int) -> Buying:
        """For checks at the beginnings of these days; `cycle`: days between two orders."""
        blocks = _BLOCKS.format(
            block=BLOCK_DAYS, blocks=BLOCKS, rebuy=REBUY_BLOCKS, cohort=COHORT_DAYS,
            young=YOUNG_CYCLES * cycle,
        )  # fmt: skip
        projection.sql.register("checks", pa.table({"n": np.arange(len(day)), "day": day}))
        try:
            lively = _rows(projection, _LIVELY.format(lively=LIVELY_DAYS))
            found = _rows(projection, blocks)
        finally:
            projection.sql.unregister("checks")
        return cls(
            {n: (active, buyers) for n, active, buyers in lively},
            {(n, block): tuple(rest) for n, block, *rest in found},
        )

    def active(self, n: int) -> int:
        """Who bought lately."""
        return self.lively.get(n, (0, 0))[0]

    def buyers(self, n: int) -> int:
        """The same without testers."""
        return self.lively.get(n, (0, 0))[1]

    def orders(self, n: int) -> tuple[int, ...]:
        """Order days by block, the latest last."""
        return self._all(n, 0)

    def fresh(self, n: int) -> tuple[int, ...]:
        """First orders by block, the latest last."""
        return self._all(n, 1)

    def rebought(self, n: int) -> int:
        """Blocks in which somebody of an old cohort bought, over the latest ones."""
        return sum(self._all(n, 4))

    def existing(self, n: int) -> float | None:
        """The share of revenue from whoever had bought before."""
        money, old = sum(self._all(n, 2)), sum(self._all(n, 3))
        return old / money if money > 0 else None

    def _all(self, n: int, place: int) -> tuple[int, ...]:
        none = (0.0,) * 5
        known = (self.blocks.get((n, block), none) for block in reversed(range(BLOCKS)))
        return tuple(int(one[place]) for one in known)


@dataclass(frozen=True)
class Firsts:
    """Sums over people by the day of their first order: all, who came in two later cycles."""

    day: Int64
    people: Int64
    third: Int64
    sixth: Int64
    cycle: int

    @classmethod
    def read(cls, projection: Projection, cycle: int) -> Firsts:
        """Of all buyers; `cycle`: days between two orders."""
        ask = _FIRSTS.format(cycle=cycle, young=YOUNG_CYCLES, old=OLD_CYCLES)
        rows = projection.table(ask)
        people, third, sixth = (
            np.append(0, np.cumsum(column(rows, name))) for name in ("people", "third", "sixth")
        )
        return cls(column(rows, "day").astype(np.int64), people, third, sixth, cycle)

    def at_risk(self, day: int) -> int:
        """Blocks of people of old cohorts, over the latest ones before a day."""
        ends = (day - BLOCK_DAYS * (b + 1) - YOUNG_CYCLES * self.cycle for b in range(REBUY_BLOCKS))
        return sum(self._between(self.people, end - COHORT_DAYS, end) for end in ends)

    def returned(self, day: int) -> tuple[Share, Share]:
        """Who of the same people came in the third cycle after their first order, and the sixth."""
        end = day - (OLD_CYCLES + 1) * self.cycle
        third, sixth, people = (
            self._between(sums, end - COHORT_DAYS, end)
            for sums in (self.third, self.sixth, self.people)
        )
        return Share(third, people), Share(sixth, people)

    def cohorts(self, day: int) -> int:
        """How many blocks of first orders are older than three cycles."""
        old = self.day[self.day < day - YOUNG_CYCLES * self.cycle]
        return len(np.unique(old // BLOCK_DAYS))

    def _between(self, sums: Int64, since: int, before: int) -> int:
        """Of those who first bought from one day on and before another."""
        low, high = np.searchsorted(self.day, [since, before])
        return int(sums[high] - sums[low])


def _rows(projection: Projection, ask: str) -> list[tuple[int, ...]]:
    return list(zip(*projection.table(ask).to_pydict().values(), strict=True))
