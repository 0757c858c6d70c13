"""Rulings 5 to 9: when an order counts, what it is worth, and when it no longer is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from thang.model import DAY

from .by_hand import default_policy
from .calendar import after_events
from .life import Life, lives
from .orders import Part, living_day_orders, parts_of
from .quantities import Number, Shop, measured, since_order
from .rows import Row, in_time
from .story import (
    AMOUNT,
    DELIVERED,
    FINAL,
    PLAIN,
    TZ,
    WEEK,
    bought,
    everybody,
    moves,
    on,
    refunded,
    row,
)

POLICY = default_policy()
PLACED = on("2024-05-10 10:00")


def parts(*rows: Row) -> list[Part]:
    return parts_of(in_time(rows), POLICY)


def placed(flags: int = 0, at: int = PLACED, amount: int = 500, ref: int = 7) -> Row:
    return row(at, "order_completed", ref=ref, amount=amount, flags=flags | AMOUNT)


def left(part: Part, at: int) -> int | None:
    moment = after_events(at, TZ)
    return part.left(moment) if part.lives(moment) else None


def test_ruling_5_a_final_order_counts_at_once() -> None:
    assert [part.counts_at for part in parts(placed(FINAL))] == [PLACED]


def test_ruling_5_a_completed_order_counts_after_the_return_window() -> None:
    assert [part.counts_at for part in parts(placed())] == [PLACED + WEEK]


def test_ruling_5_a_delivered_order_counts_a_return_window_after_its_first_delivery() -> None:
    brought = [row(PLACED + n * DAY, "order_delivered", ref=7) for n in (3, 4)]
    assert parts(placed(DELIVERED)) == []
    assert [p.counts_at for p in parts(placed(DELIVERED), *brought)] == [PLACED + 3 * DAY + WEEK]


def test_ruling_5_a_pending_order_does_not_count_yet() -> None:
    assert moves(everybody([placed()], "2024-05-17 09:59")[1]) == [(PLACED, "shopper", "event")]
    assert moves(everybody([placed()], "2024-05-17 10:00")[1])[-1] == (
        PLACED + WEEK,
        "customer",
        "event",
    )


@pytest.mark.parametrize("kind", ["order_cancelled", "order_delivery_failed", "chargeback"])
@pytest.mark.parametrize(("days", "voided"), [(-1, False), (0, False), (8, True)])
def test_ruling_6_undone_before_it_counts_or_voided_after(
    kind: str, days: int, voided: bool
) -> None:
    at = PLACED + WEEK + days * DAY
    lived = parts(placed(), row(at, kind, ref=7))
    assert [part.voided_at for part in lived] == ([at] if voided else [])


def test_ruling_6_the_past_is_not_rewritten_by_a_voiding() -> None:
    rows = [placed(FINAL), row(PLACED + 30 * DAY, "order_cancelled", ref=7)]
    assert moves(everybody(rows, "2024-12-01")[1]) == [
        (PLACED, "customer", "event"),
        (PLACED + 30 * DAY, "shopper", "event"),
        (PLACED + 180 * DAY, "lead", "due"),
    ]


def test_ruling_7_a_partial_refund_lowers_the_money_from_its_instant() -> None:
    [part] = parts(placed(FINAL), refunded(PLACED + DAY, 200, 7))
    assert [left(part, PLACED + n) for n in (0, DAY - 1, DAY)] == [500, 500, 300]


def test_ruling_8_refunds_never_exceed_what_is_left_and_the_last_one_voids() -> None:
    at = PLACED + DAY
    [part] = parts(placed(FINAL), refunded(at, 200, 7), refunded(at + 1, 9_999, 7))
    assert part.voided_at == at + 1
    [rest] = parts(placed(FINAL), refunded(at, None, 7), refunded(at + 1, 5, 7))
    assert rest.voided_at == at


def test_ruling_8_refunds_before_counting_lower_what_begins_to_count() -> None:
    [part] = parts(refunded(PLACED - DAY, 100, 7), placed(), refunded(PLACED + WEEK, 150, 7))
    assert part.money == ((PLACED + WEEK, 250),)
    assert parts(placed(), refunded(PLACED + 1, None, 7)) == []


def test_ruling_8_the_first_row_dates_an_order_and_the_first_amount_is_its_amount() -> None:
    rows = [
        row(PLACED, "order_updated", ref=7, flags=FINAL),
        placed(0, PLACED, 300),
        placed(0, PLACED + DAY, 900),
    ]
    [part] = parts(*rows)
    assert (part.counts_at, left(part, PLACED + 2 * DAY)) == (PLACED, 300)


def test_ruling_4_an_amount_told_late_counts_from_then_on() -> None:
    rows = [row(PLACED, "order_completed", ref=7, flags=FINAL), placed(0, PLACED + DAY, 900)]
    [part] = parts(*rows)
    assert [left(part, PLACED + n) for n in (0, DAY)] == [0, 900]


def test_ruling_8_rows_without_an_order_id_are_orders_of_their_own() -> None:
    assert len(parts(bought("2024-05-10 08:00"), bought("2024-05-10 08:00"))) == 2
    assert parts(row(PLACED, "order_cancelled")) == []


def test_ruling_8_a_zero_or_negative_amount_is_still_an_order() -> None:
    both = parts(placed(FINAL, amount=0), placed(FINAL, amount=-5, ref=8))
    assert [left(part, PLACED) for part in both] == [0, 0]


def test_ruling_8_orders_of_one_shop_day_are_one_dated_by_the_earliest_living_part() -> None:
    late = "2024-05-10 23:59"
    early = placed(FINAL)
    other = bought(late, ref=8)
    undo = row(on(late) + DAY, "order_cancelled", ref=7)
    both = parts(early, other, undo)
    dates = [
        [order.date for order in living_day_orders(both, after_events(at, TZ))]
        for at in (on(late), undo.at)
    ]
    assert dates == [[PLACED], [on(late)]]


def test_ruling_8_midnight_of_the_shop_parts_two_orders() -> None:
    both = parts(bought("2024-05-10 23:59"), bought("2024-05-11 00:00"))
    assert len(living_day_orders(both, after_events(on("2024-05-12"), TZ))) == 2


def test_ruling_8_each_parts_money_leaves_the_window_by_its_own_instant() -> None:
    rows = [placed(FINAL), placed(0, on("2024-05-10 09:00"), 40, ref=8)]
    life = lives(rows, [], POLICY, on("2025-01-01"))[1]
    shop = Shop(POLICY, PLAIN, ())

    def in_w(at: int) -> list[Number]:
        moment = after_events(at, TZ)
        return [measured(POLICY.quantities[n], life, moment, shop) for n in ("orders", "spend")]

    assert in_w(PLACED + 180 * DAY - 1) == [1, 540]
    assert in_w(PLACED + 180 * DAY) == [0, 40]
    assert in_w(on("2024-05-17 09:00") + 180 * DAY) == [0, 0]


def test_the_return_window_is_the_policys() -> None:
    policy = replace(POLICY, shop=replace(POLICY.shop, return_window_days=0))
    assert [part.counts_at for part in parts_of([placed()], policy)] == [PLACED]


def test_since_order_is_infinite_without_an_order() -> None:
    nobody = Life(1, (), (), (), ())
    assert since_order(nobody, after_events(PLACED, TZ)) > 10**30
