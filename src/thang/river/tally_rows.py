"""The rows that tallying writes and what it holds in its hands, as record arrays."""

from __future__ import annotations

import numpy as np

from thang.model import DAY, Cost
from thang.policy.aims import Groups
from thang.river.program import Rows, room_for

COUNTS = (
    "returned", "refused", "minutes", "contacts", "try_n", "try_k", "retry_n", "retry_k", "voice",
    "failures", "open_failures", "wish_months", "wish_active", "referrals", "clicks", "shares",
    "reviews", "answers",
)  # fmt: skip
TALLY = np.dtype(
    [
        *((name, np.int64) for name in ("first_at", "due", "counted", "revenue")),
        ("costs", np.int64, (len(Cost),)),
        *((name, np.int64) for name in ("access_at", "last_failure", "wish_open")),
        *((name, np.float64) for name in ("chances", "forgiven")),
        *((name, np.int32) for name in COUNTS),
        ("beta", np.int8),
    ],
    align=True,
)
PART = np.dtype(
    [("placed", np.int64), ("ref", np.int64), ("money", np.int64), ("who", np.int32)], align=True
)
# What the policy asks: spans in microseconds, weights as numbers.
ASKED = np.dtype(
    [
        *((name, np.int64) for name in ("within", "ripe", "second")),
        *(
            (name, np.float64)
            for name in (
                "after_bad_success", "after_good_success", "after_good_failure",
                "after_bad_failure", "severe", "second_weight",
            )
        ),
    ],
    align=True,
)  # fmt: skip
# Open things of the person at hand, side by side; the numbers of them stand in the first row.
HAND = np.dtype(
    [
        *((name, np.int64) for name in ("chance_ref", "chance_at", "tried_ref", "wish_ref")),
        *((name, np.int64) for name in ("ticket_ref", "ticket_at")),
        *((name, np.int64) for name in ("back", "harm", "since", "block")),
        *((name, np.int32) for name in ("chances", "first", "tried", "wishes", "tickets")),
        *((name, np.int32) for name in ("ripened", "ticket_grade", "settled", "second")),
        *((name, np.int32) for name in ("taken", "again")),
    ],
    align=True,
)


def asked_of(groups: Groups, gap: int) -> Rows:
    """What the groups of a policy ask, in a shop of this usual gap (microseconds)."""
    rules, forgiving = room_for(ASKED, 1), groups.forgiving
    rules["within"] = groups.willing.within_days * DAY
    rules["ripe"] = max(forgiving.min_days * DAY, 2 * gap)
    rules["second"] = forgiving.second_days * DAY
    rules["second_weight"] = float(forgiving.second)
    for name in ASKED.names[3:8]:  # type: ignore[index]
        rules[name] = float(getattr(forgiving, name))
    return rules
