"""Asking a rule: walk its comparisons from jump to jump."""

from __future__ import annotations

from thang.model import DAY
from thang.river.compiled import kernel
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
    SINCE_ORDER,
    TRUE,
    Program,
)
from thang.river.work import (
    BAR_GAP,
    GAPS_KNOWN,
    GAPS_STALE,
    MONTH,
    ORDERS_LIVING,
    Work,
)


@kernel
def read(p: Program, w: Work, slot: int, t: int, level: int) -> int:
    """The value of a quantity at instant t, asked for a level (whose own bar may be meant)."""
    how = p.read[slot]
    if how == SINCE_ORDER:
        n = w.reg[ORDERS_LIVING]
        return t - w.order_at[n - 1] if n > 0 else INFINITE
    if how == GAP:
        return personal_gap(w)
    if how == MONTHS_OF:
        return _months(p, w, slot)
    if how == OWN_BAR:
        return w.own[level] if level >= 0 else NONE_FALSE
    return w.v[slot]


@kernel
def _months(p: Program, w: Work, slot: int) -> int:
    found, ring, month = 0, p.slot_aux[slot], w.reg[MONTH]
    last = w.month_last[ring]
    for m in range(month - p.slot_of[slot] + 1, month + 1):
        if m <= last and m > last - 64 and w.month_n[ring, m & 63] > 0:
            found += 1
    return found


@kernel
def personal_gap(w: Work) -> int:
    """Median gap between living orders in microseconds; below three orders the shop's."""
    n = w.reg[ORDERS_LIVING]
    if n < 3:
        return w.reg[BAR_GAP]
    if w.reg[GAPS_STALE]:
        w.reg[GAPS_KNOWN], w.reg[GAPS_STALE] = 0, 0
    for i in range(w.reg[GAPS_KNOWN], n - 1):
        gap = w.order_day[i + 1] - w.order_day[i]
        low, high = 0, i
        while low < high:
            middle = (low + high) // 2
            if w.gap_sorted[middle] <= gap:
                low = middle + 1
            else:
                high = middle
        for place in range(i, low, -1):
            w.gap_sorted[place] = w.gap_sorted[place - 1]
        w.gap_sorted[low] = gap
    w.reg[GAPS_KNOWN] = n - 1
    gaps = n - 1
    return (w.gap_sorted[(gaps - 1) // 2] + w.gap_sorted[gaps // 2]) * (DAY // 2)


@kernel
def compare(a: int, a_by: int, op: int, b: int, b_by: int) -> bool:
    """`a * a_by op b * b_by`, exactly; what is missing is false, waived, or infinitely far."""
    if a >= NONE_FALSE or b >= NONE_FALSE:
        if a == NONE_FALSE or b == NONE_FALSE:
            return False
        if a == NONE_TRUE or b == NONE_TRUE:
            return True
        if a == INFINITE:
            return op == GT or op == GE or op == NE  # noqa: PLR1714 - numba compares numbers
        return op == LT or op == LE or op == NE  # noqa: PLR1714
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


@kernel
def holds(p: Program, w: Work, rule: int, t: int, level: int) -> bool:
    """Whether a rule holds at instant t."""
    n = rule
    while n >= 0:
        a = read(p, w, p.n_left[n], t, level)
        b = read(p, w, p.n_right[n], t, level)
        yes = compare(a, p.n_left_by[n], p.n_op[n], b, p.n_right_by[n])
        n = p.n_true[n] if yes else p.n_false[n]
    return n == TRUE


@kernel
def hopes(p: Program, w: Work, rule: int, t: int, level: int) -> int:
    """0 if only an act of the person can make the rule hold; else 8 plus what waiting may bring."""
    n, bits = rule, 0
    while n >= 0:
        a = read(p, w, p.n_left[n], t, level)
        b = read(p, w, p.n_right[n], t, level)
        yes = compare(a, p.n_left_by[n], p.n_op[n], b, p.n_right_by[n])
        rises = p.n_rises[n]
        if rises != 0:
            wanted = (rises & DOWNWARD) == 0
            if yes != wanted:
                bits |= rises
                yes = wanted
        n = p.n_true[n] if yes else p.n_false[n]
    return (bits | 8) if n == TRUE else 0
