"""Journeys: each of the 74 fires and its success is counted; waits, branches, holdouts, hostility."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thang.model import DAY
from thang.policy.playbook.facts import FACTS
from thang.policy.playbook.load import load_playbook
from thang.policy.playbook.nouns import Step, Strategy
from thang.policy.schema import Always, And, Compare, Expr, Not, Or, Term
from thang.river.strategies.arms import GLOBAL, HELD, TREATED
from thang.river.strategies.asking import asked
from thang.river.strategies.enrolling import (
    Enrolment,
    Planned,
    Said,
    begun,
    may_enter,
    said,
    stepped,
)

BOOK = load_playbook(None)
NOW = 20_000 * DAY
NEVER = Always(False)
# Where two conditions bind one fact to another, which the small solver below does not see.
BY_HAND = {"A19": {"gap": 40.0, "days_since_order": 40.0}}


def facts_for(rule: Expr, yes: bool = True) -> Iterator[tuple[str, float]]:
    """Numbers that make a rule true, or false: a small solver, for rules are conjunctions mostly."""
    match rule:
        case And(parts) | Or(parts):
            every = isinstance(rule, And) is yes
            for part in parts if every else parts[:1]:
                yield from facts_for(part, yes)
        case Not(part):
            yield from facts_for(part, not yes)
        case Compare(left, op, right):
            if left.name is None:
                flipped = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}.get(op, op)
                left, op, right = right, flipped, left
            border = float(right.factor) if right.name is None else 1.0
            if right.name is not None:
                yield right.name, border / float(right.factor)
            if not yes:
                op = {">=": "<", ">": "<=", "<=": ">", "<": ">=", "==": "!=", "!=": "=="}[op]
            away = {">": 1.0, "<": -1.0, "!=": 1.0}.get(op, 0.0)
            assert left.name is not None
            yield left.name, (border + away) / float(left.factor)


def everything(rule: Expr, yes: bool = True) -> dict[str, np.ndarray]:
    found = dict.fromkeys(BOOK.facts, 0.0) | dict(facts_for(rule, yes))
    return {name: np.array([value]) for name, value in found.items()}


NOTHING = {name: np.array([float("nan")]) for name in FACTS}


def told(of: Strategy, facts: dict[str, np.ndarray]) -> Said:
    """What the rules say of one whose facts are the same now and since."""
    succeeded, wanted = said(of, facts, facts, 1)
    return Said(bool(succeeded[0]), tuple(bool(one[0]) for one in wanted))


@pytest.mark.parametrize("strategy", BOOK.strategies, ids=lambda s: s.id)
def test_each_of_the_74_fires_is_sent_and_its_success_is_counted(strategy: Strategy) -> None:
    ready = everything(strategy.trigger)
    ready |= {name: np.array([value]) for name, value in BY_HAND.get(strategy.id, {}).items()}
    assert asked(strategy.trigger, ready, 1)[0]
    one = begun(strategy, 7, 7, TREATED, NOW, BOOK.fingerprint)
    sent: list[Planned] = []
    for day in range(strategy.success.within_days):
        facts = everything(strategy.success.rule, yes=False)
        here = strategy.steps[min(one.step, len(strategy.steps) - 1)]
        if here.only_if is not None:
            facts |= {name: np.array([value]) for name, value in facts_for(here.only_if)}
            if asked(strategy.success.rule, facts, 1)[0]:
                break
        found = stepped(one, strategy, told(strategy, facts), NOW + day * DAY)
        one, sent = found.enrolment, [*sent, *found.messages]
    assert sent, "nothing was ever sent"
    assert len({message.step for message in sent}) == len(sent)
    for message in sent:
        assert message.template == strategy.steps[message.step].template
        assert message.template in BOOK.templates
    begun_anew = begun(strategy, 8, 8, TREATED, NOW, BOOK.fingerprint)
    won = stepped(
        begun_anew, strategy, told(strategy, everything(strategy.success.rule)), NOW + DAY // 2
    )
    assert won.enrolment.state == "succeeded"
    assert won.messages == ()


def test_there_are_74() -> None:
    assert len(BOOK.strategies) == 74


def strategy(*waits: int, within: int = 30, success: Expr = NEVER, **more: object) -> Strategy:
    first = BOOK.strategies[0]
    steps = tuple(
        Step(f"s{i}", wait, ("email",), f"t{i}", "marketing", None) for i, wait in enumerate(waits)
    )
    return replace(
        first,
        key="mine",
        steps=steps,
        cooldown_days=90,
        on=True,
        success=replace(first.success, rule=success, within_days=within),
        **more,
    )  # type: ignore[arg-type]


def walked(
    of: Strategy, one: Enrolment, days: list[int], facts: dict[str, np.ndarray]
) -> tuple[Enrolment, list[Planned]]:
    sent: list[Planned] = []
    for day in days:
        found = stepped(one, of, told(of, facts), NOW + day * DAY)
        one = found.enrolment
        sent += found.messages
    return one, sent


def test_steps_wait_from_the_one_before() -> None:
    of = strategy(0, 3, 4, 7)
    one, sent = walked(of, begun(of, 1, 1, TREATED, NOW, "p"), list(range(31)), NOTHING)
    assert [(m.step, (m.due - NOW) // DAY) for m in sent] == [(0, 0), (1, 3), (2, 7), (3, 14)]
    assert one.state == "finished"


def test_days_without_a_run_lose_nothing_and_send_nothing_twice() -> None:
    of = strategy(0, 3, 4, 7)
    one, sent = walked(of, begun(of, 1, 1, TREATED, NOW, "p"), [0, 0, 9, 9, 29, 31, 31], NOTHING)
    assert [m.step for m in sent] == [0, 1, 2, 3]
    assert one.state == "finished"


@pytest.mark.parametrize("arm", [HELD, GLOBAL])
def test_held_out_people_go_the_same_way_and_are_sent_nothing(arm: str) -> None:
    of = strategy(0, 3, 4)
    (held, nothing), (met, sent) = (
        walked(of, begun(of, 1, 1, a, NOW, "p"), list(range(20)), NOTHING) for a in (arm, TREATED)
    )
    assert nothing == []
    assert len(sent) == 3
    assert replace(held, arm=TREATED) == met


def test_success_ends_the_journey_and_counts_in_both_arms() -> None:
    done = Compare(Term(Fraction(1), "carts"), ">=", Term(Fraction(1)))
    of = strategy(0, 3, success=done)
    yes = NOTHING | {"carts": np.array([1.0])}
    for arm in (TREATED, HELD):
        one, _ = walked(of, begun(of, 1, 1, arm, NOW, "p"), [0], NOTHING)
        one, sent = walked(of, one, [2, 3, 40], yes)
        assert (one.state, sent) == ("succeeded", [])


def test_a_success_after_the_window_is_none() -> None:
    done = Compare(Term(Fraction(1), "carts"), ">=", Term(Fraction(1)))
    of = strategy(0, success=done, within=10)
    one, _ = walked(
        of,
        begun(of, 1, 1, TREATED, NOW, "p"),
        [0, 11],
        NOTHING,
    )
    assert one.state == "finished"
    one, _ = walked(of, one, [12], NOTHING | {"carts": np.array([1.0])})
    assert one.state == "finished"


def test_a_branch_asks_when_it_falls_due() -> None:
    of = strategy(0, 3)
    asked_for = replace(
        of.steps[1], only_if=Compare(Term(Fraction(1), "carts"), "==", Term(Fraction(0)))
    )
    of = replace(of, steps=(of.steps[0], asked_for))
    for carts, steps in ((0.0, [0, 1]), (2.0, [0]), (float("nan"), [0])):
        facts = NOTHING | {"carts": np.array([carts])}
        _, sent = walked(of, begun(of, 1, 1, TREATED, NOW, "p"), [0, 3, 9], facts)
        assert [m.step for m in sent] == steps


def test_who_is_in_it_or_rests_is_not_met_again() -> None:
    of, never = strategy(0), float("nan")
    last = np.array([never, NOW, NOW, NOW, NOW], np.float64)
    inside = np.array([False, True, False, False, False])
    now = NOW + 90 * DAY
    assert may_enter(of, last, inside, now).tolist() == [True, False, True, True, True]
    assert may_enter(of, last, inside, now - 1).tolist() == [True, False, False, False, False]
    assert not may_enter(replace(of, on=False), last, inside, now).any()


def test_no_comparison_with_what_is_unknown_is_true() -> None:
    some = Compare(Term(Fraction(1), "carts"), ">=", Term(Fraction(1)))
    other = Compare(Term(Fraction(1), "carts"), "!=", Term(Fraction(1)))
    unknown = {"carts": np.array([float("nan"), 0.0, 1.0])}
    assert asked(some, unknown, 3).tolist() == [False, False, True]
    assert asked(other, unknown, 3).tolist() == [False, True, False]
    assert asked(Not(some), unknown, 3).tolist() == [True, True, False]
    assert asked(And((Not(some), Always(True))), unknown, 3).tolist() == [True, True, False]
    assert asked(Or((some, Always(True))), unknown, 3).tolist() == [True, True, True]


@pytest.mark.parametrize("row", ["A11", "A12", "B21", "B22"])
def test_what_is_not_measured_yet_holds_no_strategy_back(row: str) -> None:
    """Or it could never be measured: not before it is known to do nothing it is left alone."""
    one = next(one for one in BOOK.strategies if one.id == row)
    facts = everything(one.trigger)
    for name in ("own_uplift", "shop_margin", "capacity_share", "unified_share"):
        facts |= {name: np.array([float("nan")])} if name in facts else {}
    assert asked(one.trigger, facts, 1)[0]


@settings(max_examples=200)
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=5), st.lists(st.integers(-3, 60), max_size=25),
    st.integers(1, 40), st.sampled_from([TREATED, HELD, GLOBAL]),
)  # fmt: skip
def test_whatever_the_clock_does_nothing_is_sent_twice_early_or_to_the_held(
    waits: list[int], days: list[int], within: int, arm: str
) -> None:
    of = strategy(*waits, within=within)
    one, sent = walked(of, begun(of, 1, 1, arm, NOW, "p"), days, NOTHING)
    assert len({m.step for m in sent}) == len(sent)
    assert [m.step for m in sent] == sorted(m.step for m in sent)
    assert not sent or arm == TREATED
    for message in sent:
        assert message.due == NOW + sum(waits[: message.step + 1]) * DAY
        assert message.due < NOW + within * DAY
    if any(day >= within for day in days):
        assert one.state == "finished"
