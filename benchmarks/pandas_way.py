"""The levels as of today alone, as one computes them with pandas: no history, no holds.

It asks the entry rules of the default policy of the same events and settings as the fold's
benchmark (no referral rows in either), and must come to the fold's own `observed` levels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thang.model import DAY, Flag
from thang.river.events import CODES

W, RETURNS, YEAR, HALF = 180 * DAY, 7 * DAY, 365 * DAY, 180 * DAY
UTC_PLUS_7 = DAY * 7 // 24
PREMIER_BAR = 5_000_000
STRONG = (
    "product_added", "checkout_started", "trial_started", "trial_used", "sample_requested",
    "signed_up", "demo_attended", "price_asked", "order_completed", "membership_joined",
)  # fmt: skip
WEAK = {
    "live_chat_message_sent": 1.0, "link_clicked": 1.0, "page": 1.0, "product_viewed": 1.0,
    "email_opened": 0.5,
}  # fmt: skip
SHARES = ("post_shared", "product_shared", "cart_shared", "ugc_posted")
COLUMNS = ["person", "at", "kind", "ref", "amount", "grade", "flags", "other"]
Frame = Any  # pandas brings no types


def levels_today(path: Path) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """People in order, and the level that today alone would give each."""
    frame = pd.read_parquet(path, columns=COLUMNS)
    last = int(frame["at"].max())
    people = pd.DataFrame(index=pd.unique(frame["person"]))
    people = people.join(_orders(frame, last)).join(_telling(frame, last))
    people["shops"] = people.index.isin(_shopping(frame, last))
    people["joined"] = people.index.isin(_members(frame))
    people = people.fillna(0)
    told = (people["points"] >= 3) & (people["days"] >= 2) & (people["outward"] > 0)
    level = np.select(
        [
            (people["orders"] >= 2) & told,
            (people["orders"] >= 3) & (people["spend"] >= PREMIER_BAR),
            people["joined"] & (people["orders"] >= 2),
            people["ever"] >= 1,
            people["shops"],
        ],
        [5, 4, 3, 2, 1],
        0,
    )
    return people.index.to_numpy(), level


def _of(frame: Frame, *kinds: str) -> Frame:
    return frame[frame["kind"].isin([CODES[kind] for kind in kinds])]


def _orders(frame: Frame, last: int) -> Frame:
    """Orders that count and were not undone, those of one day as one; what they are worth."""
    orders = _of(frame, "order_completed")
    delivered = _of(frame, "order_delivered").groupby("ref")["at"].min()
    refunded = _of(frame, "order_refunded").groupby("ref")["amount"].sum()
    orders = orders[~orders["ref"].isin(_of(frame, "order_cancelled")["ref"])]
    orders = orders.assign(
        counts=orders["ref"].map(delivered) + RETURNS,
        left=orders["amount"] - orders["ref"].map(refunded).fillna(0),
        day=(orders["at"] + UTC_PLUS_7) // DAY,
    )
    orders = orders[(orders["counts"] <= last) & (orders["left"] > 0)]
    recent = orders[orders["counts"] > last - W]
    day = orders.groupby(["person", "day"])["counts"].min()
    return pd.DataFrame(
        {
            "ever": day.groupby("person").size(),
            "orders": day[day > last - W].groupby("person").size(),
            "spend": recent.groupby("person")["left"].sum(),
        }
    )


def _shopping(frame: Frame, last: int) -> Frame:
    """Who did something strong lately, or enough that is weak."""
    strong = _of(frame[frame["at"] > last - HALF], *STRONG)["person"].unique()
    weak = _of(frame[frame["at"] > last - 60 * DAY], *WEAK)
    weights = {CODES[kind]: weight for kind, weight in WEAK.items()}
    weak = weak.assign(weight=weak["kind"].map(weights), day=(weak["at"] + UTC_PLUS_7) // DAY)
    by_person = weak.groupby("person").agg({"weight": "sum", "day": "nunique"})
    enough = by_person[(by_person["weight"] >= 3) & (by_person["day"] >= 2)].index
    return np.union1d(strong, enough)


def _members(frame: Frame) -> Frame:
    last = _of(frame, "membership_joined", "membership_left").groupby("person")["kind"].last()
    return last[last == CODES["membership_joined"]].index


def _telling(frame: Frame, last: int) -> Frame:
    """Points of the last year; an act earns below its cap, and once for each product."""
    flags, public = frame["flags"], int(Flag.PUBLIC)
    shown = int(Flag.PUBLIC | Flag.VERIFIED)
    kinds = frame["kind"]
    review = (kinds == CODES["product_reviewed"]) & (frame["grade"] >= 4)
    review &= (flags & shown) == shown
    click = (kinds == CODES["referral_clicked"]) & (frame["other"] != frame["person"])
    click &= (flags & int(Flag.SELF)) == 0
    share = kinds.isin([CODES[kind] for kind in SHARES]) & ((flags & public) != 0)
    acts = frame[review | click | share]
    line = np.select([review[acts.index], click[acts.index]], [0, 1], 2)
    acts = acts.assign(line=line)
    earned = _earned(acts)
    acts = acts[earned & (acts["at"] > last - YEAR)]
    acts = acts.assign(day=(acts["at"] + UTC_PLUS_7) // DAY)
    by_person = acts.groupby("person").agg(points=("line", "size"), days=("day", "nunique"))
    return by_person.assign(outward=by_person["points"])


def _earned(acts: Frame) -> NDArray[np.bool_]:
    """Two acts of a line within ninety days earn, in the order in which they happened."""
    last: dict[tuple[int, int], list[int]] = {}
    seen: set[tuple[int, int]] = set()
    earned = np.zeros(len(acts), np.bool_)
    rows = zip(acts["person"], acts["line"], acts["at"], acts["ref"], strict=True)
    for i, (person, line, at, ref) in enumerate(rows):
        before = last.setdefault((person, line), [])
        if len(before) == 2 and before[0] > at - 90 * DAY:
            continue
        if line == 0 and ref:
            if (person, ref) in seen:
                continue
            seen.add((person, ref))
        earned[i] = True
        last[person, line] = [*before, at][-2:]
    return earned
