"""Levels: the rung on which people are put, against the one that their true rates would give."""

from __future__ import annotations

import numpy as np

from evaluation.baselines import clustered_levels, order_levels, rfm_levels, rolling_levels
from evaluation.metrics import Floats, Ints, macro_f1, weighted_kappa
from evaluation.report import Row, number
from evaluation.shops import Told
from thang.engines.steps import column
from thang.model import DAY

LEVELS = 7
BACK_DAYS = 90  # a move that is undone within them is a flap
MONTHS = 12


def rows(told: Told, of: str) -> list[Row]:
    """Agreement with the latent level, and restlessness."""
    latent = {one.key: int(one.levels[told.month - 1]) - 1 for one in told.truth.people}
    truth = np.array([latent[int(key)] for key in told.key])
    here = truth >= 0
    ours = told.by_key("select person, level from placements", "level").astype(np.int64)
    recency, orders, spend, recent = _money(told)
    others = {
        "RFM quintiles": rfm_levels(recency, orders, spend),
        "order count": order_levels(orders),
        "k-means": clustered_levels(recency, orders, spend),
        "rolling percentile": rolling_levels(recent),
    }
    f1 = macro_f1(ours[here], truth[here], LEVELS)
    scores = {name: macro_f1(levels[here], truth[here], LEVELS) for name, levels in others.items()}
    best = max(scores, key=lambda name: scores[name])
    kappa = weighted_kappa(ours[here], truth[here], LEVELS)
    flaps, theirs = _flaps(told), _rolling_flaps(told)
    exact = f"exact in {(ours[here] == truth[here]).mean():.0%} of people"
    return [
        Row("Level: macro F1 against the latent level", number(f1),
            f"{number(scores[best])} ({best})", "best + 0.10", f1 >= scores[best] + 0.10, of,
            exact),
        Row("Level: weighted kappa", number(kappa), "", "at least 0.75", kappa >= 0.75, of),
        Row("Level: moves undone within 90 days, a person and year", number(flaps),
            f"{number(theirs)} (rolling percentile)", "a tenth at most", flaps <= theirs / 10, of),
    ]  # fmt: skip


def _money(told: Told) -> tuple[Floats, Floats, Floats, Floats]:
    """Days since the last order, orders, spend, and spend of 90 days."""
    day = told.at // DAY
    ask = (
        f"select person, {day} - max(day) as recency, count(*) as orders, sum(money) as spend, "
        f"coalesce(sum(money) filter (day > {day} - 90), 0) as recent "
        "from purchases group by person"
    )
    names = ("recency", "orders", "spend", "recent")
    missing = (9_999.0, 0.0, 0.0, 0.0)
    found = [told.by_key(ask, name, none) for name, none in zip(names, missing, strict=True)]
    return found[0], found[1], found[2], found[3]


def _flaps(told: Told) -> float:
    """Moves of the last year that were undone soon, a person."""
    moves = told.table(
        f'select person, "at", from_level, to_level from transitions where "at" > '
        f'{told.at - 365 * DAY} order by person, "at"'
    )
    who, at, was, now = (column(moves, name) for name in ("key", "at", "from_level", "to_level"))
    undone = (who[1:] == who[:-1]) & (now[1:] == was[:-1]) & (was[:-1] >= 0)
    undone &= at[1:] - at[:-1] <= BACK_DAYS * DAY
    return float(undone.sum()) / max(len(told.key), 1)


def _rolling_flaps(told: Told) -> float:
    """The same of bins drawn anew each month."""
    day = told.at // DAY
    levels: list[Ints] = []
    for month in range(MONTHS, -1, -1):
        end = day - 30 * month
        ask = (
            f"select person, sum(money) as spend from purchases where day <= {end} "
            f"and day > {end} - 90 group by person"
        )
        levels.append(rolling_levels(told.by_key(ask, "spend")))
    undone = 0
    for i in range(1, len(levels)):
        moved = levels[i] != levels[i - 1]
        for later in levels[i + 1 : i + 4]:
            back = moved & (later == levels[i - 1])
            undone += int(back.sum())
            moved &= ~back
    return undone / max(len(told.key), 1)
