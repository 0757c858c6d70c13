"""What buyers are truly worth at a date, and to which of the five groups they truly belong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import fsum

import numpy as np

from thang.policy.aims import Aims
from thang.simulate.instants import add_months
from thang.simulate.latent import Bools, Times
from thang.simulate.rates import YEAR, Array, Rates, busy_in_month, expected
from thang.simulate.truth import TrueThreshold, TrueValue
from thang.simulate.world import Referred, World

JUDGED_EVERY = 12  # months, and at the end
LETTERS = 4  # a year
MILLION = 1_000_000
DEPTH = 3  # friends of friends of friends


@dataclass(frozen=True, slots=True)
class Worth:
    """Everybody's numbers at one instant, by place."""

    at: int
    alive: Bools
    willing: Array
    forgiving: Array
    viral: Array
    orders: Array
    clv: Array
    profit: Array
    minutes: Array


def judged_months(months: int) -> list[int]:
    """After how many months the truth is told: each year, and at the end."""
    return sorted({*range(JUDGED_EVERY, months, JUDGED_EVERY), months})


def worths(
    world: World, rates: Rates, times: Times
) -> Iterator[tuple[TrueThreshold, list[TrueValue]]]:
    """For each date its thresholds, and a row for each buyer."""
    aims, scenario = Aims(), world.scenario
    for months in judged_months(scenario.months):
        last = months == scenario.months
        at = scenario.end if last else add_months(scenario.start, months, scenario.tz)
        worth = _worth(world, rates, times, at, aims)
        threshold = _threshold(worth, int((times.bought <= at).sum()), aims)
        buyers = np.flatnonzero(times.bought <= at).tolist()
        friends = _friends(world, worth)
        yield threshold, [_row(world, worth, threshold, who, friends, aims) for who in buyers]


def _worth(world: World, rates: Rates, times: Times, at: int, aims: Aims) -> Worth:
    alive = (times.bought <= at) & (times.done > at)
    horizon, yearly = aims.value.horizon_months, float(aims.value.discount)
    orders, clv = expected(rates, world, at, horizon, yearly)
    buying = rates.buying(at)
    pace = buying.placed * YEAR * _usual(world, at)
    service = buying.minutes * world.scenario.dials.minute
    years = 1.0 / (pace * buying.drops).clip(1.0 / 50.0)
    letters = (
        LETTERS * world.scenario.dials.message * np.array([s.consents for s in world.standing])
    )
    profit = pace * (buying.margin - service) - letters - _won(world) / np.maximum(years, 1.0)
    return Worth(
        at=at,
        alive=alive,
        willing=rates.willing(),
        forgiving=rates.forgiving(at),
        viral=np.where(alive, rates.viral(at) * times.strangers_left(at), 0.0),
        orders=np.where(alive, orders, 0.0),
        clv=np.where(alive, clv, 0.0),
        profit=np.where(alive, profit, 0.0),
        minutes=buying.minutes / buying.revenue * MILLION,
    )


def _usual(world: World, at: int) -> float:
    """How busy the months of the year from an instant on are in the mean."""
    tz = world.scenario.tz
    return sum(busy_in_month(world, add_months(at, month, tz)) for month in range(12)) / 12


def _won(world: World) -> Array:
    """What it cost to win each person."""
    return np.array([float(world.won.get(who, 0)) for who in range(len(world.people))])


def _threshold(worth: Worth, buyers: int, aims: Aims) -> TrueThreshold:
    if not worth.alive.any():
        return TrueThreshold(worth.at, buyers, None, None, None)
    groups, alive = aims.groups, worth.alive
    high = float(np.quantile(worth.clv[alive], float(groups.valuable.quantile)))
    rich = float(np.quantile(worth.profit[alive], float(groups.profitable.quantile)))
    rich = max(rich, float(groups.profitable.floor))
    return TrueThreshold(worth.at, buyers, high, rich, float(np.median(worth.minutes[alive])))


def _groups(worth: Worth, threshold: TrueThreshold, who: int, aims: Aims) -> Iterator[str]:
    groups = aims.groups
    if worth.willing[who] >= groups.willing.tau:
        yield "willing"
    if worth.forgiving[who] >= groups.forgiving.tau:
        yield "forgiving"
    if worth.viral[who] >= groups.viral.tau_per_year:
        yield "viral"
    high, rich, usual = threshold.valuable, threshold.profitable, threshold.minutes
    if not worth.alive[who] or high is None or rich is None or usual is None:
        return
    if worth.clv[who] >= high:
        yield "valuable"
    if worth.profit[who] >= rich and worth.minutes[who] <= usual:
        yield "profitable"


def _row(
    world: World,
    worth: Worth,
    threshold: TrueThreshold,
    who: int,
    friends: dict[int, list[Referred]],
    aims: Aims,
) -> TrueValue:
    return TrueValue(
        key=world.people[who].key,
        at=worth.at,
        alive=bool(worth.alive[who]),
        willing=_short(worth.willing[who]),
        forgiving=_short(worth.forgiving[who]),
        viral=_short(worth.viral[who]),
        orders=_short(worth.orders[who]),
        clv=_short(worth.clv[who]),
        realised=_realised(world, who, worth.at, aims),
        profit=_short(worth.profit[who]),
        minutes=_short(worth.minutes[who]),
        earned=world.ledger.profit(who, worth.at),
        crv=_short(_crv(world, worth, who, friends, DEPTH)),
        groups=tuple(_groups(worth, threshold, who, aims)),
    )


def _short(value: float) -> float:
    return round(float(value), 4)


def _realised(world: World, who: int, at: int, aims: Aims) -> float | None:
    """The margin that came within the horizon, discounted from its own day."""
    until = add_months(at, aims.value.horizon_months, world.scenario.tz)
    if until > world.scenario.end:
        return None
    return _short(_discounted(world.ledger.margin(who), at, until, float(aims.value.discount)))


def _discounted(entries: Iterable[tuple[int, int]], at: int, until: int, yearly: float) -> float:
    year = YEAR * 86_400_000_000
    return fsum(
        money * (1.0 + yearly) ** (-(when - at) / year)
        for when, money in entries
        if at <= when < until
    )


def _friends(world: World, worth: Worth) -> dict[int, list[Referred]]:
    """By place of the sender: the friends who bought within the year before."""
    since, found = add_months(worth.at, -12, world.scenario.tz), dict[int, list[Referred]]()
    for link in world.referred.values():
        bought = world.standing[link.referee].bought_at
        if link.order_id and bought is not None and since <= bought < worth.at:
            found.setdefault(link.referrer, []).append(link)
    return found


def _crv(
    world: World, worth: Worth, who: int, friends: dict[int, list[Referred]], depth: int
) -> float:
    """What friends are worth who came by somebody: all of it if new, else the cost saved."""
    total, reward = 0.0, world.scenario.dials.reward
    ring = any(who in one for one in world.rings)
    for link in friends.get(who, []):
        total -= reward
        if link.is_new:
            past = sum(
                money for when, money in world.ledger.margin(link.referee) if when < worth.at
            )
            total += past + float(worth.clv[link.referee])
            if depth > 1:
                total += _crv(world, worth, link.referee, friends, depth - 1)
        elif not ring:
            total += world.mean_price()
    return total
