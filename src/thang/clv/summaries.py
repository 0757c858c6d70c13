"""Orders from anything that speaks Arrow become the few numbers of each customer."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from thang.model import WrongInput
from thang.river.lifetime.rows import Summary
from thang.river.lifetime.summary import Purchases, rfm_of

EPOCH = datetime.date(1970, 1, 1)
SUMMARY = pa.schema(
    [
        ("frequency", pa.int32()),
        ("recency", pa.int32()),
        ("age", pa.int32()),
        ("paid", pa.int32()),
        ("spend", pa.float64()),
        ("first", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Rfm:
    """Customers in few numbers: `ids` as they came, in the order of the summary's rows."""

    ids: pa.Array
    summary: Summary
    purchases: Purchases | None = None
    today: int | None = None

    @property
    def table(self) -> pa.Table:
        """As Arrow: `id`, and the columns of `SUMMARY`."""
        arrays = [pa.array(getattr(self.summary, name)) for name in SUMMARY.names]
        return pa.table([self.ids, *arrays], ["id", *SUMMARY.names])


def summarise(orders: Any, id: str, date: str, amount: str | None, end: str | datetime.date) -> Rfm:
    """Orders up to and with the day `end`. One day's orders are one; refunds are negative amounts,
    netted within their day; a day of refunds alone is no purchase and is left out.

    `date` names dates, timestamps (their day as it stands) or ISO texts; unknown amounts are 0.
    Raises `WrongInput` for a column that is not there, or cannot be read as days or money.
    """
    table = orders if isinstance(orders, pa.Table) else pa.table(orders)
    for name in (id, date, *([amount] if amount else [])):
        if name not in table.column_names:
            raise WrongInput(f"The orders have no column {name!r}: name one of theirs.")
    table = table.filter(pc.and_(pc.is_valid(table[id]), pc.is_valid(table[date])))
    coded = table[id].combine_chunks().dictionary_encode()
    money = column(table[amount], amount, pa.float64()) if amount else np.zeros(len(table))
    purchases = without_refund_days(
        Purchases(
            coded.indices.to_numpy().astype(np.int64),
            column(table[date], date, pa.date32()),
            np.nan_to_num(money),
        )
    )
    last = datetime.date.fromisoformat(end) if isinstance(end, str) else end
    today = (last - EPOCH).days
    summary = rfm_of(purchases, today)
    return Rfm(coded.dictionary.take(pa.array(summary.person)), summary, purchases, today)


def without_refund_days(orders: Purchases) -> Purchases:
    """Only days of a person on which something was bought."""
    refunds = orders.money < 0
    if not refunds.any():
        return orders
    first = int(orders.day.min())
    key = orders.person * (int(orders.day.max()) - first + 1) + (orders.day - first)
    bought = ~refunds | np.isin(key, np.unique(key[~refunds]))
    return Purchases(orders.person[bought], orders.day[bought], orders.money[bought])


def column(values: pa.ChunkedArray, name: str, kind: pa.DataType) -> Any:
    """A column as days or as money."""
    try:
        plain = values.cast(kind, safe=False)
    except pa.ArrowInvalid as fault:
        raise WrongInput(f"The column {name!r} cannot be read as {kind}: {fault}.") from fault
    if kind == pa.date32():
        return plain.cast(pa.int32()).to_numpy()
    return plain.fill_null(0).to_numpy()


def rfm_from(table: pa.Table) -> Rfm:
    """A summary made elsewhere: `id`, and the columns of `SUMMARY` (`paid`, `first` may lack)."""
    lacking = [
        name for name in ("id", "frequency", "recency", "age") if name not in table.schema.names
    ]
    if lacking:
        raise WrongInput(f"The summary has no column {lacking[0]!r}: it needs one.")
    rows = len(table)
    given = {
        field.name: table[field.name].cast(field.type).to_numpy()
        for field in SUMMARY
        if field.name in table.schema.names
    }
    given.setdefault("spend", np.zeros(rows))
    given.setdefault("paid", np.where(given["spend"] > 0, given["frequency"], 0).astype(np.int32))
    given.setdefault("first", np.zeros(rows))
    ids = table["id"].combine_chunks()
    return Rfm(ids, Summary(np.arange(rows), **{name: given[name] for name in SUMMARY.names}))
