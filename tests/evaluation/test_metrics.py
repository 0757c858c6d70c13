"""The numbers that judge Thang are judged themselves: by hand, and by brute force."""

from __future__ import annotations

import numpy as np
import pytest
from evaluation.metrics import (
    auc,
    calibration_error,
    coverage,
    macro_f1,
    precision_at,
    top_share,
    weighted_kappa,
)


def test_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    dice = np.random.default_rng(5)
    score = dice.integers(0, 6, 60).astype(np.float64)
    truth = dice.random(60) < 0.4
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in score[truth] for b in score[~truth]]
    assert auc(score, truth) == pytest.approx(np.mean(pairs))
    assert np.isnan(auc(score, np.ones(60, np.bool_)))


def test_precision_shares_the_last_seats_among_those_who_tie() -> None:
    score = np.array([3.0, 2.0, 2.0, 2.0, 1.0])
    truth = np.array([True, True, False, False, True])
    assert precision_at(score, truth, 1) == 1
    assert precision_at(score, truth, 2) == pytest.approx((1 + 1 / 3) / 2)
    assert precision_at(score, truth, 100) == pytest.approx(3 / 5)


def test_f1_and_kappa_of_tables_done_by_hand() -> None:
    told = np.array([0, 0, 1, 1, 2, 2])
    truth = np.array([0, 1, 1, 1, 2, 0])
    # class 0: 1 hit of 2 told, 2 meant; class 1: 2 of 2, 3 meant; class 2: 1 of 2, 1 meant
    assert macro_f1(told, truth, 4) == pytest.approx(np.mean([0.5, 0.8, 2 / 3]))
    assert weighted_kappa(truth, truth, 3) == 1
    # squared distances 0+1+0+0+0+4 over those expected of independent margins
    by_chance = sum(
        (a - b) ** 2 * (told == a).sum() * (truth == b).sum() for a in range(3) for b in range(3)
    )
    assert weighted_kappa(told, truth, 3) == pytest.approx(1 - 5 / (by_chance / 6))


def test_calibration_coverage_and_capture() -> None:
    score = np.array([0.05, 0.05, 0.95, 0.95])
    assert calibration_error(score, np.array([False, False, True, True])) == pytest.approx(0.05)
    assert calibration_error(score, np.array([True, True, False, False])) == pytest.approx(0.95)
    assert coverage(np.zeros(4), np.ones(4), np.array([-1, 0, 1, 2.0])) == 0.5
    assert top_share(np.arange(10.0), np.arange(10.0), 0.2) == pytest.approx(17 / 45)
