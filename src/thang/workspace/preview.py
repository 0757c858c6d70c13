"""What a change of the policy would do: the fold with both, compared, before anybody moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from thang.engines.chunks import CHUNK_ROWS
from thang.engines.duckdb import Projection
from thang.engines.running import census, in_pairs, mine
from thang.engines.steps import Run, added_of, column, fold_step
from thang.policy.diff import Change, diff
from thang.policy.schema import Policy
from thang.record import Record
from thang.river.bars import publish
from thang.river.calendar import calendar, quarter_starts
from thang.workspace.classify import resolve

EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Preview:
    """The changed keys, and who would stand elsewhere: counts by from and to, and examples."""

    changes: tuple[Change, ...]
    up: int
    down: int
    moves: tuple[dict[str, Any], ...]
    examples: tuple[dict[str, str], ...]


def preview(record: Record, projection: Projection, before: Policy, after: Policy) -> Preview:
    """Compare the ladder as classified with the one that `after` would give, over all history."""
    as_of = projection.meta("as_of") or 0
    levels = _levels(record, projection, after, as_of)
    stored = projection.table("select person, level from placements order by person")
    people, was = column(stored, "person"), column(stored, "level")
    now = column(levels, "level")[np.argsort(column(levels, "person"))]
    keys = ([x.key for x in before.levels], [x.key for x in after.levels])
    old, new = np.array(keys[0])[was], np.array(keys[1])[now]
    moved = old != new
    rank = {key: i for i, key in enumerate([*keys[0], *(k for k in keys[1] if k not in keys[0])])}
    steps = [(rank[b] - rank[a]) for a, b in zip(old[moved], new[moved], strict=True)]
    return Preview(
        changes=tuple(diff(before, after)),
        up=sum(step > 0 for step in steps),
        down=sum(step < 0 for step in steps),
        moves=_matrix(old[moved], new[moved]),
        examples=tuple(
            {"person": record.refs.ref_of(int(who)), "from": str(a), "to": str(b)}
            for who, a, b in list(zip(people[moved], old[moved], new[moved], strict=True))[
                :EXAMPLES
            ]
        ),
    )


def _matrix(old: Any, new: Any) -> tuple[dict[str, Any], ...]:
    pairs, counts = np.unique(np.array([old, new]), axis=1, return_counts=True)
    return tuple(
        {"from": str(a), "to": str(b), "people": int(n)}
        for a, b, n in zip(*pairs, counts, strict=True)
    )


def _levels(record: Record, projection: Projection, policy: Policy, as_of: int) -> pa.Table:
    """Where everybody would stand under a policy, nothing stored."""
    ((first, last),) = projection.sql.execute('select min("at"), max("at") from events').fetchall()
    kinds, total = record.kinds(), record.counts().events
    settings = resolve(projection, policy, kinds, (first, last), total)
    cal = calendar(policy.shop.tz, first, as_of)
    quarters = tuple(quarter_starts(cal, first, as_of))
    found = census(projection, Run(policy, settings, kinds, first, as_of, quarters=quarters))
    bars = tuple(publish(found, policy, settings, (), cal))
    run = Run(policy, settings, kinds, first, as_of, bars)
    referrals = added_of(projection.referral_rows())
    steps = (
        (table, lambda t: fold_step(t, run, mine(referrals, t))[1].select(["person", "level"]))
        for table in projection.whole(CHUNK_ROWS)
    )
    return pa.concat_tables(list(in_pairs(steps, lambda _: None)))
