"""Who enters which strategy today: by audience, trigger, rest, and one first strategy each.

Whom a strategy would be for is decided before the lot is drawn, so that treated and held-out
people are alike; a held-out person's day passes without that strategy and without another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from thang.engines.steps import column
from thang.model import DAY
from thang.policy.expressions import names_in
from thang.policy.playbook.nouns import Playbook, Strategy
from thang.river.lifetime.rows import Bool, Float64
from thang.river.strategies.arms import GLOBAL, HELD, TREATED, Lot, arms
from thang.river.strategies.asking import asked
from thang.river.strategies.enrolling import Enrolment, begun, may_enter
from thang.river.strategies.ranking import First, turn, worth
from thang.river.tables import Int64
from thang.workspace.acting.going_on import Running
from thang.workspace.acting.worth import Worth
from thang.workspace.facts.asking import Facts
from thang.workspace.facts.happened import at_keys

EVERYBODY = 0  # the person of what is done once for the shop
LATELY, MOST, MOST_OF_FEW = 7, 2, 1  # days, and strategies that advertise begun in them
UNASKED = ("task", "page", "webhook", "audience")  # channels that need nobody's consent
NOISE = 1e-6  # of the score: breaks ties only


@dataclass(frozen=True)
class Door:
    """What today's entering is decided with. `met` are the last enrolments (`MET`); `blocked`
    says of strategies why they meet nobody; `few`: of whom little is asked.
    """

    playbook: Playbook
    facts: Facts
    lot: Lot
    cluster: Int64
    decided: Mapping[str, int]
    met: pa.Table
    running: Running
    blocked: Mapping[str, str]
    reachable: Mapping[str, Bool]
    few: Bool
    worth: Worth


def entering(door: Door) -> Iterator[Enrolment]:
    """Everybody who enters a strategy today, in the arm that the lot gives them."""
    people = [one for one in _open(door) if one.scope == "person"]
    names = {name for one in people for name in names_in(one.trigger)}
    door.facts.need(names - {"own_uplift"})
    ads = [one for one in people if is_advertising(one)]
    first = _first(door, ads)
    for number, strategy in enumerate(ads):
        yield from _drawn(door, strategy, first.strategy == number)
    for strategy in people:
        if not is_advertising(strategy):
            yield from _drawn(door, strategy, able(door, strategy))
    for strategy in _open(door):
        if strategy.scope == "shop" and _shop_fires(door, strategy):
            yield _begun(door, strategy, EVERYBODY, EVERYBODY, TREATED)


def is_advertising(strategy: Strategy) -> bool:
    """Whether any of its steps advertises; of those a person begins one a day at most."""
    return any(step.purpose == "marketing" for step in strategy.steps)


def able(door: Door, strategy: Strategy) -> Bool:
    """For whom a strategy is today: level, trigger, rest, and a way to reach them."""
    facts, people = door.facts, len(door.facts.person)
    inside, last = _before(door, strategy.key)
    may = may_enter(strategy, last, inside, facts.now) & _on_levels(door, strategy)
    may &= _reached(door, strategy)
    names = names_in(strategy.trigger)
    known = dict(facts.of_people(names - {"own_uplift"}))
    if "own_uplift" in names:
        known["own_uplift"] = np.full(people, door.worth.measured(strategy.key))
    return may & asked(strategy.trigger, known, people)


def _open(door: Door) -> Sequence[Strategy]:
    return [one for one in door.playbook.strategies if one.key not in door.blocked]


def _first(door: Door, ads: Sequence[Strategy]) -> First:
    """Of each person the strategy that comes first today, by what it is expected to bring."""
    first = First(len(door.facts.person))
    free = _not_asked_much(door, {one.key for one in ads})
    for number, strategy in enumerate(ads):
        mine = able(door, strategy) & free
        if mine.any():
            first.offer(number, mine, score(door, strategy))
    return first


def score(door: Door, strategy: Strategy) -> Float64:
    """What a strategy is expected to bring each person; among equals the turn changes weekly."""
    gain, share = door.worth.gain, door.worth.share(strategy.group)
    expected = worth(strategy, door.worth.uplift(strategy.key), gain, share)
    week = door.facts.day // LATELY
    luck = turn(f"{door.lot.salt}:{strategy.key}:{week}", door.cluster)
    found: Float64 = expected * (1 + NOISE * luck)
    return found


def _not_asked_much(door: Door, ads: set[str]) -> Bool:
    """Who has not begun enough strategies that advertise within a week, in whichever arm."""
    ad = np.isin(np.array(door.met["strategy"].to_pylist(), object), list(ads))
    at = column(door.met, "at")
    today = _begun_since(door, ad & (at >= door.facts.midnight))
    lately = _begun_since(door, ad & (at > door.facts.now - LATELY * DAY))
    found: Bool = (today == 0) & (lately < np.where(door.few, MOST_OF_FEW, MOST))
    return found


def _begun_since(door: Door, which: Bool) -> Float64:
    """How many of these enrolments each person has."""
    person, many = np.unique(column(door.met, "person")[which], return_counts=True)
    return at_keys(door.facts.person, person, many.astype(np.float64), 0.0)


def _before(door: Door, key: str) -> tuple[Bool, Float64]:
    """Who is in a strategy, and when each met it last."""
    people = door.facts.person
    rows = [one.rows for one in door.running.groups if one.key == key]
    inside = np.isin(people, door.running.person[np.concatenate(rows)]) if rows else None
    mine = np.array(door.met["strategy"].to_pylist(), object) == key
    person, at = column(door.met, "person")[mine], column(door.met, "at")[mine]
    last = at_keys(people, person, at.astype(np.float64), float("nan"))
    return (np.zeros(len(people), np.bool_) if inside is None else inside), last


def _on_levels(door: Door, strategy: Strategy) -> Bool:
    if not strategy.levels:
        return np.ones(len(door.facts.person), np.bool_)
    names = [f"is_{key}" for key in strategy.levels]
    found: Bool = np.logical_or.reduce([v > 0 for v in door.facts.of_people(names).values()])
    return found


def _reached(door: Door, strategy: Strategy) -> Bool:
    """Whom the first step can reach at all: neither arm has others in it."""
    step = strategy.steps[0]
    everybody = np.ones(len(door.facts.person), np.bool_)
    if step.purpose != "marketing" or any(one in UNASKED for one in step.channels):
        return everybody
    ways = [door.reachable[one] for one in step.channels if one in door.reachable]
    return np.logical_or.reduce(ways) if ways else ~everybody


def _drawn(door: Door, strategy: Strategy, mine: Bool) -> Iterator[Enrolment]:
    """The lot of those who enter. Service is kept from nobody by the shop's own holdout."""
    who = np.flatnonzero(mine)
    if not len(who):
        return
    cluster = door.cluster[who]
    decided = door.decided.get(strategy.key, 0)
    found = arms(door.lot, strategy.key, decided, cluster)
    people = door.facts.person[who].tolist()
    for person, bound, arm in zip(people, cluster.tolist(), found, strict=True):
        yield _begun(door, strategy, person, bound, _arm(strategy, arm))


def _arm(strategy: Strategy, arm: str) -> str:
    if strategy.owed:
        return TREATED
    return arm if arm != GLOBAL or is_advertising(strategy) else HELD


def _begun(door: Door, strategy: Strategy, person: int, cluster: int, arm: str) -> Enrolment:
    return begun(strategy, person, cluster, arm, door.facts.now, door.playbook.fingerprint)


def _shop_fires(door: Door, strategy: Strategy) -> bool:
    """Whether what is done once for the shop begins today."""
    inside = any(one.key == strategy.key for one in door.running.groups)
    mine = np.array(door.met["strategy"].to_pylist(), object) == strategy.key
    last = column(door.met, "at")[mine].astype(np.float64).max(initial=-np.inf)
    known = np.array([last if np.isfinite(last) else np.nan])
    if not may_enter(strategy, known, np.array([inside]), door.facts.now)[0]:
        return False
    return bool(asked(strategy.trigger, door.facts.of_shop(names_in(strategy.trigger)), 1)[0])
