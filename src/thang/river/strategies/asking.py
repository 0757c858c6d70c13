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
    """Of whom a rule is true. A comparison with what is unknown (nan) is not, nor its opposite."""
    return _true(rule, facts, people)[0]


def _true(rule: Expr, facts: Facts, people: int) -> tuple[Bool, Bool]:
    """Of whom it is true, and of whom it is false; of others it is unknown."""
    match rule:
        case Always(value):
            sure = np.full(people, value)
            return sure, ~sure
        case Not(inner):
            yes, no = _true(inner, facts, people)
            return no, yes
        case And(parts):
            found = [_true(part, facts, people) for part in parts]
            return _all([yes for yes, _ in found]), _any([no for _, no in found])
        case Or(parts):
            found = [_true(part, facts, people) for part in parts]
            return _any([yes for yes, _ in found]), _all([no for _, no in found])
        case Compare():
            return _compared(rule, facts, people)
    raise TypeError(rule)


def _all(parts: list[Bool]) -> Bool:
    found: Bool = np.logical_and.reduce(parts)
    return found


def _any(parts: list[Bool]) -> Bool:
    found: Bool = np.logical_or.reduce(parts)
    return found


def _compared(rule: Compare, facts: Facts, people: int) -> tuple[Bool, Bool]:
    left, right = (_number(term, facts, people) for term in (rule.left, rule.right))
    known = ~(np.isnan(left) | np.isnan(right))
    with np.errstate(invalid="ignore"):
        yes: Bool = COMPARE[str(rule.op)](left, right)
    return yes & known, ~yes & known


def _number(term: Term, facts: Facts, people: int) -> Float64:
    """A term's value of each: a number, or a factor times a fact."""
    factor = float(term.factor)
    if not term.name:
        return np.full(people, factor)
    return factor * facts[term.name]
