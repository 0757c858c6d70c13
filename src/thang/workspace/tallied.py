"""Tallies as the groups ask for them: everybody in batches, as arrays of the counted traits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.model import DAY
from thang.policy.aims import GROUPS
from thang.river.groups.lifting import ACTS
from thang.river.groups.traits import Failures, Outward, Tries
from thang.river.lifetime.rows import Bool, Float64
from thang.river.tables import Int64
from thang.workspace.judged_rows import ENOUGH_PROFIT, ENOUGH_VALUE

BATCH = 1 << 18
MONTH, YEAR = 30.44 * DAY, 365.25 * DAY
VALUABLE, PROFITABLE = GROUPS.index("valuable"), GROUPS.index("profitable")
_ASK = """
select t.*, v.valuable, v.profitable, coalesce(v.enough, 0) as known, v.value, v.profit
from tallies t left join "values" v using (person) where {where} order by t.person
"""


@dataclass(frozen=True)
class Tallied:
    """Some people: what the three counted traits rest on, and what value has said of them.

    `money` has a column of scores for the valuable and one for the profitable; `known` says of
    both whether there is enough to say so.
    """

    person: Int64
    tries: Tries
    failures: Failures
    outward: Outward
    money: Float64
    known: Bool
    last_failure: Int64
    gifts: Float64

    def __len__(self) -> int:
        return len(self.person)


def tallied(projection: Projection, as_of: int, rows: int = BATCH) -> Iterator[Tallied]:
    """Everybody, by person; read through a cursor of its own, so that others may write."""
    found = projection.sql.cursor().sql(_ASK.format(where="true"))
    for one in found.to_arrow_reader(rows):
        yield _of(pa.Table.from_batches([one]), as_of)


def sample(projection: Projection, as_of: int, step: int) -> Tallied:
    """One person in `step`, by number."""
    return _of(projection.table(_ASK.format(where=f"t.person % {step} = 0")), as_of)


def one_person(projection: Projection, as_of: int, person: int) -> Tallied | None:
    """One person; None where nothing is tallied of them."""
    found = projection.table(_ASK.format(where="t.person = ?"), [person])
    return _of(found, as_of) if found.num_rows else None


def _of(rows: pa.Table, as_of: int) -> Tallied:
    def numbers(name: str) -> Float64:
        values: Float64 = column(rows, name).astype(np.float64)
        return values

    def since(name: str, unit: float) -> Float64:
        """Time since an instant; none where there is no such instant."""
        at = column(rows, name)
        return np.where(at > 0, np.maximum(as_of - at, 0) / unit, 0.0)

    known = column(rows, "known").astype(np.int64)
    money = np.stack([_score(rows, name) for name in ("valuable", "profitable")], axis=1)
    return Tallied(
        column(rows, "person"),
        Tries(
            numbers("try_n"), numbers("try_k"), numbers("retry_n"), numbers("retry_k"),
            numbers("voice"), since("access_at", MONTH),
        ),
        Failures(
            numbers("chances"), numbers("forgiven"),
            numbers("wish_months") + np.floor(since("wish_open", MONTH)), numbers("wish_active"),
        ),
        Outward(
            numbers("referrals"), since("first_at", YEAR),
            np.stack([numbers(name) for name in ACTS], axis=1),
        ),
        money,
        np.stack([known & ENOUGH_VALUE > 0, known & ENOUGH_PROFIT > 0], axis=1),
        column(rows, "last_failure"),
        numbers("gift"),
    )  # fmt: skip


def _score(rows: pa.Table, name: str) -> Float64:
    """A score; nan where there is none."""
    found: Float64 = rows[name].cast(pa.float64()).fill_null(float("nan")).to_numpy()
    return found
