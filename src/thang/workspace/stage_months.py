"""The monthly checks of the stage: each is a finding, made once and kept.

A month's check is made anew only when the shop's past has become another one: when the order
days known before it have changed by more than a tenth since (history was imported, or undone).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from thang.engines.duckdb import Projection
from thang.model import DAY
from thang.policy.aims import StageRules
from thang.policy.schema import Policy
from thang.record import Record
from thang.river.calendar import calendar, end_of_day
from thang.river.stage.chain import Reading, read
from thang.river.stage.questions import Growth
from thang.river.stage.signals import Signals
from thang.workspace.stage_buying import Buying
from thang.workspace.stage_counts import Asked, Margins, days_after, months_until, signals

MONTHLY, FORM = "stage", 1  # findings
MOST = 60  # months that are looked back
CHANGED, FEW = 0.1, 10  # of a past's order days, and more than a few: then it is another past
Kept = tuple[Reading, Growth]


def readings_until(
    record: Record, projection: Projection, policy: Policy, version: int, cycle: int,
    as_of: int, margins: Callable[[], Margins],
) -> tuple[list[Reading], Signals, Reading]:  # fmt: skip
    """The monthly readings, the counts at `as_of`, and what they say."""
    rules, tz = policy.aims.stage, policy.shop.tz
    ((first,),) = projection.sql.execute('select min("at") from events').fetchall()
    known = calendar(tz, first or as_of, as_of)
    months = months_until(known, first or as_of, as_of, MOST)
    day = days_after(known, [*months, as_of])
    bought = Buying.read(projection, int(day[-1]), cycle)
    orders = [bought.orders.on(one) for one in day.tolist()]
    kept = _kept(record, months, orders)
    open_, days = [*months[len(kept) :], as_of], day[len(kept) :]
    asked = Asked(np.array(open_, np.int64), days, cycle, _launched(rules.launched, tz, open_))
    *counts, present = signals(projection, bought, asked, rules, margins())
    for of, before in zip(counts, orders[len(kept) :], strict=False):
        found = read(of, kept[-1][1] if kept else Growth(), rules)
        record.add_finding(MONTHLY, of.at, _body(found, version, before))
        kept.append(found)
    now = _present(present, kept, rules)
    return [reading for reading, _ in kept], present, now


def _present(of: Signals, kept: Sequence[Kept], rules: StageRules) -> Reading:
    now, _ = read(of, kept[-1][1] if kept else Growth(), rules, monthly=False)
    return now


def _kept(record: Record, months: Sequence[int], orders: Sequence[int]) -> list[Kept]:
    """The findings of the first months, as far as they hold."""
    by_month = {one.at: one.body for one in record.findings(MONTHLY)}
    found: list[Kept] = []
    for at, before in zip(months, orders, strict=False):
        body = by_month.get(at)
        if body is None or not _holds(body, before):
            break
        reading = msgspec.convert(body["reading"], Reading)
        found.append((reading, msgspec.convert(body["growth"], Growth)))
    return found


def _holds(body: Mapping[str, Any], orders: int) -> bool:
    """Whether the past is still the one that the check was made on."""
    if body.get("form") != FORM:
        return False
    before = int(body["orders"])
    return abs(orders - before) <= max(CHANGED * max(orders, before), FEW)


def _body(found: Kept, version: int, orders: int) -> dict[str, Any]:
    reading, growth = (msgspec.to_builtins(one) for one in found)
    return {
        "form": FORM, "policy": version, "orders": orders, "reading": reading, "growth": growth,
    }  # fmt: skip


def _launched(said: str, tz: str, at: Sequence[int]) -> tuple[bool | None, ...]:
    """Whether it had begun at each check, as the policy says: unknown, no, or since a day."""
    if said in ("unknown", "no"):
        return (None if said == "unknown" else False,) * len(at)
    begins = end_of_day(said, tz) - DAY
    return tuple(one > begins for one in at)
