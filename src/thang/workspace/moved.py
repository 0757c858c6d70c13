"""Who would move: from where to where, how many, and by which rule, told by examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from thang.engines.duckdb import Projection
from thang.engines.running import mine
from thang.engines.steps import column, fold_step
from thang.policy.schema import And, Compare, Expr, Not, Or, Policy
from thang.record import Record
from thang.river.reasons import Reason, Value
from thang.river.reasons import reasons as reasons_of
from thang.river.rungs import enter_rule, keep_rule
from thang.river.tables import Int64
from thang.workspace.explain import Standing, View
from thang.workspace.ladders import both_ladders
from thang.workspace.supposing import Supposed

Move = tuple[str, str]


@dataclass(frozen=True)
class Moved:
    """People who would stand elsewhere, with the keys of both levels; `asked` were looked at."""

    people: Int64
    old: NDArray[np.str_]
    new: NDArray[np.str_]
    asked: int
    before: Policy
    after: Policy

    def rises(self, move: Move) -> bool:
        """Whether a move leads up, on the ladder that has the levels of both."""
        order = both_ladders(self.before, self.after)
        return order.index(move[1]) > order.index(move[0])

    def counts(self) -> dict[Move, int]:
        """How many make each move."""
        if not len(self.people):
            return {}
        pairs, counts = np.unique(np.array([self.old, self.new]), axis=1, return_counts=True)
        return {(str(a), str(b)): int(n) for a, b, n in zip(*pairs, counts, strict=True)}


def compared(stood: pa.Table, found: Supposed, before: Policy) -> Moved:
    """Everybody who is in both tables, and of them whoever stands elsewhere."""
    people, at, now = np.intersect1d(
        column(stood, "person"), column(found.levels, "person"), return_indices=True
    )
    after = found.run.policy
    old = np.array([level.key for level in before.levels])[column(stood, "level")[at]]
    new = np.array([level.key for level in after.levels])[column(found.levels, "level")[now]]
    elsewhere = old != new
    return Moved(people[elsewhere], old[elsewhere], new[elsewhere], len(people), before, after)


def examples(
    record: Record, projection: Projection, moved: Moved, found: Supposed, most: int
) -> tuple[dict[str, Any], ...]:
    """Some who would move, some of each move, and the rule that moves them."""
    chosen = _some_of_each(moved, most)
    if not chosen:
        return ()
    people = sorted(int(moved.people[i]) for i in chosen)
    events = projection.of(pa.table({"person": np.array(people, np.int64)}))
    placed = fold_step(events, found.run, mine(found.referrals, events))[1].to_pylist()
    rows = {row["person"]: row for row in placed}
    told = []
    for i in chosen:
        who, move = int(moved.people[i]), (str(moved.old[i]), str(moved.new[i]))
        view = View(found.run, Standing(who, found.run.as_of, rows[who], []))
        rule = _rule(view, move, moved)
        told.append({"person": record.refs.ref_of(who), "from": move[0], "to": move[1]} | rule)
    return tuple(told)


def _some_of_each(moved: Moved, most: int) -> list[int]:
    by_move: dict[Move, list[int]] = {}
    for i in range(len(moved.people)):
        cell = by_move.setdefault((str(moved.old[i]), str(moved.new[i])), [])
        if len(cell) < most:
            cell.append(i)
    rounds = zip_longest(*by_move.values())
    return [i for i in chain.from_iterable(rounds) if i is not None][:most]


def _rule(view: View, move: Move, moved: Moved) -> dict[str, Any]:
    """The comparison that decides, and whose rule it is in; none where the level itself is gone."""
    level = move[1] if moved.rises(move) else move[0]
    if level not in {known.key for known in moved.after.levels}:
        return {"level": level, "rule": None}
    reason = _risen(view, level, moved) if moved.rises(move) else _fallen(view, level, moved)
    return {"level": level, "rule": view.told(reason) if reason else None}


def _risen(view: View, level: str, moved: Moved) -> Reason | None:
    """Of what is met now, the part that the old rule did not ask, or asked more of."""
    now = enter_rule(level, view.run.policy)
    met = [reason for reason in view.reasons_of(now, "then") if reason.ok]
    return _new(met, view, _before(level, moved, enter_rule))


def _fallen(view: View, level: str, moved: Moved) -> Reason | None:
    """What is lacking of the entry rule, else of the keep rule."""
    for rule in (enter_rule, keep_rule):
        told = view.reasons_of(rule(level, view.run.policy), "now")
        lacking = [reason for reason in told if not reason.ok]
        if lacking:
            return _new(lacking, view, _before(level, moved, rule))
    return None


def _before(level: str, moved: Moved, rule: Callable[[str, Policy], Expr | None]) -> Expr | None:
    """The same rule of the same level in the policy of before, if it had that level."""
    known = level in {old.key for old in moved.before.levels}
    return rule(level, moved.before) if known else None


def _new(reasons: Sequence[Reason], view: View, before: Expr | None) -> Reason | None:
    """The first reason that the rule of before would not have given, else the first."""

    def look(name: str) -> Value:
        return view.value(name, "now") if name in view.run.policy.quantities else None

    known = {
        (told.quantity, told.op, told.needs)
        for compare in _comparisons(before)
        for told in reasons_of(compare, look)[1]
    }
    fresh = [r for r in reasons if (r.quantity, r.op, r.needs) not in known]
    return next(iter([*fresh, *reasons]), None)


def _comparisons(expr: Expr | None) -> list[Compare]:
    match expr:
        case And(parts) | Or(parts):
            return [one for part in parts for one in _comparisons(part)]
        case Not(part):
            return _comparisons(part)
        case Compare():
            return [expr]
    return []
