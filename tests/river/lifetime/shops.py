"""Invented shops with known truth, drawn from the models' own stories, step by step."""

from __future__ import annotations

import numpy as np

from thang.river.lifetime.rows import Float64, Summary
from thang.river.tables import Int64

TRUTH = (0.6, 55.0, 0.8, 2.5)


def summary(
    frequency: object, recency: object, age: object, spend: object = None, paid: object = None
) -> Summary:
    """A summary from plain lists; every repeat day paid unless said otherwise."""
    x, t, whole = (np.asarray(one, np.int32) for one in (frequency, recency, age))
    money = np.where(x > 0, 1000.0, 0.0) if spend is None else np.asarray(spend, np.float64)
    times = (
        np.where(money > 0, x, 0).astype(np.int32) if paid is None else np.asarray(paid, np.int32)
    )
    return Summary(np.arange(len(x)), x, t, whole, times, money, np.where(money > 0, money, 1000.0))


def lived(
    seed: int, people: int, m: int = 0, truth: tuple[float, ...] = TRUTH, ages: Int64 | None = None,
    further: int = 0,
) -> tuple[Summary, Float64, Float64, Int64]:  # fmt: skip
    """Customers of (M)BG/NBD, day by day: summary, their paces and dropouts, days bought later."""
    dice = np.random.default_rng(seed)
    r, alpha, a, b = truth
    whole = dice.integers(14, 731, people) if ages is None else ages
    pace, leaves = dice.gamma(r, 1 / alpha, people), dice.beta(a, b, people)
    x, t, later = (np.zeros(people, np.int64) for _ in range(3))
    for i in range(people):
        now, last = 0.0, 0
        gone = bool(m) and dice.random() < leaves[i]
        while not gone:
            now += dice.exponential(1 / pace[i])
            day = max(1, int(now))
            if day > whole[i] + further:
                break
            if day > last:
                last = day
                if day <= whole[i]:
                    x[i], t[i] = x[i] + 1, day
                else:
                    later[i] += 1
            gone = dice.random() < leaves[i]
    own = dice.gamma(4.0, 1 / 15.0, people)
    spend = np.where(x > 0, dice.gamma(6.0 * np.maximum(x, 1)) / own / np.maximum(x, 1) * 1000, 0)
    return summary(x, t, whole, spend), pace, leaves, later
