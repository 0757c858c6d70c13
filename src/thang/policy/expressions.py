"""What a rule is made of, and the rule as text again."""

from __future__ import annotations

from fractions import Fraction

from thang.policy.exact import written
from thang.policy.schema import Always, And, Compare, EntryOf, Expr, Not, Or, Term

ONE, ZERO = Fraction(1), Term(Fraction(0))


def parts_of(expr: Expr) -> tuple[Expr, ...]:
    """The rules that a rule joins or denies."""
    match expr:
        case And(parts) | Or(parts):
            return parts
        case Not(part):
            return (part,)
    return ()


def depth(expr: Expr) -> int:
    """How deep a rule is nested: a comparison alone is 1."""
    return 1 + max((depth(part) for part in parts_of(expr)), default=0)


def size(expr: Expr) -> int:
    """How many parts a rule has."""
    return 1 + sum(size(part) for part in parts_of(expr))


def names_in(expr: Expr) -> frozenset[str]:
    """The quantities a rule speaks of itself, not those of the entry rules it refers to."""
    if isinstance(expr, Compare):
        return frozenset(t.name for t in (expr.left, expr.right) if t.name is not None)
    return frozenset().union(*(names_in(part) for part in parts_of(expr)))


def references(expr: Expr) -> tuple[str, ...]:
    """The levels whose entry rules a rule refers to, once for each time it does."""
    if isinstance(expr, EntryOf):
        return (expr.level,)
    return tuple(level for part in parts_of(expr) for level in references(part))


def entries_in(expr: Expr) -> frozenset[str]:
    """The levels whose entry rules a rule refers to."""
    return frozenset(references(expr))


def to_text(expr: Expr) -> str:
    """The rule as text that `parse` reads back as the very same rule."""
    match expr:
        case Always(value):
            return "true" if value else "false"
        case EntryOf(level):
            return f"{level}.enter"
        case Not(part):
            return f"not {_grouped(part)}"
        case And(parts) | Or(parts):
            word = " and " if isinstance(expr, And) else " or "
            return word.join(_grouped(part) for part in parts)
        case Compare():
            return _compared(expr)


def _compared(expr: Compare) -> str:
    left, right = expr.left, expr.right
    if expr.op == ">" and right == ZERO and left.name and left.factor == 1:
        return left.name
    return f"{term_text(left)} {expr.op} {term_text(right)}"


def _grouped(expr: Expr) -> str:
    return f"({to_text(expr)})" if isinstance(expr, And | Or) else to_text(expr)


def term_text(term: Term) -> str:
    """`3`, `spend` or `0.7 * own_bar`."""
    if term.name is None:
        return written(term.factor)
    return term.name if term.factor == 1 else f"{written(term.factor)} * {term.name}"
