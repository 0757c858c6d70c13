"""What each quantity is measured in, so that a rule never compares days with money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from thang.policy.expressions import parts_of, term_text
from thang.policy.schema import Compare, Expr, Measure, Quantity, Term

MONEY, TIME, COUNT = "money", "time", "a count"

UNITS: Mapping[Measure, str] = {
    Measure.SUM: MONEY,
    Measure.SPEND: MONEY,
    Measure.OWN_BAR: MONEY,
    Measure.SINCE_ORDER: TIME,
    Measure.GAP: TIME,
}
MONEY_BARS = ("premier_bar", "median_member_spend")


def unit(quantity: Quantity) -> str:
    """Money in minor units, time, or a count."""
    if quantity.measure is Measure.BAR:
        return MONEY if quantity.scheme in MONEY_BARS else COUNT
    return UNITS.get(quantity.measure, COUNT)


def mixed(rule: Expr, quantities: Mapping[str, Quantity]) -> str | None:
    """What is wrong with the first comparison of unlike things in a rule, with the cure."""
    for compare in _compares(rule):
        left, right = (_unit(t, quantities) for t in (compare.left, compare.right))
        if left == right or ("" in (left, right) and TIME not in (left, right)):
            continue
        if "" in (left, right) and Term(0 * compare.left.factor) in (compare.left, compare.right):
            continue
        return _sentence(compare, left, right)
    return None


def _compares(rule: Expr) -> Iterator[Compare]:
    if isinstance(rule, Compare):
        yield rule
    for part in parts_of(rule):
        yield from _compares(part)


def _unit(term: Term, quantities: Mapping[str, Quantity]) -> str:
    return unit(quantities[term.name]) if term.name is not None else ""


def _sentence(compare: Compare, left: str, right: str) -> str:
    sides = f"{term_text(compare.left)} {compare.op} {term_text(compare.right)}"
    if "" in (left, right):
        return (
            f"{sides} compares a time with a number; compare it with a gap, as in "
            "since_order < 1.5 * gap, or count orders within so many days"
        )
    return f"{sides} compares {left} with {right}; compare like with like"
