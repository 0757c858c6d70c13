"""Rulings 19 to 22: referrals, points, months, and who is a raving fan."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from thang.model import DAY, Flag
from thang.policy.schema import Act

from .by_hand import default_policy
from .calendar import after_events, at_check
from .life import Life, lives
from .quantities import Number, Shop, earning, measured
from .rows import Mark, Row
from .story import PLAIN, TZ, WEEK, bar, bought, everybody, moves, on, row

POLICY = default_policy()
PUBLIC, SELF = int(Flag.PUBLIC), int(Flag.SELF)
GOOD = int(Flag.PUBLIC | Flag.VERIFIED)
REFERRER, FRIEND = 1, 2
PLACED = on("2024-05-10 10:00")


def referrals(rows: Sequence[Row], marks: Sequence[Mark] = ()) -> list[tuple[int, int | None]]:
    everyone = lives(rows, marks, POLICY, on("2030-01-01"))
    return [(r.at, r.undone_at) for r in everyone[REFERRER].referrals]


def link(at: int, ref: int = 0, person: int = REFERRER) -> Row:
    return row(at, "referral_converted", person, ref=ref, other=FRIEND)


def sent(at: int, ref: int = 0) -> Row:
    return row(at, "referral_sent", ref=ref)


def first_order(at: int = PLACED) -> Row:
    return row(at, "order_completed", FRIEND, ref=9, amount=100, flags=int(Flag.AMOUNT))


def test_ruling_19_qualified_when_the_friends_first_order_counts() -> None:
    assert referrals([link(PLACED - DAY), first_order()]) == [(PLACED + WEEK, None)]


def test_ruling_19_a_link_after_the_order_qualifies_at_the_later_of_the_two() -> None:
    late = PLACED + 20 * DAY
    assert referrals([link(late), first_order()]) == [(late, None)]


@pytest.mark.parametrize(("days_before", "qualifies"), [(364, True), (365, False), (-1, False)])
def test_ruling_19_sent_within_the_year_before_the_order(days_before: int, qualifies: bool) -> None:
    rows = [sent(PLACED - days_before * DAY, 3), link(PLACED, 3), first_order()]
    assert bool(referrals(rows)) is qualifies


def test_ruling_19_the_latest_of_several_sendings_before_the_order_decides() -> None:
    many = [sent(PLACED - days * DAY) for days in (500, 10, -2)]
    assert referrals([*many, link(PLACED), first_order()])


def test_ruling_19_only_sendings_of_the_same_code_speak_unless_the_link_has_none() -> None:
    old = sent(PLACED - 500 * DAY, ref=4)
    assert referrals([old, link(PLACED - DAY, ref=3), first_order()])
    assert not referrals([old, link(PLACED - DAY, ref=0), first_order()])


def test_ruling_19_without_a_sending_the_link_stands_for_it() -> None:
    assert not referrals([link(PLACED - 365 * DAY), first_order()])
    assert referrals([link(PLACED - 365 * DAY + 1), first_order()])


def test_ruling_4_a_sending_told_after_the_referral_qualified_changes_nothing() -> None:
    rows = [link(PLACED), first_order()]
    assert referrals([*rows, sent(PLACED + WEEK + 1)]) == referrals(rows)
    assert not referrals([*rows, sent(PLACED + WEEK)])


def test_ruling_19_the_first_link_by_another_person_wins() -> None:
    own = row(PLACED - 9 * DAY, "referral_converted", FRIEND, other=FRIEND)
    third = link(PLACED - 5 * DAY, person=3)
    assert referrals([own, link(PLACED - DAY), first_order()])
    assert not referrals([third, link(PLACED - DAY), first_order()])


@pytest.mark.parametrize(("later", "qualifies"), [(0, False), (1, True)])
@pytest.mark.parametrize("who", [REFERRER, FRIEND])
def test_ruling_19_shared_signs_are_judged_by_what_is_known_at_that_instant(
    who: int, later: int, qualifies: bool
) -> None:
    other = REFERRER + FRIEND - who
    marks = [Mark(other, 77, PLACED), Mark(who, 77, PLACED + WEEK + later)]
    assert bool(referrals([link(PLACED), first_order()], marks)) is qualifies


def test_ruling_19_a_voided_first_order_disqualifies_for_good() -> None:
    undo = row(PLACED + 30 * DAY, "order_cancelled", FRIEND, ref=9)
    second = bought(PLACED + 40 * DAY, person=FRIEND)
    assert referrals([link(PLACED), first_order(), undo, second]) == [(PLACED + WEEK, undo.at)]


def test_ruling_19_a_voided_first_order_before_the_link_leaves_nothing_to_qualify() -> None:
    undo = row(PLACED + 30 * DAY, "order_cancelled", FRIEND, ref=9)
    assert not referrals([link(undo.at), first_order(), undo, bought(undo.at + 1, person=FRIEND)])


def test_ruling_19_an_explicit_disqualification_undoes_it() -> None:
    said = row(PLACED + 30 * DAY, "referral_disqualified", other=FRIEND)
    assert referrals([link(PLACED), first_order(), said]) == [(PLACED + WEEK, said.at)]
    assert not referrals([link(PLACED), first_order(), said._replace(at=PLACED + WEEK)])


def test_ruling_13_a_disqualified_referral_ends_advocate_at_once() -> None:
    rows = [
        *(bought(PLACED + days * DAY) for days in (0, 1)),
        link(PLACED),
        first_order(),
        row(PLACED + 20 * DAY, "order_cancelled", FRIEND, ref=9),
    ]
    assert moves(everybody(rows, "2024-07-15")[REFERRER])[-2:] == [
        (PLACED + WEEK, "advocate", "event"),
        (PLACED + 20 * DAY, "customer", "event"),
    ]


def one_life(rows: Sequence[Row]) -> Life:
    return lives(rows, [], POLICY, on("2030-01-01"))[1]


def value(name: str, rows: Sequence[Row], at: int) -> Number:
    shop = Shop(POLICY, PLAIN, ())
    return measured(POLICY.quantities[name], one_life(rows), after_events(at, TZ), shop)


def shared(at: int) -> Row:
    return row(at, "post_shared", flags=PUBLIC)


def test_ruling_20_only_so_many_acts_of_a_kind_earn_within_ninety_days() -> None:
    rows = [shared(PLACED + days * DAY) for days in (0, 10, 89)]
    assert value("advocacy_points", rows, PLACED + 89 * DAY) == 2
    rows.append(shared(PLACED + 90 * DAY))
    assert value("advocacy_points", rows, PLACED + 90 * DAY) == 3


def test_ruling_20_within_an_instant_what_was_told_earns_before_what_was_made_of_it() -> None:
    told = [link(PLACED), first_order(), shared(PLACED + WEEK)]
    line = Act("one", ("referral_qualified", "post_shared"), Fraction(1), cap=1)
    assert [act.kind for act in earning(line, one_life(told).acts)] == ["post_shared"]


def test_ruling_20_a_product_earns_its_review_once_ever() -> None:
    reviews = [
        row(PLACED + days * DAY, "product_reviewed", ref=ref, grade=5, flags=GOOD)
        for days, ref in ((0, 6), (200, 6), (201, 5))
    ]
    assert value("advocacy_points", reviews, PLACED + 201 * DAY) == 2


def test_ruling_20_own_clicks_earn_nothing_and_unknown_clickers_do() -> None:
    clicks = [row(PLACED, "referral_clicked", other=other) for other in (1, 0)]
    assert value("advocacy_points", clicks, PLACED) == 1


def test_ruling_20_outward_acts_count_for_months_when_their_points_were_taken() -> None:
    days = ("2024-03-30", "2024-03-31", "2024-04-01", "2024-05-02")
    rows = [shared(on(day)) for day in days]
    assert value("advocacy_days", rows, on("2024-05-03")) == 2
    assert value("outward_months_of_3", rows, on("2024-05-03")) == 3
    answer = row("2024-06-01", "community_answered", flags=int(Flag.OK))
    assert value("outward_months_of_3", [*rows, answer], on("2024-06-02")) == 2
    assert value("advocacy_points", [*rows, answer], on("2024-06-02")) == Fraction(5, 2)


def test_ruling_21_months_end_with_the_present_one() -> None:
    rows = [shared(on("2024-03-31 23:59"))]
    found = [value("outward_months_of_3", rows, on(day)) for day in ("2024-05-31", "2024-06-01")]
    assert found == [1, 0]
    life, shop = one_life(rows), Shop(POLICY, PLAIN, ())
    quantity = POLICY.quantities["outward_months_of_3"]
    assert measured(quantity, life, at_check(on("2024-06-01"), TZ), shop) == 1


def test_a_failed_answer_leaves_a_severe_ticket_open() -> None:
    opened = row(PLACED, "ticket_opened", ref=4, grade=3)
    failed = row(PLACED + 1, "ticket_resolved", ref=4, flags=int(Flag.FAILED))
    solved = row(PLACED + 2, "ticket_resolved", ref=4)
    assert value("severe_tickets", [opened, failed], PLACED + 2) == 1
    assert value("severe_tickets", [opened, failed, solved], PLACED + 2) == 0


def fan() -> list[Row]:
    rows: list[Row] = []
    for friend, day in enumerate(("2024-01-10", "2024-02-10", "2024-03-10"), 2):
        rows += [
            bought(f"{day} 09:00", 500),
            row(f"{day} 10:00", "referral_converted", other=friend),
            bought(f"{day} 11:00", 100, person=friend),
        ]
    return rows


def test_ruling_22_a_raving_fan_sells_again_and_again() -> None:
    last = on("2024-03-10 11:00")
    assert moves(everybody(fan(), "2024-03-11")[1])[-1] == (last, "raving_fan", "event")


@pytest.mark.parametrize(
    "trouble",
    [
        row("2024-03-01", "complaint_posted"),
        row("2024-03-01", "product_reviewed", grade=2, flags=PUBLIC),
        row("2024-03-01", "ticket_opened", ref=8, grade=3),
    ],
)
def test_ruling_22_open_trouble_keeps_one_from_entering_but_not_from_staying(trouble: Row) -> None:
    assert everybody([*fan(), trouble], "2024-03-11")[1].level == 5
    later = trouble._replace(at=on("2024-03-12"))
    assert everybody([*fan(), later], "2024-03-13")[1].level == 6


@pytest.mark.parametrize(("buyers", "level"), [(499, 6), (500, 5)])
def test_ruling_23_a_small_shop_is_told_by_its_bar(buyers: int, level: int) -> None:
    bars = [bar("2024-01-01", buyers=buyers)]
    rows = [*fan()[:6], shared(on("2024-03-01")), bought("2024-03-10 09:00")]
    assert everybody(rows, "2024-03-11", bars=bars)[1].level == level


@pytest.mark.parametrize(("median", "level"), [(1500, 6), (1501, 5), (None, 6)])
def test_ruling_17_a_missing_median_of_members_is_waived(median: int | None, level: int) -> None:
    bars = [bar("2024-01-01", median_member_spend=median)]
    assert everybody(fan(), "2024-03-11", bars=bars)[1].level == level
