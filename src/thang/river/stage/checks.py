"""The seven checks of the readiness gate; what nobody recorded is not passed.

What events cannot tell (how much the shop can carry, whether parcels come in time, whether
referrals arrive where they belong) the owner counts and says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thang.policy.aims import Gate, StageRules
from thang.river.stage.chances import bound, reaches, rises
from thang.river.stage.questions import EVEN, capped
from thang.river.stage.signals import Share

CHECKS = ("love", "quality", "recovery", "taste", "capacity", "plumbing", "pilot")
COHORTS = 3
ALMOST = 0.9  # the chance below an upper bound
MOSTLY = 0.2  # the chance below a lower bound of 80 %
RISE, RISE_CHANCE = 0.2, 0.2  # incidents of a pilot may not be a fifth more often
NEARLY = 0.99  # the most progress of a check that does not pass
# What to do about each reason for which a check does not pass.
NEXT = {
    "few_answers": "ask", "little_love": "ask_why", "no_tickets": "record_tickets",
    "few_orders": "wait_orders", "much_goes_wrong": "mend", "severe_open": "close_severe",
    "slow_recovery": "staff", "few_reviews": "ask_reviews", "few_stars": "mend",
    "capacity_unknown": "say_capacity", "too_small": "grow_first",
    "punctuality_unknown": "count_parcels", "late_parcels": "carrier",
    "referrals_untested": "test_referrals", "referrals_lost": "mend_referrals",
    "terms_unpublished": "publish", "no_pilot": "begin_pilot", "pilot_runs": "wait_pilot",
    "pilot_went_badly": "mend",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pilot:
    """A first few viral people invited: for how long, how many, incidents of orders before and
    during it, and good reviews less bad ones and complaints during it.
    """

    days: int
    people: int
    before: Share
    during: Share
    sentiment: int


@dataclass(frozen=True, slots=True)
class GateSignals:
    """What the checks are made on. None: nobody recorded it, or the owner has not said it."""

    love: Share
    back: float | None  # chance that old customers come back
    cohorts: int
    incidents: Share | None  # of orders within the policy's days
    resolved: Share | None  # tickets put right in time
    open_severe: int
    stars: Share  # reviews of four stars and more
    viral: int  # members of the group
    orders_ahead: int  # of the last 30 days, and those that the viral ones may bring in as many
    on_time: Share | None = None
    attributed: Share | None = None
    published: bool = False  # terms and consent; and every channel's orders reach one person
    pilot: Pilot | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One check: whether it passes, how far it is (0 to 1), and why not yet.

    `why` names the sentence to say, `then` what to do next; `numbers` fill both in.
    """

    key: str
    passed: bool
    progress: float
    why: str
    then: str
    numbers: Mapping[str, float]


def checks(of: GateSignals, gate: Gate, stage: StageRules) -> tuple[Check, ...]:
    """All seven, in the order of `CHECKS`."""
    return (
        _love(of, gate, stage), _quality(of, gate), _recovery(of, gate), _taste(of, gate),
        _capacity(of, gate), _plumbing(of, gate), _pilot(of, gate),
    )  # fmt: skip


def needed(n: int, gate: Gate, stage: StageRules) -> int:
    """How many of `n` answers must be `very disappointed` for love to pass."""
    border, least = float(stage.ellis), float(gate.love)
    enough = (k for k in range(n + 1) if reaches(Share(k, n), border, stage.ellis_prior) >= least)
    return next(enough, n)


def asked_for(viral: int, gate: Gate) -> int:
    """How many people a pilot takes."""
    return max(gate.pilot_least, round(float(gate.pilot_share) * viral))


def _love(of: GateSignals, gate: Gate, stage: StageRules) -> Check:
    k, n = of.love.k, of.love.n
    many = n >= gate.love_answers
    chance = reaches(of.love, float(stage.ellis), stage.ellis_prior)
    told = many and chance >= float(gate.love)
    back = of.cohorts >= COHORTS and (of.back or 0.0) >= float(gate.love)
    asked = max(n, gate.love_answers)
    least = max(needed(asked, gate, stage), 1)
    far = min(k / least, n / gate.love_answers)
    numbers = {"k": k, "n": n, "needed": least, "of": asked}
    return _check("love", told or back, far, "little_love" if many else "few_answers", numbers)


def _quality(of: GateSignals, gate: Gate) -> Check:
    if of.incidents is None:
        return _check("quality", False, 0.0, "no_tickets", {})
    share = capped(of.incidents)
    most = float(gate.incidents if share.n >= gate.incident_orders else gate.incidents_few)
    numbers = {"k": of.incidents.k, "n": share.n, "most": most, "needed": gate.few_orders}
    if share.n < gate.few_orders:
        return _check("quality", False, share.n / gate.few_orders, "few_orders", numbers)
    high = bound(share, ALMOST, EVEN)
    numbers |= {"high": high}
    return _check("quality", high <= most, most / high, "much_goes_wrong", numbers)


def _recovery(of: GateSignals, gate: Gate) -> Check:
    if of.resolved is None:
        return _check("recovery", False, 0.0, "no_tickets", {})
    low, least = bound(of.resolved, MOSTLY, EVEN), float(gate.recovery)
    numbers = {"k": of.resolved.k, "n": of.resolved.n, "low": low, "least": least,
               "open": of.open_severe, "days": gate.resolve_days}  # fmt: skip
    why = "severe_open" if of.open_severe else "slow_recovery"
    passed = low >= least and not of.open_severe
    return _check("recovery", passed, low / least, why, numbers)


def _taste(of: GateSignals, gate: Gate) -> Check:
    share, least = of.stars, float(gate.stars)
    numbers = {"k": share.k, "n": share.n, "needed": gate.stars_answers, "least": least}
    if share.n < gate.stars_answers:
        return _check("taste", False, share.n / gate.stars_answers, "few_reviews", numbers)
    low = bound(share, MOSTLY, EVEN)
    return _check("taste", low >= least, low / least, "few_stars", numbers | {"low": low})


def _capacity(of: GateSignals, gate: Gate) -> Check:
    wanted, carries = float(gate.headroom) * of.orders_ahead, gate.monthly_capacity
    if carries is None:
        return _check("capacity", False, 0.0, "capacity_unknown", {"wanted": wanted})
    numbers: dict[str, float] = {"carries": carries, "wanted": wanted}
    if carries < wanted:
        return _check("capacity", False, carries / wanted, "too_small", numbers)
    if of.on_time is None or not of.on_time.n:
        return _check("capacity", False, 0.5, "punctuality_unknown", numbers)
    low, least = bound(capped(of.on_time), MOSTLY, EVEN), float(gate.on_time)
    numbers |= {"k": of.on_time.k, "n": of.on_time.n, "low": low, "least": least}
    return _check("capacity", low >= least, low / least, "late_parcels", numbers)


def _plumbing(of: GateSignals, gate: Gate) -> Check:
    if of.attributed is None or not of.attributed.n:
        return _check("plumbing", False, 0.0, "referrals_untested", {})
    tried, least = capped(of.attributed), float(gate.attributed)
    share, numbers = tried.k / tried.n, {"k": tried.k, "n": tried.n, "least": least}
    if share < least:
        return _check("plumbing", False, share / least, "referrals_lost", numbers)
    return _check("plumbing", of.published, 0.5, "terms_unpublished", numbers)


def _pilot(of: GateSignals, gate: Gate) -> Check:
    asked = asked_for(of.viral, gate)
    if of.pilot is None:
        return _check("pilot", False, 0.0, "no_pilot", {"asked": asked, "of": gate.pilot_days})
    pilot = of.pilot
    numbers: dict[str, float]
    numbers = {"days": pilot.days, "of": gate.pilot_days, "people": pilot.people, "asked": asked}
    far = min(pilot.days / gate.pilot_days, pilot.people / asked)
    if far < 1:
        return _check("pilot", False, far, "pilot_runs", numbers)
    chance = rises(capped(pilot.before), capped(pilot.during), RISE)
    numbers |= {"chance": chance, "sentiment": pilot.sentiment}
    well = chance < RISE_CHANCE and pilot.sentiment >= 0
    return _check("pilot", well, 1 - chance, "pilot_went_badly", numbers)


def _check(key: str, passed: bool, far: float, why: str, numbers: Mapping[str, float]) -> Check:
    if passed:
        return Check(key, True, 1.0, "", "", numbers)
    return Check(key, False, min(max(far, 0.0), NEARLY), why, NEXT[why], numbers)
