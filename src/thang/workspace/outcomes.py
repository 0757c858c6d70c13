"""What became of people: who moves where in a month, how long it takes, and what was tried."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.model import DAY
from thang.policy.schema import Policy
from thang.record import Record
from thang.river.calendar import calendar
from thang.river.measuring.moves import RowMoves, first_passage, moves
from thang.river.measuring.power import months_needed
from thang.river.measuring.rates import Arm, beats, newcombe
from thang.river.measuring.several import discoveries
from thang.river.measuring.waiting import DOWN, UP, WAITS, Curve, aalen_johansen
from thang.river.tables import Int64
from thang.workspace.north_star import NorthStar, north_star

if TYPE_CHECKING:
    from thang.workspace.pages import Look

MONTHS = 12
SOON = 90  # days
APART = 0.30  # between what was lived and what the matrix says, beyond which the latter misleads
WITHIN = 60  # days after an enrolment in which a move up counts for its strategy
FEWEST = 20  # people of an arm, below which nothing is said of it
BASE, LIFT = 0.10, 0.20  # what is asked when nothing is known: a fifth more than one in ten
MONTH = 30.44
TREATED, HELD = "treated", "held"
# The last of the moves of one instant is where somebody came to stand then.
_STOOD = 'select person, "at", last(to_level order by rowid) as level from transitions group by all'
_FLOWS = f"""
with stood as ({_STOOD}), people as (select distinct person from stood),
at_marks as (
    select n, person, level from (select n, "at", person from marks, people) m
    asof join stood using (person, "at"))
select a.level as was, b.level as now, count(*) as n
from at_marks a join at_marks b on a.person = b.person and b.n = a.n + 1 group by all
"""  # noqa: S608 - no value of anybody's
_SPELLS = f"""
with stood as ({_STOOD}), runs as (
    select person, "at", level, lag(level) over (partition by person order by "at") as before
    from stood where "at" <= ?)
select level, "at", lead("at") over again as until, lead(level) over again as after
from (select * from runs where before is distinct from level)
window again as (partition by person order by "at")
"""  # noqa: S608
_MET = """
select strategy, arm, count(*) as n, count(*) filter (exists (
    select 1 from transitions t where t.person = met.person and t."at" > met."at"
        and t."at" <= met."at" + ? and t.to_level > t.from_level)) as k
from met where arm in (?, ?) and "at" <= ? group by all
"""


@dataclass(frozen=True)
class Rung:
    """One rung: what becomes of its people in a month, and how long they wait for the next.

    `median` is months, None where it never comes to half; `soon` is P(higher within 90 days) with
    its 90 % interval, None where nobody has been watched for so long; `by_matrix` is months by the
    matrix alone, and `misleads` says that the two are far apart: moves depend on time.
    """

    key: str
    moves: RowMoves
    waited: int  # spells that it is told from
    median: float | None
    soon: tuple[float, float, float] | None
    by_matrix: float | None
    misleads: bool


@dataclass(frozen=True)
class Tried:
    """One strategy: who moved up within 60 days of being met, treated against held out.

    `status`: `told`, or `few_data`: arms too small to speak of.
    `months`: how many more such months it takes to see a lift of a fifth, None: too many.
    """

    strategy: str
    status: str
    treated: Arm
    held: Arm
    estimate: float | None
    low: float | None
    high: float | None
    better: float | None  # chance that it helps at all
    found: bool  # among all strategies, at most a tenth of such finds being false
    months: int | None


@dataclass(frozen=True)
class Outcomes:
    """What became of the shop's people. Only strategies, with arms drawn by lot, say
    what was due to what."""

    as_of: int
    policy: int
    months: int
    flows: tuple[tuple[int, ...], ...]
    net_up: float | None
    rungs: tuple[Rung, ...]
    strategies: tuple[Tried, ...]
    star: NorthStar


class Measuring(ABC):
    """The verb of outcomes. Before anybody is placed it is `WrongInput`."""

    def outcomes(self) -> Outcomes:
        """Moves, waiting and strategies, as of the last classification."""
        with self._look() as look:
            return outcomes(look.record, look.projection, look.policy)

    @abstractmethod
    def _look(self) -> AbstractContextManager[Look]:
        """The shop as last classified, or `WrongInput`."""


def outcomes(record: Record, projection: Projection, policy: Policy) -> Outcomes:
    """All of it, from transitions and enrolments."""
    as_of = projection.meta("as_of") or 0
    keys = [level.key for level in policy.levels]
    counts, months = _flows(projection, policy, as_of, len(keys))
    found, curves = moves(counts), _curves(projection, as_of, len(keys))
    rungs = tuple(
        _rung(
            key, found.rows[i], curves[i], first_passage(counts, i) if i + 1 < len(keys) else None
        )
        for i, key in enumerate(keys)
    )
    net = found.net_up if counts.sum() else None
    flows = tuple(tuple(row) for row in counts.tolist())
    tried = tuple(_strategies(record, projection, as_of))
    star = north_star(record, projection, policy)
    version = projection.meta("version") or 0
    return Outcomes(as_of, version, months, flows, net, rungs, tried, star)


def _flows(projection: Projection, policy: Policy, as_of: int, levels: int) -> tuple[Int64, int]:
    """People by rung at the beginning and the end of each of the last full months, summed."""
    ((first,),) = projection.sql.execute('select min("at") from transitions').fetchall()
    known = calendar(policy.shop.tz, first or as_of, as_of)
    starts = [int(at) for at in known.months if (first or as_of) < at <= as_of][-MONTHS - 1 :]
    counts = np.zeros((levels, levels), np.int64)
    if len(starts) > 1:
        marks = pa.table({"n": np.arange(len(starts)), "at": np.array(starts, np.int64) - 1})
        projection.sql.register("marks", marks)
        rows = projection.table(_FLOWS)
        projection.sql.unregister("marks")
        np.add.at(counts, (column(rows, "was"), column(rows, "now")), column(rows, "n"))
    return counts, max(len(starts) - 1, 0)


def _curves(projection: Projection, as_of: int, levels: int) -> list[Curve]:
    """Of each rung, how long people stood there before they stood higher."""
    rows = projection.table(_SPELLS, [as_of])
    level, since = column(rows, "level"), column(rows, "at")
    left = rows["until"].is_valid().to_numpy()
    until = rows["until"].fill_null(as_of).to_numpy()
    after = rows["after"].fill_null(0).to_numpy()
    ends = np.where(left, np.where(after > level, UP, DOWN), WAITS).astype(np.int8)
    days = (until - since) / DAY
    return [aalen_johansen(days[level == i], ends[level == i]) for i in range(levels)]


def _rung(key: str, row: RowMoves, curve: Curve, by_matrix: float | None) -> Rung:
    median = curve.median / MONTH if np.isfinite(curve.median) else None
    soon = curve.at(SOON)
    months = by_matrix if by_matrix is not None and np.isfinite(by_matrix) else None
    # By the matrix waiting is geometric, whose median is its mean times ln 2.
    apart = abs(months * np.log(2) / median - 1) if median and months else 0.0
    return Rung(
        key, row, curve.people, median, soon if np.isfinite(soon[0]) else None, months,
        bool(apart > APART),
    )  # fmt: skip


def _strategies(record: Record, projection: Projection, as_of: int) -> Iterator[Tried]:
    """Each strategy that anybody was met by, ripe enrolments only."""
    met = record.enrolments()
    if not met.num_rows:
        return
    projection.sql.register("met", met)
    rows = projection.table(_MET, [WITHIN * DAY, TREATED, HELD, as_of - WITHIN * DAY]).to_pylist()
    projection.sql.unregister("met")
    arms = {(row["strategy"], row["arm"]): Arm(row["k"], row["n"]) for row in rows}
    names, none = sorted({name for name, _ in arms}), Arm(0, 0)
    pairs = [(arms.get((name, TREATED), none), arms.get((name, HELD), none)) for name in names]
    p = [newcombe(*pair).p if _enough(*pair) else float("nan") for pair in pairs]
    for name, pair, found in zip(names, pairs, discoveries(p).tolist(), strict=True):
        yield _tried(name, *pair, found=found)


def _enough(treated: Arm, held: Arm) -> bool:
    return min(treated.n, held.n) >= FEWEST


def _tried(name: str, treated: Arm, held: Arm, *, found: bool) -> Tried:
    people = treated.n + held.n
    share = held.n / people if people else 0.0
    base = held.share if _enough(treated, held) and held.k else BASE
    months = months_needed(base, LIFT, people, share) if 0 < share < 1 else None
    if not _enough(treated, held):
        return Tried(name, "few_data", treated, held, None, None, None, None, False, months)
    told = newcombe(treated, held)
    return Tried(
        name, "told", treated, held, told.estimate, told.low, told.high, beats(treated, held),
        found, months,
    )  # fmt: skip
