"""A policy as arrays: what the kernels read instead of YAML.

Quantities become *slots* of one integer vector (in units of 1 / `scale`, so that half
points stay exact); each event kind gets its *entries*, the slots that such an event
feeds; rules become *nodes*, comparisons with a jump for true and for false. A rule
edit therefore changes numbers in arrays and compiles nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from thang.river.tables import Int16, Int32, Int64

# What an entry does with an event.
COUNT, SUM, DAYS, MONTHS, SWITCH_ON, SWITCH_OFF, OPEN, CLOSE, EARN, POINTS, POINT_DAYS, ORDERS, SPEND = (
    range(13)
)  # fmt: skip

# How a slot is read.
PLAIN, SINCE_ORDER, GAP, MONTHS_OF, OWN_BAR, BAR = range(6)

# Operators of a node.
GE, GT, LE, LT, EQ, NE = range(6)

# Ends of a rule.
TRUE, FALSE = -1, -2

# Values beyond every number: compared with them, a rule is false, true (waived), or meets infinity.
NONE_FALSE = 1 << 61
NONE_TRUE = NONE_FALSE + 1
INFINITE = NONE_FALSE + 2
FAR = 1 << 60  # an instant that never comes

# Shapes of a level.
EVERYBODY, FACT, SILENT, KEPT = range(4)

# Why a node may turn with nobody doing anything; DOWNWARD: it helps its rule by turning false.
BY_TIME, BY_BAR, DOWNWARD = 1, 2, 4


class Program(NamedTuple):
    """One policy version with its resolved settings, ready for the fold.

    Entries are sorted by kind: those of kind k are `first[k] : first[k + 1]`. Nodes of a
    rule start at its entry in `enter`, `keep` or `fact` (-1: none) and jump forward.
    """

    # quantities
    scale: Int64  # units per one, by slot
    read: Int16  # how a slot is read
    slot_aux: Int32  # months ring, or bar column
    slot_of: Int32  # months: how many
    # entries
    first: Int32
    e_does: Int16
    e_slot: Int32
    e_window: Int16  # -1: for ever
    e_weight: Int64
    e_aux: Int32  # ring, points line, or open set
    e_grade_min: Int16
    e_grade_max: Int16
    e_with: Int16
    e_without: Int16
    windows: Int64  # lengths in microseconds
    # day rings: a power of two each
    ring_at: Int32
    ring_mask: Int32
    # points lines
    line_cap: Int32  # 0: none
    line_per: Int64
    line_once: Int16
    # kinds
    k_at_once: Int16  # 1: may undo a level at once
    k_ends: Int32  # bit of each level it ends
    k_acts: Int32  # bit of each silent level whose clock it restarts
    k_windows: Int64  # bit of each window that its entries leave
    # nodes
    n_left: Int32
    n_left_by: Int64
    n_op: Int16
    n_right: Int32
    n_right_by: Int64
    n_true: Int32
    n_false: Int32
    n_rises: Int16  # BY_TIME | BY_BAR | DOWNWARD
    # levels
    shape: Int16
    enter: Int32
    keep: Int32
    hold_months: Int32
    grace: Int32
    own_bar: Int32  # slot of the bar it is earned against, -1: none
    silence: Int64
    # a level's rule for the bars, and what they count
    bars_unless: Int32
    member_enter: Int32
    bar_orders: int
    bar_spend: int
    # scalars
    window_us: int
    seasonal: int
    patient: int  # 1: a rule may come true by mere waiting, so every check asks
    months_rings: int
    open_sets: int
