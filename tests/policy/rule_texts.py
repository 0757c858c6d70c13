"""Random rules and rule texts, and what they mean by Python's own reading of the same words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from hypothesis import strategies as st

from thang.policy.schema import Always, And, Compare, EntryOf, Expr, Not, Or, Term

NAMES = ("orders", "spend", "gap")
LEVELS = ("member", "advocate")
SIGNS = (">=", ">", "<=", "<", "==", "!=")

numbers = st.integers(0, 10**8).map(lambda units: Fraction(units, 10_000))
factors = numbers.filter(lambda number: number > 0)
terms = st.one_of(
    st.builds(Term, numbers),
    st.builds(Term, factors, st.sampled_from(NAMES)),
)
leaves = st.one_of(
    st.builds(Compare, terms, st.sampled_from(SIGNS), terms),
    st.builds(EntryOf, st.sampled_from(LEVELS)),
    st.builds(Always, st.booleans()),
)


def _joined(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    parts = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(And, parts), st.builds(Or, parts))


rules: st.SearchStrategy[Expr] = st.recursive(leaves, _joined, max_leaves=12)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A rule as somebody might type it: few parentheses, so that precedence matters."""
    words: list[str] = []
    for place in range(draw(st.integers(1, 6))):
        words += [draw(st.sampled_from(("and", "or")))] if place else []
        words += ["not"] * draw(st.integers(0, 2))
        words.append(draw(_conditions))
    return " ".join(words)


_conditions = st.one_of(
    st.sampled_from(NAMES),
    st.builds(
        lambda name, sign, number: f"{name} {sign} {number}",
        st.sampled_from(NAMES),
        st.sampled_from(SIGNS),
        st.integers(0, 3),
    ),
    st.builds(
        lambda a, b, sign: f"({a} {sign} 2 or 2 * {b} < {a})",
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.sampled_from(SIGNS),
    ),
)


def meant(rule: Expr, values: Mapping[str, int]) -> bool:
    """What a rule says of these values, by its shape."""
    match rule:
        case Always(value):
            return value
        case Not(part):
            return not meant(part, values)
        case And(parts):
            return all(meant(part, values) for part in parts)
        case Or(parts):
            return any(meant(part, values) for part in parts)
        case Compare(left, op, right):
            a, b = (t.factor * (values[t.name] if t.name else 1) for t in (left, right))
            return {
                ">=": a >= b, ">": a > b, "<=": a <= b, "<": a < b, "==": a == b, "!=": a != b
            }[op]  # fmt: skip
    raise AssertionError(rule)
