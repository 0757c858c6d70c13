"""Out of reach or not: compared with trying every value on a grid finer than the bounds."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.policy.possible import can_hold
from thang.policy.rules import parse
from thang.policy.schema import Expr, Measure, Quantity

from .rule_texts import NAMES, SIGNS, meant, texts

QUANTITIES = {name: Quantity(name, Measure.ORDERS) for name in NAMES}


def possible(text: str) -> bool:
    return can_hold(parse(text, NAMES, ("a",)), QUANTITIES, _entry)


def _entry(level: str) -> Expr | None:
    return parse("orders >= 5", NAMES, ()) if level == "a" else None


@given(texts())
def test_what_can_happen_is_never_called_impossible(text: str) -> None:
    rule = parse(text, NAMES, ())
    grid = (dict(zip(NAMES, values, strict=True)) for values in product(range(6), repeat=3))
    if any(meant(rule, values) for values in grid):
        assert possible(text)


bounds = st.tuples(st.booleans(), st.sampled_from(SIGNS), st.integers(0, 3))


@given(st.lists(bounds, min_size=1, max_size=5))
def test_bounds_on_one_quantity_are_judged_exactly(found: list[tuple[bool, str, int]]) -> None:
    text = " and ".join(f"{'not ' * no}2 * orders {sign} {2 * n}" for no, sign, n in found)
    rule = parse(text, NAMES, ())
    doubled = parse(text.replace("2 * orders", "orders"), NAMES, ())
    halves = any(meant(doubled, {"orders": halves}) for halves in range(9))
    assert possible(text) == halves, rule


@pytest.mark.parametrize(
    "text",
    ["false", "not true", "orders >= 3 and orders < 2", "orders >= 3 and not orders",
     "a.enter and orders < 5", "spend > 1 and (orders < 0 or false)", "3 < 2", "orders < orders",
     "2 * orders < orders", "orders == 3 and orders != 3", "orders >= 3 and (spend or orders < 2) "
     "and not spend"],
)  # fmt: skip
def test_out_of_reach(text: str) -> None:
    assert not possible(text)


@pytest.mark.parametrize(
    "text",
    ["true", "orders >= 3 and spend < 2", "orders < 1", "a.enter and orders < 6",
     "orders >= 3 or orders < 2", "not a.enter", "orders <= orders", "orders > 2 and orders < 3"],
)  # fmt: skip
def test_within_reach(text: str) -> None:
    assert possible(text)


def test_a_sum_may_be_negative_and_a_bar_may_be_missing() -> None:
    quantities = {
        "cost": Quantity("cost", Measure.SUM),
        "premier_bar": Quantity("premier_bar", Measure.BAR, scheme="premier_bar"),
    }
    for text in ("cost < 0", "premier_bar > 3 and premier_bar < 2"):
        assert can_hold(parse(text, quantities, ()), quantities, _entry)
