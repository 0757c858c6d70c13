"""Where people would stand if another policy were in force: folded, and nothing stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from thang.engines.chunks import CHUNK_ROWS, whole_people
from thang.engines.columns import CENSUS, PLACEMENTS
from thang.engines.duckdb import Projection
from thang.engines.running import in_pairs, mine, refer, silent
from thang.engines.steps import Run, added_of, census_step, fold_step, quarters_of
from thang.policy.effective import effective
from thang.policy.load import read_policy
from thang.policy.schema import Policy, Settings
from thang.record import PolicyVersion, Record
from thang.river.bars import Quarter
from thang.river.events import CODES
from thang.river.program import Rows
from thang.river.tables import Bar, Int64
from thang.workspace.resolving import Extent, resolve_settings, with_bars

T = TypeVar("T")

# What settings and bars are made of; where none of it differs, those in force serve a sample.
SETTLED_BY = ("shop", "window", "programme", "quantities", "points", "referral", "bars", "blocked")


@dataclass(frozen=True)
class Supposed:
    """The run under the other policy, and everybody's place in it (`person`, `level`)."""

    run: Run
    levels: pa.Table
    referrals: Rows


@dataclass(frozen=True)
class Crowd:
    """The people who are folded: all of a shop, or some, each of whom stands for `weight`."""

    projection: Projection
    people: pa.Table
    weight: float

    def tables(self) -> Iterator[pa.Table]:
        """Their events, in tables of whole people."""
        yield from whole_people(self.projection.of(self.people).to_batches(), CHUNK_ROWS // 2)


@dataclass(frozen=True)
class Everybody(Crowd):
    """All people of a big shop, whose events are streamed as they lie."""

    def tables(self) -> Iterator[pa.Table]:
        """All events, in tables of whole people."""
        self.projection.cluster()
        yield from self.projection.whole(CHUNK_ROWS)


def supposed(record: Record, crowd: Crowd, version: PolicyVersion, after: Policy) -> Supposed:
    """Fold a crowd under another policy, to the date of the last classification."""
    projection = crowd.projection
    as_of = projection.meta("as_of") or 0
    ((first, last),) = projection.sql.execute('select min("at"), max("at") from events').fetchall()
    extent = Extent(first, last)
    with _own_referrals(projection, version, after, record, extent) as referrals:
        count = partial(_counted, crowd, referrals)
        serves = crowd.weight > 1 and _same_makers(version, after)
        if serves:
            settings, frozen = version.settings, record.bars(version.version)
        else:
            settings, frozen = _settings(record, crowd, after, extent, count), []
        run = Run(after, settings, record.kinds(), first, as_of)
        run = with_bars(run, _in_time(frozen, as_of), count)
        parts = _over(crowd, lambda t: fold_step(t, run, mine(referrals, t), PLACEMENTS)[1])
        levels = [part.select(["person", "level"]) for part in parts]
    return Supposed(run, pa.concat_tables(levels).sort_by("person"), referrals)


def _in_time(frozen: list[Bar], as_of: int) -> list[Bar]:
    return [bar for bar in frozen if bar.quarter <= as_of]


def _over(crowd: Crowd, step: Callable[[pa.Table], T]) -> Iterator[T]:
    return in_pairs(((table, step) for table in crowd.tables()), silent)


def _counted(crowd: Crowd, referrals: Rows, run: Run) -> list[Quarter]:
    """The census of a crowd, told as that of the whole shop."""
    if not run.quarters:
        return []
    parts = [CENSUS.empty_table(), *_over(crowd, lambda t: census_step(t, run, mine(referrals, t)))]
    found = quarters_of(pa.concat_tables(parts), run.quarters)
    return found if crowd.weight == 1 else [_weighed(q, crowd.weight, run.policy) for q in found]


def _weighed(quarter: Quarter, weight: float, policy: Policy) -> Quarter:
    """Counts of a sample as the shop's; a statistic of few is lent the number of people behind."""

    def lent(values: Int64) -> Int64:
        few = len(values) < policy.bars.premier.full_n
        return np.repeat(values, round(weight)) if few else values

    return replace(
        quarter,
        spend=lent(quarter.spend),
        repeat_spend=lent(quarter.repeat_spend),
        buyers=round(quarter.buyers * weight),
        repeaters=round(quarter.repeaters * weight),
    )


def _settings(
    record: Record,
    crowd: Crowd,
    after: Policy,
    extent: Extent,
    count: Callable[[Run], list[Quarter]],
) -> Settings:
    def ever(kinds: tuple[str, ...]) -> bool:
        found = crowd.projection.sql.execute(
            "select 1 from events where kind in (select unnest(?)) limit 1",
            [[CODES[kind] for kind in kinds]],
        )
        return bool(found.fetchall())

    total = record.counts().events - record.left_out().events
    return resolve_settings(after, record.kinds(), extent, total, census=count, ever=ever)


def _same_makers(version: PolicyVersion, after: Policy) -> bool:
    return _makers(read_policy(version.text)) == _makers(after)


def _makers(policy: Policy) -> dict[str, Any]:
    said = effective(policy)
    member = {level["key"]: level.get("enter") for level in said["levels"]}
    parts = {name: said[name] for name in SETTLED_BY}
    return parts | {"member": member.get(policy.bars.member_level)}


@contextmanager
def _own_referrals(
    projection: Projection, version: PolicyVersion, after: Policy, record: Record, extent: Extent
) -> Iterator[Rows]:
    """The referral rows under the other policy; the stored ones where it asks nothing else."""
    before = read_policy(version.text)
    if (before.referral, before.shop) == (after.referral, after.shop):
        yield added_of(projection.referral_rows())
        return
    # A temporary table of the same name stands before the shop's own, for this hold alone.
    with projection.beside() as apart:
        apart.sql.execute("create temp table referral_rows as from referral_rows limit 0")
        as_of = projection.meta("as_of") or 0
        refer(apart, Run(after, version.settings, record.kinds(), extent.first, as_of))
        yield added_of(apart.referral_rows())
