"""What referrals of a person are worth (CRV), and their influence (CIV): money in minor units.

With a chance of `rho` a friend would not have come otherwise: then the friend's own value is owed
to whoever referred them, half of it one step further up, and so on for a few steps; else only what
it would have cost to win them is saved. Gifts for referring go off.

Neither is ever added to the same people's lifetime values, nor summed over customers: the value of
whoever was referred is in both already.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thang.model import DAY
from thang.policy.aims import Viral
from thang.river.counting import QUALIFIED, UNDONE
from thang.river.lifetime.rows import Float64
from thang.river.program import Rows
from thang.river.tables import Int64


@dataclass(frozen=True)
class Edges:
    """Who brought whom; a friend was brought by one person only."""

    referrer: Int64
    friend: Int64


@dataclass(frozen=True)
class Descent:
    """Everybody whom some people brought, and brought through others: `depth` 1 are friends."""

    root: Int64
    friend: Int64
    depth: Int64


@dataclass(frozen=True)
class Worth:
    """`value` is friends' values by the chance that they were brought, `saved` the cost of winning
    the others; both before gifts.
    """

    value: Float64
    saved: Float64


def living(rows: Rows, as_of: int, days: int) -> Edges:
    """The referrals that qualified within so many days and were not undone, by referral rows."""
    seen = rows[rows["at"] <= as_of]
    made, undone = seen[seen["kind"] == QUALIFIED], seen[seen["kind"] == UNDONE]
    gone = set(zip(*(undone[name].tolist() for name in ("person", "ref", "anchor")), strict=True))
    names = ("person", "ref", "at")
    stays = [row not in gone for row in zip(*(made[name].tolist() for name in names), strict=True)]
    kept = made[np.array(stays, np.bool_) & (made["at"] > as_of - days * DAY)]
    return Edges(kept["person"].astype(np.int64), kept["ref"].astype(np.int64))


def descent(edges: Edges, roots: Int64, deepest: int) -> Descent:
    """All that came of some people, at most so many steps away; nobody comes of themself."""
    order = np.argsort(edges.referrer, kind="stable")
    by, friends = edges.referrer[order], edges.friend[order]
    root, at = roots, roots
    found = []
    for depth in range(1, deepest + 1):
        first, past = np.searchsorted(by, at, "left"), np.searchsorted(by, at, "right")
        many = past - first
        root = np.repeat(root, many)
        start = np.repeat(first - np.append(0, np.cumsum(many)[:-1]), many)
        at = friends[start + np.arange(len(start))]
        other = at != root
        root, at = root[other], at[other]
        found.append((root, at, np.full(len(at), depth)))
    columns = (np.concatenate(column) for column in zip(*found, strict=True))
    return Descent(*(column.astype(np.int64) for column in columns))


def referral_value(of: Descent, roots: Int64, value: Float64, saved: float, asked: Viral) -> Worth:
    """Of each of `roots` (sorted): Σ ρ · friend's value · decay^(depth−1), and Σ (1−ρ) · `saved`.

    `value` has the value of each friend of `of` (0 where it is not known).
    """
    rho, decay = float(asked.crv_rho), float(asked.crv_decay)
    place = np.searchsorted(roots, of.root)
    weight = rho * value * decay ** (of.depth - 1)
    owed = np.bincount(place, weight, len(roots)).astype(np.float64)
    many = np.bincount(place, minlength=len(roots)).astype(np.float64)
    return Worth(owed, (1 - rho) * saved * many)


def influence(
    clicks: Float64, gifts: Float64, shop_clicks: float, shop_referrals: float, margin: float
) -> Float64:
    """Clicks on what somebody shared unasked, times how often a click of the shop's becomes a
    friend's first order, times the margin of one order. Who got gifts shared for them: nothing.
    """
    often = min(shop_referrals / shop_clicks, 1.0) if shop_clicks > 0 else 0.0
    found: Float64 = np.where(gifts > 0, 0.0, clicks * often * margin)
    return found
