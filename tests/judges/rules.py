"""Whether a rule is true of a person at a moment: the small rule language, read literally."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from thang.policy.schema import (
    Always,
    And,
    Compare,
    EntryOf,
    Expr,
    Level,
    Measure,
    Not,
    Or,
    Term,
)

from .calendar import Moment
from .life import Life
from .quantities import Number, Shop, bar_name, measured

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom, when and on which grounds a rule is asked.

    `own_bar` is what the level's own bar was at entry (keep rules only); `lowered`
    replaces a bar's quantity by name (renewal against the lower of two bars).
    """

    life: Life
    moment: Moment
    shop: Shop
    own_bar: int | None = None
    lowered: Mapping[str, int | None] = field(default_factory=dict)

    def value(self, name: str) -> Number | None:
        """The value of a quantity by name; None for a bar that does not exist."""
        quantity = self.shop.policy.quantities[name]
        if quantity.measure is Measure.OWN_BAR:
            return self.own_bar
        if quantity.measure is not Measure.BAR:
            return measured(quantity, self.life, self.moment, self.shop)
        if name in self.lowered:
            return self.lowered[name]
        return self.shop.bar_value(bar_name(quantity), self.moment.at)


def holds(rule: Expr, asked: Asked) -> bool:
    """Whether the rule is true."""
    match rule:
        case Always():
            return rule.value
        case And():
            return all(holds(part, asked) for part in rule.parts)
        case Or():
            return any(holds(part, asked) for part in rule.parts)
        case Not():
            return not holds(rule.part, asked)
        case EntryOf():
            level = next(x for x in asked.shop.policy.levels if x.key == rule.level)
            return entry_met(level, replace(asked, own_bar=None, lowered={}))
        case Compare():
            return _compared(rule, asked)


def _compared(rule: Compare, asked: Asked) -> bool:
    """Exact comparison; a missing bar makes it false, a missing median of Members waives it."""
    sides = [_term(rule.left, asked), _term(rule.right, asked)]
    missing = [t.name for t, v in zip((rule.left, rule.right), sides, strict=True) if v is None]
    if missing:
        return all(_is_waived(name, asked) for name in missing)
    return OPERATORS[rule.op](*sides)


def _is_waived(name: str | None, asked: Asked) -> bool:
    if name is None:
        return False
    quantity = asked.shop.policy.quantities[name]
    return quantity.measure is Measure.BAR and bar_name(quantity) == "median_member_spend"


def _term(term: Term, asked: Asked) -> Number | None:
    if term.name is None:
        return term.factor
    value = asked.value(term.name)
    if value is None or term.factor == 0:
        return None if value is None else Fraction(0)
    # Infinity is no fraction: any positive multiple of it is itself.
    return value if isinstance(value, float) else term.factor * value


def is_kept(level: Level) -> bool:
    """Whether the level is earned and then kept by a rule (the rungs with hold and grace)."""
    return level.keep is not None


def entry_met(level: Level, asked: Asked) -> bool:
    """Whether the level's entry rule (or its fact) is true; a kept level also asks `blocked`."""
    rule = level.enter or level.fact or Always(True)
    return holds(rule, asked) and not (is_kept(level) and blocked(asked))


def keep_met(level: Level, asked: Asked) -> bool:
    """Whether a kept level's keep rule is true and nothing blocks it."""
    return level.keep is not None and holds(level.keep, asked) and not blocked(asked)


def blocked(asked: Asked) -> bool:
    """Whether the policy's silent condition stands in the way of all kept levels."""
    return holds(asked.shop.policy.blocked, replace(asked, own_bar=None, lowered={}))
