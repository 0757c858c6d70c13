"""What becomes of somebody in a strategy: a pure step from what is known now to what comes next.

Nothing here reads a clock or a table. A step may be asked again at the same instant and says the
same; a playbook that changes meanwhile changes no enrolment that has begun, for whoever steps
hands over the strategy as it was then.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from thang.model import DAY
from thang.policy.playbook.nouns import Step, Strategy
from thang.policy.schema import Expr
from thang.river.strategies.arms import TREATED
from thang.river.strategies.asking import Facts, asked

State = Literal["running", "succeeded", "finished", "left"]
RUNNING: State = "running"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person in a strategy. `step` is the next one, `due` when it falls, in microseconds.

    `playbook` is the fingerprint of what the strategy said when it began.
    """

    id: str
    strategy: str
    person: int
    cluster: int
    arm: str
    at: int
    step: int
    due: int
    state: State
    playbook: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A message to be sent when it is due, if the law lets it then."""

    enrolment: str
    strategy: str
    person: int
    step: int
    channels: tuple[str, ...]
    purpose: str
    template: str
    due: int


@dataclass(frozen=True, slots=True)
class Stepped:
    """What an instant makes of an enrolment."""

    enrolment: Enrolment
    messages: tuple[Planned, ...] = ()


def begun(
    strategy: Strategy, person: int, cluster: int, arm: str, now: int, playbook: str
) -> Enrolment:
    """A person enters a strategy now."""
    name = hashlib.blake2b(f"{strategy.key}:{person}:{now}".encode(), digest_size=12).hexdigest()
    first = strategy.steps[0].wait_days if strategy.steps else 0
    return Enrolment(
        name, strategy.key, person, cluster, arm, now, 0, now + first * DAY, RUNNING, playbook
    )


def may_enter(strategy: Strategy, last: Enrolment | None, now: int) -> bool:
    """Whether somebody may be met anew: never while they are in it, nor before its rest is over."""
    if not strategy.on:
        return False
    if last is None:
        return True
    return last.state != RUNNING and now >= last.at + strategy.cooldown_days * DAY


def stepped(enrolment: Enrolment, strategy: Strategy, facts: Facts, now: int) -> Stepped:
    """What comes next at an instant; `facts` are one person's, those of success counted since `at`.

    Held-out people go the same way and are sent nothing: their success is what shows the others'.
    """
    if enrolment.state != RUNNING:
        return Stepped(enrolment)
    end = enrolment.at + strategy.success.within_days * DAY
    if now <= end and _holds(strategy.success.rule, facts):
        return Stepped(replace(enrolment, state="succeeded"))
    messages = []
    while enrolment.step < len(strategy.steps) and enrolment.due <= now < end:
        step = strategy.steps[enrolment.step]
        if enrolment.arm == TREATED and (step.only_if is None or _holds(step.only_if, facts)):
            messages.append(_planned(enrolment, strategy, step))
        enrolment = _past(enrolment, strategy)
    if now >= end:
        enrolment = replace(enrolment, state="finished")
    return Stepped(enrolment, tuple(messages))


def _past(enrolment: Enrolment, strategy: Strategy) -> Enrolment:
    """On to the next step, which waits from the day this one fell due."""
    step = enrolment.step + 1
    wait = strategy.steps[step].wait_days if step < len(strategy.steps) else 0
    return replace(enrolment, step=step, due=enrolment.due + wait * DAY)


def _planned(enrolment: Enrolment, strategy: Strategy, step: Step) -> Planned:
    return Planned(
        enrolment.id, strategy.key, enrolment.person, enrolment.step, step.channels,
        step.purpose, step.template, enrolment.due,
    )  # fmt: skip


def _holds(rule: Expr, facts: Facts) -> bool:
    return bool(asked(rule, facts, 1)[0])


def of_one(facts: Facts, place: int) -> Facts:
    """One person's facts out of everybody's."""
    return {name: np.array([column[place]]) for name, column in facts.items()}
