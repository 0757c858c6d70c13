"""Invented ledgers: people with what was tallied of them, whatever is not said being 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from thang.river.profit.ledger import KINDS, Sums, Tallied


def tallied(people: int, **known: Any) -> Tallied:
    """A ledger of so many people; costs by their kinds' names (`return_` for `return`)."""

    def of(name: str, otherwise: float = 0.0) -> Any:
        values = np.asarray(known.get(name, otherwise), np.float64)
        return np.broadcast_to(values, people).copy()

    numbers = ("revenue", "costed", "squares", "minutes", "contacts", "refused")
    return Tallied(
        person=np.arange(1, people + 1), years=of("years", 1.0), orders=of("orders", 3.0),
        costs={kind: of(f"{kind}_" if kind == "return" else kind) for kind in KINDS},
        **{name: of(name) for name in numbers},
    )  # fmt: skip


def sums(of: Tallied) -> Sums:
    """Their totals."""
    return Sums(
        float(of.revenue.sum()),
        float(of.costed.sum()),
        {kind: float(of.costs[kind].sum()) for kind in KINDS},
        {kind: int((of.costs[kind] > 0).sum()) for kind in KINDS},
    )
