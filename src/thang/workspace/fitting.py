"""Whom a strategy would meet today, and what its words would be before one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from thang.model import WrongInput
from thang.policy.contact import Contact
from thang.policy.expressions import names_in
from thang.policy.playbook.nouns import Playbook, Step, Strategy
from thang.river.lifetime.rows import Bool
from thang.river.sending.filters import Value
from thang.river.sending.labels import Worded, dressed
from thang.river.sending.nouns import MARKETING
from thang.river.sending.sms import Segments, segments
from thang.river.strategies.asking import asked
from thang.workspace.facts.asking import Facts
from thang.workspace.wording import worded

WAY_OUT = "https://shop.example/out/0123456789abcdef"  # as long as a real one
FACES = 3


@dataclass(frozen=True)
class Fit:
    """Who is on the strategy's levels, and of them for whom its trigger is true today; `some` are
    the numbers of a few of these, `near` that of somebody who might read it even if nobody fits.
    For what is done once for the shop, `fires` says it alone.
    """

    audience: int
    people: int
    some: tuple[int, ...]
    near: int | None
    fires: bool


@dataclass(frozen=True)
class StepShown:
    """One step before somebody's eyes. `sms` is what the text takes as an SMS, if it may go as
    one; `wrong` says why it could not be sent so.
    """

    step: Step
    channel: str
    words: Worded
    sms: Segments | None
    wrong: str


def fit(facts: Facts, strategy: Strategy) -> Fit:
    """Whom a strategy is for today by level and trigger; rest, lots and consent come on top."""
    if strategy.scope == "shop":
        known = facts.of_shop(names_in(strategy.trigger))
        return Fit(0, 0, (), None, bool(asked(strategy.trigger, known, 1)[0]))
    there = _on_levels(facts, strategy)
    people = len(facts.person)
    names = names_in(strategy.trigger) - {"own_uplift"}
    known = {**facts.of_people(names), "own_uplift": np.full(people, np.nan)}
    mine = np.flatnonzero(there & asked(strategy.trigger, known, people))
    some = tuple(int(one) for one in facts.person[mine[:FACES]])
    near = next((int(facts.person[at[0]]) for at in (mine, np.flatnonzero(there)) if len(at)), None)
    if near is None and people:
        near = int(facts.person[0])
    return Fit(int(there.sum()), len(mine), some, near, len(mine) > 0)


def _on_levels(facts: Facts, strategy: Strategy) -> Bool:
    names = [f"is_{key}" for key in strategy.levels]
    if not names:
        return np.ones(len(facts.person), np.bool_)
    found: Bool = np.logical_or.reduce([v > 0 for v in facts.of_people(names).values()])
    return found


def shown(
    strategy: Strategy, playbook: Playbook, values: Mapping[str, Value], language: str,
    rules: Contact,
) -> tuple[StepShown, ...]:  # fmt: skip
    """Every step as its first channel would carry it to a person of these values."""
    return tuple(_shown(one, playbook, values, language, rules) for one in strategy.steps)


def _shown(
    step: Step, playbook: Playbook, values: Mapping[str, Value], language: str, rules: Contact
) -> StepShown:
    channel = step.channels[0]
    words = Worded("", "")
    way_out = WAY_OUT if step.purpose == MARKETING and channel not in ("task", "page") else ""
    purpose = step.purpose if way_out else "service"
    try:
        words = worded(playbook, step.template, values, language) or words
        sent, wrong = dressed(words, channel, purpose, way_out, rules), ""
    except WrongInput as error:
        sent, wrong = words, str(error)
    return StepShown(step, channel, sent, _sms(step, words, rules), wrong)


def _sms(step: Step, words: Worded, rules: Contact) -> Segments | None:
    """What the text takes as an SMS, label and way out included."""
    if "sms" not in step.channels:
        return None
    way_out = WAY_OUT if step.purpose == MARKETING else ""
    free = replace(rules, sms_segments=10**6)
    return segments(dressed(words, "sms", step.purpose, way_out, free).text)
