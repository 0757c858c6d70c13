"""Who moves where in a month: shares up, stay and down with intervals, a few rows drawn together.

Each row of the matrix is Dirichlet about its own counts and ten of the shop's pooled row, so that
a rung with five people is not said to lift them all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from thang.river.lifetime.rows import Float64
from thang.river.tables import Int64

PRIOR = 10.0  # people's worth of the pooled row


@dataclass(frozen=True, slots=True)
class Span:
    """A share and its 90 % interval."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RowMoves:
    """What becomes of a rung's people in a month."""

    people: int
    up: Span
    stay: Span
    down: Span


@dataclass(frozen=True)
class Moves:
    """All rungs, and net moves up per 1,000 people and month."""

    rows: tuple[RowMoves, ...]
    net_up: float


def moves(counts: Int64) -> Moves:
    """`counts` [from, to]: people-months by the rung at a month's beginning and end."""
    levels = len(counts)
    found = tuple(_row(counts, level) for level in range(levels))
    up, down = np.triu(counts, 1).sum(), np.tril(counts, -1).sum()
    total = int(counts.sum())
    return Moves(found, float(1_000 * (up - down) / total) if total else float("nan"))


def _row(counts: Int64, level: int) -> RowMoves:
    row, pooled = counts[level].astype(np.float64), _pooled(counts, level)
    alpha = row + PRIOR * pooled
    parts = (alpha[level + 1 :].sum(), alpha[level], alpha[:level].sum())
    up, stay, down = (_span(float(part), float(alpha.sum())) for part in parts)
    return RowMoves(int(row.sum()), up, stay, down)


def _pooled(counts: Int64, level: int) -> Float64:
    """Steps up and down of all rungs, as they would be from this one."""
    levels, steps = len(counts), np.zeros(2 * len(counts) - 1)
    for step in range(-levels + 1, levels):
        steps[step + levels - 1] = np.trace(counts, offset=step)
    here = steps[levels - 1 - level : 2 * levels - 1 - level] + 1e-9
    found: Float64 = here / here.sum()
    return found


def _span(a: float, total: float) -> Span:
    """A part of a Dirichlet is a beta."""
    b = total - a
    if a <= 0 or b <= 0:
        return Span(float(b <= 0), float(b <= 0), float(b <= 0))
    return Span(a / total, float(betaincinv(a, b, 0.05)), float(betaincinv(a, b, 0.95)))


def first_passage(counts: Int64, level: int) -> float:
    """Months until somebody first stands higher, by the matrix alone: (I − Q)⁻¹ 1.

    Where it differs much from what was lived, moves depend on how long somebody has stood.
    """
    here = counts[: level + 1].astype(np.float64)
    total = here.sum(axis=1, keepdims=True)
    if (total == 0).any():
        return float("nan")
    q = (here / total)[:, : level + 1]
    try:
        found = np.linalg.solve(np.eye(level + 1) - q, np.ones(level + 1))
    except np.linalg.LinAlgError:
        return float("inf")
    return float(found[level])
