"""Which stage is shown: the computed one once it has settled, or what the owner says it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thang.policy.aims import StageRules
from thang.river.stage.chain import Reading

BEFORE, YOUNG = 0, 1  # places in `STAGES`


@dataclass(frozen=True, slots=True)
class Word:
    """What the owner said: that the stage is this one, why, and until when it holds."""

    at: int
    stage: int
    reason: str
    by: str
    until: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The stage that counts: `stage` is the owner's if there is a word, else the settled one."""

    stage: int
    settled: int
    since: int  # the check at which it settled
    word: Word | None


def settled(found: Sequence[Reading], rules: StageRules) -> tuple[int, int]:
    """The settled stage and since when: another one has to lead at so many checks in a row.

    Only from before the launch to after it there is nothing to wait for, once the owner says so.
    """
    stage, since, other, times = found[0].leads, found[0].at, -1, 0
    for reading in found[1:]:
        leads = reading.leads
        times = times + 1 if leads == other else 1
        other = leads
        began = stage == BEFORE and leads != BEFORE and reading.launched is True
        if leads != stage and (times >= rules.confirm_checks or began):
            stage, since = (YOUNG if began and times < rules.confirm_checks else leads), reading.at
    return stage, since


def shown(found: Sequence[Reading], words: Sequence[Word], as_of: int, rules: StageRules) -> Shown:
    """What counts at an instant; the latest word holds until it runs out."""
    stage, since = settled(found, rules)
    said = [word for word in words if word.at <= as_of]
    word = said[-1] if said and said[-1].until > as_of else None
    return Shown(word.stage if word else stage, stage, since, word)
