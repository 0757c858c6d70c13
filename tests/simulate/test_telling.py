"""Friends brought by a code: every step told, in order, and as the truth has it."""

from __future__ import annotations

from thang.model import Event, Flag

from .conftest import Lived


def first(events: list[Event]) -> Event:
    return min(events, key=lambda event: event.at)


def test_every_friend_exists_and_was_a_stranger(small: Lived) -> None:
    people = {person.key: person for person in small.truth.people}
    assert len(small.truth.referrals) > 30
    seen: dict[str, int] = {}
    for event in small.events:
        for name in event.identifiers:
            seen.setdefault(name.value, event.at)
    for link in small.truth.referrals:
        friend, referrer = people[link.referee], people[link.referrer]
        assert friend.key != referrer.key
        assert friend.referred_by == referrer.key
        assert friend.arrived_at is not None
        assert referrer.arrived_at is not None
        assert referrer.arrived_at < link.clicked_at <= friend.arrived_at
        assert seen[friend.anonymous_ids[0]] >= link.clicked_at


def test_links_are_sent_then_clicked_then_converted(small: Lived) -> None:
    code_of = {link.referee: link.code for link in small.truth.referrals}
    keys = {person.customer_id: person.key for person in small.truth.people}
    sent = small.of("referral_sent")
    clicked = small.of("referral_clicked")
    converted = small.of("referral_converted")
    assert converted
    for event in converted:
        (friend,) = event.other
        assert event.ref == code_of[keys[friend.value]]
        clicks = [e for e in clicked if e.ref == event.ref and e.other == event.other]
        assert first(clicks).at < event.at
        assert any(e.ref == event.ref and e.at < first(clicks).at for e in sent)
        assert {e.identifiers[0] for e in clicks} == {event.identifiers[0]}


def test_a_link_converts_at_the_first_order_and_once(small: Lived) -> None:
    converted = {event.other[0].value: event for event in small.of("referral_converted")}
    assert len(converted) == len(small.of("referral_converted"))
    for link in small.truth.referrals:
        friend = f"KH{link.referee:06d}"
        orders = [e for e in small.of("order_completed") if e.identifiers[0].value == friend]
        assert bool(orders) == (friend in converted)
        if orders:
            assert first(orders).ref == link.order_id
            assert converted[friend].at >= first(orders).at


def test_reviews_are_of_products_that_were_delivered(small: Lived) -> None:
    bought: dict[str, set[object]] = {}
    for event in small.of("order_completed"):
        bought.setdefault(event.identifiers[0].value, set()).add(event.properties["product_id"])
    reviews = small.of("product_reviewed")
    assert len(reviews) > 50
    for event in reviews:
        assert event.ref in bought[event.identifiers[0].value]
        assert 1 <= event.grade <= 5
        assert Flag.VERIFIED in event.flags


def test_tickets_are_closed_after_they_were_opened(small: Lived) -> None:
    opened = {event.ref: event for event in small.of("ticket_opened")}
    closed = small.of("ticket_resolved")
    assert 0 < len(closed) < len(opened)
    for event in closed:
        assert event.at > opened[event.ref].at
        assert (Flag.OK in event.flags) != (Flag.FAILED in event.flags)
    assert {event.grade for event in opened.values()} == {1, 2, 3}


def test_whoever_is_done_orders_no_more(small: Lived) -> None:
    done = {p.customer_id: p.done_at for p in small.truth.people if p.done_at is not None}
    assert done
    for event in small.of("order_completed"):
        gone = done.get(event.identifiers[0].value)
        assert gone is None or event.at < gone + 600_000_000  # a cart may be open at that minute
