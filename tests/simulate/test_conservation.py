"""Nothing comes from nothing: tickets, orders and costs belong together, to the same person."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from thang.model import DAY, Cost, Event, Flag

from .conftest import Lived, few


def key(event: Event) -> str:
    return event.identifiers[0].value


def placed(lived: Lived) -> dict[str, Event]:
    return {event.ref: event for event in lived.of("order_completed")}


@pytest.fixture(scope="module", params=["small", "viral_too_early", "fraud_ring"])
def shop(request: pytest.FixtureRequest, small: Lived) -> Lived:
    return small if request.param == "small" else few(request.param)


def test_what_comes_after_an_order_is_about_one_that_was_placed(shop: Lived) -> None:
    orders = placed(shop)
    later = shop.of(
        "order_delivered",
        "order_delivery_failed",
        "order_cancelled",
        "order_refunded",
        "chargeback",
    )
    assert len({event.kind for event in later}) >= 4
    for event in later:
        assert key(event) == key(orders[event.ref])
        assert event.at > orders[event.ref].at
    ends = Counter(event.ref for event in later if event.kind != "order_refunded")
    delivered = {event.ref for event in shop.of("order_delivered")}
    charged = {event.ref for event in shop.of("chargeback")}
    assert charged <= delivered
    assert all(count == 1 + (ref in charged) for ref, count in ends.items())


def test_tickets_are_about_orders_that_arrived_and_are_settled_once(shop: Lived) -> None:
    arrived = {event.ref: event for event in shop.of("order_delivered")}
    opened = {event.ref: event for event in shop.of("ticket_opened")}
    assert len(opened) == len(shop.of("ticket_opened"))
    for event in opened.values():
        order = arrived[event.ref.removeprefix("PH-")]
        assert key(event) == key(order)
        assert 0 < event.at - order.at < 2 * DAY
        assert (Flag.THEIRS in event.flags) == (event.properties["fault"] == "customer")
    settled = Counter(event.ref for event in shop.of("ticket_resolved"))
    assert set(settled) <= set(opened)
    assert set(settled.values()) == {1}


def test_costs_of_an_order_belong_to_it_and_come_when_it_ends(shop: Lived) -> None:
    orders = placed(shop)
    ends = {e.ref: e for e in shop.of("order_delivered", "order_delivery_failed")}
    told: dict[str, dict[int, int]] = defaultdict(dict)
    for event in shop.of("cost_recorded"):
        assert event.amount is not None
        assert event.amount > 0
        if event.ref in orders:
            assert key(event) == key(orders[event.ref])
            assert event.at >= ends[event.ref].at
            assert event.grade not in told[event.ref]
            told[event.ref][event.grade] = event.amount
        else:
            assert event.grade in (Cost.ACQUISITION, Cost.CONTACT, Cost.GIFT)
    last = max(event.at for event in shop.events) - DAY
    for ref, end in ends.items():
        if end.at < last:
            refused = end.kind == "order_delivery_failed"
            wanted = {Cost.RETURN} if refused else {Cost.SHIPPING, Cost.FEE}
            assert set(told[ref]) - {Cost.GOODS} == wanted


def test_the_cost_of_goods_is_missing_for_some_products_and_for_all_their_orders(
    shop: Lived,
) -> None:
    products = {one.product: one for one in shop.truth.products}
    orders = placed(shop)
    told = {e.ref: e for e in shop.of("cost_recorded") if e.grade == Cost.GOODS}
    delivered = [event.ref for event in shop.of("order_delivered")][:-20]
    for ref in delivered:
        one = products[str(orders[ref].properties["product_id"])]
        assert (ref in told) == one.recorded
        if one.recorded:
            amount, price = told[ref].amount, orders[ref].amount
            assert amount is not None
            assert price is not None
            assert abs(amount - one.goods * price) <= 500
    unknown = sum(not one.recorded for one in products.values())
    assert 0.05 < unknown / len(products) < 0.4


def test_everybody_is_won_once_by_money_or_by_a_friend(shop: Lived) -> None:
    owner = {name: p.key for p in shop.truth.people for name in (p.customer_id, *p.anonymous_ids)}
    won = Counter(
        owner[key(event)] for event in shop.of("cost_recorded") if event.grade == Cost.ACQUISITION
    )
    assert set(won.values()) == {1}
    for person in shop.truth.people:
        came_alone = person.referred_by is None and person.ring is None
        assert (person.key in won) == (person.arrived_at is not None and came_alone)


def test_help_is_for_orders_and_tickets_of_the_same_person(shop: Lived) -> None:
    about = placed(shop) | {event.ref: event for event in shop.of("ticket_opened")}
    helped = shop.of("support_given")
    assert len(helped) > 100
    for event in helped:
        assert event.grade >= 1
        assert key(event) == key(about[event.ref])


def test_a_reward_is_paid_for_every_friend_who_bought(shop: Lived) -> None:
    gifts = [event for event in shop.of("cost_recorded") if event.grade == Cost.GIFT]
    assert Counter(e.ref for e in gifts) == Counter(e.ref for e in shop.of("referral_converted"))
