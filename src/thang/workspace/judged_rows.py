"""A batch of people judged: what they are worth and what they left, as rows of `values`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from thang.engines.columns import VALUES
from thang.policy.aims import Profitable
from thang.policy.schema import Policy
from thang.river.bars import minor_units
from thang.river.lifetime.rows import Bool, Float64
from thang.river.profit.profit import SURE, Profits, profits
from thang.river.profit.worth import Worth
from thang.river.tables import Int8
from thang.workspace.buyers import Batch
from thang.workspace.summing import Running
from thang.workspace.yardstick import Yardstick, years_to_stay

MEMBER = "member"  # from this level on a customer who costs more than they bring is a barnacle
ENOUGH_VALUE, ENOUGH_PROFIT = 1, 2


def judged(batch: Batch, measure: Yardstick, policy: Policy, running: Running) -> pa.Table:
    """The rows of a batch (`VALUES`); they are added to `running` as well."""
    groups, enter = policy.aims.groups, float(policy.aims.groups.enter)
    worth = measure.worth(batch.summary, measure.terms(policy)) if batch.buyer.any() else None
    told = profits(
        batch.tallied, years_to_stay(batch, worth), measure.prices, measure.profit,
        in_minor(groups.profitable, policy),
    )  # fmt: skip
    barnacle = (batch.level >= member_level(policy)) & (told.loss >= SURE)
    value_labels, profit_labels = measure.tau is not None, measure.profit.tau is not None
    if worth is not None:
        running.add_worth(worth, enter, labels=value_labels)
    running.add_profits(batch, told, barnacle, enter, labels=profit_labels)
    enough = np.where(told.enough & profit_labels, ENOUGH_PROFIT, 0)
    if value_labels:
        many = batch.tallied.orders >= groups.valuable.min_orders
        enough |= np.where(batch.buyer & many, ENOUGH_VALUE, 0)
    return _table(batch, worth, told, barnacle, enough.astype(np.int8))


def in_minor(asked: Profitable, policy: Policy) -> Profitable:
    """The same with its floor in minor units."""
    return replace(asked, floor=asked.floor * minor_units(policy.shop.currency))


def member_level(policy: Policy) -> int:
    """The place of the Member level; beyond all where a policy has none."""
    keys = [level.key for level in policy.levels]
    return keys.index(MEMBER) if MEMBER in keys else len(keys)


def _table(
    batch: Batch, worth: Worth | None, told: Profits, barnacle: Bool, enough: Int8
) -> pa.Table:
    note = told.filled.copy()
    if worth is not None:
        note[batch.buyer] |= worth.note

    def of_buyers(name: str) -> Float64:
        values = np.full(len(batch.tallied), np.nan)
        if worth is not None:
            values[batch.buyer] = getattr(worth, name)
        return values

    columns = {
        "person": batch.tallied.person,
        **{name: of_buyers(name) for name in ("alive", "purchases", "value", "valuable")},
        "value_low": of_buyers("low"), "value_high": of_buyers("high"),
        "profit": told.profit, "profit_low": told.low, "profit_high": told.high,
        "profitable": told.score, "enough": enough, "barnacle": barnacle, "note": note,
    }  # fmt: skip
    arrays = [pa.array(columns[field.name], from_pandas=True).cast(field.type) for field in VALUES]
    return pa.Table.from_arrays(arrays, schema=VALUES)
