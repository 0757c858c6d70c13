"""From a policy to its program: quantities to slots and entries, rules to nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

import numpy as np

from thang.model import DAY
from thang.policy.schema import Act, Level, Measure, Policy, Quantity, Settings, Where
from thang.river import program as p
from thang.river.events import CODES
from thang.river.rungs import Nodes, add_rules

BARS = ("premier_bar", "median_member_spend", "buyers")
ORDER_PARTS = ("order_counted", "order_joined")
ANY_DAY = 36_500  # a ring that holds a hundred years of days, for windows that never end


@dataclass(slots=True)
class Entry:
    kind: str
    does: int
    slot: int
    window: int = -1
    weight: int = 1
    aux: int = -1
    where: Where = Where()


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
    entries: list[Entry] = field(default_factory=list)
    months_rings: int = 0
    open_sets: int = 0

    def slot(self, name: str, read: int = p.PLAIN, scale: int = 1, aux: int = -1, of: int = 0) -> int:
        self.names[name] = len(self.scale)
        self.scale.append(scale)
        self.read.append(read)
        self.aux.append(aux)
        self.of.append(of)
        return self.names[name]

    def window(self, within: int | str | None) -> int:
        if within is None:
            return -1
        length = (self.settings.window_days if within == "W" else int(within)) * DAY
        if length not in self.windows:
            self.windows.append(length)
        return self.windows.index(length)

    def ring(self, within: int | str | None) -> int:
        window = self.window(within)
        span = ANY_DAY if window < 0 else self.windows[window] // DAY + 2
        self.rings.append(1 << int(span).bit_length())
        return len(self.rings) - 1

    def line(self, scheme: str, act: str) -> int:
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
        if name not in slots.names:
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
    slots.slot(q.name, p.BAR, aux=BARS.index(q.name))


MAKERS = {
    Measure.COUNT: _count,
    Measure.SUM: _count,
    Measure.DAYS: _days,
    Measure.MONTHS: _months,
    Measure.ORDERS: _orders,
    Measure.SPEND: _spend,
    Measure.POINTS: _points,
    Measure.POINT_DAYS: _points,
    Measure.OPEN: _open,
    Measure.SINCE_ORDER: lambda slots, q: slots.slot(q.name, p.SINCE_ORDER),
    Measure.GAP: lambda slots, q: slots.slot(q.name, p.GAP),
    Measure.SETTING: lambda slots, q: slots.slot(q.name),
    Measure.BAR: _bar,
    Measure.OWN_BAR: lambda slots, q: slots.slot(q.name, p.OWN_BAR),
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


def _pack(slots: Slots, nodes: Nodes, rules: dict[str, list[int]], codes: dict[str, int]) -> p.Program:
    policy = slots.policy
    top = max(codes.values()) + 2
    entries = sorted(
        (e for e in slots.entries if e.kind in codes), key=lambda e: codes[e.kind]
    )
    first = np.searchsorted([codes[e.kind] for e in entries], np.arange(top + 1))
    acts = _line_acts(slots)
    sizes = slots.rings or [2]
    i16, i32, i64 = np.int16, np.int32, np.int64

    def low(where: Where) -> int:
        return -32768 if where.grade_min is None else where.grade_min

    def high(where: Where) -> int:
        return 32767 if where.grade_max is None else where.grade_max

    return p.Program(
        scale=np.array(slots.scale, i64),
        read=np.array(slots.read, i16),
        slot_aux=np.array(slots.aux, i32),
        slot_of=np.array(slots.of, i32),
        first=first.astype(i32),
        e_does=np.array([e.does for e in entries], i16),
        e_slot=np.array([e.slot for e in entries], i32),
        e_window=np.array([e.window for e in entries], i16),
        e_weight=np.array([e.weight for e in entries], i64),
        e_aux=np.array([e.aux for e in entries], i32),
        e_grade_min=np.array([low(e.where) for e in entries], i16),
        e_grade_max=np.array([high(e.where) for e in entries], i16),
        e_with=np.array([e.where.flags for e in entries], i16),
        e_without=np.array([e.where.without for e in entries], i16),
        windows=np.array(slots.windows, i64),
        ring_at=np.array(np.concatenate([[0], np.cumsum(sizes)]), i32),
        ring_mask=np.array([size - 1 for size in sizes], i32),
        line_cap=np.array([act.cap or 0 for act in acts] or [0], i32),
        line_per=np.array([act.per_days * DAY for act in acts] or [0], i64),
        line_once=np.array([act.once_per_ref for act in acts] or [0], i16),
        k_at_once=_kinds(codes, top, [(("order_voided", "referral_undone", "chargeback"), 1)], i16),
        k_ends=_kinds(codes, top, _ends(policy), i32),
        k_acts=_kinds(codes, top, _acts(policy.levels), i32),
        k_windows=_kinds(
            codes, top, [((e.kind,), 1 << e.window) for e in entries if e.window >= 0], i64
        ),
        **nodes.arrays(),
        shape=np.array([_shape(level) for level in policy.levels], i16),
        enter=np.array(rules["enter"], i32),
        keep=np.array(rules["keep"], i32),
        hold_months=np.array([level.hold_months for level in policy.levels], i32),
        grace=np.array([0 if policy.shop.seasonal else x.grace for x in policy.levels], i32),
        own_bar=np.array([slots.names.get(x.own_bar or "", -1) for x in policy.levels], i32),
        silence=np.array(
            [x.silence.days * DAY if x.silence else 0 for x in policy.levels], i64
        ),
        bars_unless=np.array(rules["unless"], i32),
        member_enter=np.array(rules["member"], i32),
        bar_orders=slots.names["_bar_orders"],
        bar_spend=slots.names["_bar_spend"],
        window_us=slots.settings.window_days * DAY,
        seasonal=int(policy.shop.seasonal),
        patient=int(nodes.patient),
        months_rings=slots.months_rings,
        open_sets=slots.open_sets,
    )


def _shape(level: Level) -> int:
    if level.fact is not None:
        return p.FACT
    if level.silence is not None:
        return p.SILENT
    return p.EVERYBODY if level.enter is None else p.KEPT


def _ends(policy: Policy) -> list[tuple[tuple[str, ...], int]]:
    kept = [(i, x) for i, x in enumerate(policy.levels) if _shape(x) == p.KEPT]
    return [((*x.ended_by, *policy.blocked_by), 1 << i) for i, x in kept]


def _acts(levels: tuple[Level, ...]) -> list[tuple[tuple[str, ...], int]]:
    return [(x.silence.acts, 1 << i) for i, x in enumerate(levels) if x.silence]


def _kinds(
    codes: dict[str, int], top: int, marks: list[tuple[tuple[str, ...], int]], dtype: type
) -> np.ndarray:  # type: ignore[type-arg]
    table = np.zeros(top, dtype)
    for kinds, bit in marks:
        for kind in kinds:
            if kind in codes:
                table[codes[kind]] |= bit
    return table
