"""A rule of the playbook asked of everybody at once: facts are columns, nan is unknown."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from thang.policy.schema import Always, And, Compare, Expr, Not, Or, Term
from thang.river.lifetime.rows import Bool, Float64

COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
Facts = Mapping[str, Float64]


def asked(rule: Expr, facts: Facts, people: int) -> Bool:
    """Of whom a rule is true. No comparison with what is unknown (nan) is, as in the policy: who
    writes `not own_uplift <= 0` means everybody but those of whom it is known.
    """
    match rule:
        case Always(value):
            return np.full(people, value)
        case Not(inner):
            return ~asked(inner, facts, people)
        case And(parts):
            every: Bool = np.logical_and.reduce([asked(one, facts, people) for one in parts])
            return every
        case Or(parts):
            some: Bool = np.logical_or.reduce([asked(one, facts, people) for one in parts])
            return some
        case Compare():
            return _compared(rule, facts, people)
    raise TypeError(rule)


def _compared(rule: Compare, facts: Facts, people: int) -> Bool:
    left, right = (_number(term, facts, people) for term in (rule.left, rule.right))
    known = ~(np.isnan(left) | np.isnan(right))
    with np.errstate(invalid="ignore"):
        found: Bool = COMPARE[str(rule.op)](left, right) & known
    return found


def _number(term: Term, facts: Facts, people: int) -> Float64:
    """A term's value of each: a number, or a factor times a fact."""
    factor = float(term.factor)
    if not term.name:
        return np.full(people, factor)
    return factor * facts[term.name]
