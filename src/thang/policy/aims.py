"""The second half of a policy: the five groups, value and cost, the stage, the gate, the budget.

Plain numbers, as data; what they do is in `thang.river`. Money is whole units of the
shop's currency, shares and chances lie between 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

GROUPS = ("willing", "forgiving", "viral", "valuable", "profitable")
STAGES = ("s1", "s2", "s3", "s4", "s5")


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed before there is data: Beta(a, b), or Gamma with shape a and rate b."""

    a: Fraction
    b: Fraction


@dataclass(frozen=True, slots=True)
class Willing:
    """Takes a new thing, and takes it again: shares of the three parts, threshold, evidence."""

    tau: Fraction = Fraction(45, 100)
    within_days: int = 30
    share_try: Fraction = Fraction(35, 100)
    share_retry: Fraction = Fraction(35, 100)
    share_voice: Fraction = Fraction(30, 100)
    prior_try: Prior = Prior(Fraction(12, 10), Fraction(28, 10))
    prior_retry: Prior = Prior(Fraction(15, 10), Fraction(25, 10))
    prior_voice: Prior = Prior(Fraction(1, 2), Fraction(2))
    min_n: int = 2


@dataclass(frozen=True, slots=True)
class Forgiving:
    """Stays, and does no harm in public, after a failure of ours."""

    tau: Fraction = Fraction(60, 100)
    prior: Prior = Prior(Fraction(2), Fraction(16, 10))
    min_days: int = 60
    after_bad_success: Fraction = Fraction(3, 2)
    after_good_success: Fraction = Fraction(1, 2)
    after_good_failure: Fraction = Fraction(3, 2)
    after_bad_failure: Fraction = Fraction(1, 2)
    severe: Fraction = Fraction(3, 2)
    second: Fraction = Fraction(1, 2)
    second_days: int = 90
    gap_share: Fraction = Fraction(1, 4)
    min_n: Fraction = Fraction(3, 2)


@dataclass(frozen=True, slots=True)
class Viral:
    """Brings new customers; and what those are worth (CRV)."""

    tau_per_year: Fraction = Fraction(1)
    prior: Prior = Prior(Fraction(15, 100), Fraction(1, 2))
    min_years: Fraction = Fraction(1, 10)
    lift_most: Fraction = Fraction(3)
    crv_rho: Fraction = Fraction(1, 2)
    crv_depth: int = 3
    crv_decay: Fraction = Fraction(1, 2)
    crv_days: int = 365


@dataclass(frozen=True, slots=True)
class Valuable:
    """Will bring much margin: the share of buyers below the threshold, and who is asked for it."""

    quantile: Fraction = Fraction(80, 100)
    min_alive: Fraction = Fraction(20, 100)
    min_orders: int = 1
    min_repeaters: int = 50


@dataclass(frozen=True, slots=True)
class Profitable:
    """Leaves much profit and asks for little."""

    quantile: Fraction = Fraction(80, 100)
    floor: Fraction = Fraction(0)
    min_orders: int = 2
    min_days: int = 180


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """When a shop's own priors are fitted instead of the given ones, and how strong they get."""

    min_people: int = 30
    min_success: int = 20
    weakest: Fraction = Fraction(2)
    strongest: Fraction = Fraction(50)


@dataclass(frozen=True, slots=True)
class StageWeight:
    """What a group weighs for the primary one: in the stage's focus, next to it, elsewhere."""

    focus: Fraction = Fraction(1)
    next: Fraction = Fraction(7, 10)
    before: Fraction = Fraction(6, 10)
    other: Fraction = Fraction(4, 10)


@dataclass(frozen=True, slots=True)
class Groups:
    """The five groups: one meaning of a score, and who is in."""

    enter: Fraction = Fraction(60, 100)
    leave: Fraction = Fraction(40, 100)
    leave_checks: int = 2
    willing: Willing = Willing()
    forgiving: Forgiving = Forgiving()
    viral: Viral = Viral()
    valuable: Valuable = Valuable()
    profitable: Profitable = Profitable()
    shrinkage: Shrinkage = Shrinkage()
    stage_weight: StageWeight = StageWeight()


@dataclass(frozen=True, slots=True)
class Value:
    """How lifetime value is asked for: months ahead, and the yearly discount."""

    horizon_months: int = 24
    discount: Fraction = Fraction(12, 100)


@dataclass(frozen=True, slots=True)
class Costs:
    """What stands in for a cost that nobody recorded. None: it is unknown, and said to be."""

    margin: Fraction | None = None
    minute: Fraction | None = None
    contact: Fraction | None = None
    delivery_refused: Fraction | None = None
    fee_share: Fraction | None = None
    acquisition: Fraction | None = None


@dataclass(frozen=True, slots=True)
class StageRules:
    """The four questions of the stage: what each signal is asked for."""

    launched: str = "unknown"  # unknown | no | a day, YYYY-MM-DD
    ellis: Fraction = Fraction(40, 100)
    ellis_prior: Prior = Prior(Fraction(1), Fraction(3, 2))
    ellis_months: int = 4
    rebuy_month: Fraction = Fraction(5, 100)
    rebuy_prior: Prior = Prior(Fraction(1, 2), Fraction(19, 2))
    flat: Fraction = Fraction(80, 100)
    incidents: Fraction = Fraction(6, 100)
    incident_prior: Prior = Prior(Fraction(6, 10), Fraction(94, 10))
    growth_scale: Fraction = Fraction(5, 100)
    growth_mature: Fraction = Fraction(3, 100)
    size_mult: Fraction = Fraction(3)
    existing_share: Fraction = Fraction(50, 100)
    net_margin: Fraction = Fraction(12, 100)
    confirm_checks: int = 2
    override_months: int = 6


@dataclass(frozen=True, slots=True)
class Gate:
    """What must be so before the viral ones are courted."""

    love: Fraction = Fraction(80, 100)
    love_answers: int = 40
    incidents: Fraction = Fraction(5, 100)
    incident_orders: int = 100
    incidents_few: Fraction = Fraction(8, 100)
    few_orders: int = 30
    quality_days: int = 60
    recovery: Fraction = Fraction(80, 100)
    resolve_days: int = 3
    stars: Fraction = Fraction(85, 100)
    stars_answers: int = 30
    headroom: Fraction = Fraction(3, 2)
    monthly_capacity: int | None = None
    on_time: Fraction = Fraction(90, 100)
    attributed: Fraction = Fraction(95, 100)
    pilot_share: Fraction = Fraction(5, 100)
    pilot_least: int = 10
    pilot_days: int = 30
    relock_checks: int = 2


@dataclass(frozen=True, slots=True)
class Shares:
    """Per cent of the budget for each group, and for winning new customers."""

    willing: int
    forgiving: int
    viral: int
    valuable: int
    profitable: int
    acquisition: int


@dataclass(frozen=True, slots=True)
class Budget:
    """Where budget and attention go at each stage."""

    s1: Shares = Shares(70, 15, 0, 10, 5, 80)
    s2: Shares = Shares(20, 50, 0, 20, 10, 60)
    s3: Shares = Shares(10, 15, 45, 20, 10, 55)
    s4: Shares = Shares(5, 10, 20, 50, 15, 40)
    s5: Shares = Shares(5, 5, 10, 35, 45, 15)
    acquisition_floor: int = 10
    explore: Fraction = Fraction(1, 10)
    group_floor: Fraction = Fraction(25, 100)


@dataclass(frozen=True, slots=True)
class Aims:
    """Whom the business courts, by what it may cost and at which stage."""

    groups: Groups = field(default_factory=Groups)
    value: Value = field(default_factory=Value)
    costs: Costs = field(default_factory=Costs)
    stage: StageRules = field(default_factory=StageRules)
    gate: Gate = field(default_factory=Gate)
    budget: Budget = field(default_factory=Budget)
