"""The comparisons of a rule over many people at once, as exact as `river.reasons` is for one."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from thang.engines.steps import Run
from thang.model import DAY
from thang.policy.schema import And, Compare, Expr, Measure, Not, Or, Term
from thang.river.bars import minor_units
from thang.river.compiling import slot_names, slot_scales
from thang.river.program import NONE_FALSE
from thang.river.reasons import FLIPPED, MIRRORED, Value
from thang.river.tables import Int64

MONEY = (Measure.SPEND, Measure.SUM, Measure.BAR, Measure.OWN_BAR)
TIMES = (Measure.SINCE_ORDER, Measure.GAP)
WAIVED = "median_member_spend"  # no member has a median yet: the condition is waived
OPS = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le,
    "<": operator.lt, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


@dataclass(frozen=True)
class Lines:
    """One comparison for everybody: who meets it, and what each has and needs.

    `value` and `needs` are as an explanation tells them: money in whole currency units, times
    in days. `known`: both exist.
    """

    quantity: str
    op: str
    holds: NDArray[np.bool_]
    known: NDArray[np.bool_]
    value: NDArray[np.float64]
    needs: NDArray[np.float64]


class Figures:
    """The quantities of many people (a row each of the fold's evidence), read by their names."""

    def __init__(self, run: Run, vectors: Int64) -> None:
        self.run = run
        self._vectors = vectors
        self._places = slot_names(run.policy, run.settings)
        self._scales = slot_scales(run.policy, run.settings)

    def look(self, row: int) -> Callable[[str], Value]:
        """One person's quantities, as `reasons` asks for them."""

        def of(name: str) -> Value:
            raw = int(self._raw(name)[row])
            return None if raw >= NONE_FALSE else Fraction(raw, self._scale(name))

        return of

    def lines(self, compare: Compare) -> Lines:
        """A comparison for everybody; the quantity it is about stands on its left."""
        left, right, op = compare.left, compare.right, compare.op
        if left.name is None:
            left, right, op = right, left, MIRRORED[op]
        raw, bound = self._side(left), self._side(right)
        there, known = raw < NONE_FALSE, (raw < NONE_FALSE) & (bound < NONE_FALSE)
        by, of = self._unit(left), self._unit(right)
        shared = lcm(by.denominator, of.denominator)
        one, other = _times(raw, int(by * shared)), _times(bound, int(of * shared))
        holds = np.where(known, OPS[op](one, other), there & (right.name == WAIVED))
        told = self._told(left.name or "")
        return Lines(
            quantity=left.name or "",
            op=op if left.factor > 0 else MIRRORED[op],
            holds=holds.astype(np.bool_),
            known=known,
            value=np.multiply(raw, float(by / left.factor / told), dtype=np.float64),
            needs=np.multiply(bound, float(of / left.factor / told), dtype=np.float64),
        )

    def _side(self, term: Term) -> Int64:
        return np.ones(len(self._vectors), np.int64) if term.name is None else self._raw(term.name)

    def _unit(self, term: Term) -> Fraction:
        return term.factor if term.name is None else term.factor / self._scale(term.name)

    def _raw(self, name: str) -> Int64:
        quantity = self.run.policy.quantities[name]
        if quantity.measure is Measure.SETTING:
            said = int(getattr(self.run.settings, quantity.scheme or name))
            return np.full(len(self._vectors), said, np.int64)
        return self._vectors[:, self._places[name]]

    def _scale(self, name: str) -> int:
        is_setting = self.run.policy.quantities[name].measure is Measure.SETTING
        return 1 if is_setting else self._scales[name]

    def _told(self, name: str) -> int:
        measure = self.run.policy.quantities[name].measure
        if measure in MONEY and name != "buyers":
            return minor_units(self.run.policy.shop.currency)
        return DAY if measure in TIMES else 1


def _times(values: Int64, by: int) -> NDArray[np.generic]:
    """Products that are exact however large they are."""
    most = int(np.abs(np.where(values < NONE_FALSE, values, 0)).max(initial=0))
    wide = most * abs(by) >= 1 << 62
    return values.astype(object) * by if wide else np.where(values < NONE_FALSE, values, 0) * by


def comparisons(rule: Expr, *, negated: bool = False) -> list[Compare]:
    """Every comparison of a simplified rule, as `reasons` would ask it."""
    match rule:
        case Not(part):
            return comparisons(part, negated=not negated)
        case And(parts) | Or(parts):
            return [found for part in parts for found in comparisons(part, negated=negated)]
        case Compare(left, op, right):
            return [Compare(left, FLIPPED[op], right) if negated else rule]
    return []
