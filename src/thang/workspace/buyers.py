"""Customers as value and profit ask for them: tallies and purchase days, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.model import DAY
from thang.river.calendar import moment
from thang.river.lifetime.rows import Bool, Float64, Summary
from thang.river.lifetime.summary import Purchases
from thang.river.profit.ledger import KINDS, Sums, Tallied

BATCH = 1 << 18
_COSTS = ", ".join(f'"{kind}"' for kind in KINDS)
_ANY_COST = " + ".join(f't."{kind}"' for kind in KINDS)
# Everybody who bought, or on whom something was spent.
_PEOPLE = f"""
with bought as (
    select person, count(*) as times, min(day) as first, max(day) as last,
        arg_min(money, day)::double as first_money, count(*) filter (money > 0) as paid,
        coalesce(sum(money) filter (money > 0), 0)::double as spent,
        sum(money::double * money) as squares
    from purchases where day <= {{today}} and {{some}} group by person)
select t.person, coalesce(times, 0) as times, coalesce(first, 0) as first,
    coalesce(last, 0) as last, coalesce(first_money, 0) as first_money, coalesce(paid, 0) as paid,
    coalesce(spent, 0) as spent, coalesce(squares, 0) as squares, first_at, revenue, costed,
    minutes, contacts, refused, {_COSTS}, coalesce(level, -1) as level
from tallies t left join bought using (person) left join placements using (person)
where {{some}} and (times > 0 or {_ANY_COST} > 0 or minutes > 0 or refused > 0)
order by t.person
"""  # noqa: S608 - names of our own


@dataclass(frozen=True)
class Batch:
    """Some people: `summary` is of the buyers among them, `tallied` of all."""

    buyer: Bool
    summary: Summary
    tallied: Tallied
    level: Float64


def shop_day(at: int, tz: str) -> int:
    """The shop day of an instant, in days since 1970."""
    return moment(at, tz).date().toordinal() - date(1970, 1, 1).toordinal()


def batches(projection: Projection, as_of: int, today: int, rows: int = BATCH) -> Iterator[Batch]:
    """Everybody, by person; read through a cursor of its own, so that others may write."""
    ask = _PEOPLE.format(today=today, some="true")
    found = projection.sql.cursor().sql(ask)
    for one in found.to_arrow_reader(rows):
        yield _batch(pa.Table.from_batches([one]), as_of, today)


def sampled(projection: Projection, as_of: int, today: int, step: int) -> Batch:
    """One person in `step`, by number."""
    ask = _PEOPLE.format(today=today, some=f"person % {step} = 0")
    return _batch(projection.table(ask), as_of, today)


def purchases_of(projection: Projection, today: int, step: int) -> Purchases:
    """The purchase days of the same people."""
    found = projection.table(
        "select person, day, money::double as money from purchases "  # noqa: S608
        f"where day <= {today} and person % {step} = 0 order by person, day"
    )
    return Purchases(
        column(found, "person"), column(found, "day").astype(np.int32), column(found, "money")
    )


def sums_of(projection: Projection) -> Sums:
    """The shop's totals of revenue and costs."""
    sums = ", ".join(f'sum("{kind}")::double, count(*) filter ("{kind}" > 0)' for kind in KINDS)
    ask = f"select sum(revenue)::double, sum(costed)::double, {sums} from tallies"  # noqa: S608
    ((revenue, costed, *costs),) = projection.sql.execute(ask).fetchall()
    return Sums(
        revenue or 0.0,
        costed or 0.0,
        {kind: money or 0.0 for kind, money in zip(KINDS, costs[::2], strict=True)},
        dict(zip(KINDS, costs[1::2], strict=True)),
    )


def span_of(projection: Projection, today: int) -> tuple[int, int]:
    """How many have bought, and on how many days back the first of them did."""
    ask = "select count(distinct person), min(day) from purchases where day <= ?"
    ((buyers, first),) = projection.sql.execute(ask, [today]).fetchall()
    return int(buyers), 0 if first is None else today - int(first)


def _batch(rows: pa.Table, as_of: int, today: int) -> Batch:
    of = {name: column(rows, name) for name in rows.column_names}
    buyer = of["times"] > 0
    since = np.where(buyer, today - of["first"], (as_of - of["first_at"]) / DAY)
    numbers = ("revenue", "costed", "squares", "minutes", "contacts", "refused")
    tallied = Tallied(
        person=of["person"], years=np.maximum(since, 0) / 365, orders=_number(of["times"]),
        costs={kind: _number(of[kind]) for kind in KINDS},
        **{name: _number(of[name]) for name in numbers},
    )  # fmt: skip
    return Batch(buyer, _summary(of, buyer, today), tallied, _number(of["level"]))


def _summary(of: dict[str, Float64], buyer: Bool, today: int) -> Summary:
    """The buyers' few numbers, as `rfm_of` makes them from purchase days."""
    has = {name: values[buyer] for name, values in of.items()}
    first = np.maximum(has["first_money"], 0.0)
    paid = (has["paid"] - (first > 0)).astype(np.int32)
    return Summary(
        has["person"].astype(np.int64),
        (has["times"] - 1).astype(np.int32),
        (has["last"] - has["first"]).astype(np.int32),
        (today - has["first"]).astype(np.int32),
        paid,
        (has["spent"] - first) / np.maximum(paid, 1),
        has["first_money"],
    )


def _number(values: Float64) -> Float64:
    return values.astype(np.float64)
