"""The tables that an engine keeps, by their columns.

Instants are microseconds, money is minor units.
"""

from __future__ import annotations

import pyarrow as pa

from thang.model import Cost
from thang.policy.aims import GROUPS
from thang.river.events import CODES

COST_NAMES = tuple(cost.name.lower() for cost in Cost)  # columns of money, by what it was for

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

# What lifetime value, the groups and the stage ask of the fold, one row a person. Nothing in
# it depends on when it was asked, but what is not ripe yet: at `due` the person is folded again.
TALLIES = pa.schema(
    [
        ("person", pa.int64()),
        ("first_at", pa.int64()),  # first contact
        ("due", pa.int64()),  # when a chance ripens next; FAR: none waits
        # money: orders that still count, and what went back
        ("orders", pa.int32()),  # days with a living order
        ("first_order", pa.int32()),  # shop day on which it was placed; 0: none
        ("last_order", pa.int32()),
        ("revenue", pa.int64()),
        ("refunded", pa.int64()),
        ("returned", pa.int32()),  # orders undone after they counted
        ("refused", pa.int32()),  # parcels not taken
        ("costed", pa.int64()),  # revenue of the living orders whose cost of goods is recorded
        *((name, pa.int64()) for name in COST_NAMES),
        ("minutes", pa.int32()),
        ("contacts", pa.int32()),  # messages of ours that arrived
        # willing: chances to try, to try again; useful words since access was given
        ("try_n", pa.int32()),
        ("try_k", pa.int32()),
        ("retry_n", pa.int32()),
        ("retry_k", pa.int32()),
        ("voice", pa.int32()),
        ("access_at", pa.int64()),  # 0: never
        # forgiving: ripe failures of ours, weighted by the policy; months with an open wish
        ("failures", pa.int32()),
        ("chances", pa.float64()),
        ("forgiven", pa.float64()),
        ("last_failure", pa.int64()),  # of any ripeness; 0: none
        ("open_failures", pa.int32()),
        ("wish_months", pa.int32()),  # of wishes that were fulfilled
        ("wish_active", pa.int32()),  # months of any wish in which the person did something
        ("wish_open", pa.int64()),  # since when a wish is open; 0: none is
        # viral: living qualified referrals, and other outward acts
        ("referrals", pa.int32()),
        ("clicks", pa.int32()),
        ("shares", pa.int32()),
        ("reviews", pa.int32()),
        ("answers", pa.int32()),
        ("beta", pa.int8()),  # 1: has used what was not launched yet
    ]
)
# One row for each shop day with a living order, by person and day: from these come cohorts,
# curves, backtests and the stage. Money is net of refunds.
PURCHASES = pa.schema([("person", pa.int64()), ("day", pa.int32()), ("money", pa.int64())])
# What the fold says of people: its tables, in the order in which it answers.
FOLDED = {
    "transitions": TRANSITIONS,
    "placements": PLACEMENTS,
    "tallies": TALLIES,
    "purchases": PURCHASES,
}
# Rare events that are asked about by the shop's month rather than by person, as they are.
SIGNAL_KINDS = tuple(
    CODES[kind]
    for kind in (
        "product_reviewed", "complaint_posted", "chargeback", "blocked_us", "ticket_opened",
        "ticket_resolved", "nps_answered", "csat_answered", "pmf_answered", "referral_sent",
        "referral_clicked", "order_delivery_failed", "fraud_hold_set",
    )
)  # fmt: skip
# What is known of every buyer's value: money is minor units, over the policy's horizon; profit a
# year; bounds are of 80 %. Scores are chances to reach the threshold; bits of `note` are `Note`.
VALUES = pa.schema(
    [
        ("person", pa.int64()),
        ("alive", pa.float32()),
        ("purchases", pa.float32()),  # expected within the horizon
        ("value", pa.float64()),
        ("value_low", pa.float64()),
        ("value_high", pa.float64()),
        ("valuable", pa.float32()),
        ("profit", pa.float64()),
        ("profit_low", pa.float64()),
        ("profit_high", pa.float64()),
        ("profitable", pa.float32()),
        ("enough", pa.int8()),  # 1: for `valuable`, 2: for `profitable`
        ("barnacle", pa.bool_()),
        ("note", pa.int16()),
    ]
)
# Everybody's groups: scores are chances; bits of `enough` and `members`, and `main` (the
# primary group, -1: none), are places in `policy.aims.GROUPS`.
SCORES = pa.schema(
    [
        ("person", pa.int64()),
        *((name, pa.float32()) for name in GROUPS),
        ("enough", pa.int8()),
        ("members", pa.int8()),
        ("main", pa.int8()),
    ]
)
