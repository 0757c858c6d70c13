"""From a policy to its program: quantities to slots and entries, rules to nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from thang.model import DAY, WrongPolicy
from thang.policy.schema import Act, Level, Measure, Policy, Quantity, Settings, Where
from thang.river import program as p
from thang.river.events import CODES
from thang.river.marking import Entry, mark_kinds, shape
from thang.river.rungs import Nodes, add_rules

BARS = ("premier_bar", "median_member_spend", "buyers")
ORDER_PARTS = ("order_counted", "order_joined")
ANY_DAY = 36_500  # a ring that holds a hundred years of days, for windows that never end


Maker = Callable[["Slots", Quantity], None]


@dataclass(slots=True)
class Slots:
    """The growing program: slots by name, windows, rings, lines and entries."""

    policy: Policy
    settings: Settings
    names: dict[str, int] = field(default_factory=dict)
    scale: list[int] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
    aux: list[int] = field(default_factory=list)
    of: list[int] = field(default_factory=list)
    windows: list[int] = field(default_factory=list)
    rings: list[int] = field(default_factory=list)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)
    bars: dict[str, int] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    months_rings: int = 0
    open_sets: int = 0

    def slot(
        self, name: str, read: int = p.PLAIN, scale: int = 1, aux: int = -1, of: int = 0
    ) -> int:
        """A new slot under a name; its place."""
        self.names[name] = len(self.scale)
        self.scale.append(scale)
        self.read.append(read)
        self.aux.append(aux)
        self.of.append(of)
        return self.names[name]

    def window(self, within: int | str | None) -> int:
        """The place of a window, or -1 for one that never ends."""
        if within is None:
            return -1
        length = (self.settings.window_days if within == "W" else int(within)) * DAY
        if length not in self.windows:
            self.windows.append(length)
        return self.windows.index(length)

    def ring(self, within: int | str | None) -> int:
        """The place of a new ring of days, with room for its window."""
        window = self.window(within)
        span = ANY_DAY if window < 0 else self.windows[window] // DAY + 2
        self.rings.append(1 << int(span).bit_length())
        return len(self.rings) - 1

    def line(self, scheme: str, act: str) -> int:
        """The place of a points line."""
        return self.lines.setdefault((scheme, act), len(self.lines))


def compile_policy(
    policy: Policy, settings: Settings, kinds: Mapping[str, int] | None = None
) -> p.Program:
    """The program of a policy; `kinds` are the record's codes, unknown kinds included."""
    slots = Slots(policy, settings)
    slots.slot("1")
    for quantity in policy.quantities.values():
        MAKERS[quantity.measure](slots, quantity)
    for name in BARS:
        if name not in slots.bars:
            _bar(slots, Quantity(name, Measure.BAR))
    _orders(slots, Quantity("_bar_orders", Measure.ORDERS, within="W"))
    _spend(slots, Quantity("_bar_spend", Measure.SPEND, within="W"))
    _lines(slots)
    nodes = Nodes(policy, settings, slots.names, slots.scale)
    rules = add_rules(nodes)
    return _pack(slots, nodes, rules, dict(CODES) | dict(kinds or {}))


def slot_names(policy: Policy, settings: Settings) -> dict[str, int]:
    """The place of each quantity in the evidence vectors of the fold."""
    slots = Slots(policy, settings)
    slots.slot("1")
    for quantity in policy.quantities.values():
        MAKERS[quantity.measure](slots, quantity)
    return {name: place for name, place in slots.names.items() if name in policy.quantities}


def slot_scales(policy: Policy, settings: Settings) -> dict[str, int]:
    """Units per one of each quantity's value in the evidence vectors."""
    slots = Slots(policy, settings)
    slots.slot("1")
    for quantity in policy.quantities.values():
        MAKERS[quantity.measure](slots, quantity)
    return {name: slots.scale[place] for name, place in slots.names.items()}


def _weights(fractions: list[Fraction]) -> int:
    return lcm(1, *(f.denominator for f in fractions))


def _count(slots: Slots, q: Quantity) -> None:
    scale = _weights([w for _, w in q.kinds])
    place, window = slots.slot(q.name, scale=scale), slots.window(q.within)
    does = p.COUNT if q.measure is Measure.COUNT else p.SUM
    for kind, weight in q.kinds:
        slots.entries.append(Entry(kind, does, place, window, int(weight * scale), -1, q.where))


def _days(slots: Slots, q: Quantity) -> None:
    place, window, ring = slots.slot(q.name), slots.window(q.within), slots.ring(q.within)
    for kind, _ in q.kinds:
        slots.entries.append(Entry(kind, p.DAYS, place, window, 1, ring, q.where))


def _months(slots: Slots, q: Quantity) -> None:
    ring = slots.months_rings
    slots.months_rings += 1
    place = slots.slot(q.name, p.MONTHS_OF, aux=ring, of=q.of_months)
    for kind, where in _month_acts(slots.policy, q):
        slots.entries.append(Entry(kind, p.MONTHS, place, -1, 1, ring, where))


def _month_acts(policy: Policy, q: Quantity) -> list[tuple[str, Where]]:
    if not q.scheme:
        return [(kind, q.where) for kind, _ in q.kinds]
    acts = [act for act in policy.schemes[q.scheme] if act.outward or not q.outward]
    return [(kind, act.where) for act in acts for kind in act.kinds]


def _orders(slots: Slots, q: Quantity) -> None:
    place, window = slots.slot(q.name), slots.window(q.within)
    slots.entries += [Entry(kind, p.ORDERS, place, window) for kind in ORDER_PARTS]


def _spend(slots: Slots, q: Quantity) -> None:
    place, window = slots.slot(q.name), slots.window(q.within)
    slots.entries += [Entry(kind, p.SPEND, place, window) for kind in ORDER_PARTS]


def _points(slots: Slots, q: Quantity) -> None:
    acts = [act for act in slots.policy.schemes[q.scheme] if act.outward or not q.outward]
    scale = _weights([act.points for act in slots.policy.schemes[q.scheme]])
    of_days = q.measure is Measure.POINT_DAYS
    place = slots.slot(q.name, scale=1 if of_days else scale)
    window = slots.window(q.within)
    ring = slots.ring(q.within) if of_days else -1
    for act in acts:
        line = slots.line(q.scheme, act.name)
        for kind in act.kinds:
            slots.entries.append(_point_entry(act, kind, place, window, line, ring, scale))


def _point_entry(
    act: Act, kind: str, place: int, window: int, line: int, ring: int, scale: int
) -> Entry:
    if ring >= 0:
        return Entry(kind, p.POINT_DAYS, place, window, line, ring, act.where)
    return Entry(kind, p.POINTS, place, window, int(act.points * scale), line, act.where)


def _open(slots: Slots, q: Quantity) -> None:
    place = slots.slot(q.name)
    switch = q.by == "person"
    ring = -1 if switch else slots.open_sets
    slots.open_sets += 0 if switch else 1
    on, off = (p.SWITCH_ON, p.SWITCH_OFF) if switch else (p.OPEN, p.CLOSE)
    for kind, _ in q.kinds:
        slots.entries.append(Entry(kind, on, place, -1, 1, ring, q.where))
    for kind in q.closes:
        slots.entries.append(Entry(kind, off, place, -1, 1, ring, q.close_where))


def _bar(slots: Slots, q: Quantity) -> None:
    bar = q.scheme or q.name
    if bar in slots.bars:
        slots.names[q.name] = slots.bars[bar]
        return
    slots.bars[bar] = slots.slot(q.name, p.BAR)


def _plain(read: int) -> Maker:
    def make(slots: Slots, q: Quantity) -> None:
        slots.slot(q.name, read)

    return make


MAKERS: dict[Measure, Maker] = {
    Measure.COUNT: _count,
    Measure.SUM: _count,
    Measure.DAYS: _days,
    Measure.MONTHS: _months,
    Measure.ORDERS: _orders,
    Measure.SPEND: _spend,
    Measure.POINTS: _points,
    Measure.POINT_DAYS: _points,
    Measure.OPEN: _open,
    Measure.SINCE_ORDER: _plain(p.SINCE_ORDER),
    Measure.GAP: _plain(p.GAP),
    Measure.SETTING: _plain(p.PLAIN),
    Measure.BAR: _bar,
    Measure.OWN_BAR: _plain(p.OWN_BAR),
}


def _lines(slots: Slots) -> None:
    """Each points line asks its cap once, before anything that its points feed."""
    for (scheme, name), line in slots.lines.items():
        act = next(act for act in slots.policy.schemes[scheme] if act.name == name)
        earn = [Entry(kind, p.EARN, 0, -1, 1, line, act.where) for kind in act.kinds]
        slots.entries = earn + slots.entries


def _line_acts(slots: Slots) -> list[Act]:
    by_name = {(s, act.name): act for s, acts in slots.policy.schemes.items() for act in acts}
    return [by_name[key] for key in slots.lines]


def _pack(
    slots: Slots, nodes: Nodes, rules: dict[str, list[int]], codes: dict[str, int]
) -> p.Program:
    policy = slots.policy
    known = (e for e in slots.entries if e.kind in codes)
    entries = sorted(known, key=lambda e: (codes[e.kind], e.window))
    at = np.concatenate([[0], np.cumsum(slots.rings)]).astype(int)
    one = p.room_for(p.PROGRAM, 1)
    tables: dict[str, list[Any]] = {
        "slots": list(zip(slots.scale, slots.read, slots.aux, slots.of, strict=True)),
        "entries": [_entry(e) for e in entries],
        "windows": slots.windows,
        "rings": [(at[i], size - 1) for i, size in enumerate(slots.rings)],
        "lines": [(a.per_days * DAY, a.cap or 0, int(a.once_per_ref)) for a in _line_acts(slots)],
        "nodes": nodes.rows(),
        "levels": [_level(slots, x, rules, i) for i, x in enumerate(policy.levels)],
    }
    for name, rows in tables.items():
        _fill(one, name, rows)
    mark_kinds(one["kinds"][0], policy, entries, codes, nodes.asked)
    silent = [i for i, level in enumerate(policy.levels) if level.silence]
    one["silent"][0, : len(silent)] = silent
    scalars = {
        "n_slots": len(slots.scale),
        "n_windows": len(slots.windows),
        "n_rings": len(slots.rings),
        "n_levels": len(policy.levels),
        "n_lines": len(slots.lines),
        "months_rings": slots.months_rings,
        "open_sets": slots.open_sets,
        "ring_days": int(at[-1]),
        "unless": rules["unless"][0],
        "member": rules["member"][0],
        "lasting": rules["lasting"][0],
        "bar_orders": slots.names["_bar_orders"],
        "bar_spend": slots.names["_bar_spend"],
        "window_us": slots.settings.window_days * DAY,
        "seasonal": int(policy.shop.seasonal),
        "bar_slots": [slots.bars[name] for name in BARS],
        "shortest": min(slots.windows, default=p.FAR),
        "n_silent": len(silent),
    }
    for name, value in scalars.items():
        one[name] = value
    return one


def _fill(one: p.Program, name: str, rows: list[Any]) -> None:
    room = one[name].shape[1]
    if len(rows) > room:
        raise WrongPolicy(
            f"policy: it needs {len(rows)} {name}, and there is room for {room}; "
            "merge quantities that count the same, or drop some."
        )
    for i, row in enumerate(rows):
        one[name][0, i] = row


def _entry(e: Entry) -> tuple[int, ...]:
    low = -32768 if e.where.grade_min is None else e.where.grade_min
    high = 32767 if e.where.grade_max is None else e.where.grade_max
    where = (low, high, e.where.flags, e.where.without)
    return (e.weight, e.does, e.slot, e.window, e.aux, *where, int(e.where == Where()))


def _level(slots: Slots, level: Level, rules: dict[str, list[int]], i: int) -> tuple[int, ...]:
    return (
        level.silence.days * DAY if level.silence else 0,
        shape(level),
        rules["enter"][i],
        rules["keep"][i],
        level.hold_months,
        0 if slots.policy.shop.seasonal else level.grace,
        slots.names.get(level.own_bar or "", -1),
        rules["rises"][i],
        rules["turns"][i],
        rules["nodes_from"][i],
        rules["nodes_to"][i],
    )
