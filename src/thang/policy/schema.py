"""The shape of a policy: what a shop means by its levels, as data.

A policy is read from YAML (`load.py`), its rules are small sentences (`rules.py`),
and the fold runs it as arrays (`compile.py`). Nothing here knows a threshold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from thang.policy.aims import Aims
from thang.policy.contact import Contact
from thang.policy.programmes import Programmes

# ---------------------------------------------------------------- rules


@dataclass(frozen=True, slots=True)
class Term:
    """A number, a quantity, or a number times a quantity: `3`, `spend`, `0.7 * own_bar`."""

    factor: Fraction
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right`; a quantity that stands alone means `quantity > 0`."""

    left: Term
    op: str  # one of >= > <= < == !=
    right: Term


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Expr


@dataclass(frozen=True, slots=True)
class EntryOf:
    """Another level's entry rule, asked now: `advocate.enter`."""

    level: str


@dataclass(frozen=True, slots=True)
class Always:
    value: bool


Expr = Compare | And | Or | Not | EntryOf | Always


# ---------------------------------------------------------------- quantities


class Measure(StrEnum):
    """What the fold can count. Adding one: an entry here, in the fold, and in the judge."""

    COUNT = "count"  # weighted acts in a window
    SUM = "sum"  # their amounts
    DAYS = "days"  # distinct shop days with such an act
    MONTHS = "months"  # distinct calendar months of the last n, the present one included
    ORDERS = "orders"  # counting orders (those of one shop day are one)
    SPEND = "spend"  # their net money
    POINTS = "points"  # points of a scheme, capped
    POINT_DAYS = "point_days"  # distinct shop days with an act that earned points
    OPEN = "open"  # things opened and not yet closed: tickets, consents, a membership
    SINCE_ORDER = "since_order"  # time since the last counting order
    GAP = "gap"  # the personal gap between counting orders, else the shop's
    SETTING = "setting"  # resolved when the policy is applied: programme, consent_recorded
    BAR = "bar"  # a frozen population statistic: premier_bar, median_member_spend, buyers
    OWN_BAR = "own_bar"  # the bar in force when this level was earned


@dataclass(frozen=True, slots=True)
class Where:
    """Which acts of a kind are meant: stars or severity between, and what must (not) be said."""

    grade_min: int | None = None
    grade_max: int | None = None
    flags: int = 0  # bits of `Flag` that must be set
    without: int = 0  # bits that must not


@dataclass(frozen=True, slots=True)
class Quantity:
    """A name that rules may use, and how the fold counts it.

    `within` is a window in days, `"W"` for the shop's window, or None for ever;
    `kinds` pairs an event kind with its weight.
    """

    name: str
    measure: Measure
    kinds: tuple[tuple[str, Fraction], ...] = ()
    closes: tuple[str, ...] = ()  # OPEN: the kinds that close
    by: str = "ref"  # OPEN: "ref" (each thing by its name) or "person" (one switch)
    within: int | str | None = None
    of_months: int = 0
    scheme: str = ""  # POINTS, POINT_DAYS, MONTHS: the scheme's name
    outward: bool = False  # only the scheme's outward acts
    where: Where = Where()
    close_where: Where = Where()


@dataclass(frozen=True, slots=True)
class Act:
    """One line of a points scheme: which acts earn, how much, how often."""

    name: str
    kinds: tuple[str, ...]
    points: Fraction
    cap: int | None = None  # at most so many acts earn ...
    per_days: int = 90  # ... within the days up to the act
    once_per_ref: bool = False  # a product earns its review point once ever
    outward: bool = False  # told to others: share, referral, public review
    where: Where = Where()


# ---------------------------------------------------------------- levels


@dataclass(frozen=True, slots=True)
class Silence:
    """A level lost so many days after the last of these acts, at that very instant."""

    days: int
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """One rung. Exactly one of these shapes:

    * no rule at all (only the first level): everybody the shop knows;
    * `fact`: held while the rule is true;
    * `enter` + `silence`: earned by the rule, lost by silence;
    * `enter` + `keep`: earned by the rule, kept through `hold_months`, then asked
      for at each monthly check, and lost when failures exceed `grace`.
    """

    key: str
    names: Mapping[str, str]
    fact: Expr | None = None
    enter: Expr | None = None
    keep: Expr | None = None
    silence: Silence | None = None
    hold_months: int = 0
    grace: int = 0
    own_bar: str | None = None
    ended_by: tuple[str, ...] = ()  # kinds that end the level at once


# ---------------------------------------------------------------- the rest


@dataclass(frozen=True, slots=True)
class Shop:
    currency: str = "VND"
    tz: str = "Asia/Ho_Chi_Minh"
    return_window_days: int = 7
    seasonal: bool = False
    rates: Mapping[str, Fraction] = field(default_factory=dict)  # one unit of X in the currency


@dataclass(frozen=True, slots=True)
class Window:
    """How W is resolved when the policy is applied; `mode` is "auto" or a number of days."""

    mode: str | int = "auto"
    mult_gap: Fraction = Fraction(4)
    min_days: int = 180
    max_days: int = 730
    round_days: int = 30
    default_days: int = 365
    min_repeaters: int = 50
    seasonal_min_days: int = 395


@dataclass(frozen=True, slots=True)
class PremierBar:
    """How the Premier bar is estimated; `mode` is "auto" or an amount in whole currency units."""

    mode: str | Fraction = "auto"
    quantile: Fraction = Fraction(9, 10)
    median_mult: Fraction = Fraction(3)
    min_n_auto: int = 30
    full_n: int = 100
    change_min_pct: Fraction = Fraction(15)
    min_months_between: int = 6
    max_share: Fraction = Fraction(1, 5)


@dataclass(frozen=True, slots=True)
class Activity:
    """Upper ends, in gaps since the last counting order; beyond the last one: lost."""

    new: Fraction = Fraction(3, 2)
    active: Fraction = Fraction(3, 2)
    at_risk: Fraction = Fraction(3)
    dormant: Fraction = Fraction(6)


@dataclass(frozen=True, slots=True)
class Referral:
    """When a referral is qualified: sent at most so many days before the order was placed."""

    sent_within_days: int = 365


@dataclass(frozen=True, slots=True)
class Bars:
    """The frozen statistics, and who is left out of them."""

    premier: PremierBar = PremierBar()
    member_level: str = "member"  # whose entry rule defines the median Member spend
    unless: Expr = Always(False)


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a shop decided. `fingerprint` names exactly this text of it."""

    version: int
    shop: Shop
    window: Window
    quantities: Mapping[str, Quantity]
    schemes: Mapping[str, tuple[Act, ...]]
    levels: tuple[Level, ...]
    bars: Bars
    activity: Activity
    referral: Referral
    aims: Aims = Aims()
    sending: Contact = Contact()
    programmes: Programmes = Programmes()
    programme: str = "auto"  # auto | yes | no
    blocked: Expr = Always(False)  # a silent condition of every level that is held
    blocked_by: tuple[str, ...] = ()  # kinds that end those levels at once
    fingerprint: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is resolved once, when a policy version is applied, and constant within it."""

    window_days: int
    programme: bool
    consent_recorded: bool
    events: int = 0  # how many were recorded then
