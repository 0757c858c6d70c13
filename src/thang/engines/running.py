"""The steps over a whole projection: census, referrals, fold; or over the few who changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from thang.engines.chunks import CHUNK_ROWS
from thang.engines.columns import ADDED_ROWS, CENSUS, FOLDED, PLACEMENTS, PRESENT
from thang.engines.counted import folded
from thang.engines.duckdb import Projection
from thang.engines.nearing import nearing
from thang.engines.needed import census_kinds
from thang.engines.steps import (
    Run,
    added_of,
    added_table,
    census_step,
    column,
    events_of,
    quarters_of,
)
from thang.river.bars import Quarter
from thang.river.events import CODES, ORDER_KINDS
from thang.river.orders import order_rows
from thang.river.prepare import starts
from thang.river.program import Rows
from thang.river.referrals import Links, Pairs, qualify, sorted_pairs

T = TypeVar("T")
Progress = Callable[[int], None]


def silent(_: int) -> None:
    """No progress to show."""


def census(projection: Projection, run: Run, progress: Progress = silent) -> list[Quarter]:
    """What the bars need of everybody, at the first instants of the run's quarters."""
    if not run.quarters:
        return []
    referrals = added_of(projection.referral_rows())
    steps = (
        (table, lambda t: census_step(t, run, mine(referrals, t)))
        for table in projection.whole(CHUNK_ROWS, census_kinds(run))
    )
    parts = [CENSUS.empty_table(), *in_pairs(steps, progress)]
    return quarters_of(pa.concat_tables(parts), run.quarters)


def fold_all(projection: Projection, run: Run, progress: Progress = silent) -> None:
    """Everybody's history and place anew."""
    for table in (*FOLDED, "almost"):
        projection.sql.execute(f"delete from {table}")  # noqa: S608 - names of our own
    referrals = added_of(projection.referral_rows())
    steps = (
        (table, lambda t: _placed(t, run, referrals)) for table in projection.whole(CHUNK_ROWS)
    )
    for tables, near in in_pairs(steps, progress):
        projection.store(tables)
        projection.put_near(near)


def _placed(table: pa.Table, run: Run, referrals: Rows) -> tuple[dict[str, pa.Table], pa.Table]:
    """Moves, placements, tallies and purchases, and who is about to climb."""
    moved, placed, *others = folded(table, run, mine(referrals, table), PRESENT)
    tables = (moved, placed.select(PLACEMENTS.names), *others)
    return dict(zip(FOLDED, tables, strict=True)), nearing(placed, run)


def fold_some(projection: Projection, run: Run, people: pa.Table) -> None:
    """The history and place of some people anew; nobody else is touched."""
    table = projection.of(people)
    referrals = added_of(projection.referral_rows())
    tables, near = _placed(table, run, referrals)
    projection.forget(people)
    projection.store(tables)
    projection.put_near(near, people)


def mine(referrals: Rows, table: pa.Table) -> Rows:
    """The referral rows of a table's people."""
    if not table.num_rows:
        return referrals[:0]
    person = column(table, "person")
    low, high = np.searchsorted(referrals["person"], [person[0], person[-1] + 1])
    return referrals[low:high]


def in_pairs(
    steps: Iterator[tuple[pa.Table, Callable[[pa.Table], T]]], progress: Progress
) -> Iterator[T]:
    """Run two chunks at a time, in order: the kernels hold no lock, and memory stays bounded."""
    with ThreadPoolExecutor(2) as pool:
        waiting: list[tuple[int, Future[T]]] = []
        for table, step in steps:
            waiting.append((table.num_rows, pool.submit(step, table)))
            if len(waiting) > 2:
                yield _done(waiting, progress)
        while waiting:
            yield _done(waiting, progress)


def _done(waiting: list[tuple[int, Future[T]]], progress: Progress) -> T:
    rows, future = waiting.pop(0)
    result = future.result()
    progress(rows)
    return result


def refer(projection: Projection, run: Run, among: pa.Table | None = None) -> pa.Table:
    """Qualify referrals anew, all or those that touch some people; the referrers that changed."""
    links = _links(projection, among)
    # Whoever is touched may have lost a link, or become another: their old rows go as well.
    asked = links.referee if among is None else np.append(links.referee, column(among, "person"))
    referees = pa.table({"person": np.unique(asked)})
    before = _rows_of(projection, referees) if among is not None else ADDED_ROWS.empty_table()
    after = _qualified(projection, run, links)
    projection.put_referral_rows(after, None if among is None else referees)
    one, other = (set(zip(*(t.to_pydict().values()), strict=True)) for t in (before, after))
    return pa.table({"person": np.array(sorted({row[0] for row in one ^ other}), np.int64)})


def _links(projection: Projection, among: pa.Table | None) -> Links:
    """`referral_converted` rows: all, or every one of the referees whom these people touch."""
    where = ""
    if among is not None:
        projection.sql.register("among", among)
        where = (
            "and other in (select other from pairs where person in (select person from among)"
            " or other in (select person from among))"
        )
    found = projection.table(
        f'select person, other, "at", ref from pairs where kind = ? and other <> 0 {where} '  # noqa: S608
        'order by "at", seq',
        [CODES["referral_converted"]],
    )
    if among is not None:
        projection.sql.unregister("among")
    return Links(*(column(found, name) for name in ("person", "other", "at", "ref")))


def _rows_of(projection: Projection, referees: pa.Table) -> pa.Table:
    projection.sql.register("asked", referees)
    names = ", ".join(f'"{name}"' for name in ADDED_ROWS.names)
    found = projection.table(
        f"select {names} from referral_rows where ref in (select person from asked)"  # noqa: S608
    )
    projection.sql.unregister("asked")
    return found


def _qualified(projection: Projection, run: Run, links: Links) -> pa.Table:
    if not len(links.at):
        return ADDED_ROWS.empty_table()
    referees = pa.table({"person": np.unique(links.referee)})
    people = pa.table({"person": np.unique(np.concatenate([links.referrer, links.referee]))})
    orders = _orders_of(projection, run, referees)
    sends, refusals = (
        _pairs(projection, people, kind, other)
        for kind, other in (("referral_sent", "ref"), ("referral_disqualified", "other"))
    )
    within = run.policy.referral.sent_within_days
    return added_table(qualify(links, orders, sends, refusals, _marks(projection, people), within))


def _orders_of(projection: Projection, run: Run, referees: pa.Table) -> Rows:
    codes = [CODES[kind] for kind in ORDER_KINDS]
    events = events_of(
        projection.of(referees).filter(pc.is_in(pc.field("kind"), pa.array(codes, pa.int16())))
    )
    window = run.policy.shop.return_window_days
    return order_rows(events, starts(events.person), run.calendar, window)


def _pairs(projection: Projection, people: pa.Table, kind: str, other: str) -> Pairs:
    projection.sql.register("asked", people)
    found = projection.table(
        f'select person, {other} as other, "at" from pairs '  # noqa: S608
        "where kind = ? and person in (select person from asked)",
        [CODES[kind]],
    )
    projection.sql.unregister("asked")
    return sorted_pairs(*(column(found, name) for name in ("person", "other", "at")))


def _marks(projection: Projection, people: pa.Table) -> Pairs:
    projection.sql.register("asked", people)
    found = projection.table(
        'select person, mark as other, min("at") as "at" from marks '
        "where person in (select person from asked) group by all"
    )
    projection.sql.unregister("asked")
    return sorted_pairs(*(column(found, name) for name in ("person", "other", "at")))
