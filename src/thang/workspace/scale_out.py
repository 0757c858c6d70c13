"""Placing everybody on Spark: the same river and the same facts, another calculator.

For a shop's own events the policy version and the bars are those of its record, and
what has to be settled anew is kept there. Parquet from elsewhere is judged by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from thang.engines.columns import FOLDED
from thang.engines.duckdb import Projection
from thang.engines.parquet import rows_in
from thang.engines.spark import Folded, SparkEvents, place
from thang.engines.spark_session import session
from thang.engines.steps import Run
from thang.model import Unavailable, WrongInput
from thang.policy.schema import Policy, Settings
from thang.record import PolicyVersion, Record
from thang.river.events import CODES
from thang.river.program import Rows
from thang.workspace.classify import caught_up
from thang.workspace.resolving import (
    Extent,
    must_begin_by,
    resolve_settings,
    version_in_force,
    with_bars,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from thang.workspace.shop import Workspace

Answer = tuple[dict[str, Any], str]


@dataclass(frozen=True)
class Given:
    """What Spark is to judge, and by what: `marks` and `record` are a shop's own."""

    policy: Policy
    as_of: int
    events: Path
    kinds: Mapping[str, int]
    marks: pa.Table | None = None
    record: Record | None = None


def classify_on_spark(
    workspace: Workspace,
    as_of: str | None,
    events: Path | None,
    out: Path | None,
    spark: SparkSession | None = None,
) -> Answer:
    """Place everybody of the shop, or of Parquet given; tables as Parquet folders in `out`.

    `as_of` is a shop day (YYYY-MM-DD), None: now. Without a `spark` session one is started
    and stopped. Returns what was done as JSON, and in words.
    """
    policy = workspace.folder.policy()
    at = workspace._instant(as_of, policy)
    out = out or workspace.folder.path / "spark-out"
    with ExitStack() as stack:
        if events is None:
            given = _own(workspace, policy, at, out / "events", stack)
        else:
            rows_in(events)
            _must_not_overwrite(events, out)
            given = Given(policy, at, events, _kinds(workspace))
        running = spark or stack.enter_context(session())
        return _placed(running, given, out)


def _own(workspace: Workspace, policy: Policy, at: int, folder: Path, stack: ExitStack) -> Given:
    """The shop's own events as Parquet, caught up with its record."""
    workspace.folder.must_exist()
    record = stack.enter_context(Record.open(workspace.folder.path, workspace.folder.now))
    with Projection.open(workspace.folder.projection_file) as projection:
        caught_up(record, projection, policy)
        marks = projection.table('select person, mark, "at" from marks')
        projection.write_events(folder)
    return Given(policy, at, folder, record.kinds(), marks, record)


def _kinds(workspace: Workspace) -> Mapping[str, int]:
    """Codes of kinds: the shop's, where there is a shop."""
    with suppress(Unavailable):
        workspace.folder.must_exist()
        with Record.open(workspace.folder.path, workspace.folder.now) as record:
            return record.kinds()
    return CODES


def _must_not_overwrite(events: Path, out: Path) -> None:
    if out.resolve().is_relative_to(events.resolve()):
        raise WrongInput("--out lies inside --events: give a folder beside it.")


def _placed(spark: SparkSession, given: Given, out: Path) -> Answer:
    with SparkEvents.read(spark, given.events, given.marks) as events:
        must_begin_by(given.as_of, Extent(*events.extent))
        version = _version(events, given)
        first = events.extent[0]
        run = Run(given.policy, version.settings, given.kinds, first, given.as_of)
        referrals = events.referral_rows(run)
        run = _with_bars(events, run, referrals, version, given.record)
        with events.fold(run, referrals) as folded:
            for name in FOLDED:
                getattr(folded, name).write.mode("overwrite").parquet(place(out / name))
            events.bars(run).write.mode("overwrite").parquet(place(out / "bars"))
            return _answer(run, version, folded, out)


def _version(events: SparkEvents, given: Given) -> PolicyVersion:
    """The shop's version in force; 0 for events of no shop."""
    policy, record = given.policy, given.record
    total = record.counts().events - record.left_out().events if record else events.total

    def resolved() -> Settings:
        return resolve_settings(
            policy, given.kinds, Extent(*events.extent), total,
            census=events.census, ever=events.ever,
        )  # fmt: skip

    if record is None:
        return PolicyVersion(0, policy.fingerprint, policy.text, resolved(), 0)
    return version_in_force(record, policy, total, resolved)


def _with_bars(
    events: SparkEvents, run: Run, referrals: Rows, version: PolicyVersion, record: Record | None
) -> Run:
    frozen = record.bars(version.version) if record else []
    run = with_bars(run, frozen, lambda asked: events.census(asked, referrals))
    if record and len(run.bars) > len(frozen):
        record.add_bars(version.version, run.bars[len(frozen) :])
    return run


def _answer(run: Run, version: PolicyVersion, folded: Folded, out: Path) -> Answer:
    keys = [level.key for level in run.policy.levels]
    counts = {
        row["level"]: row["count"] for row in folded.placements.groupBy("level").count().collect()
    }
    levels = {key: counts.get(i, 0) for i, key in enumerate(keys)}
    people, moves = sum(counts.values()), folded.transitions.count()
    told = {
        "as_of": run.as_of, "people": people, "folded": people, "transitions": moves,
        "policy": f"{version.version}:{version.fingerprint}",
        "window_days": run.settings.window_days, "levels": levels, "out": str(out),
    }  # fmt: skip
    return told, (
        f"{people:,} people placed on Spark, {moves:,} moves (window {run.settings.window_days} "
        f"days). {', '.join(FOLDED).capitalize()} and bars are Parquet folders in {out}."
    )
