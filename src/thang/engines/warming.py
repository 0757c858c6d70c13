"""Compiling the kernels on two processors at once, on a machine that runs them for the first time.

The fold takes as long to compile as all the others together. While one process does what else has
to be done, another compiles the fold into the cache that both share.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa

from thang.engines.columns import EVENTS
from thang.engines.counted import counted
from thang.engines.steps import Run, census_step, line_of, walked
from thang.model import DAY
from thang.policy.load import read_policy
from thang.policy.schema import Settings
from thang.river.compiled import Mode, is_cached
from thang.river.events import CODES
from thang.river.program import room_for
from thang.river.work import ROW, Line

SOME_DAY = 20_000 * DAY


@contextmanager
def warmed() -> Iterator[None]:
    """Every kernel is compiled when this is left; at once, if they were before."""
    if Mode.python or is_cached():
        yield
        return
    # Nothing of the caller's goes along but where to find Python and this package.
    other = subprocess.Popen([sys.executable, "-m", "thang.engines.warming"])
    try:
        yield
        _compile_the_rest()
    finally:
        other.wait()


def _run() -> Run:
    return Run(read_policy(""), Settings(180, True, True), CODES, SOME_DAY, SOME_DAY + 400 * DAY)


def compile_the_fold() -> None:
    """Walk one person with one row, past what prepares such rows."""
    line = Line(np.array([0, 1], np.int64), room_for(ROW, 1))
    line.rows["at"], line.rows["kind"] = SOME_DAY, CODES["page"]
    people = np.array([1], np.int64)
    run = _run()
    walked(line, people, run)
    counted(line, people, run)


def _compile_the_rest() -> None:
    one = pa.table({f.name: pa.array([1 if f.name != "at" else SOME_DAY], f.type) for f in EVENTS})
    run = _run()
    line_of(one, run, None)
    census_step(one, run)


if __name__ == "__main__":
    compile_the_fold()
