"""What differs between two policies, key by key."""

from __future__ import annotations

from thang.policy.diff import Change, diff
from thang.policy.load import read_policy

DEFAULT = read_policy("")


def test_nothing_differs_from_itself() -> None:
    assert diff(DEFAULT, read_policy("# the same\nshop: {tz: Asia/Ho_Chi_Minh}")) == []


def test_changes_by_their_keys_in_the_order_of_the_policy() -> None:
    other = read_policy(
        "levels: {member: {hold_months: 6, name: {en: Club}}}\nshop: {rates: {USD: 25400}}\n"
        "quantities: {orders: {within: 400}}\nactivity: {new: 1}\n"
    )
    assert diff(DEFAULT, other) == [
        Change("quantities.orders.within", "W", 400),
        Change("activity.new", 1.5, 1),
        Change("levels.member.name.en", "Member", "Club"),
        Change("levels.member.hold_months", 12, 6),
        Change("shop.rates.USD", None, 25400),
    ]


def test_a_dropped_level_is_a_change_of_the_ladder_and_of_its_keys() -> None:
    changes = {
        change.key: change for change in diff(DEFAULT, read_policy("levels: {premier: null}"))
    }
    ladder = changes.pop("levels")
    assert set(ladder.before) - set(ladder.after) == {"premier"}
    assert changes["levels.premier.grace"] == Change("levels.premier.grace", 2, None)
    assert all(key.startswith("levels.premier.") for key in changes)


def test_there_and_back() -> None:
    other = read_policy("shop: {seasonal: true}\nquantities: {a: {count: [page]}}")
    there, back = diff(DEFAULT, other), diff(other, DEFAULT)
    assert {Change(c.key, c.after, c.before) for c in back if c.key != "quantities.a.count"} == {
        c for c in there if c.key != "quantities.a.count"
    }
    assert Change("quantities.a.count", None, ["page"]) in there
