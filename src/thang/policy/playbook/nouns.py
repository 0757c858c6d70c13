"""The nouns of the playbook: strategies with their steps and successes, and the words they use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from thang.policy.playbook.facts import FACTS, Fact
from thang.policy.schema import Expr

# A shop's own strategy belongs to no article.
Article = Literal["A", "B", ""]
Purpose = Literal["marketing", "service"]
Scope = Literal["person", "shop"]

# In order of how the reference lists them. `page`: the shop shows or publishes it itself,
# a task with a text for whoever does that; `task`: staff do it.
CHANNELS = (
    "email", "messenger", "zalo_oa", "zns", "sms", "webhook", "task", "audience", "call", "page",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in both languages of the shop."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Template:
    """What a step says; merge fields stand in double braces.

    `label_ad`: it advertises, so that whoever sends it puts the label and the way out.
    """

    key: str
    subject: Words
    body: Words
    label_ad: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One message or task of a strategy.

    `wait_days` are counted from the step before it, those of the first from the enrolment.
    `channels` stand in order of preference; of `only_if` the facts are as they are when the
    step falls due, each with its own window.
    """

    key: str
    wait_days: int
    channels: tuple[str, ...]
    template: str
    purpose: Purpose
    only_if: Expr | None


@dataclass(frozen=True, slots=True)
class Success:
    """What counts as having worked: true at some moment within so many days of the enrolment.

    What happens (`Fact.is_counted`) counts here from the enrolment on, whatever its window.
    """

    rule: Expr
    within_days: int


@dataclass(frozen=True, slots=True)
class Strategy:
    """One row of the playbook.

    Its audience are those on one of `levels` (none named: any level, nobody left out), while
    the shop is at one of `stages` (1 to 5; none named: any). `group` is the group the article
    speaks of, for reports and the budget; who of it is meant the trigger says. `scope` shop:
    it is done once for the shop, and what happens counts of everybody. `cost` is that of one
    contact in minor units. `needs_gate`: not before the gate for the viral ones is open. `owed`:
    whoever it is for has a right to it, so that nobody is held out of it to see what it does.
    """

    key: str
    id: str
    article: Article
    quote: str
    instructed: bool
    levels: tuple[str, ...]
    lifts_to: str | None
    group: str | None
    stages: tuple[int, ...]
    scope: Scope
    trigger: Expr
    steps: tuple[Step, ...]
    success: Success
    metric: str
    cost: int
    cooldown_days: int
    on: bool
    needs_gate: bool
    owed: bool
    name: Words


@dataclass(frozen=True, slots=True)
class Playbook:
    """All strategies in the order of the articles; `fingerprint` names exactly what they say.

    `facts` is the vocabulary of their rules, the shop's own facts included; `shop` is what the
    texts say of the shop, by name: the merge fields `shop.<name>`.
    """

    strategies: tuple[Strategy, ...]
    templates: Mapping[str, Template]
    fingerprint: str
    facts: Mapping[str, Fact] = field(default_factory=lambda: FACTS)
    shop: Mapping[str, str] = field(default_factory=dict)
