"""The acts behind a number: which of a person's rows a quantity counted."""

from __future__ import annotations

from typing import Any

from thang.engines.steps import Run
from thang.model import DAY
from thang.policy.schema import Measure, Policy, Quantity, Where
from thang.river.events import CODES
from thang.river.orders import COUNTED, JOINED
from thang.river.program import Rows
from thang.workspace.ladder import shown

MOST = 20  # the latest of them


def counted_acts(rows: Rows, policy: Policy, run: Run, name: str, at: int) -> list[dict[str, Any]]:
    """The latest acts that a quantity counted at an instant, oldest first."""
    quantity = policy.quantities[name]
    codes = {**CODES, **run.kinds}
    names = {code: kind for kind, code in codes.items()}
    wanted = _kinds(quantity, policy, codes)
    low = at - _days(quantity, run) * DAY
    inside = rows[(rows["at"] <= at) & (rows["at"] > low)]
    chosen = [row for row in inside if int(row["kind"]) in wanted and _fits(row, wanted)]
    return [
        {
            "at": shown(int(row["at"]), policy.shop.tz),
            "kind": names[int(row["kind"])],
            **_order(row, policy),
        }
        for row in chosen[-MOST:]
    ]


def _order(row: Any, policy: Policy) -> dict[str, Any]:
    """An order's own date stands beside the instant from which it counts."""
    if int(row["kind"]) not in (COUNTED, JOINED):
        return {}
    return {"placed": shown(int(row["anchor"]), policy.shop.tz), "amount": int(row["value"])}


def _days(quantity: Quantity, run: Run) -> int:
    if quantity.measure is Measure.MONTHS:
        return 31 * quantity.of_months
    if quantity.within == "W":
        return run.settings.window_days
    return quantity.within if isinstance(quantity.within, int) else 365_000


def _kinds(quantity: Quantity, policy: Policy, codes: dict[str, int]) -> dict[int, list[Where]]:
    if quantity.measure in (Measure.ORDERS, Measure.SPEND, Measure.SINCE_ORDER, Measure.GAP):
        return {COUNTED: [Where()], JOINED: [Where()]}
    found: dict[int, list[Where]] = {}
    pairs = [(kind, quantity.where) for kind, _ in quantity.kinds]
    for act in policy.schemes.get(quantity.scheme, ()):
        if act.outward or not quantity.outward:
            pairs += [(kind, act.where) for kind in act.kinds]
    for kind, where in pairs:
        if kind in codes:
            found.setdefault(codes[kind], []).append(where)
    return found


def _fits(row: Any, wanted: dict[int, list[Where]]) -> bool:
    grade, bits = int(row["grade"]), int(row["bits"])
    return any(
        (where.grade_min is None or grade >= where.grade_min)
        and (where.grade_max is None or grade <= where.grade_max)
        and bits & where.flags == where.flags
        and not bits & where.without
        for where in wanted[int(row["kind"])]
    )
