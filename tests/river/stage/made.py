"""Counts of invented shops, for the chain of questions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from thang.policy.aims import StageRules
from thang.river.stage.signals import Estimate, Share, Signals

RULES = StageRules()

# A shop that fits: loved, bought again, little trouble, growing by a tenth a month.
FITTING = Signals(
    at=0, launched=True, buyers=300, active=300, fresh=(50, 55, 60, 67, 73, 81),
    orders=(100, 110, 121, 133, 146, 161), existing=0.45, love=Share(60, 100),
    rebought=Share(90, 900), third=Share(60, 200), sixth=Share(58, 200), cohorts=9,
    incidents=Share(8, 400), contribution=Estimate(0.3, 0.05), net_margin=Estimate(0.05, 0.03),
)  # fmt: skip
# Nothing was ever recorded.
SILENT = Signals(
    at=0, launched=None, buyers=0, active=0, fresh=(0,) * 6, orders=(0,) * 6, existing=None,
    love=Share(0, 0), rebought=Share(0, 0), third=Share(0, 0), sixth=Share(0, 0), cohorts=0,
    incidents=None, contribution=None, net_margin=None,
)  # fmt: skip


def fitting(**but: Any) -> Signals:
    """The shop that fits, but for these counts."""
    return replace(FITTING, **but)
