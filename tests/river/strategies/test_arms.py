"""Lots: shares, stability, independence, and people who are bound together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from thang.river.strategies.arms import (
    GLOBAL,
    HELD,
    TREATED,
    Lot,
    arms,
    clusters,
    drawn,
    global_share,
    held_from_all,
    own_share,
)

PEOPLE = np.arange(1, 40_001, dtype=np.int64)


def lot(customers: int = 40_000, year: int = 2026) -> Lot:
    return Lot("salt of an invented shop", year, customers)


@pytest.mark.parametrize(
    ("customers", "share"), [(999, 0.0), (1_000, 0.2), (9_999, 0.2), (10_000, 0.1), (50_000, 0.05)]
)
def test_the_global_share_goes_by_size(customers: int, share: float) -> None:
    assert global_share(customers) == share
    held = held_from_all(lot(customers), PEOPLE).mean()
    assert abs(held - share) < 4 * np.sqrt(share * (1 - share) / len(PEOPLE)) + 1e-12


def test_a_strategys_own_share_shrinks_and_never_ends() -> None:
    assert [round(own_share(n), 3) for n in (0, 1, 2, 6, 7, 50)] == [
        0.5,
        0.35,
        0.245,
        0.059,
        0.05,
        0.05,
    ]


def test_lots_are_even_and_of_no_relation() -> None:
    one, other = drawn("s", "strategy:a", PEOPLE), drawn("s", "strategy:b", PEOPLE)
    assert stats.kstest(one, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.02
    assert abs(np.corrcoef(one, drawn("another", "strategy:a", PEOPLE))[0, 1]) < 0.02
    assert (one == drawn("s", "strategy:a", PEOPLE)).all()


def test_whoever_was_treated_stays_so_as_the_holdout_shrinks() -> None:
    before = np.array(arms(lot(), "x", 0, PEOPLE))
    after = np.array(arms(lot(), "x", 3, PEOPLE))
    assert (after[before == TREATED] == TREATED).all()
    assert (after[before == GLOBAL] == GLOBAL).all()
    assert (before == HELD).sum() > 2 * (after == HELD).sum() > 0


def test_the_global_holdout_turns_each_year() -> None:
    one, other = held_from_all(lot(), PEOPLE), held_from_all(lot(year=2027), PEOPLE)
    assert 0.005 < (one & other).mean() < 0.015


pairs = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), max_size=40)


@given(pairs)
def test_clusters_are_connected_parts(bound: list[tuple[int, int]]) -> None:
    people = np.arange(1, 26, dtype=np.int64)
    ties = {one: {one} for one in people.tolist()}
    for a, b in bound:
        if a in ties and b in ties:
            ties[a].add(b)
            ties[b].add(a)
    found = clusters(people, bound)
    for one in ties:
        reached, edge = {one}, {one}
        while edge:
            edge = set().union(*(ties[other] for other in edge)) - reached
            reached |= edge
        assert found[one - 1] == min(reached)


def test_a_household_draws_one_lot() -> None:
    bound = [(n, n + 1) for n in range(1, 40_000, 2)]
    cluster = clusters(PEOPLE, bound)
    found = arms(lot(), "x", 0, cluster)
    assert all(found[i] == found[i + 1] for i in range(0, len(found), 2))
    assert {HELD, TREATED, GLOBAL} == set(found)
