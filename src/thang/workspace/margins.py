"""What is left of the shop's revenue, as a share with its error."""

from __future__ import annotations

import numpy as np

from thang.engines.duckdb import Projection
from thang.policy.schema import Policy
from thang.river.bars import minor_units
from thang.river.lifetime.rows import Float64
from thang.river.profit.ledger import account, prices_of
from thang.river.stage.signals import Estimate
from thang.workspace.buyers import sampled, shop_day, sums_of
from thang.workspace.stage_counts import Margins

SAMPLE = 50_000  # people that suffice


def margins(projection: Projection, policy: Policy, as_of: int) -> Margins:
    """Of all revenue to this day; None where nothing says what goods cost."""
    minor = minor_units(policy.shop.currency)
    prices = prices_of(sums_of(projection), policy.aims.costs, minor)
    if prices.margin is None:
        return Margins(None, None)
    ((people,),) = projection.sql.execute("select count(*) from tallies").fetchall()
    step = max(people // SAMPLE, 1)
    of = sampled(projection, as_of, shop_day(as_of, policy.shop.tz), step).tallied
    left = account(of, prices)
    return Margins(
        ratio(left.total + left.serving, of.revenue),
        ratio(left.total - left.acquisition, of.revenue),
    )


def ratio(of: Float64, by: Float64) -> Estimate | None:
    """A sum over another, with the error of a ratio of so many people."""
    whole = float(by.sum())
    if whole <= 0:
        return None
    share = float(of.sum()) / whole
    rest = of - share * by
    return Estimate(share, float(np.sqrt((rest * rest).sum())) / whole)
