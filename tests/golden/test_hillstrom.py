"""A real e-mail test in three random arms of 64,000 people, against what is known of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.csv
import pytest
from scipy import stats

from thang.river.measuring.differences import cuped, welch
from thang.river.measuring.power import arms_as_meant
from thang.river.measuring.rates import Arm, beats, newcombe

FILE = Path(__file__).parents[2].parent / "shared" / "data" / "hillstrom.csv"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="no ../shared/data/hillstrom.csv here")
NONE, MEN, WOMEN = "No E-Mail", "Mens E-Mail", "Womens E-Mail"


@pytest.fixture(scope="module")
def arms() -> dict[str, dict[str, np.ndarray]]:
    table = pyarrow.csv.read_csv(FILE)
    segment = np.array(table["segment"].to_pylist())
    names = ("visit", "conversion", "spend", "history")
    return {
        arm: {name: table[name].to_numpy()[segment == arm].astype(float) for name in names}
        for arm in (NONE, MEN, WOMEN)
    }


def arm_of(values: np.ndarray) -> Arm:
    return Arm(int(values.sum()), len(values))


@pytest.mark.parametrize(
    ("arm", "visit", "conversion", "spend"),
    [(MEN, 0.0766, 0.0068, 0.770), (WOMEN, 0.0452, 0.0031, 0.424)],
)
def test_the_published_differences(
    arms: dict[str, dict[str, np.ndarray]], arm: str, visit: float, conversion: float, spend: float
) -> None:
    for name, known in (("visit", visit), ("conversion", conversion)):
        found = newcombe(arm_of(arms[arm][name]), arm_of(arms[NONE][name]))
        assert found.estimate == pytest.approx(known, abs=5e-5)
        assert found.helps
        assert beats(arm_of(arms[arm][name]), arm_of(arms[NONE][name])) > 0.999
    found = welch(arms[arm]["spend"], arms[NONE]["spend"])
    theirs = stats.ttest_ind(arms[arm]["spend"], arms[NONE]["spend"], equal_var=False)
    assert found.estimate == pytest.approx(spend, abs=5e-4)
    assert (found.low, found.high) == pytest.approx(tuple(theirs.confidence_interval(0.95)))
    assert found.p == pytest.approx(theirs.pvalue)


def test_the_arms_are_as_even_as_a_coin(arms: dict[str, dict[str, np.ndarray]]) -> None:
    sizes = {arm: len(rows["visit"]) for arm, rows in arms.items()}
    assert sizes == {NONE: 21_306, MEN: 21_307, WOMEN: 21_387}
    assert arms_as_meant(sizes[MEN] + sizes[WOMEN], sizes[NONE], 1 / 3) > 0.5


def test_the_past_sharpens_and_does_not_bend(arms: dict[str, dict[str, np.ndarray]]) -> None:
    y, past, treated = (
        np.concatenate([arms[MEN][name], arms[NONE][name]])
        for name in ("spend", "history", "visit")
    )
    treated = np.arange(len(y)) < len(arms[MEN]["spend"])
    found, plain = cuped(y, past, treated), welch(y[treated], y[~treated])
    assert abs(found.estimate - plain.estimate) < plain.error
    assert found.error <= plain.error


def test_halves_of_one_arm_do_not_differ_too_often(arms: dict[str, dict[str, np.ndarray]]) -> None:
    dice, flagged = np.random.default_rng(1), 0
    for _ in range(200):
        half = dice.random(len(arms[NONE]["spend"])) < 0.5
        found = welch(arms[NONE]["spend"][half], arms[NONE]["spend"][~half])
        flagged += found.helps or found.harms
    assert flagged <= 20
