"""Where budget and attention go: the table by the stages' chances, then what experiments found.

share_g = Σ_s P(s) T[s, g], so that nothing jumps when the stage turns. While the gate is closed the
viral ones' share goes to what has to be mended, not to the other groups. With each finished
experiment the evidence gains on the table: final = (1 - κ) share + κ optimum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from thang.policy.aims import GROUPS, STAGES, Budget, Shares
from thang.river.lifetime.rows import Float64

VIRAL = GROUPS.index("viral")
MOST_EVIDENCE, EXPERIMENTS = 0.8, 20  # κ, and how many experiments lead up to it
STEPS = 200  # in which the optimum spends


@dataclass(frozen=True, slots=True)
class Cell:
    """A group and a strategy with what experiments found: margin won by spending b is
    A (1 - exp(-b / c)); `low` is the lower 80 % bound of A, `scale` (above 0) is c. `cap`: the
    most that its channel takes. Money is minor units.
    """

    group: int
    low: float
    scale: float
    cap: float


@dataclass(frozen=True, slots=True)
class Allocation:
    """Shares of one budget: by group, for mending, for trying out; they sum to 1.

    `acquisition`: how much of it is for winning new customers.
    """

    groups: tuple[float, ...]
    mending: float
    exploring: float
    acquisition: float
    evidence: float  # κ
    table: tuple[float, ...]  # the same by the stages alone


def allocate(
    chances: Sequence[float], gate_open: bool, budget: Budget,
    cells: Sequence[Cell] = (), money: float = 0.0, finished: int = 0,
) -> Allocation:  # fmt: skip
    """`chances` of the stages; `cells` and `money` (minor units) as far as experiments ended."""
    table = by_stage(chances, budget)
    kappa = min(MOST_EVIDENCE, finished / EXPERIMENTS) if cells and money > 0 else 0.0
    shares = table.copy()
    if kappa:
        floors = float(budget.group_floor) * table
        shares = (1 - kappa) * table + kappa * optimum(cells, money, floors)
    exploring = float(budget.explore)
    shares = shares * (1 - exploring)
    mending = 0.0 if gate_open else float(shares[VIRAL])
    shares[VIRAL] -= mending
    acquisition = sum(
        p * _stage(budget, s).acquisition for s, p in zip(STAGES, chances, strict=True)
    )
    return Allocation(
        tuple(shares.tolist()), mending, exploring,
        max(acquisition, budget.acquisition_floor) / 100, kappa, tuple(table.tolist()),
    )  # fmt: skip


def by_stage(chances: Sequence[float], budget: Budget) -> Float64:
    """The table's rows, weighed by the stages' chances."""
    table = np.array([[getattr(_stage(budget, s), g) for g in GROUPS] for s in STAGES], float)
    found: Float64 = np.asarray(chances) @ (table / table.sum(axis=1, keepdims=True))
    return found


def optimum(cells: Sequence[Cell], money: float, floors: Float64) -> Float64:
    """Shares of the groups when each step goes where the next unit surely brings most.

    What brings less than it costs gets no more; floors come first, and what nobody earns goes
    to the groups as the floors do.
    """
    spent = np.zeros(len(cells))
    step = money * max(1 - floors.sum(), 0.0) / STEPS
    low, scale, cap = (np.array([getattr(cell, name) for cell in cells], float)
                       for name in ("low", "scale", "cap"))  # fmt: skip
    for _ in range(STEPS):
        slope = low / scale * np.exp(-spent / scale)
        gain = np.where(spent + step <= cap, slope, -np.inf)
        best = int(gain.argmax())
        if gain[best] <= 1:
            break
        spent[best] += step
    earned = np.bincount([cell.group for cell in cells], spent / money, len(GROUPS))
    shares = floors + earned
    rest = 1 - float(shares.sum())
    even = floors / floors.sum() if floors.sum() > 0 else np.full(len(GROUPS), 1 / len(GROUPS))
    found: Float64 = shares + rest * even
    return found


def _stage(budget: Budget, stage: str) -> Shares:
    shares: Shares = getattr(budget, stage)
    return shares
