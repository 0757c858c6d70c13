"""What the policy's page shows: the fields with their words, the preview, the mistakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thang.model import ThangError, WrongPolicy
from thang.policy.editing import WrongFieldError
from thang.policy.form import Field, LevelForm, level_forms
from thang.policy.mistake import Mistake, mistake_of
from thang.policy.schema import Policy
from thang.web.pages.evidence import ReasonLine, reason_line
from thang.web.words.quantities import said
from thang.web.words.sentences import in_words
from thang.workspace.preview import Preview
from thang.workspace.versions import Difference

FORM, TEXT = "form", "yaml"


@dataclass(frozen=True)
class Input:
    """One field of a level with its words; `error` is what is wrong with the value typed."""

    field: Field
    typed: str
    message: str
    unit: str
    within: int | None
    times: str
    error: str = ""

    @property
    def name(self) -> str:
        """Its name in the form."""
        return self.field.path

    @property
    def step(self) -> str:
        """What the browser lets a person type."""
        return "1" if self.field.is_whole else "any"


@dataclass(frozen=True)
class LevelInputs:
    """The fields of one level by what they are for; `rules` as they are written."""

    key: str
    names: tuple[Input, ...]
    enter: tuple[Input, ...]
    keep: tuple[Input, ...]
    held: tuple[Input, ...]
    enter_rule: str
    keep_rule: str

    @property
    def is_wrong(self) -> bool:
        """Whether something typed here cannot be."""
        return any(x.error for x in (*self.names, *self.enter, *self.keep, *self.held))


@dataclass(frozen=True)
class Example:
    """One person who would move; no reason where the level itself is gone."""

    ref: str
    title: str
    before: str
    after: str
    level: str
    reason: ReasonLine | None


@dataclass(frozen=True)
class Outlook:
    """«If applied»: the preview with words, or why there is none."""

    found: Preview | None = None
    levels: tuple[str, ...] = ()
    cells: Mapping[tuple[str, str], int] | None = None
    examples: tuple[Example, ...] = ()
    mistake: Mistake | None = None
    refusal: str = ""


def outlook(found: Preview, after: Policy, titles: Mapping[str, str], window_days: int) -> Outlook:
    """A preview in the words of the policy that it supposes."""
    levels = tuple(count.level for count in found.counts)
    cells = {(move["from"], move["to"]): int(move["people"]) for move in found.moves}
    examples = tuple(_example(told, after, titles, window_days) for told in found.examples)
    return Outlook(found, levels, cells, examples)


def refused_outlook(error: ThangError, locale: str) -> Outlook:
    """No preview, and why: the text is no policy, or there is nobody to move."""
    if isinstance(error, WrongFieldError) or not isinstance(error, WrongPolicy):
        return Outlook(refusal=in_words(str(error), locale))
    return Outlook(mistake=mistake_in(error, locale))


def mistake_in(error: WrongPolicy, locale: str) -> Mistake:
    """A mistake in the viewer's language."""
    return mistake_of(error, lambda sentence: in_words(sentence, locale))


def _example(
    told: Mapping[str, Any], after: Policy, titles: Mapping[str, str], window_days: int
) -> Example:
    rule = told["rule"]
    return Example(
        ref=told["person"],
        title=titles.get(told["person"], told["person"]),
        before=told["from"],
        after=told["to"],
        level=told["level"],
        reason=reason_line(rule, after, window_days) if rule else None,
    )


@dataclass(frozen=True)
class Draft:
    """What somebody is writing: a text over the policy they looked at, and their note."""

    text: str
    mark: str
    note: str = ""
    show: str = FORM
    typed: Mapping[str, str] | None = None


@dataclass(frozen=True)
class PolicyPage:
    """Everything the page shows."""

    draft: Draft
    levels: tuple[LevelInputs, ...]
    mistakes: tuple[Mistake, ...]
    outlook: Outlook | None
    versions: Sequence[Any]
    in_force: int
    may_apply: bool
    may_try: bool
    is_changed: bool
    stale: Difference | None = None
    applied: int = 0

    @property
    def errors(self) -> tuple[tuple[int, str, str], ...]:
        """The mistakes as the text field shows them."""
        return tuple(
            (m.line, f"{m.key}: {m.reason}" if m.key else m.reason, m.nearest)
            for m in self.mistakes
        )


def level_inputs(
    policy: Policy, window_days: int, typed: Mapping[str, str], errors: Mapping[str, str]
) -> tuple[LevelInputs, ...]:
    """The fields of every level, the highest first, with what was typed into them."""

    def inputs(form: LevelForm, *words: str) -> tuple[Input, ...]:
        chosen = [field for word in words for field in form.of(word)]
        return tuple(_input(field, policy, window_days, typed, errors) for field in chosen)

    return tuple(
        LevelInputs(
            key=form.key,
            names=inputs(form, "name"),
            enter=inputs(form, "fact", "enter"),
            keep=inputs(form, "keep"),
            held=inputs(form, "silence", "hold_months", "grace"),
            enter_rule=form.rule("fact") or form.rule("enter"),
            keep_rule=form.rule("keep"),
        )
        for form in reversed(level_forms(policy))
    )


def _input(
    field: Field,
    policy: Policy,
    window_days: int,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> Input:
    compared = policy.quantities.get(field.left)
    words = said(compared, window_days) if compared else None
    other = policy.quantities.get(field.times)
    return Input(
        field=field,
        typed=typed.get(field.path, field.value),
        message=words.message if words else "",
        unit=words.unit if words else "",
        within=words.within if words else None,
        times=said(other, window_days).message if other else "",
        error=errors.get(field.path, ""),
    )
