"""The gate: unknown is not passed, each check at its border, and when it opens and closes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from thang.policy.aims import Gate, StageRules
from thang.river.stage.checks import CHECKS, NEXT, Check, GateSignals, Pilot, checks, needed
from thang.river.stage.gate import Override, gate_state, opens, readiness
from thang.river.stage.signals import Share

GATE, STAGE = Gate(monthly_capacity=400), StageRules()
UNKNOWN = GateSignals(
    love=Share(0, 0), back=None, cohorts=0, incidents=None, resolved=None, open_severe=0,
    stars=Share(0, 0), viral=0, orders_ahead=0,
)  # fmt: skip
PILOT = Pilot(30, 12, Share(16, 400), Share(3, 300), 5)
READY = GateSignals(
    love=Share(30, 50), back=0.9, cohorts=5, incidents=Share(4, 300), resolved=Share(19, 20),
    open_severe=0, stars=Share(58, 60), viral=40, orders_ahead=200, on_time=Share(96, 100),
    attributed=Share(20, 20), published=True, pilot=PILOT,
)  # fmt: skip


def passed(of: GateSignals) -> set[str]:
    return {check.key for check in checks(of, GATE, STAGE) if check.passed}


def failing(of: GateSignals) -> dict[str, str]:
    return {check.key: check.why for check in checks(of, GATE, STAGE) if not check.passed}


def test_all_seven_pass_in_a_shop_that_is_ready() -> None:
    assert passed(READY) == set(CHECKS)
    assert readiness(checks(READY, GATE, STAGE)) == 1.0


def test_of_an_unknown_shop_nothing_passes_and_each_says_why() -> None:
    found = checks(UNKNOWN, GATE, STAGE)
    assert [check.key for check in found] == list(CHECKS)
    assert not any(check.passed for check in found)
    assert all(check.why for check in found)
    assert readiness(found) < 0.2


def test_nineteen_of_forty_are_needed_and_36_of_80() -> None:
    assert [needed(n, GATE, STAGE) for n in (40, 80, 150)] == [19, 36, 66]


@pytest.mark.parametrize(
    ("change", "check", "why"),
    [
        ({"love": Share(39, 39), "back": None}, "love", "few answers"),
        ({"love": Share(18, 40), "back": 0.9, "cohorts": 2}, "love", "little love"),
        ({"incidents": None}, "quality", "no tickets"),
        ({"incidents": Share(0, 29)}, "quality", "few orders"),
        ({"incidents": Share(12, 300)}, "quality", "much goes wrong"),
        ({"incidents": Share(900, 300)}, "quality", "much goes wrong"),
        ({"resolved": None}, "recovery", "no tickets"),
        ({"resolved": Share(16, 20)}, "recovery", "slow recovery"),
        ({"open_severe": 1}, "recovery", "severe open"),
        ({"stars": Share(29, 29)}, "taste", "few reviews"),
        ({"stars": Share(51, 60)}, "taste", "few stars"),
        ({"orders_ahead": 267}, "capacity", "too small"),
        ({"on_time": None}, "capacity", "punctuality unknown"),
        ({"on_time": Share(90, 100)}, "capacity", "late parcels"),
        ({"attributed": None}, "plumbing", "referrals untested"),
        ({"attributed": Share(18, 20)}, "plumbing", "referrals lost"),
        ({"published": False}, "plumbing", "terms unpublished"),
        ({"pilot": None}, "pilot", "no pilot"),
        ({"pilot": replace(PILOT, days=29)}, "pilot", "pilot runs"),
        ({"pilot": replace(PILOT, people=9)}, "pilot", "pilot runs"),
        ({"viral": 260}, "pilot", "pilot runs"),
        ({"pilot": replace(PILOT, during=Share(15, 300))}, "pilot", "pilot went badly"),
        ({"pilot": replace(PILOT, sentiment=-1)}, "pilot", "pilot went badly"),
    ],
)  # fmt: skip
def test_one_thing_amiss_is_one_check_not_passed(
    change: dict[str, object], check: str, why: str
) -> None:
    assert failing(replace(READY, **change)) == {  # type: ignore[arg-type]
        check: why.replace(" ", "_")
    }


def test_a_capacity_nobody_said_is_not_passed() -> None:
    found = checks(READY, replace(GATE, monthly_capacity=None), STAGE)[4]
    assert (found.passed, found.why, found.then) == (False, "capacity_unknown", "say_capacity")


def test_each_reason_has_what_to_do_next() -> None:
    found = checks(UNKNOWN, GATE, STAGE)
    assert [NEXT[check.why] for check in found] == [check.then for check in found]
    assert all(check.then for check in found)
    assert {check.then for check in checks(READY, GATE, STAGE)} == {""}


@pytest.mark.parametrize(
    "change",
    [
        {"love": Share(19, 40), "back": None},
        {"love": Share(0, 0)},  # old customers come back instead
        {"incidents": Share(0, 40)},  # few orders, and a wider border
        {"orders_ahead": 266},
        {"attributed": Share(19, 20)},
    ],
)
def test_borders_are_passed_when_they_are_reached(change: dict[str, object]) -> None:
    assert passed(replace(READY, **change)) == set(CHECKS)  # type: ignore[arg-type]


def test_bounds_are_those_of_a_beta() -> None:
    quality = checks(READY, GATE, STAGE)[1]
    assert quality.numbers["high"] == pytest.approx(stats.beta.ppf(0.9, 5, 297))
    taste = checks(READY, GATE, STAGE)[3]
    assert taste.numbers["low"] == pytest.approx(stats.beta.ppf(0.2, 59, 3))


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 400))
def test_progress_is_a_share_and_1_only_when_passed(k: int, more: int, orders: int) -> None:
    some = replace(
        READY, love=Share(k, k + more), stars=Share(k, k + more), resolved=Share(more, k + more),
        incidents=Share(k, orders), orders_ahead=orders,
    )  # fmt: skip
    for check in checks(some, GATE, STAGE):
        assert 0 <= check.progress <= 1
        assert (check.progress == 1) == check.passed


def test_a_shop_without_one_order_needs_no_room() -> None:
    idle = replace(READY, orders_ahead=0)
    assert checks(idle, GATE, STAGE)[4].passed


WEEK = frozenset(CHECKS)
BAD = WEEK - {"quality"}


def found(passed: frozenset[str]) -> tuple[Check, ...]:
    return tuple(Check(key, key in passed, 0.5, "", "", {}) for key in CHECKS)


def test_it_opens_when_all_pass_and_closes_after_two_bad_weeks() -> None:
    assert opens(was_open=False, past=(), found=found(WEEK), rules=GATE)
    assert not opens(was_open=False, past=(WEEK,), found=found(WEEK - {"pilot"}), rules=GATE)
    assert opens(was_open=True, past=(WEEK,), found=found(BAD), rules=GATE)
    assert not opens(was_open=True, past=(WEEK, BAD), found=found(BAD), rules=GATE)
    assert not opens(was_open=True, past=(WEEK - {"recovery"},), found=found(BAD), rules=GATE)
    assert opens(was_open=True, past=(BAD, WEEK), found=found(BAD), rules=GATE)
    assert opens(was_open=True, past=(WEEK, WEEK), found=found(WEEK - {"love"}), rules=GATE)


def test_a_stricter_policy_is_obeyed() -> None:
    strict = replace(GATE, stars=Fraction(99, 100))
    assert not checks(READY, strict, STAGE)[3].passed


def test_the_latest_word_of_an_owner_holds_until_it_runs_out() -> None:
    weak = found(BAD)
    early = Override(10, True, "a fair we cannot miss", "owner", 90)
    late = Override(50, False, "the kitchen burnt", "owner", 70)
    stands = [gate_state(False, weak, [early, late], at) for at in (9, 10, 49, 50, 69, 70, 95)]
    assert [one.opened for one in stands] == [False, True, True, False, False, False, False]
    assert not any(one.earned for one in stands)
    shut = gate_state(True, found(WEEK), [late], 60)
    assert (shut.opened, shut.earned, shut.override) == (False, True, late)
