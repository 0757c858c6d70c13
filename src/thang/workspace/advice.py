"""The one thing to do now: the people who are a single condition away, at the tightest spot."""

from __future__ import annotations

from dataclasses import dataclass

from thang.engines.duckdb import Projection
from thang.policy.schema import Policy
from thang.workspace.movement import Climb, Movement


@dataclass(frozen=True, slots=True)
class Advice:
    """How many people of a rung lack one condition of the next, and the address of their list.

    `quantity` is what most of them lack, `most` how many those are. `query` is the address's
    query of the customers page.
    """

    spot: Climb
    level: str
    people: int
    quantity: str
    most: int
    query: tuple[tuple[str, str], ...]


def advice(projection: Projection, policy: Policy, moved: Movement) -> Advice | None:
    """What to do about a month's tightest spot; None: there is none, or nobody is so near."""
    spot = moved.tightest
    if spot is None:
        return None
    lacking = projection.sql.execute(
        "select quantity, people from nearest where level = ? order by people desc, quantity",
        [spot.lower],
    ).fetchall()
    if not lacking:
        return None
    level = policy.levels[spot.lower].key
    (quantity, most), people = lacking[0], sum(int(n) for _, n in lacking)
    query = (("view", "almost_up"), ("level", level))
    return Advice(spot, level, people, quantity, int(most), query)
