"""May the viral ones be courted? All seven checks must pass: they give no second chance.

The gate is looked at every week. Once open it closes when quality or recovery fail so many
weeks in a row, or when an owner's word to keep it open has run out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thang.policy.aims import Gate
from thang.river.stage.checks import Check

KEEP = frozenset(("quality", "recovery"))  # without these an open gate closes again


@dataclass(frozen=True, slots=True)
class Week:
    """One weekly look: which checks passed, and whether the gate stood open after it."""

    at: int
    passed: frozenset[str]
    opened: bool


@dataclass(frozen=True, slots=True)
class Override:
    """An owner's word that the gate is to stand open though checks fail, with the reason."""

    at: int
    reason: str
    by: str
    until: int


@dataclass(frozen=True, slots=True)
class GateState:
    """`earned`: by its checks. `opened`: by them, or by the word of an owner."""

    opened: bool
    earned: bool
    readiness: float
    checks: tuple[Check, ...]
    override: Override | None


def readiness(found: Sequence[Check]) -> float:
    """The mean progress of the checks: 1 when all pass."""
    return sum(check.progress for check in found) / len(found)


def opens(weeks: Sequence[Week], found: Sequence[Check], rules: Gate) -> bool:
    """Whether the gate stands open after this look; `weeks` are those before it."""
    passed = frozenset(check.key for check in found if check.passed)
    if not weeks or not weeks[-1].opened:
        return len(passed) == len(found)
    latest = [*(week.passed for week in weeks), passed][-rules.relock_checks :]
    return len(latest) < rules.relock_checks or any(week >= KEEP for week in latest)


def gate_state(
    weeks: Sequence[Week], found: tuple[Check, ...], overrides: Sequence[Override],
    as_of: int, rules: Gate,
) -> GateState:  # fmt: skip
    """The gate as it stands; the latest word of an owner holds until it runs out."""
    earned = opens(weeks, found, rules)
    said = [one for one in overrides if one.at <= as_of]
    held = said[-1] if said and said[-1].until > as_of else None
    return GateState(earned or held is not None, earned, readiness(found), found, held)
