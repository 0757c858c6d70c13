"""The rule language: what is read, what is refused and where, and that text and rule agree."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.policy.rules import RuleError, entries_in, names_in, parse, to_text
from thang.policy.schema import Always, And, Compare, EntryOf, Expr, Not, Or, Term

from .rule_texts import LEVELS, NAMES, meant, rules, texts

ONE = Fraction(1)
ORDERS = Compare(Term(ONE, "orders"), ">", Term(Fraction(0)))


def read(text: str) -> Expr:
    return parse(text, NAMES, LEVELS)


@given(rules)
def test_a_rule_written_down_reads_back_as_itself(rule: Expr) -> None:
    assert read(to_text(rule)) == rule


@given(texts(), st.fixed_dictionaries({name: st.integers(0, 4) for name in NAMES}))
def test_and_or_not_bind_as_they_do_in_python(text: str, values: dict[str, int]) -> None:
    assert meant(read(text), values) == bool(eval(text, {}, values))  # noqa: S307


@given(st.text(max_size=60) | st.text("orders spnd<>=!()*.0123456789_,|&\n", max_size=60))
def test_any_text_is_a_rule_or_a_rule_error_within_it(text: str) -> None:
    column = 1
    try:
        read(text)
    except RuleError as error:
        column = error.column
    assert 1 <= column <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("orders", ORDERS),
        ("orders > 0", ORDERS),
        ("((orders))", ORDERS),
        ("not orders", Not(ORDERS)),
        ("true", Always(True)),
        ("false", Always(False)),
        ("advocate.enter", EntryOf("advocate")),
        ("advocate . enter", EntryOf("advocate")),
        ("3 <= orders", Compare(Term(Fraction(3)), "<=", Term(ONE, "orders"))),
        ("spend >= 0.7 * gap", Compare(Term(ONE, "spend"), ">=", Term(Fraction(7, 10), "gap"))),
        ("spend >= gap * 0.7", Compare(Term(ONE, "spend"), ">=", Term(Fraction(7, 10), "gap"))),
        ("spend>=1_000_000", Compare(Term(ONE, "spend"), ">=", Term(Fraction(10**6)))),
        ("orders\n  and\torders", And((ORDERS, ORDERS))),
        ("orders or (orders or orders)", Or((ORDERS, Or((ORDERS, ORDERS))))),
    ],
)
def test_read(text: str, rule: Expr) -> None:
    assert read(text) == rule


def test_tenths_are_exact() -> None:
    rule = read("spend >= 0.1 * gap")
    assert isinstance(rule, Compare)
    assert rule.right.factor * 3 == Fraction(3, 10)


@pytest.mark.parametrize(
    ("text", "column", "fragment"),
    [
        ("", 1, "the rule is empty"),
        ("  \n", 1, "the rule is empty"),
        ("ordrs >= 3", 1, "ordrs is no quantity of this policy (did you mean orders?)"),
        ("orders >= 3 and Spend > 1", 17, "did you mean spend?"),
        ("xyzzy", 1, "xyzzy is no quantity of this policy"),
        ("orders AND spend", 8, "AND stands where and, or, or the end of the rule should be"),
        ("orders and", 11, "ends too early"),
        ("orders >=", 10, "ends too early"),
        ("(orders", 1, "never closed"),
        ("orders)", 7, ") stands where and, or"),
        ("orders = 3", 8, "write =="),
        ("orders && spend", 8, "write and"),
        ("orders ≥ 3", 8, "write >="),
        ("1 < orders < 3", 12, "join two comparisons with and"),
        ("3", 1, "3 alone is no condition"),
        ("2 * orders", 1, "2 * orders alone is no condition"),
        ("2 * 3 > orders", 1, "between one number and one quantity"),
        ("spend * gap > 1", 1, "between one number and one quantity"),
        ("0 * gap < orders", 1, "write 0"),
        ("spend >= 500.000", 10, "write 500000, or 500.0000"),
        ("spend >= 1.000.000", 10, "write 1000000"),
        ("spend >= 500,000", 10, "write 500000"),
        ("spend >= 0.00001", 10, "too long"),
        ("spend >= 1000000000000", 10, "too long"),
        ("spend >= -1", 10, "- is no sign of a rule"),
        ("orders; spend", 7, "; is no sign of a rule"),
        ("__import__ > 1", 1, "__import__ is no quantity"),
        ("orders > 'os'", 10, "' is no sign of a rule"),
        ("advocat.enter", 1, "advocat is no level of this policy (did you mean advocate?)"),
        ("advocate.keep", 10, "write advocate.enter"),
        ("advocate", 1, "advocate is a level; write advocate.enter"),
        ("orders.enter", 1, "orders is no level"),
        ("and", 1, "and stands where a quantity or a number should be"),
        ("orders >= not", 11, "not stands where a quantity or a number should be"),
    ],
)
def test_refused_with_its_column(text: str, column: int, fragment: str) -> None:
    with pytest.raises(RuleError) as refused:
        read(text)
    assert (refused.value.column, fragment in refused.value.message) == (column, True), refused


def test_thirty_two_deep_is_the_limit() -> None:
    assert read("not " * 31 + "orders")
    for text in ("not " * 32 + "orders", "(" * 33 + "orders" + ")" * 33, "(" * 100_000):
        with pytest.raises(RuleError, match="more than 32 deep"):
            read(text)


def test_five_hundred_parts_are_the_limit() -> None:
    assert read(" and ".join(["orders"] * 499))
    with pytest.raises(RuleError, match="more than 500 parts"):
        read(" and ".join(["orders"] * 500))


def test_a_number_that_cannot_be_typed_is_not_written() -> None:
    with pytest.raises(ValueError, match="1/3"):
        to_text(Compare(Term(Fraction(1, 3), "gap"), ">", Term(ONE)))


def test_what_a_rule_speaks_of() -> None:
    rule = read("not (orders >= 2 and spend > 0.5 * gap) or advocate.enter or 1 < 2")
    assert names_in(rule) == {"orders", "spend", "gap"}
    assert entries_in(rule) == {"advocate"}
    assert names_in(read("true")) == set()
