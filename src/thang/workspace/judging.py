"""What follows a classification: value, the stage and the groups of the same instant, in turn.

Each reads what those before it wrote: the gate asks how many are viral as of the judging before.
"""

from __future__ import annotations

from thang.engines.duckdb import Projection
from thang.record import PolicyVersion, Record
from thang.workspace.grouping import group_everybody
from thang.workspace.staging import stage_now
from thang.workspace.valuing import value_everybody


def judge(record: Record, projection: Projection, version: PolicyVersion) -> None:
    """Judge everybody and the shop as of the last classification, under its policy."""
    value_everybody(record, projection, version)
    answer = stage_now(record, projection, version)
    known = answer.status == "told"
    group_everybody(record, projection, version, answer.stage if known else None)
    projection.note(judged=projection.meta("as_of") or 0)


def is_judged(projection: Projection) -> bool:
    """Whether what stands in the tables is of the last classification."""
    as_of = projection.meta("as_of")
    return as_of is not None and projection.meta("judged") == as_of
