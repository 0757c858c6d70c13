"""Facts of an enrolment itself: how long it runs, what its strategy adds, who was pushed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.model import DAY
from thang.policy.aims import GROUPS
from thang.policy.playbook.nouns import Playbook
from thang.record import Record
from thang.river.lifetime.rows import Float64
from thang.river.tables import Int64
from thang.workspace.acting.going_on import Own
from thang.workspace.acting.worth import Worth
from thang.workspace.facts.asking import Enrolled

VIRAL = 1 << GROUPS.index("viral")
GATE = "gate"  # findings: the gate as it stood, week by week


def own_facts(
    record: Record, projection: Projection, playbook: Playbook, worth: Worth, now: int
) -> Own:
    """Tells the facts that depend on the enrolment or its strategy."""
    needs_gate = {one.key for one in playbook.strategies if one.needs_gate}

    def told(name: str, keys: Sequence[str], enrolled: Enrolled) -> Float64:
        match name:
            case "days_enrolled":
                found: Float64 = (now - enrolled.since) / DAY
                return found
            case "own_uplift":
                return np.array([worth.measured(key) for key in keys], np.float64)
        pushes = closed_pushes(record, projection, needs_gate, int(enrolled.since.min()))
        return np.array([(pushes > since).sum() for since in enrolled.since.tolist()], np.float64)

    return told


def closed_pushes(
    record: Record, projection: Projection, needs_gate: set[str], since: int
) -> Int64:
    """When strategies that need the gate wrote to viral people while it was closed."""
    sent = record.went_out(since)
    theirs = np.isin(np.array(sent["strategy"].to_pylist(), object), list(needs_gate))
    viral = projection.table("select person from scores where members & ? > 0", [VIRAL])
    theirs &= np.isin(column(sent, "person"), column(viral, "person"))
    at = column(sent, "at")[theirs]
    return at[~_open_at(record, at)]


def _open_at(record: Record, at: Int64) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether the gate stood open at each instant, by the weekly looks at it."""
    looks = [one for one in record.findings(GATE) if one.body["check"] == "week"]
    times = np.array([one.at for one in looks], np.int64)
    opened = np.array([False, *(bool(one.body["opened"]) for one in looks)])
    return opened[np.searchsorted(times, at, "right")]
