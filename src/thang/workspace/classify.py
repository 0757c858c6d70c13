"""Placing everybody: settings resolved, bars frozen, and the fold over all, or over the few who changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.engines.running import census, fold_all, fold_some, refer
from thang.engines.steps import Run
from thang.model import WrongInput
from thang.policy.schema import Policy, Settings
from thang.record import PolicyVersion, Record
from thang.river.bars import publish, resolve_window
from thang.river.calendar import calendar, quarter_starts
from thang.river.events import CODES
from thang.river.tables import Bar
from thang.workspace.catching_up import catch_up

GROWTH = 1.1  # settings resolved on less than this share of what is known now are resolved anew
FEW = 0.2  # above this share of people, folding everybody is the quicker way

Progress = Callable[[str, int, int], None]


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


def classify(
    record: Record,
    projection: Projection,
    policy: Policy,
    as_of: int,
    *,
    everybody: bool = False,
    progress: Progress = quiet,
) -> Classified:
    """Place everybody as of an instant; one commit in the projection."""
    total = record.counts().events
    if not total:
        raise WrongInput("The shop has no events yet: run `thang import FILE` first.")
    changed = catch_up(record, projection, policy, _counter(progress, "reading", total))
    extent = _extent(projection)
    if as_of < extent[0]:
        raise WrongInput("--as-of lies before the first event of the shop: give a later date.")
    version, fresh = _version(record, projection, policy, extent, total)
    run = Run(policy, version.settings, record.kinds(), extent[0], as_of)
    everybody |= changed is None or fresh or as_of < (projection.meta("as_of") or as_of + 1)
    touched = None if everybody or changed is None else changed
    projection.sql.begin()
    try:
        moved = refer(projection, run, touched)
        run = _with_bars(record, projection, run, version, _counter(progress, "bars", total))
        folded = _fold(projection, run, touched, moved, _counter(progress, "placing", total))
        projection.note(as_of=as_of, version=version.version, classified=1)
        projection.sql.commit()
    except BaseException:
        projection.sql.rollback()
        raise
    people = projection.sql.execute("select count(*) from placements").fetchone()
    return Classified(as_of, people[0] if people else 0, folded, version, extent[1])


def _counter(progress: Progress, what: str, of: int) -> Callable[[int], None]:
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        progress(what, min(done, of), of)

    return count


def _extent(projection: Projection) -> tuple[int, int]:
    row = projection.sql.execute('select min("at"), max("at") from events').fetchone()
    return (row[0], row[1]) if row and row[0] is not None else (0, 0)


def _version(
    record: Record, projection: Projection, policy: Policy, extent: tuple[int, int], total: int
) -> tuple[PolicyVersion, bool]:
    """The policy version in force, applied now if its text or the shop's data changed; whether it was."""
    last = record.policy()
    if (
        last is not None
        and last.fingerprint == policy.fingerprint
        and total <= last.settings.events * GROWTH
    ):
        return last, projection.meta("version") != last.version
    settings = resolve(projection, policy, record.kinds(), extent, total)
    return record.apply_policy(policy.fingerprint, policy.text, settings), True


def resolve(
    projection: Projection,
    policy: Policy,
    kinds: dict[str, int],
    extent: tuple[int, int],
    total: int,
) -> Settings:
    """What is constant within a policy version, from all that is recorded (ruling 3)."""
    projection.cluster()
    joined = _ever(projection, ("membership_joined",))
    consents = _ever(projection, ("consent_granted", "consent_withdrawn"))
    programme = joined if policy.programme == "auto" else policy.programme == "yes"
    provisional = Settings(policy.window.default_days, programme, consents, total)
    days = provisional.window_days
    if isinstance(policy.window.mode, str):
        end = extent[1] + 1
        run = Run(policy, provisional, kinds, extent[0], end, quarters=(end,))
        (found,) = census(projection, run)
        days = resolve_window(found.gaps, found.repeaters, policy)
    else:
        days = int(policy.window.mode)
    return Settings(days, programme, consents, total)


def _ever(projection: Projection, kinds: tuple[str, ...]) -> bool:
    codes = [CODES[kind] for kind in kinds]
    row = projection.sql.execute(
        "select 1 from events where kind in (select unnest(?)) limit 1", [codes]
    ).fetchone()
    return row is not None


def _with_bars(
    record: Record,
    projection: Projection,
    run: Run,
    version: PolicyVersion,
    progress: Callable[[int], None],
) -> Run:
    """The run with its bars: those frozen before, and those of quarters that have begun since."""
    frozen = record.bars(version.version)
    cal = calendar(run.policy.shop.tz, run.first, run.as_of)
    starts = quarter_starts(cal, run.first, run.as_of)
    last = frozen[-1].quarter if frozen else -1
    missing = tuple(at for at in starts if at > last)
    bars: list[Bar] = list(frozen)
    if missing:
        projection.cluster()
        counted = Run(run.policy, run.settings, run.kinds, run.first, run.as_of, quarters=missing)
        found = census(projection, counted, progress)
        bars += publish(found, run.policy, run.settings, frozen, cal)
        record.add_bars(version.version, bars[len(frozen) :])
    return Run(run.policy, run.settings, run.kinds, run.first, run.as_of, tuple(bars))


def _fold(
    projection: Projection,
    run: Run,
    touched: pa.Table | None,
    moved: pa.Table,
    progress: Callable[[int], None],
) -> int:
    """Fold everybody, or the touched, the referrers whose friends' orders changed, and the due."""
    known = projection.sql.execute("select count(*) from placements").fetchone()
    size = known[0] if known else 0
    if touched is not None:
        due = projection.table(
            "select person from placements where next_change <= ?", [run.as_of]
        )
        people = pa.table({"person": _union(touched, moved, due)})
        if people.num_rows <= FEW * size:
            fold_some(projection, run, people)
            return people.num_rows
    projection.cluster()
    fold_all(projection, run, progress)
    row = projection.sql.execute("select count(*) from placements").fetchone()
    return row[0] if row else 0


def _union(*tables: pa.Table) -> np.ndarray:  # type: ignore[type-arg]
    return np.unique(np.concatenate([table["person"].to_numpy() for table in tables]))
