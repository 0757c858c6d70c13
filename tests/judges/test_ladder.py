"""Rulings 10 to 15, 22, 28 and 29: gaining, holding, renewing and losing a rung."""

from __future__ import annotations

from dataclasses import replace

import pytest

from thang.model import DAY, Flag
from thang.policy.schema import Policy

from .by_hand import default_policy
from .rows import Row
from .story import CLUB, PLAIN, bar, bought, everybody, moves, on, refunded, row

ASKING = replace(PLAIN, consent_recorded=True)
PUBLIC = int(Flag.PUBLIC)
THREE = ("2024-01-10", "2024-01-20", "2024-02-05")


def changed(key: str, **what: object) -> Policy:
    policy = default_policy()
    levels = [replace(x, **what) if x.key == key else x for x in policy.levels]  # type: ignore[arg-type]
    return replace(policy, levels=tuple(levels))


def three(amount: int = 100) -> list[Row]:
    return [bought(at, amount, ref=number) for number, at in enumerate(THREE, 1)]


def test_ruling_10_lead_from_the_first_event_of_any_kind() -> None:
    verdict = everybody([row("2024-01-10 08:00", "cost_recorded")], "2024-03-01")[1]
    assert moves(verdict) == [(on("2024-01-10 08:00"), "lead", "event")]


def test_ruling_10_shopper_ends_180_days_after_the_last_listed_act_of_any_weight() -> None:
    acts = [row("2024-01-10 08:00", "signed_up"), row("2024-02-10 09:00", "page")]
    assert moves(everybody(acts, "2025-01-01")[1]) == [
        (on("2024-01-10 08:00"), "shopper", "event"),
        (on("2024-02-10 09:00") + 180 * DAY, "lead", "due"),
    ]


def test_ruling_10_three_weak_acts_need_two_days_and_an_opened_mail_is_half() -> None:
    pages = [row("2024-01-10 08:00", "page"), row("2024-01-10 09:00", "page")]
    mails = [row(f"2024-01-11 0{hour}:00", "email_opened") for hour in (8, 9)]
    assert everybody([*pages, mails[0]], "2024-01-12")[1].level == 0
    assert everybody([*pages, *mails], "2024-01-12")[1].level == 1
    assert everybody([*pages, row("2024-01-10 10:00", "page")], "2024-01-12")[1].level == 0


def test_ruling_10_joining_is_a_strong_act() -> None:
    verdict = everybody([row("2024-01-10", "membership_joined")], "2024-01-11", settings=CLUB)[1]
    assert verdict.level == 1


def test_ruling_11_no_rung_requires_the_one_below_and_a_jump_is_one_move() -> None:
    rows = [bought(at, 400) for at in ("2024-01-10", "2024-01-20", "2024-02-05")]
    verdict = everybody(rows, "2024-02-06", bars=[bar("2024-01-01", 1200)])[1]
    assert [name for _, name, _ in moves(verdict)] == ["customer", "premier"]
    assert verdict.facets == {"lead", "customer", "member", "premier"}


def test_ruling_11_a_check_promotes_when_a_bar_appears() -> None:
    verdict = everybody(three(400), "2024-04-02", bars=[bar("2024-04-01", 1200)])[1]
    assert moves(verdict)[-1] == (on("2024-04-01"), "premier", "check")


def test_ruling_11a_an_open_channel_is_asked_once_consent_is_recorded() -> None:
    granted = row("2024-02-20", "consent_granted", ref=5)
    withdrawn = row("2024-02-25", "consent_withdrawn", ref=5)
    assert everybody(three(), "2024-02-28")[1].level == 3
    assert everybody(three(), "2024-02-28", settings=ASKING)[1].level == 2
    gained = everybody([*three(), granted], "2024-02-28", settings=ASKING)[1]
    assert moves(gained)[-1] == (granted.at, "member", "event")
    kept = everybody([*three(), granted, withdrawn], "2024-04-28", settings=ASKING)[1]
    assert (kept.level, kept.observed_level) == (3, 2)


def test_ruling_12_the_keep_rule_is_not_asked_while_the_hold_runs() -> None:
    verdict = everybody(three(), "2025-02-28")[1]
    assert (verdict.level, verdict.pressure) == (3, True)
    lost = everybody(three(), "2025-03-01")[1]
    assert moves(lost)[-1] == (on("2025-03-01"), "customer", "check")


def test_ruling_4a_a_check_exactly_at_the_end_of_the_hold_asks() -> None:
    rows = [bought(at) for at in ("2024-01-10", "2024-01-20", "2024-02-01")]
    assert moves(everybody(rows, "2025-03-01")[1])[-1] == (on("2025-02-01"), "customer", "check")


def test_ruling_12_grace_two_loses_at_the_third_failed_check_in_a_row() -> None:
    policy = changed("premier", hold_months=1)
    bars = [bar("2024-01-01", 1200)]
    verdict = everybody(three(400), "2025-06-01", policy=policy, bars=bars)[1]
    # The first order leaves W on 8 July: renewed on 1 July, failed in August, September, October.
    lost = [at for at, _, cause in moves(verdict) if cause == "check"]
    assert lost[0] == on("2024-10-01")


def test_ruling_12_a_renewal_takes_the_lower_of_own_and_present_bar() -> None:
    policy = changed("premier", hold_months=1)
    higher = [bar("2024-01-01", 1200), bar("2024-04-01", 9000)]
    lower = [bar("2024-01-01", 1200), bar("2024-04-01", 900)]
    gone = [bar("2024-01-01", 1200), bar("2024-04-01", None)]
    for bars, own in ((higher, 1200), (lower, 900), (gone, 1200)):
        held = everybody(three(400), "2024-04-02", policy=policy, bars=bars)[1].held["premier"]
        assert (held.since, held.own_bar) == (on("2024-04-01"), own)


def test_ruling_12_a_kept_check_forgets_failures() -> None:
    policy = changed("premier", hold_months=0)
    bars = [bar("2024-01-01", 1200)]
    dip = [refunded("2024-02-10", 390, 3), bought("2024-03-05", 100, ref=9)]
    at_dip = everybody([*three(400), *dip], "2024-03-01", policy=policy, bars=bars)[1]
    after = everybody([*three(400), *dip], "2024-04-01", policy=policy, bars=bars)[1]
    assert (at_dip.held["premier"].failures, after.held["premier"].failures) == (1, 0)
    assert after.held["premier"].since == on("2024-02-05")


def test_ruling_13_a_voided_order_ends_what_it_turns_from_met_to_failed() -> None:
    undo = [row(f"2024-02-1{n} 09:00", "order_cancelled", ref=n) for n in (1, 2)]
    verdict = everybody([*three(), *undo], "2024-02-20")[1]
    assert moves(verdict)[-1] == (undo[1].at, "customer", "event")


def test_ruling_13_a_voiding_ends_nothing_that_had_failed_before() -> None:
    undo = row("2024-12-01 09:00", "order_cancelled", ref=1)
    verdict = everybody([*three(), undo], "2024-12-02")[1]
    assert verdict.level == 3


def test_ruling_13_a_partial_refund_waits_for_the_check() -> None:
    bars = [bar("2024-01-01", 1200)]
    back = refunded("2024-02-10", 390, 3)
    verdict = everybody([*three(400), back], "2024-02-20", bars=bars)[1]
    assert (verdict.level, verdict.observed_level) == (4, 3)


@pytest.mark.parametrize("lifted", [False, True])
def test_ruling_13_a_fraud_hold_ends_the_kept_rungs_until_it_is_lifted(lifted: bool) -> None:
    rows = [*three(400), row("2024-02-10", "fraud_hold_set")]
    if lifted:
        rows.append(row("2024-02-12", "fraud_hold_lifted"))
    verdict = everybody(rows, "2024-03-02", bars=[bar("2024-01-01", 1200)])[1]
    names = [name for _, name, _ in moves(verdict)]
    assert names == ["customer", "premier", "customer", *(["premier"] if lifted else [])]


def test_ruling_13_the_silent_condition_stands_in_the_keep_rule_too() -> None:
    policy = replace(changed("member", hold_months=0), blocked_by=())
    verdict = everybody(
        [*three(), row("2024-02-10", "fraud_hold_set")], "2024-03-02", policy=policy
    )
    assert moves(verdict[1])[-2:] == [
        (on("2024-02-05"), "member", "event"),
        (on("2024-03-01"), "customer", "check"),
    ]


def test_ruling_13_leaving_the_programme_ends_member_at_once() -> None:
    rows = [row("2024-01-05", "membership_joined"), *three(), row("2024-02-10", "membership_left")]
    verdict = everybody(rows, "2024-02-11", settings=CLUB)[1]
    assert moves(verdict)[-1] == (on("2024-02-10"), "customer", "event")


def test_ruling_13_what_an_instant_ends_it_does_not_give_back() -> None:
    leave, join = (row("2024-02-10", f"membership_{what}") for what in ("left", "joined"))
    rows = [row("2024-01-05", "membership_joined"), *three(), leave, join]
    verdict = everybody(rows, "2024-03-02", settings=CLUB)[1]
    assert moves(verdict)[-2:] == [
        (on("2024-02-10"), "customer", "event"),
        (on("2024-03-01"), "member", "check"),
    ]


def test_ruling_14_a_lost_rung_is_earned_again_as_a_new_entry() -> None:
    again = [bought(at) for at in ("2025-03-02", "2025-03-03", "2025-03-04")]
    verdict = everybody([*three(), *again], "2025-03-10")[1]
    assert moves(verdict)[-1] == (on("2025-03-04"), "member", "event")
    assert verdict.held["member"].since == on("2025-03-04")


def test_ruling_15_observed_level_holds_nothing() -> None:
    verdict = everybody(three(), "2024-12-01")[1]
    assert (verdict.level, verdict.observed_level, verdict.pressure) == (3, 2, True)


def test_ruling_16_where_no_bar_exists_premier_cannot_be_earned() -> None:
    none = everybody(three(10**9), "2024-02-20", bars=[bar("2024-01-01", None)])[1]
    assert none.level == 3
    assert everybody(three(10**9), "2024-02-20")[1].level == 3


def test_ruling_16_a_bar_serves_its_own_quarter_only_from_its_first_instant() -> None:
    bars = [bar("2024-01-01", 10**9), bar("2024-04-01", 1200)]
    before = everybody(three(400), "2024-03-31 23:59", bars=bars)[1]
    assert before.level == 3
    assert everybody(three(400), "2024-04-01", bars=bars)[1].level == 4


def test_ruling_28_activity_counts_gaps_since_the_last_order() -> None:
    bars = [bar("2024-01-01", gap=10 * DAY)]
    first = [bought("2024-01-10 00:00")]
    told = [
        everybody(first, as_of, bars=bars)[1].activity
        for as_of in (
            "2024-01-24 23:59",
            "2024-01-25 00:00",
            "2024-02-08 23:59",
            "2024-02-09 00:00",
            "2024-03-10 00:00",
        )
    ]
    assert told == ["new", "at_risk", "at_risk", "dormant", "lost"]
    assert everybody([row("2024-01-10", "page")], "2024-01-11")[1].activity == "none"


def test_ruling_22_three_orders_make_a_personal_gap_else_the_shops_else_a_quarter_of_w() -> None:
    bars = [bar("2024-01-01", gap=1)]
    person = everybody(three(), "2024-02-05 00:00", bars=bars)[1]
    assert person.activity == "active"
    two = everybody(three()[:2], "2024-01-20 00:00:01", bars=bars)[1]
    assert two.activity == "lost"
    assert everybody(three()[:2], "2024-03-27 11:59")[1].activity == "active"
    assert everybody(three()[:2], "2024-03-27 12:00")[1].activity == "at_risk"


def test_ruling_29_shopper_is_no_facet_of_a_customer() -> None:
    verdict = everybody([row("2024-01-05", "signed_up"), bought("2024-01-10")], "2024-01-11")[1]
    assert verdict.facets == {"lead", "customer"}
    assert "shopper" in verdict.held


def test_ruling_29_a_seasonal_shop_asks_once_a_year_and_has_no_grace() -> None:
    policy = changed("premier", hold_months=1, grace=3)
    policy = replace(policy, shop=replace(policy.shop, seasonal=True))
    verdict = everybody(three(400), "2025-06-01", policy=policy, bars=[bar("2024-01-01", 1200)])[1]
    assert [(at, name) for at, name, cause in moves(verdict) if cause == "check"] == [
        (on("2025-01-01"), "member")
    ]
