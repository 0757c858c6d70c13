"""A rule asked by hand: another telling of what the language means, with unknown as nan."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from math import isnan, nan

from thang.policy.expressions import names_in, parts_of
from thang.policy.schema import Always, And, Compare, Expr, Not, Or, Term

SIGNS = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


def asked(expr: Expr, facts: Mapping[str, float]) -> bool:
    """Whether a rule holds; no comparison with what is unknown does."""
    match expr:
        case Always(value):
            return value
        case Not(part):
            return not asked(part, facts)
        case And(parts):
            return all(asked(part, facts) for part in parts)
        case Or(parts):
            return any(asked(part, facts) for part in parts)
        case Compare(left, op, right):
            one, other = _number(left, facts), _number(right, facts)
            return not (isnan(one) or isnan(other)) and bool(SIGNS[op](one, other))
    raise AssertionError(expr)


def _number(term: Term, facts: Mapping[str, float]) -> float:
    return float(term.factor) * (1.0 if term.name is None else facts.get(term.name, nan))


def answers(expr: Expr) -> set[bool]:
    """What a rule can answer, tried with every mix of values near the numbers it names."""
    names = sorted(names_in(expr))
    near = sorted({float(x) for c in constants(expr) for x in (c - 1, c, c + 1, c * 2) if x >= 0})
    tried = sorted({0.0, 1.0, *near[:: max(1, len(near) // 4)], max(near, default=1.0)})
    found: set[bool] = set()
    for values in product(tried, repeat=len(names)):
        found.add(asked(expr, dict(zip(names, values, strict=True))))
        if len(found) == 2:
            break
    return found


def constants(expr: Expr) -> set[Fraction]:
    """The numbers that a rule names."""
    if isinstance(expr, Compare):
        return {term.factor for term in (expr.left, expr.right)}
    return set().union(*(constants(part) for part in parts_of(expr)))
