"""A rule as reasons: which comparisons decided it, and what is missing where it does not hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from thang.policy.schema import Always, And, Compare, Expr, Not, Or, Term

Value = Fraction | None  # None: there is none (no bar yet, no order yet)
Look = Callable[[str], Value]


@dataclass(frozen=True, slots=True)
class Reason:
    """One comparison: a quantity, its value, what the rule needs, and whether it has that."""

    quantity: str
    value: Value
    op: str
    needs: Value
    ok: bool


FLIPPED = {">=": "<", ">": "<=", "<=": ">", "<": ">=", "==": "!=", "!=": "=="}
MIRRORED = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "==": "==", "!=": "!="}


def reasons(expr: Expr, look: Look) -> tuple[bool, list[Reason]]:
    """Whether a rule holds, and the comparisons that say so.

    Of alternatives the one that holds is told, or the one that lacks least. Where the
    rule does not hold, the reasons with `ok` false are what is missing.
    """
    match expr:
        case Always(value):
            return value, []
        case Not(part):
            return reasons(_negated(part), look)
        case And(parts):
            told = [reasons(part, look) for part in parts]
            return all(holds for holds, _ in told), [r for _, some in told for r in some]
        case Or(parts):
            told = [reasons(part, look) for part in parts]
            return min(told, key=lambda t: (not t[0], sum(not r.ok for r in t[1])))
        case Compare():
            reason = _reason(expr, look)
            return reason.ok, [reason]
    raise TypeError(expr)


def _negated(expr: Expr) -> Expr:
    match expr:
        case Always(value):
            return Always(not value)
        case Not(part):
            return part
        case And(parts):
            return Or(tuple(_negated(part) for part in parts))
        case Or(parts):
            return And(tuple(_negated(part) for part in parts))
        case Compare(left, op, right):
            return Compare(left, FLIPPED[op], right)
    return expr


def _reason(compare: Compare, look: Look) -> Reason:
    left, right, op = compare.left, compare.right, compare.op
    if left.name is None:
        left, right, op = right, left, MIRRORED[op]
    value, needs = _value(Term(Fraction(1), left.name), look), _value(right, look)
    if needs is not None and left.factor != 1:
        needs = needs / left.factor
        op = op if left.factor > 0 else MIRRORED[op]
    return Reason(left.name or "1", value, op, needs, _holds(value, op, needs, right))


def _value(term: Term, look: Look) -> Value:
    if term.name is None:
        return term.factor
    found = look(term.name)
    return None if found is None else found * term.factor


def _holds(value: Value, op: str, needs: Value, right: Term) -> bool:
    if value is None or needs is None:
        # No member has a median yet: the condition is waived. No bar, no order: it fails.
        return needs is None and value is not None and right.name == "median_member_spend"
    return {
        ">=": value >= needs, ">": value > needs, "<=": value <= needs,
        "<": value < needs, "==": value == needs, "!=": value != needs,
    }[op]  # fmt: skip
