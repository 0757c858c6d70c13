"""What referrals are worth, against chains summed by hand and a slow walk."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thang.model import DAY
from thang.policy.aims import Viral
from thang.river.counting import QUALIFIED, UNDONE
from thang.river.groups.crv import Edges, descent, influence, living, referral_value
from thang.river.orders import ADDED
from thang.river.program import room_for


def _rows(*found: tuple[int, int, int, int, int]) -> np.ndarray:
    """Referral rows out of person, at, kind, friend, anchor."""
    rows = room_for(ADDED, max(len(found), 1))[: len(found)]
    for i, one in enumerate(found):
        for name, value in zip(("person", "at", "kind", "ref", "anchor"), one, strict=True):
            rows[i][name] = value
    return rows


def _walk(parent: dict[int, int], root: int, deepest: int) -> list[tuple[int, int]]:
    """Friends of friends, one after another."""
    found = []
    for person in parent:
        at, steps = person, 0
        while at in parent and steps < deepest and at != root:
            at, steps = parent[at], steps + 1
        if at == root and person != root:
            found.append((person, steps))
    return sorted(found)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.integers(1, 9), st.integers(1, 9), max_size=9), st.integers(1, 4))
def test_descent_is_what_a_walk_finds(parent: dict[int, int], deepest: int) -> None:
    parent = {friend: by for friend, by in parent.items() if friend != by}
    edges = Edges(np.array([*parent.values()], np.int64), np.array([*parent], np.int64))
    roots = np.arange(1, 10)
    found = descent(edges, roots, deepest)
    for root in roots:
        mine = found.root == root
        told = sorted(zip(found.friend[mine].tolist(), found.depth[mine].tolist(), strict=True))
        assert told == _walk(parent, int(root), deepest)


def test_a_chain_of_five_by_hand() -> None:
    edges = Edges(np.array([1, 2, 3, 4]), np.array([2, 3, 4, 5]))
    roots = np.array([1, 4, 5])
    came = descent(edges, roots, 3)
    value = came.friend * 100.0
    worth = referral_value(came, roots, value, 40.0, Viral())
    assert worth.value.tolist() == [0.5 * (200 + 300 / 2 + 400 / 4), 0.5 * 500, 0.0]
    assert worth.saved.tolist() == [3 * 0.5 * 40, 0.5 * 40, 0.0]
    sure = referral_value(came, roots, value, 40.0, Viral(crv_rho=Fraction(1)))
    assert sure.value.tolist() == [450.0, 500.0, 0.0]
    assert sure.saved.tolist() == [0.0, 0.0, 0.0]


def test_referrals_that_live() -> None:
    now = 1000 * DAY
    rows = _rows(
        (1, now - DAY, QUALIFIED, 2, 0),
        (1, now - 400 * DAY, QUALIFIED, 3, 0),  # too long ago
        (1, now + DAY, QUALIFIED, 4, 0),  # not yet
        (5, now - 9 * DAY, QUALIFIED, 6, 0),
        (5, now - 5 * DAY, UNDONE, 6, now - 9 * DAY),
        (5, now - 9 * DAY, QUALIFIED, 7, 0),
        (5, now + 9 * DAY, UNDONE, 7, now - 9 * DAY),  # not yet undone
    )
    found = living(rows, now, 365)
    assert list(zip(found.referrer.tolist(), found.friend.tolist(), strict=True)) == [
        (1, 2), (5, 7),
    ]  # fmt: skip


def test_nobody_referred_anybody() -> None:
    found = living(_rows(), 5, 365)
    came = descent(found, np.array([1, 2]), 3)
    worth = referral_value(came, np.array([1, 2]), np.zeros(0), 10.0, Viral())
    assert worth.value.tolist() == worth.saved.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("clicks", "gifts", "shop", "brought", "worth"),
    [(10, 0, 100, 5, 10 * 0.05 * 7), (10, 3, 100, 5, 0), (0, 0, 0, 0, 0), (2, 0, 1, 5, 14)],
)
def test_influence_by_hand(
    clicks: float, gifts: float, shop: float, brought: float, worth: float
) -> None:
    found = influence(np.array([clicks]), np.array([gifts]), shop, brought, 7.0)
    assert found[0] == pytest.approx(worth)
