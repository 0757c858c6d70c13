"""Rulings 1 to 4a: windows, checks, what an instant sees, and what the past owes the future."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thang.model import DAY

from .by_hand import default_policy
from .calendar import add_months, after_events, at_check, checks_between, month_of
from .quantities import Shop, in_window
from .story import PLAIN, TZ, bought, everybody, moves, on, row
from .strategies import Case, cases

SHOP = Shop(default_policy(), PLAIN, ())


def test_ruling_1_an_act_exactly_as_old_as_the_window_has_left_it() -> None:
    now = on("2024-03-01")
    moment = after_events(now, TZ)
    assert not in_window(now - 60 * DAY, 60, moment, SHOP)
    assert in_window(now - 60 * DAY + 1, 60, moment, SHOP)


def test_ruling_2_the_check_sees_what_happened_strictly_before() -> None:
    orders = [bought(at) for at in ("2024-01-10", "2024-01-20", "2024-02-01")]
    person = everybody(orders, "2024-02-02")[1]
    assert moves(person)[-1] == (on("2024-02-01"), "member", "event")


def test_ruling_2_due_then_check_then_events_are_three_moves_of_one_instant() -> None:
    at = on("2024-07-01")
    acts = [row(at - 180 * DAY, "signed_up"), row(at, "price_asked")]
    assert moves(everybody(acts, "2024-07-02")[1])[1:] == [
        (at, "lead", "due"),
        (at, "shopper", "event"),
    ]


def test_ruling_2_the_present_month_of_a_check_has_just_ended() -> None:
    first = on("2024-03-01")
    assert at_check(first, TZ).month == month_of(on("2024-02-29"), TZ)
    assert after_events(first, TZ).month == month_of(on("2024-03-31"), TZ)


def test_ruling_2_checks_are_at_midnight_of_the_shop() -> None:
    assert checks_between(on("2024-01-31 23:59"), on("2024-03-01"), TZ) == [
        on("2024-02-01"),
        on("2024-03-01"),
    ]
    assert checks_between(on("2024-02-01"), on("2024-02-29 23:59"), TZ) == []


def test_ruling_4_the_last_instant_of_a_day_does_not_see_the_next_midnight() -> None:
    orders = [bought("2024-01-10")]
    assert moves(everybody(orders, "2024-01-10")[1]) == [(on("2024-01-10"), "customer", "event")]
    assert everybody(orders, "2024-01-09 23:59:59") == {}


def test_ruling_4a_month_arithmetic_keeps_the_clock_and_clips() -> None:
    assert add_months(on("2023-08-31 09:30"), 6, TZ) == on("2024-02-29 09:30")
    assert add_months(on("2022-08-31 09:30"), 6, TZ) == on("2023-02-28 09:30")
    zone = "America/New_York"
    assert add_months(on("2024-01-15 09:30", zone), 6, zone) == on("2024-07-15 09:30", zone)


@given(cases(), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_ruling_4_an_earlier_answer_is_a_prefix_of_a_later_one(case: Case, share: int) -> None:
    first = min(row.at for row in case.told.rows)
    earlier_as_of = first + (case.told.as_of - first) * share // 10_000
    earlier, later = case.judged(min(earlier_as_of, case.told.as_of)), case.judged()
    for person, verdict in earlier.items():
        lived = [move for move in later[person].transitions if move[0] <= earlier_as_of]
        assert list(verdict.transitions) == lived


@given(cases(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_order_of_telling_and_telling_twice_change_nothing(case: Case, rng: object) -> None:
    told = case.told
    mixed = [*told.rows, *told.rows[::3]]
    getattr(rng, "shuffle")(mixed)  # noqa: B009
    assert case._replace(told=told._replace(rows=mixed)).judged() == case.judged()
