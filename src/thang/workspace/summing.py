"""Sums everybody's value up while it is written, batch by batch, into what a page shows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from thang.policy.schema import Policy
from thang.river.lifetime import keeping
from thang.river.lifetime.intervals import gamma_interval
from thang.river.lifetime.rows import Bool
from thang.river.lifetime.scoring import Note
from thang.river.lifetime.summary import Purchases, rfm_of
from thang.river.profit.ledger import Filled
from thang.river.profit.profit import SURE, Profits
from thang.river.profit.sums import SortedSums, lorenz, whale
from thang.river.profit.worth import Worth
from thang.river.tables import Int16
from thang.workspace.buyers import Batch
from thang.workspace.valued import Cohort, Concentration, Filling, Model, Summed, Test, Totals
from thang.workspace.yardstick import LEVEL, Yardstick


@dataclass
class Running:
    """What has been added up so far."""

    people: int = 0
    buyers: int = 0
    revenue: SortedSums = field(default_factory=SortedSums)
    value: SortedSums = field(default_factory=SortedSums)
    left: SortedSums = field(default_factory=SortedSums)
    variance: float = 0.0
    doubt: float = 0.0
    purchases: float = 0.0
    alive: float = 0.0
    valuable: int = 0
    profitable: int = 0
    barnacles: int = 0
    losing: int = 0
    notes: dict[str, int] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)

    def add_worth(self, worth: Worth, enter: float, *, labels: bool) -> None:
        """What some buyers are worth."""
        self.value.add(worth.value)
        self.variance += float(worth.variance.sum())
        self.doubt += float((worth.value * worth.error).sum())
        self.purchases += float(worth.purchases.sum())
        self.alive += float(worth.alive.sum())
        if labels:
            self.valuable += int((worth.valuable >= enter).sum())
        for note in Note:
            _count(self.notes, str(note.name).lower(), worth.note, int(note))

    def add_profits(
        self, of: Batch, told: Profits, barnacle: Bool, enter: float, *, labels: bool
    ) -> None:
        """What some people left."""
        self.people += len(of.tallied)
        self.buyers += int(of.buyer.sum())
        self.revenue.add(of.tallied.revenue[of.buyer])
        self.left.add(told.left)
        if labels:
            self.profitable += int((told.enough & (told.score >= enter)).sum())
        self.losing += int((told.loss >= SURE).sum())
        self.barnacles += int(barnacle.sum())
        for bit in Filled:
            _count(self.filled, str(bit.name).lower(), told.filled, int(bit))


def _count(counts: dict[str, int], name: str, bits: Int16, bit: int) -> None:
    counts[name] = counts.get(name, 0) + int(np.count_nonzero(bits & bit))


def summed(
    running: Running, measure: Yardstick, policy: Policy, as_of: int, quarter: int,
    cohorts: tuple[Cohort, ...],
) -> Summed:  # fmt: skip
    """All of it, to be kept."""
    aims, prices = policy.aims.value, measure.prices
    return Summed(
        status=measure.status, profit_status=measure.profit.status, as_of=as_of,
        policy=measure.policy, quarter=quarter, horizon_months=aims.horizon_months,
        discount=float(aims.discount), of_margin=prices.margin is not None, margin=prices.margin,
        people=running.people, buyers=running.buyers, model=_model(measure),
        tests=tests_of(measure), totals=_totals(running, measure), growth=measure.growth,
        tau=measure.tau, profit_tau=measure.profit.tau, valuable=running.valuable,
        profitable=running.profitable, barnacles=running.barnacles, losing=running.losing,
        judged_profit=running.left.count, revenue=_concentration(running.revenue),
        value=_concentration(running.value), whale=whale(running.left), cohorts=cohorts,
        fillings=fillings(measure, running.filled), missing=prices.missing,
        notes={name: n for name, n in running.notes.items() if n},
    )  # fmt: skip


def fillings(measure: Yardstick, counts: dict[str, int]) -> tuple[Filling, ...]:
    """What stood in, with its figure: a margin as a share, acquisition as money."""
    prices = measure.prices
    figures = {
        Filled.MARGIN_OF_POLICY: prices.margin, Filled.MARGIN_SEEN: prices.margin,
        Filled.ACQUISITION_OF_POLICY: prices.acquisition,
        Filled.ACQUISITION_SEEN: prices.acquisition,
    }  # fmt: skip
    return tuple(
        Filling(name, counts[name], figures.get(bit))
        for bit in Filled
        if counts.get(name := str(bit.name).lower())
    )


def _totals(running: Running, measure: Yardstick) -> Totals | None:
    """Chance of each customer's own, doubt of the parameters that all share, and no less than what
    the model was off by when it was put to the test.
    """
    total = running.value.total
    if not measure.foretells or not running.buyers:
        return None
    second = total**2 + running.variance + running.doubt**2
    low, high = total, total
    if total > 0:
        ends = gamma_interval(np.ones(1), np.array([total]), np.array([second]), LEVEL)
        low, high = (float(end[0]) for end in ends)
    tests = tests_of(measure)
    off = abs(tests[0].error) * total if tests else 0.0
    return Totals(
        total, min(low, max(total - off, 0.0)), max(high, total + off),
        running.purchases, running.alive, running.revenue.total,
    )  # fmt: skip


def tests_of(measure: Yardstick) -> tuple[Test, ...]:
    """How the models did on the past, the chosen one first; empty where it is too short a past."""
    names = list(Test.__dataclass_fields__)
    known = [] if measure.life is None else measure.life["tests"]
    return tuple(Test(**{name: one[name] for name in names}) for one in known)


def _model(measure: Yardstick) -> Model | None:
    if measure.life is None or not measure.buyers:
        return None
    nobody = rfm_of(Purchases(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0)), 0)
    life = keeping.restored(dict(measure.life), nobody)
    errors = life.buying.errors()
    return Model(
        life.buying.model.name, life.status,
        tuple((name, one, _sure(errors[name])) for name, one in life.buying.parameters().items()),
        life.spending.status, tuple(life.spending.parameters.items()),
        life.spending.correlation, measure.repeaters,
    )  # fmt: skip


def _sure(error: float) -> float | None:
    """A standard error, where the data bound it at all."""
    return error if np.isfinite(error) else None


def _concentration(sums: SortedSums) -> Concentration:
    return Concentration(sums.top_share(0.1), sums.top_share(0.2), lorenz(sums))
