"""A policy as arrays: what the kernels read instead of YAML.

Quantities become *slots* of one integer vector (in units of 1 / `scale`, so that half
points stay exact); each event kind gets its *entries*, the slots that such an event
feeds; rules become *nodes*, comparisons with a jump for true and for false. A rule
edit therefore changes numbers in arrays and compiles nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# What an entry does with an event.
COUNT, SUM, DAYS, MONTHS, SWITCH_ON, SWITCH_OFF, OPEN, CLOSE = range(8)
EARN, POINTS, POINT_DAYS, ORDERS, SPEND = range(8, 13)

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
# By what a whole rule may turn either way: rows leaving a window, a new bar, month, or silence.
BY_WINDOW, BY_MONTH, BY_SILENCE = 1, 4, 8

# Room in a program; a policy that needs more is refused with a sentence.
MOST_SLOTS, MOST_ENTRIES, MOST_KINDS, MOST_WINDOWS = 96, 768, 2048, 15
MOST_RINGS, MOST_LINES, MOST_NODES, MOST_LEVELS, MOST_CAP, MOST_SETS = 32, 31, 512, 24, 32, 16

Rows = Any  # a numpy record array: columns by attribute, in Python and compiled alike

SLOT = np.dtype(
    [
        ("scale", np.int64),  # units per one
        ("read", np.int32),
        ("aux", np.int32),  # months ring, or bar column
        ("of", np.int32),  # months: how many
    ],
    align=True,
)
ENTRY = np.dtype(
    [
        ("weight", np.int64),
        ("does", np.int32),
        ("slot", np.int32),
        ("window", np.int32),  # -1: for ever
        ("aux", np.int32),  # day ring, months ring, points line, or open set
        ("grade_min", np.int32),
        ("grade_max", np.int32),
        ("wanted", np.int32),  # flags that must be set
        ("without", np.int32),  # flags that must not
        ("any_act", np.int32),  # 1: none of the four is asked
    ],
    align=True,
)
KIND = np.dtype(
    [
        ("windows", np.int64),  # bit of each window that its entries leave
        ("first", np.int32),  # all of them
        ("last", np.int32),
        ("at_once", np.int32),  # 1: may undo a level at once
        ("ends", np.int32),  # bit of each level it ends
        ("acts", np.int32),  # bit of each silent level whose clock it restarts
        ("touches", np.int32),  # bit of each level whose entry rule or fact it may make true
        ("quiet", np.int32),  # 1: it feeds but plain counts, which may wait until they are asked
        ("by_window", np.int16, (MOST_WINDOWS + 1, 2)),  # its entries by window + 1, from and to
    ],
    align=True,
)
RING = np.dtype([("at", np.int32), ("mask", np.int32)], align=True)
LINE_RULE = np.dtype([("per", np.int64), ("cap", np.int32), ("once", np.int32)], align=True)
NODE = np.dtype(
    [
        ("left_by", np.int64),
        ("right_by", np.int64),
        ("left", np.int32),
        ("op", np.int32),
        ("right", np.int32),
        ("yes", np.int32),
        ("no", np.int32),
        ("rises", np.int32),  # BY_TIME | BY_BAR | DOWNWARD
    ],
    align=True,
)
LEVEL_RULE = np.dtype(
    [
        ("silence", np.int64),
        ("form", np.int32),
        ("enter", np.int32),  # entry rule, or fact
        ("keep", np.int32),
        ("hold_months", np.int32),
        ("grace", np.int32),
        ("own_bar", np.int32),  # slot of the bar it is earned against, -1: none
        ("rises", np.int32),  # what waiting may turn true in its entry rule, or turn in a fact
        ("turns", np.int32),  # BY_WINDOW | BY_BAR | BY_MONTH | BY_SILENCE: what may turn it at all
        ("nodes_from", np.int32),  # the nodes of that rule
        ("nodes_to", np.int32),
    ],
    align=True,
)


# One policy version with its resolved settings, ready for the fold. Rules start at a node
# (`enter`, `keep`, `unless`, `member`) or are decided (TRUE, FALSE). It is one record, so
# that a kernel passes on one address and not forty arrays.
PROGRAM = np.dtype(
    [
        ("slots", SLOT, (MOST_SLOTS,)),
        ("entries", ENTRY, (MOST_ENTRIES,)),
        ("kinds", KIND, (MOST_KINDS,)),
        ("windows", np.int64, (MOST_WINDOWS,)),  # lengths in microseconds
        ("rings", RING, (MOST_RINGS,)),
        ("lines", LINE_RULE, (MOST_LINES,)),
        ("nodes", NODE, (MOST_NODES,)),
        ("levels", LEVEL_RULE, (MOST_LEVELS,)),
        ("window_us", np.int64),
        ("n_slots", np.int64),
        ("n_windows", np.int64),
        ("n_rings", np.int64),
        ("n_levels", np.int64),
        ("n_lines", np.int64),
        ("months_rings", np.int64),
        ("open_sets", np.int64),
        ("ring_days", np.int64),  # room for the days of all rings
        ("unless", np.int64),  # who is left out of the bars
        ("member", np.int64),  # Member's entry rule, for the bars
        ("lasting", np.int64),  # 1: neither of the two turns by months or silence
        ("bar_orders", np.int64),  # slots of orders and spend in W
        ("bar_spend", np.int64),
        ("seasonal", np.int64),
        ("bar_slots", np.int64, (3,)),  # where the bars in force are put
        ("shortest", np.int64),  # window
        ("silent", np.int64, (MOST_LEVELS,)),  # the levels with a silence
        ("n_silent", np.int64),
    ],
    align=True,
)

Program = Any  # one PROGRAM record, or its array of one


def room_for(dtype: np.dtype[Any], rows: int | tuple[int, int]) -> Rows:
    """An empty record array."""
    return np.zeros(rows, dtype).view(np.recarray)
