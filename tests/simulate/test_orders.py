"""What happens to orders: one life each, in the order in which such things happen."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta, timezone

from thang.model import DAY, SECOND, Event, Finality
from thang.simulate.season import TET

from .conftest import Lived

LIVES = {
    ("order_completed",),
    ("order_completed", "order_cancelled"),
    ("order_completed", "order_delivered"),
    ("order_completed", "order_delivery_failed"),
    ("order_completed", "order_delivered", "order_refunded"),
}
VIETNAM = timezone(timedelta(hours=7))


def lives(lived: Lived) -> dict[str, list[Event]]:
    orders: dict[str, list[Event]] = defaultdict(list)
    for event in lived.events:
        if event.kind.startswith("order_"):
            orders[event.ref].append(event)
    return orders


def test_an_order_lives_one_life(small: Lived) -> None:
    for told in lives(small).values():
        assert tuple(event.kind for event in told) in LIVES
        assert len({event.identifiers[0] for event in told}) == 1
        assert all(event.finality is Finality.DELIVERED for event in told)


def test_money_is_whole_thousands_and_no_more_than_paid_comes_back(small: Lived) -> None:
    parts = 0
    for told in lives(small).values():
        paid = told[0].amount
        assert paid is not None
        assert paid >= 20_000
        assert told[0].currency == "VND"
        for event in told[1:]:
            assert event.kind == "order_refunded" or event.amount is None
            if event.amount is not None:
                assert event.amount % 1_000 == paid % 1_000 == 0
                assert 0 < event.amount <= paid
                parts += event.amount < paid
    assert parts > 0


def test_parcels_take_one_to_five_days_and_rest_at_tet(small: Lived) -> None:
    waited = []
    for placed, *rest in lives(small).values():
        for door in rest:
            if door.kind not in ("order_delivered", "order_delivery_failed"):
                continue
            here = datetime.fromtimestamp(door.at / SECOND, UTC).astimezone(VIETNAM)
            assert not -1 <= (here.date() - TET[here.year]).days < 5
            assert 8 <= here.hour < 19
            waited.append((door.at - placed.at) / DAY)
    assert min(waited) > 0
    assert sorted(waited)[len(waited) * 9 // 10] < 6
    assert max(waited) < 12


def test_refusals_and_refunds_are_as_frequent_as_in_vietnam(small: Lived) -> None:
    told = Counter(event.kind for event in small.events)
    at_door = told["order_delivered"] + told["order_delivery_failed"]
    assert at_door > 1_000
    assert 0.04 <= told["order_delivery_failed"] / at_door <= 0.09
    assert 0.018 <= told["order_refunded"] / told["order_delivered"] <= 0.045
    assert 0.018 <= told["order_cancelled"] / told["order_completed"] <= 0.045


def test_orders_are_paid_at_the_door(tiny: Lived) -> None:
    placed = tiny.of("order_completed")
    assert placed
    assert {event.properties["payment_method"] for event in placed} == {"cod"}


def test_truth_counts_the_orders_that_were_told(small: Lived) -> None:
    placed = Counter(e.identifiers[0].value for e in small.of("order_completed"))
    delivered = Counter(e.identifiers[0].value for e in small.of("order_delivered"))
    for person in small.truth.people:
        assert delivered[person.customer_id] == person.delivered
        # The very last orders may be decided but not yet placed when the scenario ends.
        assert 0 <= person.ordered - placed[person.customer_id] <= 1
