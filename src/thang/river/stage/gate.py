"""May the viral ones be courted? Seven checks, all of which must pass; unknown is not passed.

They give no second chance. What events cannot tell (what the shop can carry, whether parcels come
in time, whether referrals arrive where they belong) the owner counts and says; a pilot is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thang.policy.aims import Gate, StageRules
from thang.river.stage.chances import bound, reaches, rises
from thang.river.stage.questions import EVEN, capped
from thang.river.stage.signals import Share

CHECKS = ("love", "quality", "recovery", "taste", "capacity", "plumbing", "pilot")
KEEP = ("quality", "recovery")  # these close an open gate again
COHORTS = 3
ALMOST = 0.9  # the chance below an upper bound
MOSTLY = 0.2  # the chance below a lower bound of 80 %
RISE, RISE_CHANCE = 0.2, 0.2  # incidents of a pilot may not be a fifth more often


@dataclass(frozen=True, slots=True)
class Pilot:
    """A first few viral people invited: since when, how many, incidents before and during it,
    good reviews less bad ones during it.
    """

    days: int
    people: int
    asked: int  # how many there should be
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
    orders_ahead: int  # of the last 30 days, and those that the viral ones may bring
    carries: int | None  # orders a month
    on_time: Share | None
    attributed: Share | None
    pilot: Pilot | None


@dataclass(frozen=True, slots=True)
class Check:
    """One check: whether it passes, how far it is (0 to 1), and why not yet in numbers.

    `why` names the sentence to say, `numbers` fill it in.
    """

    key: str
    passed: bool
    progress: float
    why: str
    numbers: Mapping[str, float]


def checks(of: GateSignals, gate: Gate, stage: StageRules) -> tuple[Check, ...]:
    """All seven, in their order."""
    return (
        _love(of, gate, stage), _quality(of, gate), _recovery(of, gate), _taste(of, gate),
        _capacity(of, gate), _plumbing(of, gate), _pilot(of, gate),
    )  # fmt: skip


def readiness(found: tuple[Check, ...]) -> float:
    """The mean progress: 1 when all pass."""
    return sum(check.progress for check in found) / len(found)


def opens(
    was_open: bool, past: tuple[frozenset[str], ...], found: tuple[Check, ...], gate: Gate
) -> bool:
    """Whether the gate is open after a weekly check; `past` are those passed in earlier weeks.

    It opens when all pass, and closes when quality or recovery fail so many weeks in a row.
    """
    passed = frozenset(check.key for check in found if check.passed)
    if not was_open:
        return len(passed) == len(found)
    weeks = (*past, passed)[-gate.relock_checks :]
    if len(weeks) < gate.relock_checks:
        return True
    return any(passed >= frozenset(KEEP) for passed in weeks)


def needed(n: int, gate: Gate, stage: StageRules) -> int:
    """How many of `n` answers must be `very disappointed` for love to pass."""
    for k in range(n + 1):
        if reaches(Share(k, n), float(stage.ellis), stage.ellis_prior) >= float(gate.love):
            return k
    return n


def _love(of: GateSignals, gate: Gate, stage: StageRules) -> Check:
    k, n = of.love.k, of.love.n
    chance = reaches(of.love, float(stage.ellis), stage.ellis_prior)
    told = n >= gate.love_answers and chance >= float(gate.love)
    back = of.cohorts >= COHORTS and (of.back or 0.0) >= float(gate.love)
    asked = max(n, gate.love_answers)
    far = min(k / max(needed(asked, gate, stage), 1), n / gate.love_answers, 1.0)
    numbers: dict[str, float] = {"k": k, "n": n, "needed": needed(asked, gate, stage), "of": asked}
    why = "few answers" if n < gate.love_answers else "little love"
    return _check("love", told or back, far, why, numbers)


def _quality(of: GateSignals, gate: Gate) -> Check:
    if of.incidents is None:
        return Check("quality", False, 0.0, "no tickets", {})
    share, many = capped(of.incidents), of.incidents.n >= gate.incident_orders
    most = float(gate.incidents if many else gate.incidents_few)
    if share.n < gate.few_orders:
        few: dict[str, float] = {"n": share.n, "needed": gate.few_orders}
        return _check("quality", False, share.n / gate.few_orders, "few orders", few)
    high = bound(share, ALMOST, EVEN)
    numbers: dict[str, float] = {"k": share.k, "n": share.n, "high": high, "most": most}
    return _check("quality", high <= most, most / max(high, 1e-9), "much goes wrong", numbers)


def _recovery(of: GateSignals, gate: Gate) -> Check:
    if of.resolved is None:
        return Check("recovery", False, 0.0, "no tickets", {})
    low, least = bound(of.resolved, MOSTLY, EVEN), float(gate.recovery)
    numbers: dict[str, float] = {
        "k": of.resolved.k, "n": of.resolved.n, "low": low, "least": least,
        "open": of.open_severe,
    }  # fmt: skip
    why = "severe open" if of.open_severe else "slow recovery"
    return _check("recovery", low >= least and not of.open_severe, low / least, why, numbers)


def _taste(of: GateSignals, gate: Gate) -> Check:
    n, least = of.stars.n, float(gate.stars)
    if n < gate.stars_answers:
        few: dict[str, float] = {"n": n, "needed": gate.stars_answers}
        return _check("taste", False, n / gate.stars_answers, "few reviews", few)
    low = bound(of.stars, MOSTLY, EVEN)
    numbers: dict[str, float] = {"k": of.stars.k, "n": n, "low": low, "least": least}
    return _check("taste", low >= least, low / least, "few stars", numbers)


def _capacity(of: GateSignals, gate: Gate) -> Check:
    wanted = float(gate.headroom) * of.orders_ahead
    if of.carries is None:
        return Check("capacity", False, 0.0, "capacity unknown", {"wanted": wanted})
    numbers: dict[str, float] = {"carries": of.carries, "wanted": wanted}
    if of.carries < wanted:
        return _check("capacity", False, of.carries / max(wanted, 1e-9), "too small", numbers)
    if of.on_time is None:
        return Check("capacity", False, 0.5, "punctuality unknown", numbers)
    low, least = bound(of.on_time, MOSTLY, EVEN), float(gate.on_time)
    numbers |= {"k": of.on_time.k, "n": of.on_time.n, "low": low, "least": least}
    return _check("capacity", low >= least, low / least, "late parcels", numbers)


def _plumbing(of: GateSignals, gate: Gate) -> Check:
    if of.attributed is None or not of.attributed.n:
        return Check("plumbing", False, 0.0, "referrals untested", {})
    share, least = of.attributed.k / of.attributed.n, float(gate.attributed)
    numbers: dict[str, float] = {"k": of.attributed.k, "n": of.attributed.n, "least": least}
    return _check("plumbing", share >= least, share / least, "referrals lost", numbers)


def _pilot(of: GateSignals, gate: Gate) -> Check:
    pilot = of.pilot
    if pilot is None:
        return Check("pilot", False, 0.0, "no pilot", {"needed": gate.pilot_least})
    numbers: dict[str, float] = {"days": pilot.days, "of": gate.pilot_days, "people": pilot.people,
               "asked": pilot.asked}  # fmt: skip
    far = min(pilot.days / gate.pilot_days, pilot.people / max(pilot.asked, 1))
    if far < 1:
        return _check("pilot", False, far, "pilot runs", numbers)
    chance = rises(capped(pilot.before), capped(pilot.during), RISE)
    numbers |= {"chance": chance, "sentiment": pilot.sentiment}
    well = chance < RISE_CHANCE and pilot.sentiment >= 0
    return _check("pilot", well, 0.9, "pilot went badly", numbers)


def _check(key: str, passed: bool, far: float, why: str, numbers: Mapping[str, float]) -> Check:
    return Check(key, passed, 1.0 if passed else min(far, 0.99), "" if passed else why, numbers)
