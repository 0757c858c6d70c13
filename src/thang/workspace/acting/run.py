"""One daily run: what was begun goes on, who fits a strategy enters it, and all of it is planned.

A run writes once, as a whole; asked again at the same instant it changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from thang.engines.duckdb import Projection
from thang.model import DAY
from thang.policy.aims import GROUPS
from thang.policy.expressions import names_in
from thang.policy.playbook.nouns import Playbook, Step, Strategy
from thang.policy.schema import Policy
from thang.record import PolicyVersion, Record
from thang.river.lifetime.rows import Bool, Float64
from thang.river.sending.nouns import strategy_paused
from thang.river.strategies.arms import GLOBAL, HELD, TREATED
from thang.river.strategies.asking import asked
from thang.river.strategies.enrolling import Enrolment, Planned, Said, Stepped, stepped
from thang.workspace.acting.effects import known_effects, look_at_effects
from thang.workspace.acting.entering import EVERYBODY, Door, entering
from thang.workspace.acting.going_on import Running, running, stepped_on
from thang.workspace.acting.lots import clusters_of, decisions, lot_of
from thang.workspace.acting.own import own_facts
from thang.workspace.acting.playbooks import Playbooks
from thang.workspace.acting.worth import Worth, worth_of
from thang.workspace.facts.asking import Facts
from thang.workspace.facts.standing import agreements

RUNS = "run"  # findings
REMEMBERED = 3_660 * DAY  # the longest rest that a playbook may ask for
PERSONAL = ("email", "messenger", "zalo_oa", "zns", "sms", "call", "audience")


@dataclass(frozen=True)
class RanStrategy:
    """What a run did in one strategy: who entered by arm, what was planned, who was done."""

    key: str
    treated: int = 0
    held: int = 0
    spared: int = 0  # in the shop's own holdout
    planned: int = 0
    succeeded: int = 0
    finished: int = 0
    left: int = 0


@dataclass(frozen=True)
class Ran:
    """A daily run; `blocked`: strategies that met nobody, and why. `dry`: nothing was written."""

    at: int
    dry: bool
    people: int
    playbook: str
    strategies: tuple[RanStrategy, ...]
    blocked: Mapping[str, str]

    @property
    def planned(self) -> int:
        """Messages and tasks that were planned."""
        return sum(one.planned for one in self.strategies)


def run(
    record: Record, projection: Projection, policy: Policy, version: PolicyVersion,
    playbook: Playbook, now: int, *, dry: bool = False,
) -> Ran:  # fmt: skip
    """Make one run as of the last classification; with `dry` only say what it would do."""
    record.hear()
    levels = tuple(level.key for level in policy.levels)
    playbooks = Playbooks(record, playbook, levels)
    if not dry:
        playbooks.keep(record, now)
        look_at_effects(record, playbook.strategies, policy, now)
    facts = Facts(record, projection, policy, version, playbook, now)
    worth = worth_of(projection, facts, playbook, known_effects(record))
    inside = running(record, projection, playbooks)
    blocked = why_not(record, playbook, facts)
    off = {one.key: True for one in playbook.strategies if not one.on}
    own = own_facts(record, projection, playbook, worth, now)
    going = list(stepped_on(inside, facts, own, off))
    door = door_of(record, projection, policy, playbook, facts, worth, inside, blocked, dry=dry)
    entered = list(entering(door))
    begun = [_first_step(one, playbook, facts) for one in entered]
    rows = _counted(entered, [*going, *begun])
    ran = Ran(now, dry, len(facts.person), playbook.fingerprint, rows, blocked)
    if not dry:
        _write(record, entered, [*going, *begun], now)
        record.add_finding(RUNS, now, {"day": facts.day, "planned": ran.planned})
    return ran


def last_run(record: Record) -> tuple[int, int] | None:
    """The instant and shop day of the last run; None: strategies were never begun, or stopped."""
    runs = record.findings(RUNS)
    if not runs or runs[-1].body.get("stopped"):
        return None
    return runs[-1].at, int(runs[-1].body["day"])


def stop(record: Record, now: int, by: str) -> None:
    """Make no further run until somebody begins again."""
    record.add_finding(RUNS, now, {"stopped": True, "by": by})


def door_of(
    record: Record, projection: Projection, policy: Policy, playbook: Playbook, facts: Facts,
    worth: Worth, inside: Running, blocked: Mapping[str, str], *, dry: bool,
) -> Door:  # fmt: skip
    """Everything that entering is decided with."""
    now = facts.now
    return Door(
        playbook, facts, lot_of(record, policy, len(facts.person), now, note=not dry),
        clusters_of(projection, facts.person, now), decisions(record),
        record.last_met(now - REMEMBERED), inside, blocked, _reachable(record, projection, facts),
        _few(policy, facts), worth,
    )  # fmt: skip


def why_not(record: Record, playbook: Playbook, facts: Facts) -> dict[str, str]:
    """The strategies that meet nobody today: off, resting, of another stage, or the gate's."""
    resting = record.resting(facts.now)
    stage = facts.shop("stage")
    opened = facts.shop("gate_open") > 0
    found = {one.key: _why_not(one, resting, stage, opened) for one in playbook.strategies}
    return {key: why for key, why in found.items() if why}


def _why_not(one: Strategy, resting: Mapping[str, str], stage: float, opened: bool) -> str:
    if not one.on:
        return "off"
    if strategy_paused(one.key) in resting:
        return "paused"
    if one.needs_gate and not opened:
        return "gate"
    if one.stages and (np.isnan(stage) or int(stage) not in one.stages):
        return "stage"
    return ""


def _reachable(record: Record, projection: Projection, facts: Facts) -> dict[str, Bool]:
    """Who agreed to advertising, by channel."""
    agreed = agreements(record, projection)
    found = {}
    for channel in PERSONAL:
        people = np.array([one for one, on in agreed.items() if channel in on], np.int64)
        found[channel] = np.isin(facts.person, people)
    return found


def _few(policy: Policy, facts: Facts) -> Bool:
    """Of whom little is asked: high on the ladder, or viral."""
    keys = [level.key for level in policy.levels]
    first = policy.sending.few_from
    from_level = keys.index(first) if first in keys else len(keys)
    viral: Float64 = facts.of_people([f"in_{GROUPS[2]}"])[f"in_{GROUPS[2]}"]
    few: Bool = (facts.level >= from_level) | (viral > 0)
    return few


def _first_step(one: Enrolment, playbook: Playbook, facts: Facts) -> Stepped:
    """What falls due on the day of entering: nothing can have succeeded yet."""
    strategy = next(s for s in playbook.strategies if s.key == one.strategy)
    told = Said(False, tuple(_wanted(step, one, facts) for step in strategy.steps))
    return stepped(one, strategy, told, facts.now)


def _wanted(step: Step, one: Enrolment, facts: Facts) -> bool:
    if step.only_if is None:
        return True
    names = names_in(step.only_if)
    if one.person == EVERYBODY:
        return bool(asked(step.only_if, facts.of_shop(names), 1)[0])
    place = int(np.searchsorted(facts.person, one.person))
    known = {name: values[place : place + 1] for name, values in facts.of_people(names).items()}
    return bool(asked(step.only_if, known, 1)[0])


def _write(
    record: Record, entered: Sequence[Enrolment], stepped_: Sequence[Stepped], now: int
) -> None:
    record.act(
        enrolled=[_plain(one) for one in entered],
        moved=[_move(one.enrolment, now) for one in stepped_],
        planned=[_message(each) for one in stepped_ for each in one.messages],
    )


def _plain(one: Enrolment) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def _move(one: Enrolment, now: int) -> dict[str, Any]:
    return {
        "enrolment": one.id, "at": now, "state": one.state, "step": one.step, "due": one.due,
    }  # fmt: skip


def _message(one: Planned) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def _counted(entered: Iterable[Enrolment], stepped_: Iterable[Stepped]) -> tuple[RanStrategy, ...]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    arms = {TREATED: "treated", HELD: "held", GLOBAL: "spared"}
    for one in entered:
        counts[one.strategy][arms[one.arm]] += 1
    for each in stepped_:
        of = counts[each.enrolment.strategy]
        of["planned"] += len(each.messages)
        if each.enrolment.state != "running":
            of[each.enrolment.state] += 1
    return tuple(RanStrategy(key, **dict(of)) for key, of in sorted(counts.items()))
