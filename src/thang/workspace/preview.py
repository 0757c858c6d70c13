"""What a change of the policy would do: the fold with both, compared, before anybody moves.

A big shop is answered at once by a sample, always of the same people; its counts are
scaled and said to be so. Asked for everybody, the answer is what applying would do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.policy.diff import Change, diff
from thang.policy.load import read_policy
from thang.policy.schema import Policy
from thang.record import PolicyVersion, Record
from thang.workspace.ladders import both_ladders
from thang.workspace.moved import Move, Moved, compared, examples
from thang.workspace.supposing import Crowd, Everybody, supposed

SAMPLE = 50_000
# A number of one's own for each person, the same on every day and every machine.
DRAWN = "(person % 2147483647) * 2654435761 % 4294967291"
EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Count:
    """People on one level, now and then; None where a policy has no such level."""

    level: str
    now: int | None
    then: int | None

    @property
    def change(self) -> int:
        """How many more there would be."""
        return (self.then or 0) - (self.now or 0)


@dataclass(frozen=True, slots=True)
class Preview:
    """The changed keys, and who would stand elsewhere: counts by from and to, and examples.

    `asked` of `people` were folded; where they are fewer, every number is scaled up from
    them and the examples are some of them.
    """

    changes: tuple[Change, ...]
    up: int
    down: int
    counts: tuple[Count, ...]
    moves: tuple[dict[str, Any], ...]
    examples: tuple[dict[str, Any], ...]
    people: int
    asked: int
    as_of: int

    @property
    def is_sample(self) -> bool:
        """Whether the numbers are an estimate."""
        return self.asked < self.people


def preview(
    record: Record,
    projection: Projection,
    version: PolicyVersion,
    after: Policy,
    sample: int | None = None,
) -> Preview:
    """Compare the ladder as classified with the one that `after` would give, over all history.

    `sample`: at most so many people are folded; None: everybody.
    """
    before = read_policy(version.text)
    now = _counts_now(projection, before)
    people = sum(now.values())
    stood = _stood(projection, sample if sample is not None and sample < people else None)
    found = supposed(record, _crowd(projection, stood, people), version, after)
    moved = compared(stood, found, before)
    matrix = {move: max(round(n * people / moved.asked), 1) for move, n in moved.counts().items()}
    return Preview(
        changes=tuple(diff(before, after)),
        up=sum(n for move, n in matrix.items() if moved.rises(move)),
        down=sum(n for move, n in matrix.items() if not moved.rises(move)),
        counts=tuple(_counts(moved, now, matrix)),
        moves=tuple({"from": a, "to": b, "people": n} for (a, b), n in matrix.items()),
        examples=examples(record, projection, moved, found, EXAMPLES),
        people=people,
        asked=moved.asked,
        as_of=found.run.as_of,
    )


def _crowd(projection: Projection, stood: pa.Table, people: int) -> Crowd:
    if stood.num_rows == people > SAMPLE:
        return Everybody(projection, stood, 1)
    return Crowd(projection, stood.select(["person"]), people / max(stood.num_rows, 1))


def _stood(projection: Projection, sample: int | None) -> pa.Table:
    """Who stands where, by person: everybody, or always the same few."""
    if sample is None:
        return projection.table("select person, level from placements order by person")
    return projection.table(
        f"select person, level from placements order by {DRAWN}, person limit ?",  # noqa: S608
        [sample],
    ).sort_by("person")


def _counts_now(projection: Projection, before: Policy) -> dict[str, int]:
    stored = projection.sql.execute("select level, count(*) from placements group by level")
    return {before.levels[level].key: n for level, n in stored.fetchall()}


def _counts(moved: Moved, now: dict[str, int], matrix: dict[Move, int]) -> Iterator[Count]:
    """Each level of either ladder, from the lowest."""
    old = {level.key for level in moved.before.levels}
    new = {level.key for level in moved.after.levels}
    for key in both_ladders(moved.before, moved.after):
        come = sum(n for (_, b), n in matrix.items() if b == key)
        gone = sum(n for (a, _), n in matrix.items() if a == key)
        there = now.get(key, 0)
        # A sample's rounding may take one more away than there are.
        then = max(there + come - gone, 0)
        yield Count(key, there if key in old else None, then if key in new else None)
