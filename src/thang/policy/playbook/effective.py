"""The whole playbook as plain data, and the fingerprint of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

from thang.policy.expressions import to_text
from thang.policy.playbook.facts import FACTS, Fact
from thang.policy.playbook.nouns import Playbook, Step, Strategy, Template
from thang.policy.where import where_data

Data = dict[str, Any]


def effective(playbook: Playbook) -> Data:
    """Every key of the playbook as YAML would say it, the default's included."""
    templates = playbook.templates
    return {
        "strategies": {one.key: _strategy(one, templates) for one in playbook.strategies},
        "facts": {k: _fact(one) for k, one in playbook.facts.items() if _is_own(one)},
        "shop": dict(playbook.shop),
    }


def fingerprint(playbook: Playbook) -> str:
    """Twelve hex digits that name what a playbook says, however it is written down."""
    canonical = json.dumps(effective(playbook), ensure_ascii=False, sort_keys=True)
    steps = [[step.key for step in one.steps] for one in playbook.strategies]  # their order
    return blake2b((canonical + json.dumps(steps)).encode()).hexdigest()[:12]


def _is_own(fact: Fact) -> bool:
    return fact.name not in FACTS and bool(fact.kinds)


def _strategy(one: Strategy, templates: Mapping[str, Template]) -> Data:
    found: Data = {
        "id": one.id,
        "name": asdict(one.name),
        "quote": one.quote,
        "instructed": one.instructed,
        "levels": list(one.levels),
        "lifts_to": one.lifts_to,
        "group": one.group,
        "stages": list(one.stages),
        "scope": one.scope,
        "trigger": to_text(one.trigger),
        "steps": {step.key: _step(step, templates[step.template]) for step in one.steps},
        "success": {"when": to_text(one.success.rule), "within": one.success.within_days},
        "metric": one.metric,
        "cost": one.cost,
        "cooldown": one.cooldown_days,
        "enabled": one.on,
        "needs_gate": one.needs_gate,
        "owed": one.owed,
    }
    return {key: value for key, value in found.items() if value not in ("", None, [])}


def _step(step: Step, template: Template) -> Data:
    found: Data = {
        "wait": step.wait_days,
        "channels": list(step.channels),
        "purpose": step.purpose,
        "subject": asdict(template.subject),
        "body": asdict(template.body),
    }
    return found | ({"only_if": to_text(step.only_if)} if step.only_if is not None else {})


def _fact(fact: Fact) -> Data:
    found: Data = {fact.what.value: list(fact.kinds)}
    if fact.within_days is not None:
        found["within"] = fact.within_days
    where = where_data(fact.where)
    return found | ({"where": where} if where else {})
