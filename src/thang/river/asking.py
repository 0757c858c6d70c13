"""Asking a rule: walk its comparisons from jump to jump."""

from __future__ import annotations

from thang.river.compiled import inner
from thang.river.program import (
    DOWNWARD,
    EQ,
    GAP,
    GE,
    GT,
    INFINITE,
    LE,
    LT,
    MONTHS_OF,
    NE,
    NONE_FALSE,
    NONE_TRUE,
    OWN_BAR,
    PLAIN,
    SINCE_ORDER,
    TRUE,
    Program,
)
from thang.river.work import Work


@inner
def read(p: Program, w: Work, slot: int, t: int, level: int) -> int:
    """The value of a quantity at instant t, asked for a level (whose own bar may be meant)."""
    how = p.slots[slot].read
    if how == PLAIN:
        return w.v[slot]
    if how == SINCE_ORDER:
        return t - w.last_order if w.living > 0 else INFINITE
    if how == GAP:
        return w.gap if w.living > 2 else w.bar_gap
    if how == MONTHS_OF:
        return _months(p, w, slot)
    if how == OWN_BAR:
        return w.rungs[level].own if level >= 0 else NONE_FALSE
    return w.v[slot]


@inner
def _months(p: Program, w: Work, slot: int) -> int:
    found, ring, month = 0, p.slots[slot].aux, w.month
    last = w.month_last[ring]
    for m in range(month - p.slots[slot].of + 1, month + 1):
        if m <= last and m > last - 64 and w.month_n[ring, m & 63] > 0:
            found += 1
    return found


@inner
def compare(a: int, a_by: int, op: int, b: int, b_by: int) -> bool:
    """`a * a_by op b * b_by`, exactly; what is missing is false, waived, or infinitely far."""
    if a >= NONE_FALSE or b >= NONE_FALSE:
        if a == NONE_FALSE or b == NONE_FALSE:
            return False
        if a == NONE_TRUE or b == NONE_TRUE:
            return True
        if a == INFINITE:
            return op == GT or op == GE or op == NE
        return op == LT or op == LE or op == NE
    left, right = a * a_by, b * b_by
    if op == GE:
        return left >= right
    if op == GT:
        return left > right
    if op == LE:
        return left <= right
    if op == LT:
        return left < right
    if op == EQ:
        return left == right
    return left != right


@inner
def holds(p: Program, w: Work, rule: int, t: int, level: int) -> bool:
    """Whether a rule holds at instant t."""
    n = rule
    while n >= 0:
        a = read(p, w, p.nodes[n].left, t, level)
        b = read(p, w, p.nodes[n].right, t, level)
        yes = compare(a, p.nodes[n].left_by, p.nodes[n].op, b, p.nodes[n].right_by)
        n = p.nodes[n].yes if yes else p.nodes[n].no
    return n == TRUE


@inner
def may_rise(p: Program, w: Work, rule: int, t: int) -> bool:
    """Whether a rule holds, or may by waiting: all that can turn by itself has turned well."""
    n = rule
    while n >= 0:
        rises = p.nodes[n].rises
        if rises != 0:
            yes = (rises & DOWNWARD) == 0
        else:
            a = read(p, w, p.nodes[n].left, t, -1)
            b = read(p, w, p.nodes[n].right, t, -1)
            yes = compare(a, p.nodes[n].left_by, p.nodes[n].op, b, p.nodes[n].right_by)
        n = p.nodes[n].yes if yes else p.nodes[n].no
    return n == TRUE
