"""How lively a buyer is now: time since the last order, measured in usual gaps (ruling 28)."""

from __future__ import annotations

from .calendar import Moment
from .life import Life
from .orders import living_day_orders
from .quantities import Shop, gap, since_order


def activity(life: Life, moment: Moment, shop: Shop) -> str:
    """One of none, new, active, at_risk, dormant, lost."""
    orders = living_day_orders(life.parts, moment)
    if not orders:
        return "none"
    ends = shop.policy.activity
    usual = gap(life, moment, shop)
    since = since_order(life, moment)
    if len(orders) == 1 and since < ends.new * usual:
        return "new"
    names = {"active": ends.active, "at_risk": ends.at_risk, "dormant": ends.dormant}
    return next((name for name, end in names.items() if since < end * usual), "lost")
