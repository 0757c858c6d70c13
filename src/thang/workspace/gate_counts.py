"""The counts of the gate's checks, as of one instant; and what the owner counted themself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from thang.engines.duckdb import Projection
from thang.model import DAY, Flag
from thang.policy.aims import GROUPS, Aims
from thang.record.findings import Finding
from thang.river.events import CODES
from thang.river.stage.checks import GateSignals, Pilot
from thang.river.stage.questions import comes_back
from thang.river.stage.signals import BLOCK_DAYS, Share, Signals

SEVERE = 3
GOOD, BAD = 4, 2  # stars from, and stars up to
LATELY = 180  # days of tickets and of reviews that are looked at
# What the owner counts: parcels in time, test referrals that arrived.
COUNTED = ("on_time", "attributed")
_TICKETS = """
select o."at" as at, max(o.grade) as grade, min(r."at") as closed,
    min(r."at") filter (r.flags & {ok} > 0) as mended
from signals o left join signals r on r.person = o.person and r.ref = o.ref
    and r.kind = {resolved} and r."at" >= o."at" and r."at" <= {now}
where o.kind = {opened} and o.flags & {theirs} = 0 and o."at" <= {now} and o."at" > {since}
group by o.person, o.ref, o."at"
"""


def gate_signals(
    projection: Projection, of: Signals, aims: Aims, day: int, said: Sequence[Finding]
) -> GateSignals:
    """What the checks are made on at the instant of these counts; `day`: the first after it."""
    gate, at = aims.gate, of.at
    resolved, severe = _recovered(projection, gate.resolve_days, at)
    viral = _viral(projection)
    brought = viral * float(aims.groups.viral.tau_per_year) * BLOCK_DAYS / 365
    good, all_of_them, _ = _reviews(projection, at - LATELY * DAY, at)
    return GateSignals(
        love=of.love, back=comes_back(of, aims.stage).chance, cohorts=of.cohorts,
        incidents=_troubles(projection, day, at, gate.quality_days),
        resolved=resolved, open_severe=severe, stars=Share(good, all_of_them), viral=viral,
        orders_ahead=_orders(projection, day, BLOCK_DAYS) + round(brought),
        on_time=_counted(said, "on_time", at), attributed=_counted(said, "attributed", at),
        published=bool(_said(said, "published", at)),
        pilot=_pilot(projection, said, at, day),
    )  # fmt: skip


def week_of(day: int) -> int:
    """The number of a shop day's week, Monday first."""
    return (day + 3) // 7


def _orders(projection: Projection, day: int, within: int) -> int:
    """Order days in the days before a shop day."""
    ask = "select count(*) from purchases where day < ? and day >= ?"
    ((found,),) = projection.sql.execute(ask, [day, day - within]).fetchall()
    return int(found)


def _troubles(projection: Projection, day: int, at: int, within: int) -> Share | None:
    """Tickets of our doing, of the orders of the same days; None: none was ever written down."""
    ((found, ever),) = projection.sql.execute(
        'select count(*) filter ("at" > ?), count(*) from signals '
        'where kind = ? and flags & ? = 0 and "at" <= ?',
        [at - within * DAY, CODES["ticket_opened"], int(Flag.THEIRS), at],
    ).fetchall()
    return Share(int(found), _orders(projection, day, within)) if ever else None


def _recovered(projection: Projection, within: int, at: int) -> tuple[Share | None, int]:
    """Of tickets old enough, those put right in so many days; and severe ones that are open."""
    ask = _TICKETS.format(
        ok=int(Flag.OK), theirs=int(Flag.THEIRS), now=at, since=at - LATELY * DAY,
        opened=CODES["ticket_opened"], resolved=CODES["ticket_resolved"],
    )  # fmt: skip
    rows = projection.table(ask).to_pylist()
    severe = sum(row["grade"] >= SEVERE and row["closed"] is None for row in rows)
    ripe = [row for row in rows if row["at"] <= at - within * DAY]
    good = sum(_in_time(row, within) for row in ripe)
    return Share(good, len(ripe)) if ripe else None, severe


def _in_time(row: dict[str, Any], within: int) -> bool:
    return row["mended"] is not None and row["mended"] <= row["at"] + within * DAY


def _reviews(projection: Projection, after: int, until: int) -> tuple[int, int, int]:
    """Good ones, all, bad ones."""
    ask = (
        "select count(*) filter (grade >= ?), count(*), count(*) filter (grade <= ?) "
        'from signals where kind = ? and grade > 0 and "at" > ? and "at" <= ?'
    )
    known = [GOOD, BAD, CODES["product_reviewed"], after, until]
    (found,) = projection.sql.execute(ask, known).fetchall()
    return int(found[0]), int(found[1]), int(found[2])


def _complaints(projection: Projection, after: int, until: int) -> int:
    ask = 'select count(*) from signals where kind = ? and "at" > ? and "at" <= ?'
    known = [CODES["complaint_posted"], after, until]
    ((found,),) = projection.sql.execute(ask, known).fetchall()
    return int(found)


def _viral(projection: Projection) -> int:
    """How many are in the viral group."""
    bit = 1 << GROUPS.index("viral")
    ask = "select count(*) from scores where members & ? > 0"
    ((found,),) = projection.sql.execute(ask, [bit]).fetchall()
    return int(found)


def _said(said: Sequence[Finding], check: str, at: int) -> dict[str, Any] | None:
    """What the owner said last of a check, while it holds."""
    known = [one.body for one in said if one.body["check"] == check and one.at <= at]
    return dict(known[-1]) if known and known[-1]["until"] > at else None


def _counted(said: Sequence[Finding], check: str, at: int) -> Share | None:
    known = _said(said, check, at)
    return Share(known["k"], known["n"]) if known else None


def _pilot(projection: Projection, said: Sequence[Finding], at: int, day: int) -> Pilot | None:
    """The pilot that began last; the days before it are as many as those since."""
    begun = [one for one in said if one.body["check"] == "pilot" and one.at <= at]
    if not begun or not begun[-1].body["people"]:
        return None
    start = begun[-1].at
    past = (at - start) // DAY
    span = max(past, 1)
    before = _troubles(projection, day - span, start, span) or Share(0, 0)
    during = _troubles(projection, day, at, span) or Share(0, 0)
    good, _, bad = _reviews(projection, start, at)
    sentiment = good - bad - _complaints(projection, start, at)
    return Pilot(past, begun[-1].body["people"], before, during, sentiment)
