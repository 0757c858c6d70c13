"""The same shop has the same parameters, to the last bit, however many threads BLAS may take."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ASKED = """
import numpy as np
from thang.river.lifetime.models import MODELS
from thang.river.lifetime.rows import Summary
from thang.river.lifetime.scoring import Terms
from thang.river.lifetime.value import fit
dice = np.random.default_rng(4)
n = 30_000
age = dice.integers(14, 731, n)
x = np.minimum(dice.geometric(0.4, n) - 1, age)
t = np.where(x > 0, np.maximum(x, (age * dice.random(n)).astype(int)), 0)
spend = np.where(x > 0, dice.gamma(3, 400, n), 0.0)
people = Summary(np.arange(n), *(one.astype(np.int32) for one in (x, t, age, x)), spend, spend)
assert len(people.cells) > 15_000
for model in MODELS:
    found = fit(people, model=model)
    print(found.status, found.buying.theta.tobytes().hex(), found.loglik.hex())
    print(found.score(Terms(expected=model == "bg")).value_high.tobytes().hex()[:4096])
"""


@pytest.mark.parametrize("threads", ["2", "7"])
def test_threads_change_nothing(threads: str) -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", ASKED], capture_output=True, text=True, check=True, cwd=ROOT,
            env=os.environ | dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), count) | {"PYTHONPATH": str(ROOT / "src")},
        ).stdout
        for count in ("1", threads)
    ]  # fmt: skip
    assert told[0] == told[1]
    assert len(told[0].splitlines()) == 2 * 3


def test_a_fold_and_the_bare_package_bring_no_scipy_along() -> None:
    asked = (
        "import sys, thang.river.lifetime, thang.river.orders, thang.river.census, thang.cli\n"
        "assert 'scipy' not in sys.modules"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "THANG_KERNELS": "python"},
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
