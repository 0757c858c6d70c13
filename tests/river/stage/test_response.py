"""Curves of what money brings: found again where they are known, drawn together where they are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from thang.policy.aims import Budget
from thang.river.stage.allocation import allocate
from thang.river.stage.response import LOWER, Place, Trial, cells

SPENT = (1e5, 3e5, 9e5)


def place(group: int) -> Place:
    return Place(group, f"strategy {group}", 1e9)


def trials(height: float, scale: float, error: float, noise: float = 0.0) -> list[Trial]:
    return [Trial(b, height * (1 - np.exp(-b / scale)) + noise, error) for b in SPENT]


def test_a_curve_without_noise_is_found_again() -> None:
    wanted = {0: 4e6, 3: 2e6, 4: 1e6}
    found = cells({place(g): trials(height, 4e5, 1e3) for g, height in wanted.items()})
    for one, (group, height) in zip(found, wanted.items(), strict=True):
        assert one.group == group
        assert one.scale == pytest.approx(4e5, rel=0.06)
        assert one.low == pytest.approx(height, rel=0.05)


def test_the_bound_of_a_single_trial_is_below_it_by_its_error() -> None:
    (one,) = cells({place(2): [Trial(1e5, 6e5, 1e5)]})
    shape = 1 - np.exp(-1e5 / one.scale)
    assert one.low == pytest.approx((6e5 - LOWER * 1e5) / shape)


def test_the_less_is_known_the_more_a_cell_is_drawn_to_the_others() -> None:
    sure = {place(g): trials(height, 4e5, 2e4) for g, height in ((0, 1e6), (1, 2e6), (3, 3e6))}
    vague = cells(sure | {place(4): trials(9e6, 4e5, 4e6)})[-1]
    known = cells(sure | {place(4): trials(9e6, 4e5, 4e4)})[-1]
    assert known.low > 8e6
    assert vague.low < 3e6
    alike = cells({place(g): trials(2e6, 4e5, 5e5) for g in range(5)})
    assert len({one.low for one in alike}) == 1
    alone = cells({place(0): trials(2e6, 4e5, 5e5)})
    assert alike[0].low > alone[0].low  # five like cells prove more than one


def test_what_says_nothing_is_left_out() -> None:
    empty = {place(0): [], place(1): [Trial(0, 5e5, 1e4)], place(2): [Trial(1e5, 5e5, 0)]}
    assert cells(empty) == []
    assert [one.group for one in cells({**empty, place(3): trials(1e6, 4e5, 1e4)})] == [3]


def test_bounds_hold_about_as_often_as_they_say() -> None:
    dice, usual, held = np.random.default_rng(5), float(np.mean(SPENT)), []
    for _ in range(60):
        tops = dice.normal(2e6, 8e5, 8)
        found = cells({
            Place(g % 5, str(g), 1e9): [
                replace(one, won=one.won + dice.normal(0, 3e5)) for one in trials(top, 4e5, 3e5)
            ]
            for g, top in enumerate(tops)
        })  # fmt: skip
        held += [
            one.low * (1 - np.exp(-usual / one.scale)) <= top * (1 - np.exp(-usual / 4e5))
            for one, top in zip(found, tops, strict=True)
        ]
    assert 0.74 < np.mean(held) < 0.86


def test_money_moves_to_what_surely_brings_more_with_every_experiment() -> None:
    found = cells({place(3): trials(9e6, 4e5, 1e5), place(4): trials(1e5, 4e5, 1e5)})
    sure = (0.0, 0.0, 0.0, 1.0, 0.0)
    shares = [
        allocate(sure, True, Budget(), found, 1e6, finished).groups[3] for finished in (0, 5, 20)
    ]
    assert shares == sorted(shares)
    assert shares[-1] > shares[0] + 0.1
