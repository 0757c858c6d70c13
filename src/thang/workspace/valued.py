"""What is told of a shop's value: totals, concentration, the whale curve, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from thang.river.profit.sums import Whale


@dataclass(frozen=True)
class Model:
    """The model that foretold best or was taken, its parameters in days with standard errors."""

    name: str
    status: str
    parameters: tuple[tuple[str, float, float | None], ...]  # with standard errors
    spending: str
    spending_parameters: tuple[tuple[str, float], ...]
    correlation: float  # of how often with how much; below 0.3 it may be left out of account
    repeaters: int


@dataclass(frozen=True)
class Test:
    """A model on the time held out: errors of the number of orders, as shares of what came."""

    model: str
    customers: int
    days: int
    foretold: float
    actual: int
    error: float
    naive_error: float
    correlation: float


@dataclass(frozen=True)
class Totals:
    """Of all buyers together. `low`, `high`: 80 % bounds of what will really come."""

    value: float
    low: float
    high: float
    purchases: float
    alive: float
    revenue: float


@dataclass(frozen=True)
class Concentration:
    """How much of a total the greatest tenth and fifth bring; None where there is no total."""

    top_10: float | None
    top_20: float | None
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Cohort:
    """Who first bought in a month: how many of them bought, and for how much, months later."""

    month: str
    people: int
    active: tuple[int, ...]
    revenue: tuple[int, ...]


@dataclass(frozen=True)
class Filling:
    """What stands in for missing costs: for how many people, by which figure (None: left out)."""

    what: str
    people: int
    figure: float | None


@dataclass(frozen=True)
class Customer:
    """One person of a short list; money is minor units, None where it is unknown."""

    ref: str
    alive: float | None
    value: float | None
    value_low: float | None
    value_high: float | None
    valuable: float | None
    profit: float | None
    profit_low: float | None
    profit_high: float | None
    profitable: float | None


@dataclass(frozen=True)
class Summed:
    """What a judging leaves behind for reading: everything but the short lists."""

    status: str  # as `yardstick.Yardstick.status`
    profit_status: str  # as `river.profit.profit.ProfitRule.status`
    as_of: int
    policy: int
    quarter: int  # its first instant
    horizon_months: int
    discount: float
    of_margin: bool  # value is of margin; else of revenue, the margin being unknown
    margin: float | None
    people: int
    buyers: int
    model: Model | None
    tests: tuple[Test, ...]
    totals: Totals | None
    growth: tuple[float, ...]
    tau: float | None
    profit_tau: float | None
    valuable: int
    profitable: int
    barnacles: int
    losing: int  # who loses money with a chance of 80 % at least
    judged_profit: int  # whose profit is known
    revenue: Concentration
    value: Concentration
    whale: Whale | None
    cohorts: tuple[Cohort, ...]
    fillings: tuple[Filling, ...]
    missing: tuple[str, ...]
    notes: dict[str, int]


@dataclass(frozen=True)
class ValueAnswer:
    """The shop's value as last judged; `summed` is None where nobody is judged yet."""

    summed: Summed | None
    best: tuple[Customer, ...] = ()
    worst: tuple[Customer, ...] = ()  # barnacles, the greatest loss first

    @property
    def status(self) -> str:
        """`uncomputed`, or as `Summed.status`."""
        return "uncomputed" if self.summed is None else self.summed.status


@dataclass(frozen=True)
class PersonValue:
    """One person's value and profit, and what these rest on; None where a number is unknown."""

    status: str
    profit_status: str
    of_margin: bool
    horizon_months: int
    customer: Customer
    purchases: float | None
    tau: float | None
    profit_tau: float | None
    enough_value: bool
    enough_profit: bool
    barnacle: bool
    fillings: tuple[Filling, ...]
    notes: tuple[str, ...]
