"""The north star: net level-ups that would not have been, and what else must hold to claim them.

A level can be gamed by its definition, so that hard outcomes stand beside it: margin and orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from thang.river.lifetime.rows import Bool, Float64
from thang.river.measuring.differences import Difference, cuped, welch
from thang.river.tables import Int64

QUARTERS = 2
SURE = 0.9
WORSE = 0.10  # of a guardrail, beyond which it is broken
KEPT = 0.8  # of those who moved by themselves


@dataclass(frozen=True, slots=True)
class Star:
    """Of one period: net level-ups per 1,000 people, margin and orders a person."""

    level_ups: Difference
    margin: Difference
    orders: Difference


@dataclass(frozen=True, slots=True)
class Guard:
    """A rate that must not get worse, such as opting out: treated less held, by the held one."""

    name: str
    worse: Difference
    base: float

    @property
    def holds(self) -> bool:
        """Not worse by a tenth, with certainty."""
        return self.worse.known and self.worse.high <= WORSE * self.base


def net_moves(was: Int64, now: Int64, worth: Float64) -> Float64:
    """Each move by what the rungs are apart in margin: up counts, down discounts."""
    found: Float64 = worth[now] - worth[was]
    return found


def star(
    moved: Float64, margin: Float64, past: Float64, orders: Float64, treated: Bool
) -> Star:  # fmt: skip
    """`moved` as `net_moves`; `past` is the margin of the 90 days before."""
    thousand = moved * 1_000
    return Star(
        welch(thousand[treated], thousand[~treated]), cuped(margin, past, treated),
        welch(orders[treated], orders[~treated]),
    )  # fmt: skip


def claim(quarters: Sequence[Star], cost: float, guards: Sequence[Guard], kept: float) -> list[str]:
    """What is still missing to say that people were lifted; nothing: it may be said.

    `cost` a person; `kept`: how many of the lifted keep their rung half a year later, by how many
    of those who moved by themselves do.
    """
    missing = []
    last = list(quarters)[-QUARTERS:]
    if len(last) < QUARTERS or not all(one.level_ups.helps for one in last):
        missing.append("level_ups")
    if not last or not all(_pays(one.margin, cost) for one in last):
        missing.append("margin")
    missing += [guard.name for guard in guards if not guard.holds]
    if not np.isfinite(kept) or kept < KEPT:
        missing.append("kept")
    return missing


def _pays(margin: Difference, cost: float) -> bool:
    if not margin.known:
        return False
    sure = float(ndtr((margin.estimate - cost) / margin.error)) if margin.error > 0 else 1.0
    return margin.helps or (margin.estimate > cost and sure >= SURE)
