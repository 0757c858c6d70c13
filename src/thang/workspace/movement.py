"""How people moved between rungs in a month, and how many stood where at each month's end.

All numbers come from the summaries that a classification writes (`engines.summaries`), so
they cost the same at ten customers and at ten million. A month's movement compares where
each person stood at its start and at its end: who went up and came back did not move.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from thang.engines.duckdb import Projection
from thang.engines.summaries import Months, month_name, month_number, months_to
from thang.model import WrongInput
from thang.policy.schema import Policy

LEAST = 30  # people on a rung at a month's start, below which its share of climbers says nothing
NOBODY = -1  # the rung of who was not known yet


@dataclass(frozen=True, slots=True)
class Flow:
    """People by the rung of the month's start (-1: not known yet) and of its end."""

    from_level: int
    to_level: int
    people: int


@dataclass(frozen=True, slots=True)
class Climb:
    """Between a rung and the one above it: `up` of the `people` who stood on the lower climbed.

    `down` is how many of those who stood on the upper fell. `share` is up / people, 0 for nobody.
    """

    lower: int
    people: int
    up: int
    down: int

    @property
    def upper(self) -> int:
        """The rung right above."""
        return self.lower + 1

    @property
    def share(self) -> float:
        """The share of people who climbed, from 0 to 1."""
        return self.up / self.people if self.people else 0.0


@dataclass(frozen=True, slots=True)
class Movement:
    """A month's movement; `stocks` has a row for each of `months`, a number for each rung.

    `closed` is False for the present month, whose end is the ladder's instant. `up`, `down`
    and `came` count people. `entered` and `left` are people by rung. `tightest` is the pair of
    neighbouring rungs between which the smallest share climbed; None: too little is known.
    """

    month: str
    closed: bool
    months: tuple[str, ...]
    stocks: tuple[tuple[int, ...], ...]
    flows: tuple[Flow, ...]
    climbs: tuple[Climb, ...]
    entered: tuple[int, ...]
    left: tuple[int, ...]
    up: int
    down: int
    came: int
    tightest: Climb | None


def movement(projection: Projection, policy: Policy, month: str | None = None) -> Movement:
    """The movement of a month (YYYY-MM), by default of the last full one with a month before it.

    Errors: `WrongInput` for what is no month, or lies outside the thirteen that are kept.
    """
    levels, months = len(policy.levels), _months(projection, policy)
    moves, net = _summed(projection)
    stocks = _stocks(moves, months, levels)
    chosen = _chosen(month, months)
    before = stocks[chosen - months.first]
    gone = {(a, b): n for (m, a, b), n in net.items() if m == chosen}
    climbs = tuple(_climb(gone, lower, before[lower]) for lower in range(levels - 1))
    return Movement(
        month=month_name(chosen),
        closed=chosen < months.last,
        months=tuple(month_name(m) for m in range(months.first, months.last + 1)),
        stocks=stocks[1:],
        flows=_flows(gone, before),
        climbs=climbs,
        entered=tuple(sum(n for (_, b), n in gone.items() if b == i) for i in range(levels)),
        left=tuple(sum(n for (a, _), n in gone.items() if a == i) for i in range(levels)),
        up=sum(n for (a, b), n in gone.items() if NOBODY < a < b),
        down=sum(n for (a, b), n in gone.items() if a > b),
        came=sum(n for (a, _), n in gone.items() if a == NOBODY),
        tightest=_tightest(climbs),
    )


def months_kept(projection: Projection, policy: Policy) -> tuple[str, ...]:
    """The months for which movement is kept, oldest first."""
    months = _months(projection, policy)
    return tuple(month_name(m) for m in range(months.first, months.last + 1))


def kept_month(projection: Projection, policy: Policy, month: str | None) -> int:
    """The number of a month whose movement is kept; None: the last full one."""
    return _chosen(month, _months(projection, policy))


def _months(projection: Projection, policy: Policy) -> Months:
    return months_to(projection.meta("as_of") or 0, policy.shop.tz)


def _chosen(month: str | None, months: Months) -> int:
    if month is None:
        return months.last - 1
    try:
        number = month_number(month)
    except ValueError:
        raise WrongInput(f"{month!r} is no month: write it as YYYY-MM.") from None
    if not months.first <= number <= months.last:
        raise WrongInput(
            f"The movement of {month} is not kept: give a month from {month_name(months.first)} "
            f"to {month_name(months.last)}."
        )
    return number


Counts = Mapping[tuple[int, int, int], int]  # by month, rung before, rung after


def _summed(projection: Projection) -> tuple[Counts, Counts]:
    rows = projection.sql.execute(
        "select month, from_level, to_level, moves, people from monthly"
    ).fetchall()
    moves = {(m, a, b): int(n) for m, a, b, n, _ in rows}
    return moves, {(m, a, b): int(n) for m, a, b, _, n in rows if n}


def _stocks(moves: Counts, months: Months, levels: int) -> tuple[tuple[int, ...], ...]:
    """People on each rung at the end of the month before the first, and of each month."""
    change: Counter[tuple[int, int]] = Counter()
    for (month, before, after), n in moves.items():
        change[month, before] -= n
        change[month, after] += n
    found, now = [], [0] * levels
    for month in range(months.first - 1, months.last + 1):
        now = [n + change[month, level] for level, n in enumerate(now)]
        found.append(tuple(now))
    return tuple(found)


def _flows(gone: Mapping[tuple[int, int], int], before: tuple[int, ...]) -> tuple[Flow, ...]:
    """All who moved, and on each rung those who stayed."""
    stayed = {
        (level, level): people - sum(n for (a, _), n in gone.items() if a == level)
        for level, people in enumerate(before)
    }
    return tuple(Flow(a, b, n) for (a, b), n in sorted({**gone, **stayed}.items()) if n)


def _climb(gone: Mapping[tuple[int, int], int], lower: int, people: int) -> Climb:
    up = sum(n for (a, b), n in gone.items() if a == lower and b > lower)
    down = sum(n for (a, b), n in gone.items() if a == lower + 1 and b <= lower)
    return Climb(lower, people, up, down)


def _tightest(climbs: tuple[Climb, ...]) -> Climb | None:
    """The smallest share of climbers among rungs with enough people; of equals the fullest."""
    told = [climb for climb in climbs if climb.people >= LEAST]
    return min(told, key=lambda c: (Fraction(c.up, c.people), -c.people), default=None)
