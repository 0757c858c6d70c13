"""Which model would have foretold best: fitted on the past, asked about what came after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thang.river.lifetime.fitted import Fitted, fitted
from thang.river.lifetime.intervals import COUNTED
from thang.river.lifetime.models import MODELS
from thang.river.lifetime.rows import Float64, Summary
from thang.river.lifetime.summary import Purchases, bought_between, rfm_of
from thang.river.tables import Int64

ENOUGH = 1_000  # customers below whom there is nothing to choose by
MOST = 200_000  # customers that suffice for it
LONGEST = 365  # days to hold out at most


@dataclass(frozen=True)
class Backtest:
    """What a model foretold of the time held out, and what came. Errors are shares of what came.

    `loglik`: mean log-probability of what each customer did; `naive_error`: of carrying on at
    everybody's own pace; `cumulative_error`: of purchases since the beginning.
    """

    model: str
    customers: int
    days: int
    loglik: float
    foretold: float
    actual: int
    error: float
    cumulative_error: float
    absolute_error: float
    correlation: float
    naive_error: float


def backtests(
    purchases: Purchases, today: int, prior: str = "auto", days: int | None = None
) -> tuple[Backtest, ...]:
    """Every model on the last `days` (by default half the shop's time, at most a year); best first.

    Empty when the past holds fewer than a thousand customers, or nothing was bought since.
    """
    if not len(purchases.day):
        return ()
    held = days or min((today - int(purchases.day.min())) // 2, LONGEST)
    before = rfm_of(purchases, today - held)
    before = before.take(slice(None, None, max(1, len(before) // MOST)))
    if len(before) < ENOUGH or held < 1:
        return ()
    later = bought_between(purchases, before.person, today - held, today)
    if not later.any() or not before.cells.repeaters:
        return ()
    fits = [fitted(model, before.cells, prior) for model in MODELS.values()]
    tests = [backtest(fit, before, later, held) for fit in fits]
    return tuple(sorted(tests, key=lambda test: -test.loglik))


def backtest(fit: Fitted, before: Summary, later: Int64, days: int) -> Backtest:
    """One model against what came in the `days` after the summary."""
    cells, x = before.cells, before.frequency
    told = (fit.alive(cells) * fit.moments(cells, days, 0.0).purchases[cells.pair])[cells.place]
    naive = float((x * (days / np.maximum(before.age, 1))).sum())
    actual, known = int(later.sum()), int(x.sum())
    return Backtest(
        fit.model.name,
        len(before),
        days,
        float(np.log(chance_of(fit, before, later, days)).mean()),
        float(told.sum()),
        actual,
        float(told.sum()) / actual - 1,
        (known + float(told.sum())) / (known + actual) - 1,
        float(np.abs(told - later).mean()),
        float(np.corrcoef(told, later)[0, 1]) if np.ptp(told) and np.ptp(later) else 0.0,
        naive / actual - 1,
    )


def chance_of(fit: Fitted, before: Summary, later: Int64, days: int) -> Float64:
    """The probability of what each customer did later; beyond COUNTED, of at least that."""
    cells = before.cells
    alive, pair = fit.alive(cells)[cells.place], cells.pair[cells.place]
    tails = fit.model.tails(fit.theta, cells.pair_x, cells.pair_age, days)
    reached, chance = np.ones(len(later)), np.zeros(len(later))
    top = min(int(later.max()), COUNTED)
    for k, tail in zip(range(1, top + 2), tails, strict=False):
        beyond = alive * tail[pair]
        here = later == k - 1
        chance[here] = (reached - beyond)[here]
        reached = beyond
        chance[later >= COUNTED] = beyond[later >= COUNTED]
    return np.maximum(chance, 1e-300)
