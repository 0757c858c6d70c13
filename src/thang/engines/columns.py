"""The tables that an engine keeps, by their columns.

Instants are microseconds, money is minor units.
"""

from __future__ import annotations

import pyarrow as pa

from thang.river.events import CODES

EVENTS = pa.schema(
    [
        ("person", pa.int64()),
        ("at", pa.int64()),
        ("kind", pa.int16()),
        ("ref", pa.int64()),
        ("amount", pa.int64()),
        ("grade", pa.int16()),
        ("flags", pa.int16()),
        ("other", pa.int64()),
    ]
)
# Events that join two people, or a person and a code: what a referral is qualified from.
PAIR_KINDS = tuple(
    CODES[kind] for kind in ("referral_converted", "referral_sent", "referral_disqualified")
)
# Rows that prepare adds to people's lines: orders that count, referrals that qualify.
ADDED_ROWS = pa.schema(
    [
        ("person", pa.int64()),
        ("at", pa.int64()),
        ("kind", pa.int16()),
        ("value", pa.int64()),
        ("ref", pa.int64()),
        ("anchor", pa.int64()),
    ]
)
TRANSITIONS = pa.schema(
    [
        ("person", pa.int64()),
        ("at", pa.int64()),
        ("from_level", pa.int8()),
        ("to_level", pa.int8()),
        ("cause", pa.int8()),
    ]
)
PLACE_NAMES = (
    "level", "observed", "since", "rungs", "next_change", "last_order", "orders", "gap",
)  # fmt: skip
STANCE_NAMES = ("asked_from", "own", "fails")
# What is kept of everybody. `gap` is the shop's before the third order, 0 before the first.
PLACEMENTS = pa.schema(
    [
        ("person", pa.int64()),
        ("level", pa.int8()),
        ("observed", pa.int8()),
        ("since", pa.int64()),
        ("rungs", pa.int32()),
        ("next_change", pa.int64()),
        ("last_order", pa.int64()),
        ("orders", pa.int32()),
        ("gap", pa.int64()),
    ]
)
# What is told of the few who are asked about: why they stand there.
EVIDENCE = pa.schema(
    [
        *PLACEMENTS,
        # per quantity (`compiling.slot_names`): when the level was reached, and at as_of
        ("then", pa.list_(pa.int64())),
        ("now", pa.list_(pa.int64())),
        # per level
        ("asked_from", pa.list_(pa.int64())),
        ("own", pa.list_(pa.int64())),
        ("fails", pa.list_(pa.int64())),
    ]
)
# What `nearing` asks of everybody: every quantity at as_of.
PRESENT = pa.schema([*PLACEMENTS, EVIDENCE.field("now")])
# What a row of the census says: BUYERS a person who bought in the window (spend, orders,
# member), GAPS `n` gaps of `spend` days more than at the quarter before, LIVING `n` people
# with `orders` living orders or more.
BUYERS, GAPS, LIVING = range(3)
CENSUS = pa.schema(
    [
        ("what", pa.int8()),
        ("quarter", pa.int32()),
        ("spend", pa.int64()),
        ("orders", pa.int32()),
        ("member", pa.int8()),
        ("n", pa.int64()),
    ]
)
