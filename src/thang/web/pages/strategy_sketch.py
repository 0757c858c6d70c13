"""A strategy as somebody is writing it in a form: its fields, and what they mean in a playbook."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import FormData

from thang.policy.expressions import to_text
from thang.policy.playbook.editing import RESERVED
from thang.policy.playbook.nouns import Playbook, Step, Strategy, Template
from thang.record.words import folded

MOST_STEPS = 6
LATER = {"channels": ["task"], "subject": {"vi": "-", "en": "-"}, "body": {"vi": "-", "en": "-"}}
PLAIN_GOAL = {"when": "orders_placed >= 1", "within": 30}


@dataclass(frozen=True)
class StepSketch:
    """One step; numbers are as they were typed."""

    key: str = ""
    wait: str = "0"
    channel: str = "task"
    others: tuple[str, ...] = ()
    purpose: str = "marketing"
    subject_vi: str = ""
    subject_en: str = ""
    body_vi: str = ""
    body_en: str = ""
    only_if: str = ""

    def data(self) -> dict[str, Any]:
        """As playbook.yaml says it; what is not said in English is said in Vietnamese."""
        said: dict[str, Any] = {
            "wait": _whole(self.wait or "0"),
            "channels": [self.channel, *(one for one in self.others if one != self.channel)],
            "purpose": self.purpose,
            "subject": {"vi": self.subject_vi, "en": self.subject_en or self.subject_vi},
            "body": {"vi": self.body_vi, "en": self.body_en or self.body_vi},
        }
        return said | ({"only_if": self.only_if} if self.only_if else {})


@dataclass(frozen=True)
class Sketch:
    """A strategy being written; `of` is the key of the one that is changed, empty for a new one."""

    of: str = ""
    name_vi: str = ""
    name_en: str = ""
    levels: tuple[str, ...] = ()
    lifts_to: str = ""
    trigger: str = ""
    cooldown: str = "30"
    steps: tuple[StepSketch, ...] = field(default_factory=lambda: (StepSketch(),))
    success: str = "orders_placed >= 1"
    within: str = "30"
    metric: str = ""
    cost: str = "0"
    enabled: bool = True

    def data(self, upto: int = 3) -> dict[str, Any]:
        """As playbook.yaml says it, with stand-ins for the pages after `upto`."""
        said: dict[str, Any] = {
            "name": {"vi": self.name_vi, "en": self.name_en or self.name_vi},
            "levels": list(self.levels), "lifts_to": self.lifts_to, "trigger": self.trigger,
            "steps": {"step_1": LATER}, "success": PLAIN_GOAL,
            "metric": self.metric or "share who reach the goal",
            "cooldown": _whole(self.cooldown),
        }  # fmt: skip
        if upto >= 2:
            said["steps"] = {
                key: one.data() for key, one in zip(self.keys, self.steps, strict=True)
            }
        if upto >= 3:
            said["success"] = {"when": self.success, "within": _whole(self.within)}
            said |= {"cost": _whole(self.cost or "0"), "enabled": self.enabled}
        return {key: value for key, value in said.items() if value not in ("", [])}

    @property
    def keys(self) -> tuple[str, ...]:
        """A name for each step: its own, or the first number that is free."""
        taken = {one.key for one in self.steps}
        free = (f"step_{n}" for n in range(1, 2 * MOST_STEPS + 2) if f"step_{n}" not in taken)
        return tuple(one.key or next(free) for one in self.steps)

    def key(self, taken: Collection[str]) -> str:
        """The new strategy's own key, made of its name."""
        words = re.findall("[a-z0-9]+", " ".join(folded(self.name_en or self.name_vi)))
        name = "_".join(words)[:32].strip("_")
        name = name if name[:1].isalpha() else f"own_{name}".strip("_")
        tries = (name, *(f"{name}_{n}" for n in range(2, 1000)))
        return next(one for one in tries if one not in taken and one not in RESERVED)

    def with_step(self) -> Sketch:
        """With one more step, a week after the last."""
        if len(self.steps) >= MOST_STEPS:
            return self
        last = self.steps[-1]
        new = StepSketch(wait="7", channel=last.channel, others=last.others, purpose=last.purpose)
        return replace(self, steps=(*self.steps, new))

    def without_step(self, place: int) -> Sketch:
        """Without one of its steps; the only one stays."""
        rest = tuple(one for n, one in enumerate(self.steps) if n != place)
        return replace(self, steps=rest) if rest else self


def sketch_in(form: FormData) -> Sketch:
    """What a form sent; fields it did not send are as they are by themselves."""

    def said(name: str, absent: str = "") -> str:
        value = form.get(name, absent)
        return value.strip().replace("\r\n", "\n") if isinstance(value, str) else absent

    steps = said("steps", "1")
    many = min(max(int(steps), 1), MOST_STEPS) if steps.isascii() and steps.isdigit() else 1
    plain = Sketch()
    return Sketch(
        of=said("of"), name_vi=said("name_vi"), name_en=said("name_en"),
        levels=_all(form, "levels"), lifts_to=said("lifts_to"), trigger=said("trigger"),
        cooldown=said("cooldown", plain.cooldown),
        steps=tuple(_step_in(form, said, n) for n in range(1, many + 1)),
        success=said("success", plain.success), within=said("within", plain.within),
        metric=said("metric"), cost=said("cost", plain.cost),
        enabled=said("enabled") == "1" if said("asked_enabled") else True,
    )  # fmt: skip


def _step_in(form: FormData, said: Any, n: int) -> StepSketch:
    names = ("key", "wait", "channel", "purpose", "subject_vi", "subject_en", "body_vi", "body_en",
             "only_if")  # fmt: skip
    plain = StepSketch()
    found = {name: said(f"{name}_{n}", getattr(plain, name)) for name in names}
    return StepSketch(**found, others=_all(form, f"others_{n}"))


def _all(form: FormData, name: str) -> tuple[str, ...]:
    return tuple(one for one in form.getlist(name) if isinstance(one, str) and one)[:20]


def sketch_of(strategy: Strategy, playbook: Playbook, *, copy: bool = False) -> Sketch:
    """A strategy that there is, to be changed, or as the beginning of another one."""
    return Sketch(
        of="" if copy else strategy.key, name_vi=strategy.name.vi, name_en=strategy.name.en,
        levels=strategy.levels, lifts_to=strategy.lifts_to or "",
        trigger=to_text(strategy.trigger), cooldown=str(strategy.cooldown_days),
        steps=tuple(_step_of(one, playbook.templates[one.template]) for one in strategy.steps),
        success=to_text(strategy.success.rule), within=str(strategy.success.within_days),
        metric=strategy.metric, cost=str(strategy.cost), enabled=strategy.on,
    )  # fmt: skip


def _step_of(one: Step, template: Template) -> StepSketch:
    return StepSketch(
        key=one.key, wait=str(one.wait_days), channel=one.channels[0], others=one.channels[1:],
        purpose=one.purpose, subject_vi=template.subject.vi, subject_en=template.subject.en,
        body_vi=template.body.vi.strip(), body_en=template.body.en.strip(),
        only_if=to_text(one.only_if) if one.only_if is not None else "",
    )  # fmt: skip


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[tuple[str, ...], Any]:
    """What `after` says otherwise, by its keys; None for a key that it says no more."""
    found: dict[tuple[str, ...], Any] = {}
    for key in (*after, *(one for one in before if one not in after)):
        was, now = before.get(key), after.get(key)
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            found |= {(key, *path): value for path, value in differing(was, now).items()}
        elif was != now:
            found[(key,)] = [] if now is None and isinstance(was, list) else now
    return found


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else text
