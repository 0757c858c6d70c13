"""May the viral ones be courted? All seven checks must pass: they give no second chance.

Once open the gate closes when quality or recovery fail so many weeks in a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thang.policy.aims import Gate
from thang.river.stage.checks import Check

KEEP = frozenset(("quality", "recovery"))  # without these an open gate closes again


@dataclass(frozen=True, slots=True)
class Override:
    """The gate as an owner wants it, why, and until when."""

    at: int
    opened: bool
    reason: str
    by: str
    until: int


@dataclass(frozen=True, slots=True)
class GateState:
    """The gate as it stands: `opened` is the owner's while an override holds, else `earned`."""

    opened: bool
    earned: bool
    readiness: float
    checks: tuple[Check, ...]
    override: Override | None


def passed(found: Sequence[Check]) -> frozenset[str]:
    """The keys of the checks that pass."""
    return frozenset(check.key for check in found if check.passed)


def readiness(found: Sequence[Check]) -> float:
    """The mean progress of the checks: 1 when all pass."""
    return sum(check.progress for check in found) / len(found)


def opens(
    was_open: bool, past: Sequence[frozenset[str]], found: Sequence[Check], rules: Gate
) -> bool:  # fmt: skip
    """Whether the gate stands open by its checks; `past`: what passed in each week before."""
    now = passed(found)
    if not was_open:
        return len(now) == len(found)
    weeks = [*past, now][-rules.relock_checks :]
    return len(weeks) < rules.relock_checks or any(week >= KEEP for week in weeks)


def gate_state(
    earned: bool, found: tuple[Check, ...], overrides: Sequence[Override], as_of: int
) -> GateState:  # fmt: skip
    """The gate as it stands; the latest word of an owner holds until it runs out."""
    said = [one for one in overrides if one.at <= as_of]
    held = said[-1] if said and said[-1].until > as_of else None
    opened = held.opened if held else earned
    return GateState(opened, earned, readiness(found), found, held)
