"""Placing everybody: caught up, settled, and the fold over all, or over the few who changed.

Each step commits by itself, and who is still to be folded is remembered in between: an
interrupted or refused classification loses nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.engines.running import census, fold_all, fold_some, refer
from thang.engines.steps import Run, column
from thang.engines.summaries import summarise
from thang.model import WrongInput
from thang.policy.schema import Policy, Settings
from thang.record import PolicyVersion, Record
from thang.river.bars import Quarter
from thang.river.events import CODES
from thang.workspace.catching_up import catch_up
from thang.workspace.lived import Past, as_lived, past_of
from thang.workspace.resolving import (
    Extent,
    must_begin_by,
    resolve_settings,
    version_in_force,
    with_bars,
)

FEW = 0.2  # above this share of people, folding everybody is the quicker way

Progress = Callable[[str, int, int], None]
Counter = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Classified:
    """What a classification did: `folded` of `people` were folded, as of and under what."""

    as_of: int
    people: int
    folded: int
    version: PolicyVersion
    events_through: int


def quiet(_what: str, _done: int, _of: int) -> None:
    """No progress to show."""


def quietly(_rows: int) -> None:
    """Nobody counts along."""


def classify(
    record: Record,
    projection: Projection,
    policy: Policy,
    as_of: int,
    *,
    everybody: bool = False,
    progress: Progress = quiet,
) -> Classified:
    """Place everybody as of an instant; what is said of them changes in one commit."""
    total = caught_up(record, projection, policy, progress)
    extent = _extent(projection)
    must_begin_by(as_of, extent)
    version = version_in_force(
        record, policy, total, lambda: resolve(projection, policy, record.kinds(), extent, total)
    )
    run = Run(policy, version.settings, record.kinds(), extent.first, as_of)
    anew = everybody or projection.meta("version") != version.version
    people = referred(projection, run, anew=anew)
    run = _with_bars(record, projection, run, version, _counter(progress, "bars", total))
    count = _counter(progress, "placing", total)
    past = past_of(record, run, lambda old, of: _with_bars(record, projection, old, of, quietly))
    folded = fold(projection, run, people, count, past, version=version.version)
    return Classified(as_of, placed(projection), folded, version, extent.last)


def caught_up(
    record: Record, projection: Projection, policy: Policy, progress: Progress = quiet
) -> int:
    """Bring the projection up to the record and remember whom that touches; how many events."""
    total = record.last_seq() - record.left_out().events
    if not total:
        raise WrongInput("The shop has no events yet: run `thang import FILE` first.")
    with projection.one_commit():
        changed = catch_up(record, projection, policy, _counter(progress, "reading", total))
        if changed is not None:
            projection.touch(changed)
    return total


def referred(projection: Projection, run: Run, *, anew: bool = False) -> pa.Table | None:
    """Qualify referrals; who is to be folded then, or None: everybody."""
    last = projection.meta("as_of")
    if anew or last is None or run.as_of < last:
        with projection.one_commit():
            refer(projection, run)
        return None
    with projection.one_commit():
        projection.touch(refer(projection, run, projection.touched()))
    due = projection.table(
        "select person from placements where next_change <= ? "
        "union select person from tallies where due <= ?", [run.as_of, run.as_of],
    )  # fmt: skip
    return _united(projection.touched(), due, _awaited(projection, last, run.as_of))


def _awaited(projection: Projection, last: int, as_of: int) -> pa.Table:
    """Whose events were known but lay ahead of the last fold: they may have stood nowhere."""
    if (projection.meta("through") or 0) <= last:
        return pa.table({"person": np.zeros(0, np.int64)})
    return projection.table(
        'select distinct person from events where "at" > ? and "at" <= ?', [last, as_of]
    )


def fold(
    projection: Projection,
    run: Run,
    people: pa.Table | None,
    progress: Counter = quietly,
    past: Sequence[Past] = (),
    **noted: int,
) -> int:
    """Fold some people, or everybody where they are many (None: all); how many were folded."""
    some = people if people is not None and _is_few(people, projection) else None
    if some is None:
        projection.cluster()  # committed before, for what `whole` reads
    with projection.one_commit():
        if some is None:
            fold_all(projection, run, progress)
        else:
            fold_some(projection, run, some)
        as_lived(projection, past, run, some)
        summarise(projection, run, some)
        projection.sql.execute("delete from touched")
        through = _extent(projection).last
        projection.note(as_of=run.as_of, through=through, classified=1, judged=0, **noted)
    return placed(projection) if some is None else int(some.num_rows)


def _is_few(people: pa.Table, projection: Projection) -> bool:
    return bool(people.num_rows <= FEW * placed(projection))


def _counter(progress: Progress, what: str, of: int) -> Counter:
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        progress(what, min(done, of), of)

    return count


def _extent(projection: Projection) -> Extent:
    ((first, last),) = projection.sql.execute('select min("at"), max("at") from events').fetchall()
    return Extent(0, 0) if first is None else Extent(first, last)


def placed(projection: Projection) -> int:
    """How many people stand on a rung."""
    ((people,),) = projection.sql.execute("select count(*) from placements").fetchall()
    return int(people)


def resolve(
    projection: Projection,
    policy: Policy,
    kinds: Mapping[str, int],
    extent: tuple[int, int],
    total: int,
) -> Settings:
    """The settings of a policy, from all that the projection holds."""
    projection.cluster()
    return resolve_settings(
        policy, kinds, Extent(*extent), total,
        census=lambda run: census(projection, run), ever=lambda acts: _ever(projection, acts),
    )  # fmt: skip


def _ever(projection: Projection, kinds: tuple[str, ...]) -> bool:
    codes = [CODES[kind] for kind in kinds]
    found = projection.sql.execute(
        "select 1 from events where kind in (select unnest(?)) limit 1", [codes]
    )
    return bool(found.fetchall())


def _with_bars(
    record: Record, projection: Projection, run: Run, version: PolicyVersion, progress: Counter
) -> Run:
    """The run with its bars, new ones frozen in the record."""

    def counted(asked: Run) -> list[Quarter]:
        projection.cluster()
        return census(projection, asked, progress)

    frozen = record.bars(version.version)
    run = with_bars(run, frozen, counted)
    if len(run.bars) > len(frozen):
        record.add_bars(version.version, run.bars[len(frozen) :])
    return run


def _united(*tables: pa.Table) -> pa.Table:
    return pa.table({"person": np.unique(np.concatenate([column(t, "person") for t in tables]))})
