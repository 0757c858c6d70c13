"""Whether a rule can ever be true: simple bounds on one quantity must leave room between them.

Only what is certain is called impossible. Two quantities are never weighed against each
other, and bars are left alone, since one that does not exist yet decides for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from thang.policy.schema import (
    Always,
    And,
    Compare,
    EntryOf,
    Expr,
    Measure,
    Not,
    Or,
    Quantity,
    Term,
)

OPPOSITE = {">=": "<", "<": ">=", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
MIRRORED = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "==": "==", "!=": "!="}
UNBOUNDED = (Measure.BAR, Measure.OWN_BAR)


@dataclass(frozen=True, slots=True)
class Room:
    """The values that a quantity may still have; the ends are None where there is none."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_out: bool = False  # the end itself is excluded
    high_out: bool = False
    without: frozenset[Fraction] = frozenset()

    def narrowed(self, op: str, limit: Fraction) -> Room:
        """The room that a comparison leaves."""
        if op == "!=":
            return replace(self, without=self.without | {limit})
        room = self
        if op in (">=", ">", "=="):
            room = room.raised(limit, out=op == ">")
        if op in ("<=", "<", "=="):
            room = room.lowered(limit, out=op == "<")
        return room

    def raised(self, limit: Fraction, *, out: bool) -> Room:
        """The room from a limit on."""
        if self.low is not None and (limit, out) <= (self.low, self.low_out):
            return self
        return replace(self, low=limit, low_out=out)

    def lowered(self, limit: Fraction, *, out: bool) -> Room:
        """The room up to a limit."""
        if self.high is not None and (-limit, out) <= (-self.high, self.high_out):
            return self
        return replace(self, high=limit, high_out=out)

    @property
    def is_empty(self) -> bool:
        """Whether no value is left."""
        if self.low is None or self.high is None or self.low < self.high:
            return False
        is_point = self.low == self.high and not (self.low_out or self.high_out)
        return not is_point or self.low in self.without


Rooms = Mapping[str, Room]


def can_hold(
    rule: Expr, quantities: Mapping[str, Quantity], entry: Callable[[str], Expr | None]
) -> bool:
    """Whether some value of the quantities could make a rule true, as far as bounds tell.

    `entry` gives the entry rule of a level; the rules must not refer to each other in a ring.
    """
    rooms = {
        name: Room() if quantity.measure is Measure.SUM else Room(low=Fraction(0))
        for name, quantity in quantities.items()
        if quantity.measure not in UNBOUNDED
    }
    return _fits(_plain(rule, entry, yes=True), rooms)


def _plain(rule: Expr, entry: Callable[[str], Expr | None], *, yes: bool) -> Expr:
    """The rule, or its denial, without `not` and with entry rules written out."""
    match rule:
        case Always(value):
            return Always(value is yes)
        case Not(part):
            return _plain(part, entry, yes=not yes)
        case And(parts) | Or(parts):
            inner = tuple(_plain(part, entry, yes=yes) for part in parts)
            return And(inner) if isinstance(rule, And) is yes else Or(inner)
        case EntryOf(level):
            return _plain(entry(level) or Always(True), entry, yes=yes)
        case Compare(left, op, right):
            return rule if yes else Compare(left, OPPOSITE[op], right)


def _fits(rule: Expr, rooms: Rooms) -> bool:
    match rule:
        case And():
            return _all_fit(rule, rooms)
        case Or(parts):
            return any(_fits(part, rooms) for part in parts)
        case Compare():
            return not any(room.is_empty for room in _narrowed(rule, rooms).values())
    return rule != Always(False)


def _all_fit(rule: And, rooms: Rooms) -> bool:
    flat = _flat(rule)
    for part in flat:
        if isinstance(part, Compare):
            rooms = _narrowed(part, rooms)
    if any(room.is_empty for room in rooms.values()):
        return False
    return all(_fits(part, rooms) for part in flat if not isinstance(part, Compare))


def _flat(rule: And) -> list[Expr]:
    flat: list[Expr] = []
    for part in rule.parts:
        flat += _flat(part) if isinstance(part, And) else [part]
    return flat


def _narrowed(compare: Compare, rooms: Rooms) -> Rooms:
    """The rooms a comparison leaves; one of numbers alone that is false leaves none to "1"."""
    left, op, right = compare.left, compare.op, compare.right
    if left.name == right.name:
        left, right = Term(left.factor - right.factor, left.name), Term(Fraction(0))
    if left.name is None:
        left, op, right = right, MIRRORED[op], left
    if left.name is not None and left.name not in rooms:
        return rooms
    if left.name is None or left.factor == 0:
        one = Room(left.factor, left.factor).narrowed(op, right.factor)
        return {**rooms, "1": one}
    if right.name is not None:
        return rooms
    op = op if left.factor > 0 else MIRRORED[op]
    limit = right.factor / left.factor
    return {**rooms, left.name: rooms[left.name].narrowed(op, limit)}
