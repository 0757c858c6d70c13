"""The lots of a shop: its secret, the year's number of people, who is bound to whom."""

from __future__ import annotations

from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.policy.schema import Policy
from thang.record import Record
from thang.river.calendar import moment
from thang.river.events import CODES
from thang.river.strategies.arms import Lot, clusters
from thang.river.tables import Int64

YEARS, DECIDED = "lots", "decided"  # findings
HOUSEHOLD = 6  # more people than this with one mark share a shop, not a home
_BOUND = """
select person as a, other as b from pairs where kind = {converted} and "at" <= {now}
union all
select a.person, b.person from marks a join marks b using (mark)
where a.person < b.person and a.mark in (
    select mark from marks group by mark having count(distinct person) between 2 and {most})
"""


def lot_of(record: Record, policy: Policy, people: int, now: int, *, note: bool = True) -> Lot:
    """What this year's lots are drawn with; how many people there are is noted once a year."""
    year = moment(now, policy.shop.tz).year
    known = {one.body["year"]: one.body["people"] for one in record.findings(YEARS)}
    if year not in known and note:
        record.add_finding(YEARS, now, {"year": year, "people": people})
    return Lot(record.secret("lots").hex(), year, known.get(year, people))


def lot_in(record: Record, year: int) -> Lot | None:
    """What a year's lots were drawn with; None: strategies did not run in it."""
    known = {one.body["year"]: one.body["people"] for one in record.findings(YEARS)}
    return Lot(record.secret("lots").hex(), year, known[year]) if year in known else None


def decisions(record: Record) -> dict[str, int]:
    """How often each strategy was decided on, which is what its holdout shrinks with."""
    counted: dict[str, int] = {}
    for one in record.findings(DECIDED):
        key = one.body["strategy"]
        counted[key] = counted.get(key, 0) + 1
    return counted


def clusters_of(projection: Projection, person: Int64, now: int) -> Int64:
    """Of everybody the least number of those whom a household or a referral binds to them."""
    ask = _BOUND.format(converted=CODES["referral_converted"], now=now, most=HOUSEHOLD)
    rows = projection.table(ask)
    return clusters(person, list(zip(*(column(rows, one).tolist() for one in "ab"), strict=True)))
