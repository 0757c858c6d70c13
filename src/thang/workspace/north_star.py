"""The north star of a shop: quarter by quarter, those whom strategies may meet against the spared.

Who is spared is drawn by lot once a year, so that any difference between the two is what the
strategies did. Net moves are weighed by what the rungs are apart in value; margin and orders
stand beside them, because a rung can be gamed by its definition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.model import DAY, Cost
from thang.policy.schema import Policy
from thang.record import Record
from thang.river.calendar import calendar, moment
from thang.river.events import CODES
from thang.river.lifetime.rows import Bool, Float64
from thang.river.measuring.differences import Difference, welch
from thang.river.measuring.star import Guard, Star, claim, net_moves, star
from thang.river.strategies.arms import held_from_all
from thang.river.tables import Int64
from thang.workspace.acting.lots import clusters_of, lot_in
from thang.workspace.acting.run import RUNS
from thang.workspace.buyers import shop_day
from thang.workspace.facts.happened import at_keys
from thang.workspace.facts.shopwide import margin_told

MONTHS = 3  # of a quarter
MOST = 8  # quarters
PAST = 90  # days before a quarter, by which margin is foretold
HALF_YEAR = 182
LEAST_STEP = 0.1  # of the mean step between rungs: no rung counts for nothing
TROUBLES = {"opt_outs": ("unsubscribed", "consent_withdrawn", "blocked_us"),
            "incidents": ("ticket_opened", "complaint_posted")}  # fmt: skip
_STOOD = """
select person, last(to_level order by "at", rowid) as level from transitions
where "at" < ? group by person order by person
"""
_MONEY = """
select person, sum(money)::double as money, count(*)::double as orders from purchases
where day > ? and day <= ? group by person
"""
_COSTS = """
select person, sum(amount)::double as money from events
where kind = ? and grade in (?, ?) and "at" >= ? and "at" < ? group by person
"""
_BY_LEVEL = """
select level, median(coalesce(v.value, 0)) as worth from placements
left join "values" v using (person) group by level
"""


@dataclass(frozen=True)
class Span:
    """Those whom strategies may meet less the spared, with a 95 % interval; None: too few."""

    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Guarded:
    """A share of people that must not grow by strategies, such as who opts out."""

    name: str
    worse: Span
    holds: bool


@dataclass(frozen=True)
class Quarter:
    """Three months: net level-ups are per 1,000 people and month, margin (minor units) and
    orders a person. `met`, `spared`: how many people may be met, and are not.
    """

    begins: int
    ends: int
    met: int
    spared: int
    level_ups: Span
    margin: Span
    orders: Span
    guards: tuple[Guarded, ...]


@dataclass(frozen=True)
class NorthStar:
    """What the shop's own holdout says. `missing`: what it still takes to say that people were
    lifted, in the words of `river.measuring.star.claim`; None: nobody is spared, or not for long.
    """

    quarters: tuple[Quarter, ...]
    missing: tuple[str, ...] | None
    kept: float | None


def north_star(record: Record, projection: Projection, policy: Policy) -> NorthStar:
    """All quarters since strategies began, the last ones at most."""
    as_of = projection.meta("as_of") or 0
    spans = list(_spans(record, policy, as_of))[-MOST:]
    seen = [one for span in spans if (one := _seen(record, projection, policy, *span))]
    if not seen:
        return NorthStar((), None, None)
    kept = _kept(record, projection, policy, as_of)
    missing = claim([one.star for one in seen], 0.0, seen[-1].guards, kept)
    told = tuple(_told(one) for one in seen)
    return NorthStar(told, tuple(missing), kept if np.isfinite(kept) else None)


def _told(one: _Seen) -> Quarter:
    return Quarter(
        one.begins, one.ends, one.met, one.spared, _span(one.star.level_ups),
        _span(one.star.margin), _span(one.star.orders),
        tuple(Guarded(guard.name, _span(guard.worse), guard.holds) for guard in one.guards),
    )  # fmt: skip


def _span(of: Difference) -> Span:
    return Span(of.estimate, of.low, of.high) if of.known else Span(None, None, None)


@dataclass(frozen=True)
class _Seen:
    """A quarter as it is reckoned with."""

    begins: int
    ends: int
    met: int
    spared: int
    star: Star
    guards: tuple[Guard, ...]


def _spans(record: Record, policy: Policy, as_of: int) -> Iterator[tuple[int, int]]:
    """Quarters of whole months since the first run, each with its first instant and its end."""
    runs = [one.at for one in record.findings(RUNS) if not one.body.get("stopped")]
    if not runs:
        return
    months = calendar(policy.shop.tz, runs[0], as_of).months
    starts = [int(at) for at in months if runs[0] <= at + DAY and at <= as_of]
    for first in range(0, len(starts) - MONTHS, MONTHS):
        yield starts[first], starts[first + MONTHS]


def _seen(
    record: Record, projection: Projection, policy: Policy, begins: int, ends: int
) -> _Seen | None:
    was = projection.table(_STOOD, [begins])
    person = column(was, "person")
    spared = spared_at(record, projection, policy, person, begins)
    if min(spared.sum(), (~spared).sum()) < 2:
        return None
    now = projection.table(_STOOD, [ends])
    level = column(was, "level").astype(np.int64)
    later = at_keys(person, column(now, "person"), column(now, "level").astype(float), 0.0)
    moved = net_moves(level, later.astype(np.int64), worth_of_rungs(projection, policy)) / MONTHS
    money, orders = _brought(projection, policy, person, begins, ends)
    past, _ = _brought(projection, policy, person, begins - PAST * DAY, begins)
    found = star(moved, money, past, orders, ~spared)
    return _Seen(
        begins, ends, int((~spared).sum()), int(spared.sum()), found,
        tuple(_guards(projection, person, spared, begins, ends)),
    )  # fmt: skip


def spared_at(
    record: Record, projection: Projection, policy: Policy, person: Int64, at: int
) -> Bool:
    """Who of some people (sorted) was in the shop's own holdout at an instant."""
    lot = lot_in(record, moment(at, policy.shop.tz).year)
    if lot is None:
        return np.zeros(len(person), np.bool_)
    return held_from_all(lot, clusters_of(projection, person, at))


def worth_of_rungs(projection: Projection, policy: Policy) -> Float64:
    """What each rung stands for, one step being 1 on the mean; by median value where known."""
    rows = projection.table(_BY_LEVEL)
    known = np.zeros(len(policy.levels))
    known[column(rows, "level")] = column(rows, "worth")
    steps = np.diff(known).clip(0)
    if not steps.any():
        return np.arange(len(known), dtype=np.float64)
    steps = steps.clip(LEAST_STEP * steps.mean())
    found: Float64 = np.append(0.0, np.cumsum(steps / steps.mean()))
    return found


def _brought(
    projection: Projection, policy: Policy, person: Int64, begins: int, ends: int
) -> tuple[Float64, Float64]:
    """Margin (revenue where the margin is unknown) less contacts and gifts, and orders."""
    tz = policy.shop.tz
    days = [shop_day(begins, tz) - 1, shop_day(ends, tz) - 1]
    rows = projection.table(_MONEY, days)
    share = margin_told(projection)
    whose = column(rows, "person")
    money = at_keys(person, whose, column(rows, "money"), 0.0) * (1.0 if share is None else share)
    orders = at_keys(person, whose, column(rows, "orders"), 0.0)
    asked = [CODES["cost_recorded"], int(Cost.CONTACT), int(Cost.GIFT), begins, ends]
    costs = projection.table(_COSTS, asked)
    return money - at_keys(person, column(costs, "person"), column(costs, "money"), 0.0), orders


def _guards(
    projection: Projection, person: Int64, spared: Bool, begins: int, ends: int
) -> Iterator[Guard]:
    """What must not get worse by strategies: opting out, and what goes wrong."""
    for name, kinds in TROUBLES.items():
        codes = [CODES[kind] for kind in kinds]
        rows = projection.table(
            'select distinct person from events where kind in (select unnest(?)) and "at" >= ? '
            'and "at" < ?', [codes, begins, ends],
        )  # fmt: skip
        hit = np.isin(person, column(rows, "person")).astype(np.float64)
        yield Guard(name, welch(hit[~spared], hit[spared]), float(hit[spared].mean()))


def _kept(record: Record, projection: Projection, policy: Policy, as_of: int) -> float:
    """How many of the lifted still stand so high half a year later, by how many of the spared."""
    rows = projection.table(
        'select person, "at", to_level from transitions where to_level > from_level '
        'and from_level >= 0 and "at" <= ? and "at" > ?',
        [as_of - HALF_YEAR * DAY, as_of - 2 * HALF_YEAR * DAY],
    )
    if not rows.num_rows:
        return float("nan")
    projection.sql.register("lifted", rows)
    still = projection.table(_STILL, [HALF_YEAR * DAY])
    projection.sql.unregister("lifted")
    person = np.unique(column(still, "person"))
    spared = spared_at(record, projection, policy, person, as_of - HALF_YEAR * DAY)
    out = spared[np.searchsorted(person, column(still, "person"))]
    stays = column(still, "stays").astype(np.float64)
    if not out.any() or out.all() or not stays[out].any():
        return float("nan")
    return float(stays[~out].mean() / stays[out].mean())


_STILL = """
select l.person, (last(t.to_level order by t."at", t.rowid) >= any_value(l.to_level))::int as stays
from lifted l join transitions t on t.person = l.person and t."at" <= l."at" + ?
group by l.person, l."at", l.to_level
"""
