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
from thang.river.lifetime.rows import Bool, Float64
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
class Said:
    """What a strategy's rules say of one enrolment now: of its success, and of each step."""

    succeeded: bool
    wanted: tuple[bool, ...]


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


def may_enter(strategy: Strategy, last_met: Float64, running: Bool, now: int) -> Bool:
    """Who may be met anew: nobody while they are in it, nor before its rest is over.

    `last_met`: instants at which each was met last (nan: never); `running`: who is in it.
    """
    if not strategy.on:
        return np.zeros(len(last_met), np.bool_)
    rested: Bool = np.isnan(last_met) | (now >= last_met + strategy.cooldown_days * DAY)
    return rested & ~running


def said(strategy: Strategy, since: Facts, now: Facts, people: int) -> tuple[Bool, list[Bool]]:
    """Of each of some enrolments of a strategy whether it has succeeded, by facts counted since
    it began, and whether each step is wanted, by the facts as they are now.
    """
    always = np.ones(people, np.bool_)
    wanted = [
        always if step.only_if is None else asked(step.only_if, now, people)
        for step in strategy.steps
    ]
    return asked(strategy.success.rule, since, people), wanted


def stepped(enrolment: Enrolment, strategy: Strategy, told: Said, now: int) -> Stepped:
    """What comes next at an instant.

    Held-out people go the same way and are sent nothing: their success is what shows the others'.
    """
    if enrolment.state != RUNNING:
        return Stepped(enrolment)
    end = enrolment.at + strategy.success.within_days * DAY
    if now <= end and told.succeeded:
        return Stepped(replace(enrolment, state="succeeded"))
    messages = []
    while enrolment.step < len(strategy.steps) and enrolment.due <= now < end:
        step = strategy.steps[enrolment.step]
        if enrolment.arm == TREATED and told.wanted[enrolment.step]:
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
