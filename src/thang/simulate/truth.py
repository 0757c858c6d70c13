"""The sealed truth of an invented shop: what nobody at the shop can see, to judge answers by.

Instants are microseconds, money is minor units, people are numbers (`key`), a stage or level
is its number from 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from thang.simulate.scenario import Scenario
from thang.simulate.traits import Traits


@dataclass(frozen=True, slots=True)
class TruePerson:
    """One person by number: every identifier they used, their traits, and how it went.

    `arrived_at` is None for whoever never came before the end. `levels` has a digit for each
    month: the rung on which the person's true rates put them at its end, 0 before they came.
    `ring` is the fraud ring the name belongs to, counted from 0.
    """

    key: int
    customer_id: str
    anonymous_ids: tuple[str, ...]
    phone: str
    email: str | None
    arrived_at: int | None
    bought_at: int | None
    done_at: int | None
    enrolled_at: int | None
    channel: str
    ordered: int
    delivered: int
    enrolled: bool
    referred_by: int | None
    ring: int | None
    friends: tuple[int, ...]
    traits: Traits
    levels: str


@dataclass(frozen=True, slots=True)
class TrueReferral:
    """Who brought whom, by number; `order_id` is the friend's first order, if there is one.

    `is_new` (type one): the friend never would have bought otherwise; else (type two) only
    the cost of winning them was saved.
    """

    referrer: int
    referee: int
    code: str
    clicked_at: int
    order_id: str | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class TrueMonth:
    """How the shop really was as a month (from 0) began.

    `incidents` are failures of ours per delivered order, `loved` the share of people who
    would be very disappointed without it, `resolves_well` the chance that a failure is put
    right in time.
    """

    month: int
    at: int
    stage: int
    incidents: float
    loved: float
    resolves_well: float
    capacity: float


@dataclass(frozen=True, slots=True)
class TrueIncident:
    """A ticket as it really was when it was settled.

    `fault` is shop, carrier or customer, `recovery` good, late or bad. `chance` was that of
    coming back without harm, and `came_back` what was drawn; both None if it was their own.
    """

    key: int
    ticket: str
    at: int
    severity: int
    fault: str
    found_by: str
    recovery: str
    chance: float | None
    came_back: bool | None


@dataclass(frozen=True, slots=True)
class TrueAssignment:
    """A customer met by a campaign; `effect` is tau(x), on their rate of orders if treated."""

    campaign: str
    key: int
    at: int
    treated: bool
    effect: float


@dataclass(frozen=True, slots=True)
class TrueProduct:
    """What a product costs the shop, as a share of its price; and whether it is recorded."""

    product: str
    goods: float
    recorded: bool


@dataclass(frozen=True, slots=True)
class TrueValue:
    """A buyer at a date: the five traits by which groups are made, and what they are worth.

    `alive`: not done with the shop. `willing` and `forgiving` are chances, `viral` new customers
    a year. `orders` and `clv` are expected over the policy's horizon (24 months, the margin
    discounted); `realised` is that margin as it came, None if the history ends before. `profit`
    is expected a year, all costs counted, `minutes` of help per million of revenue, `earned`
    the profit so far, `crv` what friends brought within the year before are worth.
    `groups` are the true memberships.
    """

    key: int
    at: int
    alive: bool
    willing: float
    forgiving: float
    viral: float
    orders: float
    clv: float
    realised: float | None
    profit: float
    minutes: float
    earned: int
    crv: float
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrueThreshold:
    """What `clv`, `profit` and `minutes` were asked for at a date; None: nobody was there."""

    at: int
    buyers: int
    valuable: float | None
    profitable: float | None
    minutes: float | None


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that is known of a run because it was invented.

    `fit_month` is the month, from 0, in which the product began to fit its market; None:
    it never did. `extras` are orders beside people's own rhythm (a failure forgiven, a campaign),
    by person and instant. `rings` are numbers of people, ring by ring. `duplicates` and `late` are
    message ids.
    """

    scenario: Scenario
    months: tuple[TrueMonth, ...]
    fit_month: int | None
    people: tuple[TruePerson, ...]
    values: tuple[TrueValue, ...]
    thresholds: tuple[TrueThreshold, ...]
    referrals: tuple[TrueReferral, ...]
    incidents: tuple[TrueIncident, ...]
    assignments: tuple[TrueAssignment, ...]
    extras: tuple[tuple[int, int], ...]
    products: tuple[TrueProduct, ...]
    rings: tuple[tuple[int, ...], ...]
    duplicates: tuple[str, ...]
    late: tuple[str, ...]
