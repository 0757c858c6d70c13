"""Who is about to climb: people who lack one single condition of the rung right above theirs.

Near means more than that one comparison alone fails. Where it asks for acts, orders or
points, one more must do; where it asks for money, three quarters must be there. Nobody is
near who lacks a number that does not exist yet, or stands under a block. The comparisons
told are those of `river.reasons`, so a list and an explanation never disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from thang.engines.figures import Figures, Lines, comparisons
from thang.engines.steps import Run, column
from thang.policy.schema import Compare, Expr, Measure, Policy
from thang.river.reasons import reasons
from thang.river.rungs import enter_rule, names_in, simplified
from thang.river.tables import Int64

ALMOST = pa.schema(
    [
        ("person", pa.int64()),
        ("level", pa.int8()),
        ("quantity", pa.string()),
        ("op", pa.string()),
        ("value", pa.float64()),
        ("needs", pa.float64()),
    ]
)
MONEY_SHARE = Fraction(3, 4)
MONEY = (Measure.SPEND, Measure.SUM)

Bools = NDArray[np.bool_]


def nearing(placed: pa.Table, run: Run) -> pa.Table:
    """Rows of ALMOST for the people of a fold's placements, by their quantities of now."""
    parts = [ALMOST.empty_table()]
    if placed.num_rows:
        people, levels = column(placed, "person"), column(placed, "level")
        now = placed["now"].combine_chunks().flatten().to_numpy().reshape(len(people), -1)
        for lower, upper in enumerate(run.policy.levels[1:]):
            rule, here = enter_rule(upper.key, run.policy), levels == lower
            if rule is not None and here.any():
                plain = simplified(rule, run.policy, run.settings)
                parts += _of_rung(Figures(run, now[here]), people[here], lower, plain)
    return pa.concat_tables(parts)


def _of_rung(figures: Figures, people: Int64, lower: int, rule: Expr) -> Iterator[pa.Table]:
    """Of the people of one rung those who lack one comparison of the rule above, by which."""
    asked = comparisons(rule)
    lines = [figures.lines(compare) for compare in asked]
    silent = names_in(figures.run.policy.blocked)
    for example, those in _alike(lines):
        missing = _missing(rule, asked, figures, example)
        if missing is None or asked[missing].left.name in silent:
            continue
        near = those & _within_reach(lines[missing], figures.run.policy)
        if near.any():
            yield _rows(lines[missing], people, lower, near)


def _alike(lines: list[Lines]) -> Iterator[tuple[int, Bools]]:
    """People for whom the same comparisons hold: one of them as an example, and all of them."""
    if not lines:
        return
    holds = np.packbits(np.stack([line.holds for line in lines], axis=1), axis=1)
    _, examples, which = np.unique(holds, axis=0, return_index=True, return_inverse=True)
    for pattern, example in enumerate(examples):
        yield int(example), which.ravel() == pattern


def _missing(rule: Expr, asked: list[Compare], figures: Figures, example: int) -> int | None:
    """The place of the one comparison that fails for the example; None: none, or several."""
    look = figures.look(example)
    holds, told = reasons(rule, look)
    missing = {reason for reason in told if not reason.ok}
    if holds or len(missing) != 1:
        return None
    (reason,) = missing
    return next(i for i, compare in enumerate(asked) if reasons(compare, look)[1] == [reason])


def _within_reach(line: Lines, policy: Policy) -> Bools:
    """Whose one missing comparison is near, see above; what must sink needs no more than time."""
    measure = policy.quantities[line.quantity].measure
    if line.op not in (">=", ">", "=="):
        return line.known
    if measure in MONEY:
        return line.known & (line.value >= float(MONEY_SHARE) * line.needs)
    return line.known & (line.needs - line.value <= 1)


def _rows(line: Lines, people: Int64, lower: int, near: Bools) -> pa.Table:
    many = int(near.sum())
    columns = (
        people[near], np.full(many, lower, np.int8), pa.repeat(line.quantity, many),
        pa.repeat(line.op, many), line.value[near], line.needs[near],
    )  # fmt: skip
    return pa.table([pa.array(c) if isinstance(c, np.ndarray) else c for c in columns], ALMOST)
