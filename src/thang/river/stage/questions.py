"""The four questions of the stage, each a soft and of its signals and their weights.

What nobody recorded is left out, and the weights of the others count the more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log

from scipy.special import ndtr

from thang.policy.aims import Prior, StageRules
from thang.river.stage.chances import LEAST, exceeds, grows, holds, reaches, soft_and, stays_below
from thang.river.stage.signals import Estimate, Share, Signals

LAUNCHED = (0.02, 0.99)  # of the first question where the owner has said no or yes
FIRST_BUYERS, BUYERS_SPREAD = 10, 0.5  # so many buyers leave the first question open
BLIND = 0.4  # the most that the second question may say without love and without cohorts
FEW_ANSWERS = 20
FEW_MONTHS = 30  # of old customers' months, below which cohorts say nothing
RIPE_MONTHS = 4
EVEN = Prior(Fraction(1), Fraction(1))


@dataclass(frozen=True, slots=True)
class Part:
    """A signal of a question: its chance and weight; `k` of `n` is what it rests on, if counted."""

    key: str
    chance: float | None
    weight: float
    k: float | None = None
    n: float | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The chance that a question is answered with yes, and its signals."""

    key: str
    chance: float
    parts: tuple[Part, ...]

    @property
    def known(self) -> float:
        """The share of its weight that is there."""
        total = sum(part.weight for part in self.parts)
        return sum(part.weight for part in self.parts if part.chance is not None) / total


@dataclass(frozen=True, slots=True)
class Growth:
    """What a check leaves to the next: how large the business was when it fitted, and has been."""

    fitting: int = 0  # checks in a row at which it fits
    months: int | None = None  # checks since it did so at two of them
    size_then: int = 0
    size: float = 0.0


def launched(signals: Signals) -> Question:
    """Has it begun? As the owner says, else by how many bought."""
    if signals.launched is not None:
        return Question("launched", LAUNCHED[signals.launched], (Part("said", 1.0, 1.0),))
    apart = (log(signals.buyers + 1) - log(FIRST_BUYERS + 1)) / BUYERS_SPREAD
    chance = float(ndtr(apart))
    return Question("launched", chance, (Part("buyers", chance, 1.0, signals.buyers),))


def fitted(signals: Signals, rules: StageRules) -> Question:
    """Does it fit its market? People would miss it, come back, and little goes wrong."""
    love, back = loved(signals.love, rules), comes_back(signals, rules)
    quiet = _quiet(signals.incidents, rules)
    chance = _all_of((love, back, quiet), BLIND)
    if love.chance is None and back.chance is None:
        chance = min(chance, BLIND)
    return Question("fitted", chance, (love, back, quiet))


def loved(answers: Share, rules: StageRules) -> Part:
    """P(share of the very disappointed >= the policy's), with answers enough."""
    known = answers.n >= FEW_ANSWERS
    chance = reaches(answers, float(rules.ellis), rules.ellis_prior) if known else None
    return Part("love", chance, 0.45, answers.k, answers.n)


def comes_back(signals: Signals, rules: StageRules) -> Part:
    """P(old customers buy often enough a month) x P(their curve is flat)."""
    months, border = signals.rebought, float(rules.rebuy_month)
    if months.n < FEW_MONTHS or not signals.sixth.n:
        return Part("back", None, 0.35, months.k, months.n)
    often = reaches(months, border, rules.rebuy_prior)
    flat = holds(signals.sixth, signals.third, float(rules.flat))
    return Part("back", often * flat, 0.35, months.k, months.n)


def _quiet(incidents: Share | None, rules: StageRules) -> Part:
    if incidents is None or not incidents.n:
        return Part("quiet", None, 0.20)
    chance = stays_below(capped(incidents), float(rules.incidents), rules.incident_prior)
    return Part("quiet", chance, 0.20, incidents.k, incidents.n)


def capped(share: Share) -> Share:
    """At most one incident an order."""
    return Share(min(share.k, share.n), share.n)


def scaled(signals: Signals, growth: Growth, rules: StageRules) -> Question:
    """Has it left the point of fit behind? It is large, or it grows soundly for a while."""
    months = growth.months or 0
    size = Part("size", growth.size, 1.0, signals.active, growth.size_then or None)
    new = grows(signals.fresh, float(rules.growth_scale)) if any(signals.fresh) else None
    parts = (
        Part("new", new, 0.5, signals.fresh[-1], signals.fresh[0]),
        Part("age", min(1.0, months / RIPE_MONTHS), 0.3, months, RIPE_MONTHS),
        _above("contribution", signals.contribution, 0.0, 0.2),
    )
    chance = 1 - (1 - growth.size) * (1 - _all_of(parts, LEAST))
    return Question("scaled", chance, (size, *parts))


def mature(signals: Signals, rules: StageRules) -> Question:
    """Is it time for profit? Growth is over, old customers carry it, and something is left."""
    slow = 1 - grows(signals.orders, float(rules.growth_mature)) if any(signals.orders) else None
    parts = (
        Part("slow", slow, 0.4, signals.orders[-1], signals.orders[0]),
        _existing(signals, rules),
        _above("net_margin", signals.net_margin, float(rules.net_margin), 0.35),
    )
    return Question("mature", _all_of(parts, LEAST), parts)


def _existing(signals: Signals, rules: StageRules) -> Part:
    """P(old customers' share of the revenue >= the policy's), each order day one witness."""
    n = sum(signals.orders)
    if signals.existing is None or not n:
        return Part("existing", None, 0.25)
    share = Share(round(min(max(signals.existing, 0.0), 1.0) * n), n)
    chance = reaches(share, float(rules.existing_share), EVEN)
    return Part("existing", chance, 0.25, signals.existing)


def _above(key: str, estimate: Estimate | None, border: float, weight: float) -> Part:
    if estimate is None:
        return Part(key, None, weight)
    return Part(key, exceeds(estimate, border), weight, estimate.mean)


def _all_of(parts: Sequence[Part], otherwise: float) -> float:
    known = [(part.chance, part.weight) for part in parts if part.chance is not None]
    return soft_and(known) if known else otherwise
