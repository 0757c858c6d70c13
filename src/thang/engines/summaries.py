"""What pages read: narrow tables that a classification writes at its end, so that pages are quick.

`listed` has one row a person with all that lists filter and sort by. It is laid by rung, then
person: what people of a rung have in common then lies together, and most of the table is never
read for a page. `monthly` counts the moves of each of the last thirteen shop months (and, under
the month before them, of all time until then), and `moved` names who stood elsewhere at a
month's end than at its start.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.engines.steps import Run
from thang.policy.schema import Activity
from thang.river.calendar import moment, month_start
from thang.river.program import FAR

MONTHS = 13  # the present one, and the twelve before it
MOST_LOOSE = 0.05  # of the rows of `listed` may lie behind the others
MOST_SOURCES = 62  # sources below it have a bit of their own in `listed.sources`; the rest share


class Months(NamedTuple):
    """Consecutive shop months, `first` being year * 12 + month - 1, and where each begins."""

    first: int
    starts: tuple[int, ...]  # one more than there are months: the last one's end

    @property
    def last(self) -> int:
        """The number of the present month."""
        return self.first + len(self.starts) - 2

    def start(self, month: int) -> int:
        """The first instant of a month."""
        return self.starts[month - self.first]


def months_to(as_of: int, tz: str) -> Months:
    """The months that summaries speak of: that of the instant after `as_of`, and twelve before."""
    end = moment(as_of + 1, tz)
    last = end.year * 12 + end.month - 1
    numbers = range(last - MONTHS + 1, last + 2)
    return Months(numbers[0], tuple(month_start(n, ZoneInfo(tz)) for n in numbers))


def month_number(text: str) -> int:
    """The number of a month written as YYYY-MM; ValueError where it is none."""
    if not re.fullmatch(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])", text):
        raise ValueError(text)
    return int(text[:4]) * 12 + int(text[5:]) - 1


def month_name(number: int) -> str:
    """A month as YYYY-MM."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def summarise(projection: Projection, run: Run, people: pa.Table | None = None) -> None:
    """Write the summaries after a fold: of everybody, or of the few who were folded.

    Whoever calls it is inside the fold's own commit.
    """
    months = months_to(run.as_of, run.policy.shop.tz)
    same = projection.meta("summed_to") == months.last
    _list(projection, run.policy.activity, people)
    _name_movers(projection, months, people if same else None)
    _count(projection, months)
    _count_nearest(projection)
    projection.note(summed_to=months.last)


def _list(projection: Projection, activity: Activity, people: pa.Table | None) -> None:
    """One row a person; the four instants at which activity turns need no arithmetic later."""
    new, active, at_risk, dormant = (
        f"turning(p.last_order, {end.numerator}, p.gap, {end.denominator})"
        for end in (activity.new, activity.active, activity.at_risk, activity.dormant)
    )
    among = "" if people is None else "where person in (select person from listing)"
    _forget(projection, "listed", people)
    projection.sql.execute(TURNING)
    projection.sql.execute(
        f"""
        insert into listed
        with turned as (
            select p.*, case when orders = 1 then {new} else last_order end as t1,
                {active} as t2, {at_risk} as t3, {dormant} as t4
            from placements p {among}),
        fell as (
            select person, max("at") as "at" from transitions
            {among or "where true"} and to_level < from_level group by person),
        came as (
            select person, bit_or(1::bigint << least(source, {MOST_SOURCES})) as mask
            from told {among} group by person)
        select t.person, level, since, rungs, last_order, orders,
            {_at("t1")}, {_at("greatest(t1, t2)")}, {_at("greatest(t1, t2, t3)")},
            {_at("greatest(t1, t2, t3, t4)")},
            coalesce(fell."at", 0), coalesce(came.mask, 0), near.one is not null
        from turned t left join fell using (person) left join came using (person)
            left join (select person as one from almost) near on near.one = t.person
        order by level, t.person
        """  # noqa: S608 - numbers of the policy and names of our own
    )
    _let_go(projection, people)
    _lay(projection, people)


def _lay(projection: Projection, people: pa.Table | None) -> None:
    """Count the rows that lie behind the others, and lay all anew once they are many."""
    loose = 0 if people is None else (projection.meta("loose") or 0) + people.num_rows
    ((rows,),) = projection.sql.execute("select count(*) from listed").fetchall()
    if loose > MOST_LOOSE * rows:
        projection.sql.execute(
            'create or replace table listed as select * from listed order by "level", person'
        )
        loose = 0
    projection.note(loose=loose)


# The first instant that is no longer within num/den gaps of the last order.
TURNING = (
    "create or replace temp macro turning(since, num, gap, den) as "
    f"least(since + (num::hugeint * gap + den - 1) // den, {FAR})::bigint"
)


def _at(sql: str) -> str:
    """Whoever never bought is at no stage: every turn is far."""
    return f"case when orders = 0 then {FAR} else {sql} end"


def _name_movers(projection: Projection, months: Months, people: pa.Table | None) -> None:
    """Who stood elsewhere at the end of a month than at its start (or as of now)."""
    _forget(projection, "moved", people)
    among = "" if people is None else "and person in (select person from listing)"
    # Moves of a person lie in the order in which they happened, also those of one instant.
    projection.sql.execute(
        f"""
        insert into moved
        with net as (
            select person, {_month_of(months)} as month, arg_min(from_level, rowid) as from_level,
                arg_max(to_level, rowid) as to_level
            from transitions where "at" >= {months.starts[0]} {among} group by all)
        select month, from_level, to_level, person from net
        where from_level <> to_level order by all
        """  # noqa: S608 - numbers and names of our own
    )
    _let_go(projection, people)


def _count(projection: Projection, months: Months) -> None:
    projection.sql.execute("delete from monthly")
    projection.sql.execute(
        f"""
        insert into monthly
        select month, from_level, to_level, sum(moves), sum(people) from (
            select {_month_of(months)} as month, from_level, to_level, count(*) as moves,
                0 as people from transitions group by all
            union all
            select month, from_level, to_level, 0, count(*) from moved group by all)
        group by all order by all
        """  # noqa: S608 - numbers of months
    )


def _count_nearest(projection: Projection) -> None:
    projection.sql.execute("delete from nearest")
    projection.sql.execute(
        "insert into nearest select level, quantity, count(*) from almost group by all order by all"
    )


def _month_of(months: Months) -> str:
    """The month of a move; all that was before the first stands under the one before it."""
    cases = [
        f'when "at" < {start} then {months.first + place - 1}'
        for place, start in enumerate(months.starts)
    ]
    return f"(case {' '.join(cases)} else {months.last} end)::integer"


def _forget(projection: Projection, table: str, people: pa.Table | None) -> None:
    if people is None:
        projection.sql.execute(f"delete from {table}")  # noqa: S608 - a name of our own
        return
    projection.sql.register("listing", people)
    projection.sql.execute(
        f"delete from {table} where person in (select person from listing)"  # noqa: S608
    )


def _let_go(projection: Projection, people: pa.Table | None) -> None:
    if people is not None:
        projection.sql.unregister("listing")
