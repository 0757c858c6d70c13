"""Lifetime value against the margin that really came, and against rules of thumb."""

from __future__ import annotations

import numpy as np

from evaluation.metrics import Floats, coverage, top_share
from evaluation.report import Row, number, share
from evaluation.shops import Told
from thang.model import DAY

HORIZON = 24  # months
NARROW = (
    "Intervals know chance and the model's own doubt, and nothing of seasons, of failures or of "
    "what a shop does later: they are a little narrow."
)


def rows(told: Told, of: str) -> list[Row]:
    """Errors, capture, total and coverage, at a date whose whole horizon is known."""
    realised = {v.key: v.realised for v in told.truth.values if abs(v.at - told.at) < DAY}
    here = np.array([realised.get(int(key)) is not None for key in told.key])
    truth = np.array([realised.get(int(key)) or 0.0 for key in told.key])[here]
    ask = 'select person, value, value_low, value_high from "values"'
    ours, low, high = (told.by_key(ask, n)[here] for n in ("value", "value_low", "value_high"))
    others = {name: found[here] for name, found in _baselines(told).items()}
    mae = {name: float(np.abs(found - truth).mean()) for name, found in others.items()}
    best = min(mae, key=lambda name: mae[name])
    mine = float(np.abs(ours - truth).mean())
    caught = {name: top_share(found, truth) for name, found in others.items()}
    most = max(caught, key=lambda name: caught[name])
    within, off = coverage(low, high, truth), float(ours.sum() / truth.sum() - 1)
    got = top_share(ours, truth)
    n = f"{of}, {here.sum():,} buyers"
    return [
        Row("Value: mean error of a customer's 24 months, thousands", number(mine / 1000),
            f"{number(mae[best] / 1000)} ({best})", "15 % less", mine <= 0.85 * mae[best], n),
        Row("Value: share of the margin in the top tenth", share(got),
            f"{share(caught[most])} ({most})", "no less", got >= caught[most], n),
        Row("Value: error of the shop's total", share(off), "", "within 10 %", abs(off) <= 0.10, n),
        Row("Value: 80 % intervals hold", share(within), "", "75 to 85 %",
            0.75 <= within <= 0.85, n, reason=NARROW),
    ]  # fmt: skip


def _baselines(told: Told) -> dict[str, Floats]:
    """Margin of two years by the last one, by the mean month, and by regression on RFM."""
    margin = told.shop.value().summed
    kept = margin.margin if margin and margin.margin is not None else 1.0
    day = told.at // DAY
    year = _spend(told, day - 365, day)
    first = told.by_key("select person, min(day) as first from purchases group by person", "first")
    months = np.maximum((day - first) / 30.44, 1.0)
    return {
        "last year twice": year * kept * HORIZON / 12,
        "mean month": _spend(told, 0, day) * kept / months * HORIZON,
        "regression on RFM": _regressed(told, day) * kept,
    }


def _regressed(told: Told, day: int) -> Floats:
    """What half a year's RFM foretold of the half year after it, asked of today's RFM."""
    half = 182
    rows, came = _rfm(told, day - half), _spend(told, day - half, day)
    known = rows[:, 2] > 0
    slope, *_ = np.linalg.lstsq(_design(rows[known]), came[known], rcond=None)
    found: Floats = np.maximum(_design(_rfm(told, day)) @ slope, 0.0) * HORIZON / 6
    return found


def _design(rows: Floats) -> Floats:
    return np.column_stack([np.ones(len(rows)), np.log1p(rows)])


def _rfm(told: Told, day: int) -> Floats:
    ask = (
        f"select person, {day} - max(day) as recency, count(*) as orders, sum(money) as spend "
        f"from purchases where day <= {day} group by person"
    )
    return np.column_stack([told.by_key(ask, name) for name in ("recency", "orders", "spend")])


def _spend(told: Told, after: int, until: int) -> Floats:
    ask = (
        f"select person, sum(money) as spend from purchases where day > {after} and day <= {until} "
        "group by person"
    )
    return told.by_key(ask, "spend")
