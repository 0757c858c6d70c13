"""Each quantity a policy may name, counted from scratch at a moment by looking at everything."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from thang.model import DAY
from thang.policy.schema import Act as Line
from thang.policy.schema import Measure, Policy, Quantity, Settings
from thang.river.tables import Bar

from .calendar import Moment, day_of, month_of
from .life import Act, Life, fits
from .orders import living_day_orders

Number = Fraction | int | float  # the only float is infinity


@dataclass(frozen=True, slots=True)
class Shop:
    """What is the same for everybody: the policy, how it was resolved, and the bars."""

    policy: Policy
    settings: Settings
    bars: tuple[Bar, ...]

    @property
    def tz(self) -> str:
        """The shop's time zone."""
        return self.policy.shop.tz

    def bar_at(self, at: int) -> Bar | None:
        """The bar in force: that of the latest quarter begun, None before the first."""
        begun = [bar for bar in self.bars if bar.quarter <= at]
        return max(begun, key=lambda bar: bar.quarter) if begun else None

    def bar_value(self, name: str, at: int) -> int | None:
        """One statistic of the bar in force; None where there is none (buyers: 0)."""
        bar = self.bar_at(at)
        if name == "buyers":
            return bar.buyers if bar else 0
        if name == "premier_bar":
            return bar.premier_bar if bar else None
        if name == "median_member_spend":
            return bar.median_member_spend if bar else None
        raise ValueError(f"no bar is called {name}")


def bar_name(quantity: Quantity) -> str:
    """Which frozen statistic (or setting) a quantity stands for: its own name if it says none."""
    return quantity.scheme or quantity.name


def measured(quantity: Quantity, life: Life, moment: Moment, shop: Shop) -> Number:
    """The value of a quantity that depends on a person's life alone (bars are the rules' matter).

    Days and times are microseconds where they are lengths, money is minor units.
    """
    return COUNTED[quantity.measure](quantity, life, moment, shop)


def in_window(at: int, within: int | str | None, moment: Moment, shop: Shop) -> bool:
    """Whether an instant lies in (t - days, t]; `"W"` is the shop's window, None is for ever."""
    if within is None:
        return True
    days = shop.settings.window_days if within == "W" else int(within)
    return at > moment.at - days * DAY


def _count(q: Quantity, life: Life, moment: Moment, shop: Shop) -> Fraction:
    return sum((_weight(q, act) for act in _acts_in(q, life, moment, shop)), Fraction(0))


def _sum(q: Quantity, life: Life, moment: Moment, shop: Shop) -> Fraction:
    acts = _acts_in(q, life, moment, shop)
    return sum((_weight(q, act) * act.amount for act in acts), Fraction(0))


def _days(q: Quantity, life: Life, moment: Moment, shop: Shop) -> int:
    return len({day_of(act.at, shop.tz) for act in _acts_in(q, life, moment, shop)})


def _weight(q: Quantity, act: Act) -> Fraction:
    return sum((weight for kind, weight in q.kinds if kind == act.kind), Fraction(0))


def _acts_in(q: Quantity, life: Life, moment: Moment, shop: Shop) -> list[Act]:
    kinds = {kind for kind, _ in q.kinds}
    return [
        act
        for act in life.acts
        if fits(act, kinds, q.where)
        and act.stands(moment)
        and in_window(act.at, q.within, moment, shop)
    ]


def _months(q: Quantity, life: Life, moment: Moment, shop: Shop) -> int:
    """Distinct calendar months of the last n with an act; a scheme's acts count uncapped."""
    if q.scheme:
        lines = _lines(q, shop)
        acts = [a for a in life.acts if any(fits(a, line.kinds, line.where) for line in lines)]
    else:
        acts = [a for a in life.acts if fits(a, {kind for kind, _ in q.kinds}, q.where)]
    months = {month_of(act.at, shop.tz) for act in acts if act.stands(moment)}
    return len(months & set(range(moment.month - q.of_months + 1, moment.month + 1)))


def _orders(q: Quantity, life: Life, moment: Moment, shop: Shop) -> int:
    orders = living_day_orders(life.parts, moment)
    if q.measure is Measure.ORDERS:
        return sum(in_window(order.date, q.within, moment, shop) for order in orders)
    parts = [part for order in orders for part in order.parts]
    return sum(p.left(moment) for p in parts if in_window(p.counts_at, q.within, moment, shop))


def _lines(q: Quantity, shop: Shop) -> list[Line]:
    return [line for line in shop.policy.schemes[q.scheme] if line.outward or not q.outward]


def _points(q: Quantity, life: Life, moment: Moment, shop: Shop) -> Fraction | int:
    earned = [
        (act, line.points)
        for line in _lines(q, shop)
        for act in earning(line, life.acts)
        if act.stands(moment) and in_window(act.at, q.within, moment, shop)
    ]
    if q.measure is Measure.POINTS:
        return sum((points for _, points in earned), Fraction(0))
    return len({day_of(act.at, shop.tz) for act, _ in earned})


def earning(line: Line, acts: Iterable[Act]) -> list[Act]:
    """The acts (in time) that earn a line's points, as lived: nothing is reshuffled (ruling 20)."""
    earned: list[Act] = []
    for act in acts:
        if not fits(act, line.kinds, line.where):
            continue
        before = [e for e in earned if e.undone_at is None or e.undone_at > act.at]
        recent = [e for e in before if e.at > act.at - line.per_days * DAY]
        full = line.cap is not None and len(recent) >= line.cap
        again = line.once_per_ref and act.ref != 0 and any(e.ref == act.ref for e in before)
        if not full and not again:
            earned.append(act)
    return earned


def _open(q: Quantity, life: Life, moment: Moment) -> int:
    opening = {kind for kind, _ in q.kinds}
    opened: set[int] = set()
    for act in life.acts:
        if not act.stands(moment):
            continue
        thing = act.ref if q.by == "ref" else 0
        if fits(act, opening, q.where):
            opened.add(thing)
        elif fits(act, q.closes, q.close_where):
            opened.discard(thing)
    return len(opened)


def since_order(life: Life, moment: Moment) -> Number:
    """Microseconds since the date of the latest living order; without one: infinity."""
    dates = [order.date for order in living_day_orders(life.parts, moment)]
    return moment.at - max(dates) if dates else math.inf


def gaps_in_days(life: Life, moment: Moment, tz: str) -> list[int]:
    """Shop days between successive living orders."""
    days = [day_of(order.date, tz) for order in living_day_orders(life.parts, moment)]
    return [later - earlier for earlier, later in pairwise(days)]


def gap(life: Life, moment: Moment, shop: Shop) -> Fraction:
    """The personal gap with three orders or more, else the shop's, else W / 4 (microseconds)."""
    gaps = gaps_in_days(life, moment, shop.tz)
    if len(gaps) >= 2:
        return median(gaps) * DAY
    bar = shop.bar_at(moment.at)
    return Fraction(bar.gap) if bar else Fraction(shop.settings.window_days * DAY, 4)


def median(values: Sequence[int]) -> Fraction:
    """The middle value, or the mean of the middle two."""
    ordered = sorted(values)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return Fraction(low + high, 2)


COUNTED: Mapping[Measure, Callable[[Quantity, Life, Moment, Shop], Number]] = {
    Measure.COUNT: _count,
    Measure.SUM: _sum,
    Measure.DAYS: _days,
    Measure.MONTHS: _months,
    Measure.ORDERS: _orders,
    Measure.SPEND: _orders,
    Measure.POINTS: _points,
    Measure.POINT_DAYS: _points,
    Measure.OPEN: lambda q, life, moment, _: _open(q, life, moment),
    Measure.SINCE_ORDER: lambda _, life, moment, __: since_order(life, moment),
    Measure.GAP: lambda _, life, moment, shop: gap(life, moment, shop),
    Measure.SETTING: lambda q, _, __, shop: int(getattr(shop.settings, bar_name(q))),
}
