"""Lifetime value: fit a shop, then score its customers. The entry to this package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from thang.model import WrongInput
from thang.river.lifetime.choosing import Backtest, backtests
from thang.river.lifetime.expecting import Moments
from thang.river.lifetime.fitted import Fitted, fitted
from thang.river.lifetime.intervals import count_intervals, expected_error, gamma_interval
from thang.river.lifetime.models import MODELS
from thang.river.lifetime.rows import Cells, Float64, Summary
from thang.river.lifetime.scoring import Note, Rows, Scores, Terms, around, joined
from thang.river.lifetime.spending import Spending, spending_of
from thang.river.lifetime.summary import Purchases, rfm_of
from thang.river.tables import Int16, Int32

DEFAULT = "mbg"  # where there is too little to choose by: in it, one-time buyers may be gone
BATCH = 1 << 19
OFTEN, MUCH_OFTENER = 50, 20.0  # purchases, and times the shop's pace, of a business account


@dataclass(frozen=True)
class Lifetime:
    """A fitted shop. `buying` says how often, `leaving` whether somebody is still there.

    They are one model, but for BG/NBD, to which every one-time buyer is alive for ever: beside it,
    MBG/NBD answers for P(alive). `tests` is the choice by holdout, best first, where there was one.
    """

    summary: Summary
    buying: Fitted
    leaving: Fitted
    spending: Spending
    tests: tuple[Backtest, ...]

    @property
    def status(self) -> str:
        """That of the purchases; `spending.status` has its own."""
        return self.buying.status

    @property
    def loglik(self) -> float:
        """Log-likelihood of the purchases, time in days, without the prior."""
        return self.buying.summit.loglik

    @cached_property
    def shop_notes(self) -> Note:
        """What holds for every customer's score."""
        notes = Note(0)
        if self.status != "converged":
            notes |= Note.THIN
        if self.status == "no_repeat_buyers":
            notes |= Note.NO_REPEATS
        if self.spending.status == "no_money":
            notes |= Note.NO_MONEY
        return notes

    def score(self, terms: Terms | None = None, summary: Summary | None = None) -> Scores:
        """All customers at once; those the shop was fitted on, or others."""
        return joined(list(self.scores(terms, summary)))

    def scores(
        self, terms: Terms | None = None, summary: Summary | None = None
    ) -> Iterator[Scores]:
        """The same in batches of half a million, at least one."""
        terms, summary = terms or Terms(), summary or self.summary
        rows = self.rows(terms, summary.cells)
        for first in range(0, max(len(summary), 1), BATCH):
            batch = slice(first, first + BATCH)
            yield self.batch(terms, summary.take(batch), rows, summary.cells.place[batch])

    def rows(self, terms: Terms, cells: Cells) -> Rows:
        """Everything that depends on (x, t, T) alone."""
        buying, living = self.buying, self.buying.alive(cells)
        alive = living if self.leaving is buying else self.leaving.alive(cells)
        moments = buying.moments(cells, terms.horizon, terms.daily)
        coming = Moments(*(one[cells.pair] for one in moments))
        counts = count_intervals(
            buying.model, buying.theta, cells, living, terms.horizon, terms.level
        )

        def expected(theta: Float64) -> Float64:
            there = replace(buying, summit=replace(buying.summit, theta=theta))
            first = there.moments(cells, terms.horizon, terms.daily).first
            return there.alive(cells) * first[cells.pair]

        error = expected_error(buying.summit, expected) if terms.expected else None
        return Rows(alive, living, coming, counts.low, counts.high, counts.some, error)

    def batch(self, terms: Terms, people: Summary, rows: Rows, place: Int32) -> Scores:
        """The rows' answers for their customers, with each one's money."""
        order = self.spending.order(people.paid.astype(np.float64), people.spend)
        living, some = rows.living[place], rows.some[place]
        purchases, first, squares, second = (living * one[place] for one in rows.coming)
        value = order.mean * first
        square = order.mean**2 * (order.own * squares + order.mean_square * second)
        low, high = gamma_interval(some, value, square, terms.level)
        error = None if rows.error is None else rows.error[place]
        keep = terms.margin
        return Scores(
            people.person, rows.alive[place], purchases, rows.low[place], rows.high[place],
            order.mean, keep * value, keep * low, keep * high,
            self.notes(people), *around(terms, keep * value, error),
        )  # fmt: skip

    def notes(self, people: Summary) -> Int16:
        """Bits of `Note` for each."""
        known, x = self.summary, people.frequency
        pace = known.frequency.sum() / max(int(known.age.sum()), 1)
        business = (x >= OFTEN) & (x > MUCH_OFTENER * pace * np.maximum(people.age, 1))
        found = np.full(len(people), int(self.shop_notes), np.int16)
        found += np.where(x == 0, int(Note.ONE_TIMER), 0).astype(np.int16)
        found += np.where(people.paid == 0, int(Note.SHOP_SPEND), 0).astype(np.int16)
        found += np.where(business, int(Note.BUSINESS), 0).astype(np.int16)
        return found


def fit(
    summary: Summary,
    purchases: Purchases | None = None,
    today: int | None = None,
    model: str = "auto",
    prior: str = "auto",
) -> Lifetime:
    """Fit a summary; with the `purchases` behind it and their last day, `auto` chooses by holdout.

    Raises `WrongInput` for an unknown model or prior, or a summary that no orders can make.
    """
    if model != "auto" and model not in MODELS:
        raise WrongInput(f"There is no model {model!r}: choose auto, {', '.join(MODELS)}.")
    tests: tuple[Backtest, ...] = ()
    if model == "auto":
        if purchases is not None and today is not None:
            tests = backtests(purchases, today, prior)
        model = tests[0].model if tests else DEFAULT
    buying = fitted(MODELS[model], summary.cells, prior)
    leaving = fitted(MODELS[DEFAULT], summary.cells, prior) if model == "bg" else buying
    return Lifetime(summary, buying, leaving, spending_of(summary, prior), tests)


def lifetime_of(purchases: Purchases, today: int, prior: str = "auto") -> Lifetime:
    """From orders to a fitted shop, in one call."""
    return fit(rfm_of(purchases, today), purchases, today, "auto", prior)
