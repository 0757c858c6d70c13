"""What a success is worth to the shop, and what strategies are believed to add to its chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.policy.aims import GROUPS
from thang.policy.playbook.nouns import Playbook
from thang.river.lifetime.rows import Float64
from thang.river.strategies.ranking import Effect, uplifts
from thang.workspace.facts.asking import Facts
from thang.workspace.staging import stage_told

_BY_LEVEL = """
select level, median(coalesce(v.value, 0)) as worth from placements
left join "values" v using (person) group by level order by level
"""
_ORDER = "select sum(revenue)::double / nullif(sum(orders), 0) from tallies"


@dataclass(frozen=True)
class Worth:
    """`gain`: of a success, by person, in minor units; `effects` as measured."""

    gain: Float64
    shares: Mapping[str, float]
    effects: Mapping[str, Effect]
    believed: Mapping[str, float]

    def uplift(self, key: str) -> float:
        """What a strategy is believed to add to the chance of success."""
        return self.believed[key]

    def measured(self, key: str) -> float:
        """What was measured that it adds; nan before."""
        return self.effects[key].estimate if key in self.effects else float("nan")

    def share(self, group: str | None) -> float:
        """The share of the budget that is for a group at this stage."""
        return self.shares.get(group or "", 0.0)


def worth_of(
    projection: Projection, facts: Facts, playbook: Playbook, effects: Mapping[str, Effect]
) -> Worth:
    """Of a shop now: the next rung is worth what people on it bring more, and an order at least."""
    told = stage_told(projection)
    shares = dict(zip(GROUPS, told.allocation.groups, strict=True)) if told else {}
    keys = [one.key for one in playbook.strategies]
    return Worth(_gains(projection, facts), shares, effects, uplifts(keys, effects))


def _gains(projection: Projection, facts: Facts) -> Float64:
    rows = projection.table(_BY_LEVEL)
    ((order,),) = projection.sql.execute(_ORDER).fetchall()
    least = float(order or 1.0)
    known = dict(zip(column(rows, "level").tolist(), column(rows, "worth").tolist(), strict=True))
    top = max(known, default=0)
    by_level = np.array(
        [max(known.get(n + 1, 0.0) - known.get(n, 0.0), least) for n in range(top + 1)]
    )
    found: Float64 = by_level[facts.level.clip(0, top)]
    return found
