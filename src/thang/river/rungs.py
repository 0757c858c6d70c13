"""Rules as nodes: each comparison knows where to go when it holds and when it does not.

A rule that is told by what never changes within a policy version (is there a
programme? was any consent recorded?) is simplified before, so that what remains,
and what a person reads as the reason, is only what can differ between people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from math import lcm
from operator import or_

from thang.policy.schema import (
    Always,
    And,
    Compare,
    EntryOf,
    Expr,
    Level,
    Measure,
    Not,
    Or,
    Policy,
    Quantity,
    Settings,
)
from thang.river import program as p

OPS = {">=": p.GE, ">": p.GT, "<=": p.LE, "<": p.LT, "==": p.EQ, "!=": p.NE}
RISE_UP = {">": 1, ">=": 1, "<": -1, "<=": -1, "==": 0, "!=": 0}


def simplified(expr: Expr, policy: Policy, settings: Settings) -> Expr:
    """The rule with entry rules written out and settings decided."""
    match expr:
        case EntryOf(level):
            target = next(x for x in policy.levels if x.key == level)
            return simplified(target.enter or Always(True), policy, settings)
        case Not(part):
            inner = simplified(part, policy, settings)
            return Always(not inner.value) if isinstance(inner, Always) else Not(inner)
        case And(parts):
            return _joined(parts, policy, settings, absorbing=False)
        case Or(parts):
            return _joined(parts, policy, settings, absorbing=True)
        case Compare():
            return _decided(expr, policy, settings)
    return expr


def _joined(
    parts: tuple[Expr, ...], policy: Policy, settings: Settings, *, absorbing: bool
) -> Expr:
    kept: list[Expr] = []
    for part in parts:
        inner = simplified(part, policy, settings)
        if isinstance(inner, Always):
            if inner.value is absorbing:
                return inner
            continue
        kept.append(inner)
    if not kept:
        return Always(not absorbing)
    if len(kept) == 1:
        return kept[0]
    return Or(tuple(kept)) if absorbing else And(tuple(kept))


def _decided(expr: Compare, policy: Policy, settings: Settings) -> Expr:
    sides = [_constant(term.name, policy, settings) for term in (expr.left, expr.right)]
    if sides[0] is None or sides[1] is None:
        return expr
    left, right = expr.left.factor * sides[0], expr.right.factor * sides[1]
    holds = {
        ">=": left >= right, ">": left > right, "<=": left <= right,
        "<": left < right, "==": left == right, "!=": left != right,
    }  # fmt: skip
    return Always(holds[expr.op])


def names_in(expr: Expr) -> set[str]:
    """The quantities that a rule names."""
    match expr:
        case And(parts) | Or(parts):
            return set().union(*(names_in(part) for part in parts))
        case Not(part):
            return names_in(part)
        case Compare(left, _, right):
            return {term.name for term in (left, right) if term.name is not None}
    return set()


def _constant(name: str | None, policy: Policy, settings: Settings) -> Fraction | None:
    if name is None:
        return Fraction(1)
    quantity = policy.quantities[name]
    if quantity.measure is not Measure.SETTING:
        return None
    return Fraction(int(getattr(settings, quantity.scheme or name)))


@dataclass(slots=True)
class Node:
    left: int
    left_by: int
    op: int
    right: int
    right_by: int
    rises: int
    yes: int = 0
    no: int = 0


@dataclass(slots=True)
class Nodes:
    """The growing list of comparisons of all rules of a policy."""

    policy: Policy
    settings: Settings
    names: dict[str, int]
    scale: list[int]
    nodes: list[Node] = field(default_factory=list)
    asked: dict[int, int] = field(default_factory=dict)  # bit of each level, by slot

    def rule(self, expr: Expr | None) -> int:
        """Compile one rule; the place of its first node, or TRUE or FALSE when it is decided."""
        if expr is None:
            return p.FALSE
        return self._build(simplified(expr, self.policy, self.settings), p.TRUE, p.FALSE, up=True)

    def _build(self, expr: Expr, true: int, false: int, *, up: bool) -> int:
        """Nodes are made from the last comparison to the first, so every jump is known."""
        match expr:
            case Always(value):
                return true if value else false
            case Not(part):
                return self._build(part, false, true, up=not up)
            case And(parts):
                for part in reversed(parts):
                    true = self._build(part, true, false, up=up)
                return true
            case Or(parts):
                for part in reversed(parts):
                    false = self._build(part, true, false, up=up)
                return false
            case Compare():
                return self._compare(expr, true, false, up=up)
        raise TypeError(expr)

    def _compare(self, expr: Compare, true: int, false: int, *, up: bool) -> int:
        left, right = self.names[expr.left.name or "1"], self.names[expr.right.name or "1"]
        left_by = expr.left.factor / self.scale[left]
        right_by = expr.right.factor / self.scale[right]
        common = lcm(left_by.denominator, right_by.denominator)
        node = Node(
            left, int(left_by * common), OPS[expr.op], right, int(right_by * common),
            self._rises(expr, up=up), true, false,
        )  # fmt: skip
        self.nodes.append(node)
        return len(self.nodes) - 1

    def _rises(self, expr: Compare, *, up: bool) -> int:
        """Whether waiting or a new bar alone may turn this comparison true."""
        rises = 0
        for name, side in ((expr.left.name, 1), (expr.right.name, -1)):
            if name is None:
                continue
            measure = self.policy.quantities[name].measure
            if measure in (Measure.BAR, Measure.GAP, Measure.OWN_BAR):
                rises |= p.BY_BAR
            elif measure is not Measure.SETTING:
                wanted = RISE_UP[expr.op] * side * (1 if up else -1)
                falls = -1 if measure is not Measure.SINCE_ORDER else 1
                if wanted in (0, falls) and self._fades(name):
                    rises |= p.BY_TIME
        return rises | (p.DOWNWARD if rises and not up else 0)

    def _fades(self, name: str) -> bool:
        quantity = self.policy.quantities[name]
        if quantity.measure is Measure.OPEN:
            return False
        return quantity.within is not None or quantity.measure in (
            Measure.MONTHS,
            Measure.SINCE_ORDER,
        )

    def ask(self, level: int, made: int) -> None:
        """Note which slots the rule of a level asks for, its nodes being made from `made` on."""
        for node in self.nodes[made:]:
            for slot in (node.left, node.right):
                self.asked[slot] = self.asked.get(slot, 0) | 1 << level

    def restless(self, level: Level, made: int) -> int:
        """What waiting alone may change about a rule whose nodes were made from `made` on.

        A fact may also turn false by waiting, so it is restless with anything that fades.
        """
        bits = 0
        for node in self.nodes[made:]:
            bits |= node.rises
        if level.fact is not None and any(map(self._fades, names_in(level.fact))):
            bits |= p.BY_TIME
        return bits & (p.BY_TIME | p.BY_BAR)

    def turns(self, made: int) -> int:
        """All that may turn a rule, either way, with nobody doing anything."""
        slots = {slot for node in self.nodes[made:] for slot in (node.left, node.right)}
        named = (q for q in self.policy.quantities.values() if self.names[q.name] in slots)
        return reduce(or_, map(_turns, named), 0)

    def rows(self) -> list[tuple[int, ...]]:
        """The nodes as rows of a program."""
        return [
            (n.left_by, n.right_by, n.left, n.op, n.right, n.yes, n.no, n.rises) for n in self.nodes
        ]


def _turns(quantity: Quantity) -> int:
    if quantity.measure is Measure.OPEN:
        return 0
    if quantity.measure in (Measure.BAR, Measure.GAP, Measure.OWN_BAR):
        return p.BY_BAR
    if quantity.measure is Measure.MONTHS:
        return p.BY_MONTH
    if quantity.measure is Measure.SINCE_ORDER:
        return p.BY_SILENCE
    return 0 if quantity.within is None else p.BY_WINDOW


def add_rules(nodes: Nodes) -> dict[str, list[int]]:
    """Compile every rule of the policy: entries (or facts), keeps, and those of the bars."""
    policy = nodes.policy
    enter, keep, rises, turns, spans = [], [], [], [], []
    for level in policy.levels:
        made = len(nodes.nodes)
        enter.append(nodes.rule(enter_rule(level.key, policy)))
        rises.append(nodes.restless(level, made))
        nodes.ask(len(rises) - 1, made)
        turns.append(nodes.turns(made))
        spans.append((made, len(nodes.nodes)))
        keep.append(nodes.rule(keep_rule(level.key, policy)))
    member = [x.enter for x in policy.levels if x.key == policy.bars.member_level]
    made = len(nodes.nodes)
    unless, entry = nodes.rule(policy.bars.unless), nodes.rule(member[0] if member else None)
    lasting = not nodes.turns(made) & (p.BY_MONTH | p.BY_SILENCE)
    return {
        "enter": enter,
        "keep": keep,
        "rises": rises,
        "turns": turns,
        "nodes_from": [span[0] for span in spans],
        "nodes_to": [span[1] for span in spans],
        "unless": [unless],
        "member": [entry],
        "lasting": [int(lasting)],
    }


def enter_rule(key: str, policy: Policy) -> Expr | None:
    """What is asked of whoever does not hold the level: its fact or its entry, and no block."""
    level = next(x for x in policy.levels if x.key == key)
    if level.fact is not None:
        return level.fact
    return _unblocked(level.enter, policy) if level.keep is not None else level.enter


def keep_rule(key: str, policy: Policy) -> Expr | None:
    """What is asked of whoever holds the level, once the hold has run out."""
    level = next(x for x in policy.levels if x.key == key)
    return _unblocked(level.keep, policy) if level.keep is not None else None


def _unblocked(expr: Expr | None, policy: Policy) -> Expr | None:
    if expr is None or policy.blocked == Always(False):
        return expr
    return And((expr, Not(policy.blocked)))
