"""Which stage is shown: the computed one once it has settled, or the owner's while it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thang.policy.aims import StageRules
from thang.river.stage.chain import Reading

BEFORE, YOUNG = 0, 1  # places in `STAGES`


@dataclass(frozen=True, slots=True)
class Word:
    """What the owner said: that the stage is this one. `until` 0: they agree with the computed
    one; else theirs holds until then, for a reason.
    """

    at: int
    stage: int
    reason: str
    by: str
    until: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The stage that counts: `stage` is the owner's where theirs holds, else the settled one."""

    stage: int
    settled: int
    since: int  # the check at which it settled
    override: Word | None
    agreed: Word | None  # the owner has agreed with the settled one


def settled(checks: Sequence[Reading], rules: StageRules) -> tuple[int, int]:
    """The settled stage and since when: another one has to lead at so many checks in a row.

    Only from before the launch to after it there is nothing to wait for, once the owner says so.
    """
    stage, since, other, times = checks[0].leads, checks[0].at, checks[0].leads, 1
    for reading in checks[1:]:
        times = times + 1 if reading.leads == other else 1
        other = reading.leads
        if other != stage and times >= rules.confirm_checks:
            stage, since = other, reading.at
        elif other != stage == BEFORE and reading.launched:
            stage, since = YOUNG, reading.at
    return stage, since


def shown(
    checks: Sequence[Reading], now: Reading, words: Sequence[Word], rules: StageRules
) -> Shown:  # fmt: skip
    """What counts now; the latest word holds until it runs out, or is taken back by agreeing."""
    stage, since = settled(checks or [now], rules)
    if stage == BEFORE and now.launched and now.leads != BEFORE:
        stage, since = YOUNG, now.at
    said = [word for word in words if word.at <= now.at]
    word = said[-1] if said else None
    override = word if word and word.until > now.at else None
    agreed = word if word and not word.until and word.stage == stage and word.at >= since else None
    return Shown(override.stage if override else stage, stage, since, override, agreed)
