"""What people are worth: expected against a game played often, earned against the events."""

from __future__ import annotations

import math
from collections import Counter
from statistics import fmean

import pytest

from thang.model import Event
from thang.simulate.truth import TrueValue, Truth

from .conftest import Lived
from .game import Game


def key(event: Event) -> str:
    return event.identifiers[0].value


def at_date(truth: Truth, number: int) -> list[TrueValue]:
    return [one for one in truth.values if one.at == truth.thresholds[number].at]


def test_expected_value_is_that_of_a_game_played_often(small: Lived) -> None:
    """Each of the chosen is played many times from the first date on, day after day."""
    truth = small.truth
    at = truth.thresholds[0].at
    people = {person.key: person for person in truth.people}
    alive = sorted((one for one in at_date(truth, 0) if one.alive), key=lambda one: one.clv)
    goods = {one.product: one.goods for one in truth.products}
    game = Game(truth, goods, at)
    for one in (alive[len(alive) // 2], alive[-len(alive) // 5], alive[-3]):
        played = [game.play(people[one.key], run) for run in range(1_500)]
        for index, told in ((0, one.orders), (1, one.clv)):
            values = [result[index] for result in played]
            mean = fmean(values)
            error = math.sqrt(fmean((v - mean) ** 2 for v in values) / len(values))
            assert told == pytest.approx(mean, abs=3.5 * error + 0.02 * abs(mean))


def test_over_many_people_expected_and_realised_value_agree(small: Lived) -> None:
    rows = [one for one in at_date(small.truth, 0) if one.alive and one.realised is not None]
    assert len(rows) > 40
    gaps = [one.realised - one.clv for one in rows if one.realised is not None]
    mean = fmean(gaps)
    error = math.sqrt(fmean((gap - mean) ** 2 for gap in gaps) / len(gaps))
    assert abs(mean) < 3.5 * error
    assert not any(one.realised for one in at_date(small.truth, 2))


def test_what_was_earned_is_what_the_events_and_the_products_say(small: Lived) -> None:
    """An account of the test's own, from every event of everybody who has bought."""
    goods = {one.product: one for one in small.truth.products}
    minute = small.truth.scenario.dials.minute
    owner = {n: p.key for p in small.truth.people for n in (p.customer_id, *p.anonymous_ids)}
    orders = {event.ref: event for event in small.of("order_completed")}
    account: Counter[int] = Counter()
    for event in small.events:
        who, amount = owner.get(key(event), 0), event.amount or 0
        if event.kind == "order_delivered":
            order = orders[event.ref]
            account[who] += order.amount or 0
            product = goods[str(order.properties["product_id"])]
            if not product.recorded:
                account[who] -= round((order.amount or 0) * product.goods / 1_000) * 1_000
        elif event.kind in ("order_refunded", "cost_recorded"):
            account[who] -= amount
        elif event.kind == "chargeback":
            account[who] -= orders[event.ref].amount or 0
        elif event.kind == "support_given":
            account[who] -= minute * event.grade
    rows = at_date(small.truth, len(small.truth.thresholds) - 1)
    off = [one for one in rows if abs(one.earned - account[one.key]) > 1_000 * 40]
    assert len(off) <= 3  # a cost may be told minutes after the end
    assert sum(one.earned for one in rows) == pytest.approx(
        sum(account[r.key] for r in rows), rel=0.01
    )
