"""The shop's own playbook over the default one, and how it is listed."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from thang.model import WrongInput
from thang.policy.expressions import to_text
from thang.policy.load import text_of
from thang.policy.nearest import hint
from thang.policy.playbook.editing import known_playbook
from thang.policy.playbook.load import FILE
from thang.policy.playbook.nouns import Playbook, Step, Strategy, Template, Words
from thang.river.sending.merge import read_merge
from thang.workspace.folder import Folder


class Said(msgspec.Struct, frozen=True):
    """A name or a text in both languages."""

    vi: str
    en: str


class StepListed(msgspec.Struct, frozen=True):
    """One step with its words."""

    key: str
    wait: int
    channels: tuple[str, ...]
    purpose: str
    only_if: str | None
    subject: Said
    body: Said


class SuccessListed(msgspec.Struct, frozen=True):
    """What counts as having worked, and within how many days."""

    when: str
    within: int


class StrategyListed(msgspec.Struct, frozen=True):
    """One strategy as `playbook.yaml` would say it."""

    key: str
    id: str
    article: str
    quote: str
    instructed: bool
    name: Said
    levels: tuple[str, ...]
    lifts_to: str | None
    group: str | None
    stages: tuple[int, ...]
    scope: str
    trigger: str
    steps: tuple[StepListed, ...]
    success: SuccessListed
    metric: str
    cost: int
    cooldown: int
    enabled: bool
    needs_gate: bool
    owed: bool


class PlaybookAnswer(msgspec.Struct, frozen=True):
    """All strategies, or the one that was asked for; `fingerprint` is that of the whole."""

    fingerprint: str
    strategies: tuple[StrategyListed, ...]


def shop_playbook(folder: Folder) -> Playbook:
    """The playbook as the shop's `playbook.yaml` says now; WrongPolicy if it is wrong."""
    folder.must_exist()
    path = folder.path / FILE
    levels = tuple(level.key for level in folder.policy().levels)
    return known_playbook(text_of(path) if path.exists() else "", levels, read_merge)


def listed(playbook: Playbook) -> PlaybookAnswer:
    """The playbook for a terminal, a page or a program."""
    found = tuple(_strategy(one, playbook.templates) for one in playbook.strategies)
    return PlaybookAnswer(playbook.fingerprint, found)


def one_of(found: PlaybookAnswer, key: str) -> PlaybookAnswer:
    """The one strategy of this key or row of the articles; WrongInput names the nearest."""
    for one in found.strategies:
        if key in (one.key, one.id):
            return PlaybookAnswer(found.fingerprint, (one,))
    near = hint(key, [one.key for one in found.strategies])
    raise WrongInput(f"There is no strategy {key[:60]}{near}: `thang strategies` lists them all.")


def _strategy(one: Strategy, templates: Mapping[str, Template]) -> StrategyListed:
    return StrategyListed(
        key=one.key, id=one.id, article=one.article, quote=one.quote, instructed=one.instructed,
        name=_said(one.name), levels=one.levels, lifts_to=one.lifts_to, group=one.group,
        stages=one.stages, scope=one.scope, trigger=to_text(one.trigger),
        steps=tuple(_step(step, templates[step.template]) for step in one.steps),
        success=SuccessListed(to_text(one.success.rule), one.success.within_days),
        metric=one.metric, cost=one.cost, cooldown=one.cooldown_days, enabled=one.on,
        needs_gate=one.needs_gate, owed=one.owed,
    )  # fmt: skip


def _step(step: Step, template: Template) -> StepListed:
    only_if = to_text(step.only_if) if step.only_if is not None else None
    return StepListed(
        step.key, step.wait_days, step.channels, step.purpose, only_if, _said(template.subject),
        _said(template.body),
    )  # fmt: skip


def _said(words: Words) -> Said:
    return Said(words.vi, words.en)
