"""Policies nobody would write: the default one, bent wherever it can be bent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from thang.model import Flag
from thang.policy.schema import (
    Act,
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
    Term,
    Where,
)

from .by_hand import compare, default_policy, kinds
from .dice import Dice, chance

ZONES = ("Asia/Ho_Chi_Minh", "UTC", "America/New_York", "Australia/Lord_Howe")
WINDOWS: tuple[int | str | None, ...] = (1, 7, 30, 60, 90, 180, 365, "W", None)
ODD_KINDS = ("nps_answered", "cost_recorded", "beta_used", "page", "product_reviewed", "chargeback")
COUNTING = (Measure.COUNT, Measure.SUM, Measure.DAYS, Measure.MONTHS, Measure.OPEN)
WHERES = (
    Where(),
    Where(grade_min=2, grade_max=4),
    Where(flags=int(Flag.PUBLIC)),
    Where(without=int(Flag.FAILED | Flag.OK)),
)
BENT_BY = (Measure.COUNT, Measure.DAYS, Measure.ORDERS, Measure.SPEND, Measure.POINTS,
           Measure.POINT_DAYS)  # fmt: skip


def random_policy(dice: Dice) -> Policy:
    """The default policy with perturbed numbers, odd quantities and missing rungs."""
    policy = default_policy()
    odd = [_odd_quantity(dice, number) for number in range(dice.randint(0, 2))]
    quantities = {q.name: _bent(dice, q) for q in [*policy.quantities.values(), *odd]}
    levels = tuple(_bent_level(dice, level, odd) for level in policy.levels)
    bent = replace(
        policy,
        shop=replace(
            policy.shop,
            tz=dice.choice(ZONES),
            return_window_days=dice.choice((7, 0, 1, 30)),
            seasonal=chance(dice, 5),
        ),
        quantities=quantities,
        schemes={"advocacy": tuple(_bent_line(dice, x) for x in policy.schemes["advocacy"])},
        levels=_with_rungs_missing(dice, levels),
        referral=replace(policy.referral, sent_within_days=dice.choice((365, 30, 1))),
    )
    if chance(dice, 4):
        bent = replace(bent, blocked=Always(False), blocked_by=dice.choice(((), ("chargeback",))))
    name = hashlib.sha256(repr(bent).encode()).hexdigest()
    return replace(bent, fingerprint=name[:16])


def _odd_quantity(dice: Dice, number: int) -> Quantity:
    measure = dice.choice(COUNTING)
    name = f"odd_{number}"
    if measure is Measure.MONTHS:
        outward = dice.choice((False, True))
        months = dice.choice((1, 2, 5))
        return Quantity(name, measure, scheme="advocacy", outward=outward, of_months=months)
    chosen = kinds(dice.choice(ODD_KINDS), "membership_joined")
    if measure is Measure.OPEN:
        return Quantity(
            name,
            measure,
            chosen,
            closes=("membership_left", "ticket_resolved"),
            by=dice.choice(("ref", "person")),
            where=dice.choice(WHERES),
            close_where=dice.choice(WHERES),
        )
    if measure is Measure.COUNT:
        chosen = tuple((kind, weight / (place + 1)) for place, (kind, weight) in enumerate(chosen))
    return Quantity(name, measure, chosen, within=dice.choice(WINDOWS), where=dice.choice(WHERES))


def _bent(dice: Dice, quantity: Quantity) -> Quantity:
    if not chance(dice, 6):
        return quantity
    if quantity.measure is Measure.MONTHS:
        return replace(quantity, of_months=dice.choice((1, 2, 4, 13)))
    if quantity.measure in BENT_BY:
        return replace(quantity, within=dice.choice(WINDOWS))
    return quantity


def _bent_line(dice: Dice, line: Act) -> Act:
    if line.cap is None or not chance(dice, 2):
        return line
    return replace(
        line,
        cap=dice.choice((1, 2, 3)),
        per_days=dice.choice((90, 1, 30)),
        once_per_ref=dice.choice((False, True)),
        outward=dice.choice((False, True)),
    )


def _bent_level(dice: Dice, level: Level, odd: list[Quantity]) -> Level:
    def bend(rule: Expr | None) -> Expr | None:
        return None if rule is None else _with_odd(dice, bent_rule(dice, rule), odd)

    if level.fact is not None:
        return replace(level, fact=bend(level.fact))
    if level.silence is not None:
        days = dice.choice((180, 180, 365, 30))
        return replace(level, enter=bend(level.enter), silence=replace(level.silence, days=days))
    if level.keep is None:
        return level
    return replace(
        level,
        enter=bend(level.enter),
        keep=bend(level.keep),
        hold_months=dice.choice((0, 1, 2, 3, level.hold_months)),
        grace=dice.randint(0, 3),
        ended_by=dice.choice((level.ended_by, ("chargeback",), ("complaint_posted",))),
    )


def _with_odd(dice: Dice, rule: Expr, odd: list[Quantity]) -> Expr:
    if not odd or not chance(dice, 3):
        return rule
    asked = compare(dice.choice(odd).name, dice.choice((">=", ">", "==", "<", "<=")), 1)
    joined: tuple[Expr, ...] = (And((rule, asked)), Or((rule, asked)), And((rule, Not(asked))))
    return dice.choice(joined)


def bent_rule(dice: Dice, rule: Expr) -> Expr:
    """The same rule with some of its numbers moved by one, doubled or made nothing."""
    match rule:
        case And():
            return And(tuple(bent_rule(dice, part) for part in rule.parts))
        case Or():
            return Or(tuple(bent_rule(dice, part) for part in rule.parts))
        case Not():
            return Not(bent_rule(dice, rule.part))
        case Compare() if rule.right.name is None and rule.op != "==":
            return replace(rule, right=_bent_number(dice, rule.right))
        case _:
            return rule


def _bent_number(dice: Dice, term: Term) -> Term:
    if not chance(dice, 3) or term.factor == 0:
        return term
    moves: tuple[Callable[[Fraction], Fraction], ...] = (
        lambda x: x - 1 if x > 1 else x,
        lambda x: x + 1,
        lambda x: x / 2,
    )
    return Term(dice.choice(moves)(term.factor))


def _with_rungs_missing(dice: Dice, levels: tuple[Level, ...]) -> tuple[Level, ...]:
    missing = {dice.choice(levels[1:]).key for _ in range(dice.choice((0, 0, 1, 2)))}
    kept = [level for level in levels if level.key not in missing]
    return tuple(
        replace(level, enter=_without(level.enter, missing)) if level.enter else level
        for level in kept
    )


def _without(rule: Expr, missing: set[str]) -> Expr:
    match rule:
        case EntryOf() if rule.level in missing:
            return Always(True)
        case And():
            return And(tuple(_without(part, missing) for part in rule.parts))
        case Or():
            return Or(tuple(_without(part, missing) for part in rule.parts))
        case Not():
            return Not(_without(rule.part, missing))
        case _:
            return rule
