"""Points and rewards told anew from what the shop was told; repeated, undone, doubtful."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from thang.engines.duckdb import Projection
from thang.model import DAY, Event, Identifier
from thang.policy.programmes import Points, ReferralRewards
from thang.record import Record
from thang.river.calendar import end_of_day, moment
from thang.river.programmes.earning import Referred, circle, doubts, expires_at
from thang.workspace.programmes import Booked, book, standing
from thang.workspace.shop import Workspace

from .shops import TZ, act, new_shop, order, tell

RULES = """\
programmes:
  points: {money_per_point: 10000, times: {member: 2}}
  referral: {reward: points, referrer: 50, friend: 20, most_per_month: 2}
"""
TODAY = "2027-01-15"


def shop_with(folder: Path, *events: Event, rules: str = RULES) -> Workspace:
    shop = new_shop(folder / "shop", TODAY)
    policy = shop.folder.policy_file
    policy.write_text(policy.read_text() + rules)
    tell(shop, events)
    shop.classify(TODAY)
    return shop


@contextmanager
def opened(shop: Workspace) -> Iterator[tuple[Record, Projection]]:
    with (
        Record.open(shop.folder.path, shop.folder.now) as record,
        Projection.open(shop.folder.projection_file) as projection,
    ):
        yield record, projection


def booked(shop: Workspace) -> Booked:
    with opened(shop) as (record, projection):
        done = book(record, projection, shop.folder.policy(), shop.folder.now())
        assert record.ledger_faults() == []
        return done


def points(shop: Workspace, who: str) -> int:
    with opened(shop) as (record, _):
        number = record.find("customer", who)
        assert number
        return record.points_of([number])[0].free


def refund(who: str, ref: str, day: str, amount: int) -> Event:
    return act(who, "order_refunded", day, ref=ref, amount=amount, currency="VND")


def test_orders_earn_by_their_money_and_again_nothing(tmp_path: Path) -> None:
    shop = shop_with(
        tmp_path, order("KH-1", "2027-01-02", 129_000), order("KH-1", "2027-01-03", 9_999),
        order("KH-2", "2026-12-02", 1_000_000),
    )  # fmt: skip
    assert booked(shop).awards == 2
    assert (points(shop, "KH-1"), points(shop, "KH-2")) == (12, 100)
    assert booked(shop).awards == 0


def test_what_an_order_loses_its_points_lose(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, order("KH-1", "2027-01-02", 500_000))
    booked(shop)
    assert points(shop, "KH-1") == 50
    tell(shop, [refund("KH-1", "KH-1-2027-01-02", "2027-01-10", 200_000)])
    shop.classify(TODAY)
    booked(shop)
    assert points(shop, "KH-1") == 30
    tell(shop, [act("KH-1", "order_cancelled", "2027-01-11", ref="KH-1-2027-01-02")])
    shop.classify(TODAY)
    booked(shop)
    assert points(shop, "KH-1") == 0


def test_what_is_over_is_never_begun_and_what_was_begun_ends(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, order("KH-1", "2025-06-02", 500_000), order("KH-1", "2026-02-02"))
    booked(shop)
    assert points(shop, "KH-1") == 50
    later = Workspace(shop.folder.path, lambda: end_of_day("2027-03-01", TZ))
    assert booked(later).expired == 1
    assert points(later, "KH-1") == 0
    assert booked(later) == Booked(0, 0, 0, 0)


def test_levels_do_not_hang_on_points(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, order("KH-1", "2027-01-02", 900_000))
    before = shop.export("placements").to_pylist()
    booked(shop)
    shop.classify(TODAY, everybody=True)
    assert shop.export("placements").to_pylist() == before


def friend(teller: str, who: str, day: str) -> list[Event]:
    code = f"MA-{teller}-{who}"
    return [
        act(teller, "referral_sent", "2026-12-20", ref=code),
        act(teller, "referral_converted", day, ref=code, other=(Identifier("customer", who),)),
        order(who, day, 100_000),
    ]


def test_both_sides_of_a_referral_are_paid_once(tmp_path: Path) -> None:
    shop = shop_with(
        tmp_path, order("KH-1", "2026-12-01", 100_000), *friend("KH-1", "KH-2", "2027-01-03")
    )
    assert booked(shop).rewards == 2
    assert (points(shop, "KH-1"), points(shop, "KH-2")) == (10 + 50, 10 + 20)
    assert booked(shop).rewards == 0


def test_too_many_at_once_wait_for_people_who_may_pay_or_refuse(tmp_path: Path) -> None:
    many = [event for n in range(2, 6) for event in friend("KH-1", f"KH-{n}", f"2027-01-0{n}")]
    shop = shop_with(tmp_path, order("KH-1", "2026-12-01", 100_000), *many)
    assert booked(shop).doubtful == 2
    assert points(shop, "KH-1") == 10 + 2 * 50
    with opened(shop) as (record, projection):
        waits = standing(record, projection, shop.folder.policy(), shop.folder.now()).doubtful
        assert {one.why for one in waits} == {("many",)}
        one, other = [(record.refs.id_of(d.referrer), record.refs.id_of(d.friend)) for d in waits]
        record.judge_referral(*one, "accepted", "owner", "they are real")  # type: ignore[arg-type]
        record.judge_referral(*other, "refused", "owner", "they are not")  # type: ignore[arg-type]
    assert booked(shop).doubtful == 0
    assert points(shop, "KH-1") == 10 + 3 * 50


def test_a_ring_is_paid_to_nobody_without_people_looking() -> None:
    rules = ReferralRewards()
    chain = [Referred(1, 2, 10, 1), Referred(2, 3, 20, 1), Referred(3, 1, 30, 1)]
    assert [doubts(one, circle(chain), rules) for one in chain] == [("ring",)] * 3
    assert doubts(Referred(4, 5, 5, 1), circle(chain), rules) == ()


@pytest.mark.parametrize(
    ("day", "months", "at_end", "over"),
    [
        ("2026-01-31", 1, False, "2026-03-01"), ("2026-01-15", 1, False, "2026-02-16"),
        ("2026-01-15", 1, True, "2026-03-01"), ("2026-01-31", 12, True, "2027-02-01"),
    ],
)  # fmt: skip
def test_points_are_over_when_the_policy_says(
    day: str, months: int, at_end: bool, over: str
) -> None:
    at = end_of_day(day, TZ) + 1 - DAY
    found = expires_at(at, Points(expire_months=months, month_end=at_end), TZ)
    assert moment(found, TZ).strftime("%Y-%m-%d %H:%M") == f"{over} 00:00"
