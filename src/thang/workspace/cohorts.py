"""Cohorts: of those who first bought in a month, how many bought again, and for how much, later."""

from __future__ import annotations

from collections import defaultdict

from thang.engines.duckdb import Projection
from thang.workspace.valued import Cohort

MOST = 24  # months of first orders, and months after them
_ASK = """
with bought as (
    select person, money, year(date '1970-01-01' + day) * 12 + month(date '1970-01-01' + day) - 1
        as number
    from purchases where day <= {today}),
firsts as (select person, min(number) as first from bought group by person)
select first, number - first as later, count(distinct person), sum(money)::bigint
from bought join firsts using (person)
where first > {last} - {most} group by all order by all
"""


def cohorts(projection: Projection, today: int) -> tuple[Cohort, ...]:
    """The latest two years of cohorts, oldest first; each up to the month of `today`."""
    ((last,),) = projection.sql.execute(
        "select year(date '1970-01-01' + ?) * 12 + month(date '1970-01-01' + ?) - 1",
        [today, today],
    ).fetchall()
    found: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    ask = _ASK.format(today=today, last=last, most=MOST)
    for first, later, people, money in projection.sql.execute(ask).fetchall():
        found[first][later] = (people, money)
    return tuple(_cohort(first, found[first], last - first) for first in sorted(found))


def _cohort(first: int, known: dict[int, tuple[int, int]], months: int) -> Cohort:
    cells = [known.get(later, (0, 0)) for later in range(months + 1)]
    return Cohort(
        f"{first // 12:04d}-{first % 12 + 1:02d}", cells[0][0],
        tuple(people for people, _ in cells), tuple(money for _, money in cells),
    )  # fmt: skip
