"""Where the budget goes: the table mixed by chances, the closed gate, floors and evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.policy.aims import Budget
from thang.river.stage.allocation import Cell, allocate, optimum

BUDGET = Budget()
SURE = [tuple(float(s == stage) for s in range(5)) for stage in range(5)]
TABLE = ((70, 15, 0, 10, 5), (20, 50, 0, 20, 10), (10, 15, 45, 20, 10), (5, 10, 20, 50, 15),
         (5, 5, 10, 35, 45))  # fmt: skip


@pytest.mark.parametrize("stage", range(5))
def test_a_sure_stage_has_its_row_less_what_is_tried_out(stage: int) -> None:
    found = allocate(SURE[stage], gate_open=True, budget=BUDGET)
    assert np.allclose(found.groups, np.array(TABLE[stage]) * 0.009)
    assert found.acquisition == pytest.approx((80, 60, 55, 40, 15)[stage] / 100)


def test_nothing_jumps_between_two_stages() -> None:
    half = allocate((0, 0, 0.5, 0.5, 0), gate_open=True, budget=BUDGET)
    mean = (np.array(TABLE[2]) + np.array(TABLE[3])) / 2
    assert np.allclose(half.groups, mean * 0.009)


def test_a_closed_gate_gives_the_share_of_the_viral_to_mending_alone() -> None:
    opened, closed = (allocate(SURE[2], gate_open=way, budget=BUDGET) for way in (True, False))
    assert closed.groups[2] == 0
    assert closed.mending == pytest.approx(opened.groups[2])
    assert [g for i, g in enumerate(closed.groups) if i != 2] == [
        g for i, g in enumerate(opened.groups) if i != 2
    ]


chances = st.lists(st.floats(0.01, 1), min_size=5, max_size=5).map(
    lambda some: tuple(np.array(some) / sum(some))
)
cells = st.lists(
    st.builds(Cell, st.integers(0, 4), st.floats(-1e6, 1e7), st.floats(1e3, 1e6), st.floats(0, 1e6)),
    max_size=6,
)  # fmt: skip


@given(chances, st.booleans(), cells, st.integers(0, 50))
def test_shares_are_shares_and_floors_hold(
    some: tuple[float, ...], way: bool, found: list[Cell], finished: int
) -> None:
    given_ = allocate(some, way, BUDGET, found, 1e6, finished)
    assert sum(given_.groups) + given_.mending + given_.exploring == pytest.approx(1)
    assert min(given_.groups) >= 0
    assert 0 <= given_.evidence <= 0.8
    assert given_.acquisition >= 0.1
    for group in range(5):
        kept = given_.groups[group] + (given_.mending if group == 2 else 0)
        assert kept >= 0.25 * given_.table[group] * 0.9 - 1e-12


def test_money_goes_where_the_next_unit_surely_brings_most() -> None:
    """Against the closed form: two like curves are filled until their slopes are equal."""
    strong, weak = Cell(3, 4e6, 5e5, 1e9), Cell(4, 2e6, 5e5, 1e9)
    found = optimum([strong, weak], 1e6, np.zeros(5))
    # A1 e^(-b/c) = A2 e^(-(1e6-b)/c)  =>  b = (1e6 + c ln 2) / 2
    assert found[3] == pytest.approx((1e6 + 5e5 * np.log(2)) / 2 / 1e6, abs=0.01)
    assert found.sum() == pytest.approx(1)


def test_what_loses_money_gets_nothing_but_the_floor() -> None:
    losing = Cell(2, -1e6, 1e5, 1e9)
    floors = np.array([0.05, 0.05, 0.05, 0.05, 0.05])
    assert np.allclose(optimum([losing], 1e6, floors), 0.2)
