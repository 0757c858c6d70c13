"""Who is in a group: in at once where the score is high enough, out only after checks in a row.

What became of people is kept as facts (moves), and everything here is derived from them, so that
whoever judges again finds the same members. A check is the first judging of a shop month; whoever
stays below the border of leaving, or has no evidence left, at so many checks in a row is out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from thang.policy.aims import GROUPS, Groups, StageWeight
from thang.river.lifetime.rows import Bool, Float64
from thang.river.tables import Int8, Int64

LEFT, ENTERED, FAILED = range(3)  # as `record.findings.Turn`
NONE = -1
MANY = len(GROUPS)


@dataclass(frozen=True)
class Moves:
    """Facts in the order in which they were found; `group` is a place in `GROUPS`."""

    at: Int64
    person: Int64
    group: Int64
    what: Int64


@dataclass(frozen=True)
class Standing:
    """Who is in, and who failed how many checks in a row: keys of person and group, sorted."""

    inside: Int64
    failed: Int64
    fails: Int64

    def of(self, person: Int64) -> tuple[Bool, Int64]:
        """Of some people, by group: whether they are in, and checks they failed up to now."""
        keys = _keys(person)
        fails = np.zeros(keys.shape, np.int64)
        if len(self.failed):
            place = np.minimum(np.searchsorted(self.failed, keys), len(self.failed) - 1)
            fails = np.where(self.failed[place] == keys, self.fails[place], 0)
        return _among(self.inside, keys), fails


def standing(moves: Moves, checks: Sequence[int], as_of: int) -> Standing:
    """How everybody stands at an instant, by the moves and the checks up to it."""
    known = moves.at <= as_of
    key = (moves.person * MANY + moves.group)[known]
    what, at = moves.what[known], moves.at[known]
    last = _last(key)
    inside = np.sort(key[last][what[last] != LEFT])
    failed, fails = inside, np.zeros(len(inside), np.int64)
    for check in sorted((check for check in checks if check <= as_of), reverse=True):
        again = np.unique(key[(what == FAILED) & (at == check)])
        kept = _among(again, failed) & (fails == fails.max(initial=0))
        if not kept.any():
            break
        fails = np.where(kept, fails + 1, fails)
    some = fails > 0
    return Standing(inside, failed[some], fails[some])


@dataclass(frozen=True)
class Turns:
    """What a judging makes of people: who is in by group, and the moves that say so."""

    inside: Bool
    person: Int64
    group: Int64
    what: Int64


def judged(
    stood: Standing, person: Int64, score: Float64, enough: Bool, rules: Groups, *, check: bool
) -> Turns:
    """The turns of some people; `score` and `enough` have a column for each group.

    A score that is not known (nan) neither lets in nor keeps.
    """
    known = np.where(enough, np.nan_to_num(score, nan=0.0), 0.0)
    inside, fails = stood.of(person)
    enters = ~inside & enough & (known >= float(rules.enter))
    below = inside & (known < float(rules.leave)) if check else np.zeros_like(inside)
    leaves = below & (fails + 1 >= rules.leave_checks)
    what = np.full(inside.shape, NONE)
    what[enters], what[below], what[leaves] = ENTERED, FAILED, LEFT
    row, group = np.nonzero(what != NONE)
    return Turns((inside | enters) & ~leaves, person[row], group, what[row, group])


def primary(inside: Bool, score: Float64, focus: int | None, rules: StageWeight) -> Int8:
    """Everybody's main group by the score and what it weighs at the stage's focus; -1: none.

    While the stage is unknown all groups weigh alike. Of equals the first is taken.
    """
    weighed = np.where(inside, np.nan_to_num(score, nan=0.0) * weights(focus, rules), -1.0)
    found: Int8 = np.where(inside.any(axis=1), weighed.argmax(axis=1), NONE).astype(np.int8)
    return found


def weights(focus: int | None, rules: StageWeight) -> Float64:
    """What each group weighs: the stage's own, the one after it, the one before it, the others."""
    apart = {0: rules.focus, 1: rules.next, -1: rules.before}
    if focus is None:
        return np.ones(MANY)
    return np.array([float(apart.get(group - focus, rules.other)) for group in range(MANY)])


def bits(marks: Bool) -> Int8:
    """One number a person, a bit for each group."""
    found: Int8 = (marks * (1 << np.arange(MANY))).sum(axis=1).astype(np.int8)
    return found


def _keys(person: Int64) -> Int64:
    found: Int64 = person[:, None] * MANY + np.arange(MANY)
    return found


def _among(keys: Int64, asked: Int64) -> Bool:
    """Whether each of `asked` is one of the sorted `keys`."""
    if not len(keys):
        return np.zeros(asked.shape, np.bool_)
    place = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    found: Bool = keys[place] == asked
    return found


def _last(key: Int64) -> Int64:
    """The place of each key's last row."""
    _, back = np.unique(key[::-1], return_index=True)
    found: Int64 = len(key) - 1 - back
    return found
