"""What is told of the stage: chances with their reasons, the gate, and where the budget goes."""

from __future__ import annotations

from dataclasses import dataclass

from thang.policy.aims import STAGES
from thang.river.stage.allocation import Allocation
from thang.river.stage.chain import Reading
from thang.river.stage.gate import GateState
from thang.river.stage.word import Shown


@dataclass(frozen=True)
class Month:
    """A past check, at the beginning of a month: what it said then."""

    at: int
    leads: int
    confidence: float
    enough: bool
    chances: tuple[float, ...]


@dataclass(frozen=True)
class Staged:
    """What a judging leaves behind for reading. Stages are places in `policy.aims.STAGES`.

    `now` is as of the last classification. `lines`: product lines that the record knows of; it
    knows of none, so the shop is one.
    """

    as_of: int
    policy: int
    shown: Shown
    now: Reading
    months: tuple[Month, ...]
    gate: GateState
    allocation: Allocation
    lines: int = 1

    @property
    def enough(self) -> bool:
        """Whether anything is known of fit, or the business has not begun."""
        return self.now.enough


@dataclass(frozen=True)
class StageAnswer:
    """The stage as last judged; `told` is None where nobody is judged yet."""

    told: Staged | None

    @property
    def stage(self) -> int | None:
        """The stage that counts, a place in `policy.aims.STAGES`: the owner's or the settled."""
        return self.told.shown.stage if self.told else None

    @property
    def status(self) -> str:
        """`uncomputed`, `few_data` or `told`."""
        if self.told is None:
            return "uncomputed"
        return "told" if self.told.enough or self.told.shown.override else "few_data"


def stage_name(stage: int) -> str:
    """The key of a stage in the policy: s1 to s5."""
    return STAGES[stage]
