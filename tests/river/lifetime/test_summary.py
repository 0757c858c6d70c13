"""Orders become summaries: against a plain loop, with refunds, undone orders and equal days."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from thang.model import DAY
from thang.river.calendar import calendar
from thang.river.lifetime.summary import Purchases, bought_between, purchases_of, rfm_of
from thang.river.orders import ADDED, ADJUSTED, COUNTED, JOINED, RECOUNTED, VOIDED

orders = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 12), st.sampled_from([0.0, 500.0, 900.0, -100.0])),
    max_size=30,
)


def bought(rows: list[tuple[int, int, float]]) -> Purchases:
    person, day, money = zip(*rows, strict=True) if rows else ((), (), ())
    return Purchases(
        np.array(person, np.int64), np.array(day, np.int32), np.array(money, np.float64)
    )


@given(orders, st.integers(0, 12))
def test_a_summary_is_what_a_plain_loop_counts(
    rows: list[tuple[int, int, float]], today: int
) -> None:
    money: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for person, day, amount in rows:
        if day <= today:
            money[person][day] += amount
    found = rfm_of(bought(rows), today)
    assert found.person.tolist() == sorted(money)
    for row, person in enumerate(sorted(money)):
        first, *again = sorted(money[person])
        paid = [money[person][day] for day in again if money[person][day] > 0]
        assert found.frequency[row] == len(again)
        assert found.recency[row] == (again[-1] - first if again else 0)
        assert found.age[row] == today - first
        assert found.paid[row] == len(paid)
        assert found.spend[row] == (sum(paid) / len(paid) if paid else 0)
        assert found.first[row] == money[person][first]
    later = bought_between(bought(rows), found.person, today, 12)
    for row, person in enumerate(found.person):
        assert later[row] == len({day for who, day, _ in rows if who == person and day > today})


@given(orders)
def test_persons_may_be_numbered_as_far_apart_as_numbers_go(
    rows: list[tuple[int, int, float]],
) -> None:
    far = {1: -(2**63), 2: -1, 3: 2**40, 4: 2**63 - 1}
    one = rfm_of(bought(rows), 12)
    other = rfm_of(bought([(far[person], day, money) for person, day, money in rows]), 12)
    assert other.person.tolist() == [far[person] for person in one.person]
    assert (other.frequency == one.frequency).all()
    assert (other.spend == one.spend).all()


def added(*rows: tuple[int, float, int, int, int, float]) -> np.ndarray:
    """(person, day it happens, kind, value, ref, day of the anchor)."""
    table = np.zeros(len(rows), ADDED)
    for row, (person, at, kind, value, ref, anchor) in zip(table, rows, strict=True):
        row["person"], row["at"], row["kind"] = person, int(at * DAY), kind
        row["value"], row["ref"], row["anchor"] = value, ref, int(anchor * DAY)
    return table


def test_orders_count_as_they_stand_at_the_time() -> None:
    cal = calendar("Asia/Ho_Chi_Minh", 0, 60 * DAY)
    rows = added(
        (7, 2.5, COUNTED, 900, 11, 2.5),  # final when placed
        (7, 2.7, JOINED, 100, 12, 2.7),  # the same day
        (7, 9.0, ADJUSTED, -300, 11, 2.5),  # a refund in part
        (7, 20.0, COUNTED, 500, 13, 12.9),  # placed on the evening of UTC day 12: day 13 in Hanoi
        (8, 3.0, COUNTED, 400, 21, 3.0),
        (8, 5.0, VOIDED, 0, 21, 3.0),
        (9, 3.0, COUNTED, 800, 31, 3.0),
        (9, 3.2, JOINED, 200, 32, 3.2),
        (9, 6.0, VOIDED, 0, 31, 3.0),
        (9, 6.0, RECOUNTED, 0, 32, 3.2),
    )
    found = purchases_of(rows, cal, 30 * DAY)
    told = sorted(zip(*(column.tolist() for column in found), strict=True))
    assert told == [(7, 2, 600.0), (7, 3, 100.0), (7, 13, 500.0), (9, 3, 200.0)]
    early = purchases_of(rows, cal, 4 * DAY)
    told = sorted(zip(*(column.tolist() for column in early), strict=True))
    assert told == [(7, 2, 900.0), (7, 3, 100.0), (8, 3, 400.0), (9, 3, 200.0), (9, 3, 800.0)]
    assert len(purchases_of(rows[:0], cal, 0).person) == 0
