"""Shares from classes of amounts against the same from sorting everybody."""

from __future__ import annotations

import numpy as np
import pytest

from thang.river.profit.sums import SortedSums, lorenz, whale


def counted(amounts: np.ndarray) -> SortedSums:
    sums = SortedSums()
    for part in np.array_split(amounts, 3):
        sums.add(part)
    return sums


@pytest.mark.parametrize("seed", range(3))
def test_shares_are_those_of_sorting(seed: int) -> None:
    dice = np.random.default_rng(seed)
    amounts = np.round(dice.lognormal(11, 1.3, 5_001)) * dice.choice([1, 1, 1, 0, -0.3], 5_001)
    sums, sorted_ = counted(amounts), np.sort(amounts)[::-1]
    assert sums.count == len(amounts)
    assert sums.total == pytest.approx(amounts.sum())
    for share in (0.1, 0.2):
        exact = np.interp(share * 5_001, np.arange(5_002), np.append(0, sorted_.cumsum()))
        assert sums.top_share(share) == pytest.approx(exact / amounts.sum(), abs=5e-4)
    curve = whale(sums)
    assert curve is not None
    assert curve.peak == pytest.approx(amounts[amounts > 0].sum() / amounts.sum())
    assert curve.peak_at == pytest.approx((amounts > 0).mean())
    assert curve.losing == (amounts < 0).sum()
    assert curve.points[-1] == (1.0, pytest.approx(1.0))


def test_a_shop_that_only_loses_is_told_by_its_gains_or_not_at_all() -> None:
    curve = whale(counted(np.array([100.0, -150.0, -50.0])))
    assert curve is not None
    assert (curve.of, curve.total, curve.points[-1][1]) == ("gains", -100.0, -1.0)
    assert whale(counted(np.array([-1.0, -2.0]))) is None
    assert whale(counted(np.zeros(3))) is None
    assert whale(counted(np.full(3, np.nan))) is None


def test_without_a_total_there_are_no_shares() -> None:
    sums = counted(np.array([-5.0, 5.0, -1.0]))
    assert sums.top_share(0.1) is None
    assert lorenz(sums) == ()


def test_equal_amounts_lie_on_the_diagonal() -> None:
    points = np.array(lorenz(counted(np.full(40, 7.0)), 4))
    assert points[:, 1] == pytest.approx(points[:, 0])
