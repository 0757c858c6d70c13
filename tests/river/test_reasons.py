"""Reasons tell a rule truly: what decided it, and what would have to change."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.policy.schema import Always, And, Compare, Expr, Not, Or, Term
from thang.river.reasons import Reason, Value, reasons

NAMES = ("orders", "spend", "points")
OPS = (">=", ">", "<=", "<", "==", "!=")
NUMBERS = st.sampled_from([Fraction(n, 2) for n in range(-2, 7)])


def number(value: int | Fraction) -> Term:
    return Term(Fraction(value))


def named(name: str, factor: int | Fraction = 1) -> Term:
    return Term(Fraction(factor), name)


def compares() -> st.SearchStrategy[Compare]:
    names = st.sampled_from(NAMES).map(named)
    terms = st.one_of(NUMBERS.map(number), names)
    return st.one_of(
        st.builds(Compare, names, st.sampled_from(OPS), terms),
        st.builds(Compare, terms, st.sampled_from(OPS), names),
    )


def rules() -> st.SearchStrategy[Expr]:
    def deeper(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        some = st.lists(parts, min_size=1, max_size=3).map(tuple)
        return st.one_of(some.map(And), some.map(Or), parts.map(Not))

    return st.recursive(st.one_of(compares(), st.booleans().map(Always)), deeper, max_leaves=8)


def holds(expr: Expr, values: dict[str, Fraction]) -> bool:
    """The rule read aloud, in two-valued logic over numbers that are all there."""
    match expr:
        case Always(value):
            return value
        case Not(part):
            return not holds(part, values)
        case And(parts):
            return all(holds(part, values) for part in parts)
        case Or(parts):
            return any(holds(part, values) for part in parts)
        case Compare(left, op, right):
            one, other = (
                t.factor * (1 if t.name is None else values[t.name]) for t in (left, right)
            )
            return {
                ">=": one >= other, ">": one > other, "<=": one <= other,
                "<": one < other, "==": one == other, "!=": one != other,
            }[op]  # fmt: skip
    raise AssertionError(expr)


def everything() -> st.SearchStrategy[dict[str, Fraction]]:
    return st.fixed_dictionaries(dict.fromkeys(NAMES, NUMBERS))


@given(rules(), everything())
def test_the_verdict_is_the_rules_own(rule: Expr, values: dict[str, Fraction]) -> None:
    verdict, told = reasons(rule, values.__getitem__)
    assert verdict == holds(rule, values)
    assert all(r.value == values[r.quantity] for r in told)


@given(rules(), everything())
def test_what_is_told_as_met_is_met_and_what_is_missing_is_not(
    rule: Expr, values: dict[str, Fraction]
) -> None:
    for reason in reasons(rule, values.__getitem__)[1]:
        assert reason.needs is not None
        asked = Compare(named(reason.quantity), reason.op, number(reason.needs))
        assert reason.ok == holds(asked, values)


@given(rules(), everything())
def test_a_rule_that_holds_is_told_by_reasons_that_all_hold(
    rule: Expr, values: dict[str, Fraction]
) -> None:
    verdict, told = reasons(rule, values.__getitem__)
    if verdict:
        assert all(reason.ok for reason in told)
    elif not isinstance(rule, Always) and told:
        assert any(not reason.ok for reason in told) or has_constants(rule)


def has_constants(expr: Expr) -> bool:
    match expr:
        case Always():
            return True
        case Not(part):
            return has_constants(part)
        case And(parts) | Or(parts):
            return any(has_constants(part) for part in parts)
    return False


def test_of_alternatives_the_one_that_lacks_least_is_told() -> None:
    near = And((Compare(named("orders"), ">=", number(3)),))
    far = And(tuple(Compare(named(name), ">=", number(9)) for name in ("spend", "points")))
    verdict, told = reasons(Or((far, near)), lambda _: Fraction(2))
    assert not verdict
    assert told == [Reason("orders", Fraction(2), ">=", Fraction(3), ok=False)]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (
            Compare(number(3), "<=", named("orders")),
            Reason("orders", Fraction(2), ">=", Fraction(3), ok=False),
        ),
        (
            Compare(named("spend", 2), ">=", number(3)),
            Reason("spend", Fraction(2), ">=", Fraction(3, 2), ok=True),
        ),
        (
            Compare(named("spend", -1), ">=", number(-1)),
            Reason("spend", Fraction(2), "<=", Fraction(1), ok=False),
        ),
        (
            Compare(named("spend"), ">=", named("points", Fraction(7, 10))),
            Reason("spend", Fraction(2), ">=", Fraction(7, 5), ok=True),
        ),
        (
            Not(Compare(named("spend"), ">", number(0))),
            Reason("spend", Fraction(2), "<=", Fraction(0), ok=False),
        ),
    ],
)
def test_a_reason_is_said_from_the_quantitys_side(rule: Expr, told: Reason) -> None:
    assert reasons(rule, lambda _: Fraction(2)) == (told.ok, [told])


def missing(*names: str) -> object:
    def look(name: str) -> Value:
        return None if name in names else Fraction(5)

    return look


@pytest.mark.parametrize(
    ("bar", "op", "holds"),
    [
        ("premier_bar", ">=", False),  # no bar: it cannot be earned (ruling 16)
        ("median_member_spend", ">=", True),  # no member: the condition is waived (ruling 17)
    ],
)
def test_a_bar_that_is_not_there_yet(bar: str, op: str, holds: bool) -> None:
    rule = Compare(named("spend"), op, named(bar))
    assert reasons(rule, missing(bar)) == (  # type: ignore[arg-type]
        holds,
        [Reason("spend", Fraction(5), op, None, ok=holds)],
    )


def test_without_an_order_no_time_since_it_is_short() -> None:
    rule = Compare(named("since_order"), "<", named("gap", Fraction(3, 2)))
    verdict, (told,) = reasons(rule, missing("since_order"))  # type: ignore[arg-type]
    assert (verdict, told.ok, told.value) == (False, False, None)
